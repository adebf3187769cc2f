"""Books: chapters in reading order, under their titles."""

from datetime import date

import pytest

from qa.articles.formats import epub
from qa.articles.found import ReadArticle
from qa.datatypes import Article
from qa.errors import ArticleError

from . import office_files as office


def page(body: str, head: str = "") -> str:
    return f"<html><head><title/>{head}</head><body>{body}</body></html>"


CHAPTERS = {
    "b": page("<h2>The storm</h2><p>Rain fell for a week.</p>"),
    "a": page("<p>It began in&#160;May.</p>"),
}
TOC = (
    "<ncx><navMap><navPoint><navLabel><text>{}</text></navLabel>"
    '<content src="text/a.xhtml#x"/></navPoint><navPoint><navLabel><text>The storm</text>'
    '</navLabel><content src="text/b.xhtml"/></navPoint></navMap></ncx>'
)


def article(data: bytes) -> Article:
    (one,) = epub.read("a.epub", data)
    assert isinstance(one, ReadArticle)
    assert one.record is None
    return one.article


def test_chapters_come_in_reading_order_with_missing_titles() -> None:
    more = {
        "OPS/toc.ncx": TOC.format("How it began"),
        "OPS/nav.xhtml": page("<nav>Contents</nav>"),
    }
    one = article(office.epub(CHAPTERS, spine="a b", more=more))
    assert one.text == "How it began\n\nIt began in May.\n\nThe storm\n\nRain fell for a week."


def test_titles_come_from_the_contents_page_too() -> None:
    nav = '<nav><ol><li><a href="text/a.xhtml">How <i>it</i> began</a></li></ol></nav>'
    one = article(office.epub(CHAPTERS, spine="a", more={"OPS/nav.xhtml": page(nav)}))
    assert one.text == "How it began\n\nIt began in May."


def test_a_broken_contents_page_does_not_matter() -> None:
    one = article(office.epub(CHAPTERS, spine="a", more={"OPS/toc.ncx": "<ncx><oops"}))
    assert one.text == "It began in May."


def test_numbers_of_notes_are_left_out() -> None:
    body = (
        '<p>Nine arches<a epub:type="noteref" href="#n1"><sup>1</sup></a> stand. '
        '<a href="x">Six fell</a>.</p>'
        '<aside><p>Counted in 1890.<a href="#r1" role="doc-backlink">↩</a></p></aside>'
    )
    one = article(office.epub({"a": page(body)}, spine="a"))
    assert one.text == "Nine arches stand. Six fell.\n\nCounted in 1890."


def test_title_and_day_of_publication() -> None:
    metadata = (
        "<dc:title>A week of rain</dc:title>"
        '<dc:date opf:event="conversion">2022-01-02</dc:date>'
        '<dc:date opf:event="publication">1998-03-01</dc:date>'
    )
    one = article(office.epub(CHAPTERS, spine="a b", metadata=metadata))
    assert one.title == "A week of rain"
    assert (one.published, one.is_date_guess) == (date(1998, 3, 1), True)


@pytest.mark.parametrize(
    ("algorithm", "is_read"),
    [
        ("http://www.idpf.org/2008/embedding", True),
        ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", False),
    ],
)
def test_an_encrypted_book_is_named_and_scrambled_fonts_are_not(
    algorithm: str, is_read: bool
) -> None:
    encryption = (
        f'<encryption xmlns:e="e"><e:EncryptedData><e:EncryptionMethod Algorithm="{algorithm}"/>'
        "</e:EncryptedData></encryption>"
    )
    data = office.epub(CHAPTERS, spine="a", more={"META-INF/encryption.xml": encryption})
    if is_read:
        assert article(data).text == "It began in May."
    else:
        with pytest.raises(ArticleError, match="DRM"):
            article(data)
