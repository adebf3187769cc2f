"""RSS and Atom: texts, titles, days and addresses of entries."""

import base64
from datetime import date

import pytest

from qa.articles.formats import feed
from qa.articles.found import NotAnArticleError, Problem, ReadArticle
from qa.datatypes import Article
from qa.errors import ArticleError

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Coast Post</title>
{}
</channel></rss>"""


def rss(*items: str) -> bytes:
    return RSS.format("\n".join(f"<item>{item}</item>" for item in items)).encode()


def atom(entry: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{entry}</entry></feed>'.encode()


def read(data: bytes) -> list[Article]:
    found = list(feed.read("a.xml", data))
    assert all(isinstance(one, ReadArticle) for one in found), found
    return [one.article for one in found if isinstance(one, ReadArticle)]


def test_an_entry_is_an_article() -> None:
    first, second = read(
        rss(
            "<title>Museum &amp;amp; wing</title><link>https://example.org/1</link>"
            "<description>Short.</description><pubDate>Sun, 09 Aug 2020 23:30:00 -0500</pubDate>"
            "<content:encoded><![CDATA[<p>The m&uuml;seum reopened.</p><p>It cost &euro;14.</p>]]>"
            "</content:encoded>",
            "<title>Quay</title><description>&lt;b&gt;The quay&lt;/b&gt; sank.</description>",
        )
    )
    assert (first.title, first.source) == ("Museum & wing", "https://example.org/1")
    assert first.text == "The müseum reopened.\n\nIt cost €14."
    assert (first.published, first.dated, first.is_date_guess) == (date(2020, 8, 9), "feed", False)
    assert (second.text, second.source) == ("The quay sank.", "a.xml#2")
    assert (second.published, second.dated) == (None, "")


def test_atom() -> None:
    (one,) = read(
        atom(
            "<title>Quay</title><updated>2003-12-13T18:30:02Z</updated><summary>Short.</summary>"
            '<link rel="edit" href="https://example.org/edit"/><link href="https://example.org/1"/>'
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The <i>quay</i>'
            " sank.</p></div></content>"
        )
    )
    assert (one.text, one.published) == ("The quay sank.", date(2003, 12, 13))
    assert one.source == "https://example.org/1"


def test_the_day_of_publication_is_before_that_of_a_change() -> None:
    days = "<updated>2020-02-02T00:00:00Z</updated><published>2020-01-01T00:00:00Z</published>"
    (one,) = read(atom(f"{days}<content>Text.</content>"))
    assert one.published == date(2020, 1, 1)
    (short,) = read(rss("<description>T.</description><pubDate>Sat, 13 Dec 03 18:30 GMT</pubDate>"))
    assert short.published == date(2003, 12, 13)


def test_base64() -> None:
    packed = base64.b64encode(b"The <b>quay</b> sank.").decode()
    (one,) = read(atom(f'<content type="application/octet-stream">{packed}</content>'))
    assert one.text == "The quay sank."


@pytest.mark.parametrize("encoding", ["big5", "gb18030", "utf-8", "utf-16"])
def test_a_feed_that_names_no_encoding(encoding: str) -> None:
    text = "總統在星期一的記者會上表示，新的博物館將於明年春天對外開放，門票免費。"
    data = f"<rss><channel><item><description>{text}</description></item></channel></rss>"
    (one,) = read(data.encode(encoding))
    assert one.text == text


def test_a_named_encoding_is_kept() -> None:
    head = '<?xml version="1.0" encoding="iso-8859-5"?>'
    data = (
        f"{head}<rss><channel><item><description>Мост открыт.</description></item></channel></rss>"
    )
    assert read(data.encode("iso-8859-5"))[0].text == "Мост открыт."


def test_of_a_wordpress_export_only_posts_are_read() -> None:
    kind = "<wp:post_type>{}</wp:post_type><content:encoded>{}</content:encoded>"
    data = rss(kind.format("attachment", "photo"), kind.format("post", "The quay sank."))
    assert [one.text for one in read(data)] == ["The quay sank."]


def test_an_entry_without_text_is_named() -> None:
    first, second = feed.read("a.xml", rss("<title>Only</title>", "<description>T.</description>"))
    assert isinstance(first, Problem)
    assert (first.source, first.reason) == ("a.xml#1", "entry 1: no text")
    assert isinstance(second, ReadArticle)


def test_an_ill_formed_feed_is_read() -> None:
    data = rss("<title>A & B</title><description>The quay<br> sank.</description>")
    assert read(data)[0].title == "A & B"


def test_a_feed_that_is_cut_short() -> None:
    whole = rss("<description>One.</description>", "<description>Two.</description>")
    found = feed.read("a.xml", whole[: whole.index(b"Two.") + 4])
    first = next(found)
    assert isinstance(first, ReadArticle)
    assert first.article.text == "One."
    with pytest.raises(ArticleError, match="cut short"):
        list(found)


def test_nothing_is_fetched() -> None:
    bomb = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss(
        "<description>&a;Text.</description>"
    ).replace(b'<?xml version="1.0"?>', b"")
    assert read(bomb)[0].text.endswith("Text.")
    assert "root:" not in read(bomb)[0].text


def test_other_xml_is_no_feed() -> None:
    for data in (
        b"<svg><text>T</text></svg>",
        b"<!-- <rss> --><svg/>",
        b"<rss></rss>",
        b"http://a",
    ):
        with pytest.raises(NotAnArticleError):
            list(feed.read("a.xml", data))
