"""Web pages: text, title, date, encoding, and pages that are hostile or hold nothing."""

from datetime import date

import pytest

from qa.articles import page_dates, page_text
from qa.articles.formats import html
from qa.datatypes import Article
from qa.errors import ArticleError

FIRST = "The council of Ostby approved a new tram line on Monday, with nine votes against four."
SECOND = "Mayor Ana Lund said that the first trams will run to the harbour in the spring."
THIRD = "The line costs 14 million crowns, and two of the old bus routes will end."
STORY = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
MENU = "<nav><ul><li><a href='/'>Home page</a><li><a href='/s'>All of our sports</a></ul></nav>"
FOOT = "<footer><p>Copyright Ostby Herald. All rights reserved.</p></footer>"


@pytest.fixture(params=["with trafilatura", "without trafilatura"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a test with trafilatura, and as if it were not installed."""
    if request.param == "without trafilatura":
        monkeypatch.setattr(page_text, "find_spec", lambda name: None)


def page(body: str = STORY, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def read(data: bytes) -> Article:
    (one,) = html.read("page.html", data)
    return one.article


@pytest.mark.usefixtures("either")
class TestText:
    def test_paragraphs_are_separated_and_menus_left_out(self) -> None:
        article = read(page(f"{MENU}<article><h1>Tram line</h1>{STORY}</article>{FOOT}"))
        assert article.text.removeprefix("Tram line\n\n") == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
        assert article.title == "Tram line"

    def test_a_line_is_a_line_of_the_text_found(self) -> None:
        article = read(page())
        assert [article.line_at(article.text.index(part)) for part in (FIRST, THIRD)] == [1, 5]

    def test_tables_carry_no_marks(self) -> None:
        rows = "<tr><td>Line one<td>12 stops<tr><td>Line two<td>9 stops"
        text = read(page(f"<article>{STORY}<table>{rows}</table>{STORY}</article>")).text
        assert "\n\nLine one 12 stops\nLine two 9 stops\n\n" in text
        assert not set("|-•") & set(text)

    def test_two_line_breaks_end_a_paragraph(self) -> None:
        body = f"<article>{STORY}<p>{SECOND}<br>{THIRD}<br><br>{FIRST}</p></article>"
        assert read(page(body)).text.endswith(f"\n\n{SECOND}\n{THIRD}\n\n{FIRST}")

    def test_words_across_inline_tags_stay_whole(self) -> None:
        body = STORY.replace("nine votes", "<b>ni</b>ne <a href='/v'>votes</a>")
        assert FIRST in read(page(body)).text

    def test_what_is_below_256_levels_is_found(self) -> None:
        body = "<div>" * 400 + STORY + "</div>" * 400
        assert SECOND in read(page(body)).text

    def test_scripts_styles_and_embedded_images_are_no_text(self) -> None:
        image = f'<img src="data:image/png;base64,{"A" * 100_000}">'
        script = f"<script>{'var a = 1;' * 9_000}</script><style>{'p {}' * 9_000}</style>"
        assert read(page(f"{image}{STORY}{script}")).text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"

    @pytest.mark.parametrize(
        "body",
        [
            "<div " + " ".join(f"a{number}=1" for number in range(500_000)) + ">" + STORY,
            "<div>" * 50_000 + STORY,
            "".join(f"<p><font size={number}>" for number in range(20_000)) + STORY,
            "<a href='/x'>A link</a> " * 30_000 + STORY,
        ],
        ids=["attributes", "levels", "fonts", "links"],
    )
    def test_a_hostile_page_still_gives_its_text(self, body: str) -> None:
        assert SECOND in read(page(body)).text

    def test_a_page_without_text_is_refused(self) -> None:
        with pytest.raises(ArticleError, match="without text"):
            read(page("<div id='app'></div><script>load()</script>"))

    def test_a_servers_error_page_is_refused(self) -> None:
        data = page("<h1>404 Not Found</h1><hr>nginx", "<title>404 Not Found</title>")
        with pytest.raises(ArticleError, match="error page"):
            read(data)

    def test_an_article_on_an_error_is_read(self) -> None:
        data = page(STORY * 9, "<title>Why 404 Not Found became famous</title>")
        assert read(data).title == "Why 404 Not Found became famous"


def test_lists_carry_no_marks() -> None:
    stops = "The first trams stop at the harbour,", "the second ones stop at the museum,"
    items = f"<ul><li>{stops[0]}<li>{stops[1]}</ul>"
    text = read(page(f"<article>{STORY}{items}{STORY}</article>")).text
    assert f"\n\n{stops[0]}\n{stops[1]}\n\n" in text


CYRILLIC = "Совет Остбю одобрил новую линию трамвая в понедельник, девять голосов против четырёх."
JAPANESE = "市議会は月曜日に新しい路面電車の路線を承認した。市長は来年の春に始まると述べた。"


@pytest.mark.parametrize(
    ("text", "declared", "codec"),
    [
        (CYRILLIC, "windows-1251", "cp1251"),
        (CYRILLIC, "utf-8", "utf-8"),
        (CYRILLIC, "windows-1251", "utf-8"),  # saved anew by a browser
        (CYRILLIC, "utf-16", "utf-16"),
        (CYRILLIC, "", "utf-16-le"),
        (JAPANESE, "Shift_JIS", "cp932"),
        (JAPANESE, "iso-2022-jp", "iso2022_jp"),
        ("Der Rat beschloß „jetzt“ die Straßenbahn für 14 €.", "iso-8859-1", "cp1252"),
    ],
)
def test_the_encoding_is_found(text: str, declared: str, codec: str) -> None:
    meta = f'<meta charset="{declared}">' if declared else ""
    markup = f"<html><head>{meta}</head><body><p>{text}</p></body></html>"
    assert text in read(markup.encode(codec)).text


def test_an_encoding_from_outside_comes_before_the_pages_own() -> None:
    data = f'<meta charset="koi8-r"><p>{CYRILLIC}</p>'.encode("cp1251")
    assert CYRILLIC in html.decode_page(data, "windows-1251").text


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        ("<title>Tram line | Ostby Herald</title>", "Tram line", "Tram line"),
        ("<title>Tram line - Ostby</title>", "Ostby", "Tram line - Ostby"),
        ("<title>Tram line - red or blue</title>", "", "Tram line - red or blue"),
        (
            "<title>Tram line - red or blue - Herald</title>"
            "<meta property='og:site_name' content='Herald'>",
            "",
            "Tram line - red or blue",
        ),
        (
            "<title>Ostby Herald: x</title><meta property='og:title' content='Tram &amp; bus'>",
            "",
            "Tram & bus",
        ),
        (
            "<title>News-law passed</title><link rel=canonical href='https://law.example/a'>",
            "",
            "News-law passed",
        ),
        (
            "<title>Tram line – herald.example</title>"
            "<link rel=canonical href='https://www.herald.example/a'>",
            "",
            "Tram line",
        ),
        (
            "<title>新线路获批-新闻网</title><meta property='og:site_name' content='新闻网'>",
            "",
            "新线路获批",
        ),
        ("<title>x</title><link rel=canonical href='http://[bad'>", "", "x"),
        ("", "Tram line", "Tram line"),
    ],
)
def test_the_title_is_without_the_name_of_the_site(head: str, heading: str, title: str) -> None:
    assert read(page(f"<h1>{heading}</h1>{STORY}", head)).title == title


def linked(values: str) -> str:
    return f'<script type="application/ld+json">{values}</script>'


@pytest.mark.parametrize(
    ("head", "body", "published", "dated"),
    [
        (
            linked('{"@type": "NewsArticle", "datePublished": "2019-04-30T23:30:00-05:00"}'),
            "<time datetime='2018-01-01'>then</time>",
            date(2019, 4, 30),
            "JSON-LD",
        ),
        (
            linked(
                '{"@graph": [{"@type": "WebPage", "datePublished": "2011-01-01"},'
                '{"@type": ["Article"], "datePublished": "2012-02-02"}]}'
            ),
            "",
            date(2012, 2, 2),
            "JSON-LD",
        ),
        (
            linked("{broken") + "<meta property='article:published_time' content='2019-05-01T08'>",
            "",
            date(2019, 5, 1),
            "meta tag",
        ),
        (
            "<meta name='DC.Date' content='2010-01-01'><meta name='pubdate' content='20110203'>",
            "",
            date(2011, 2, 3),
            "meta tag",
        ),
        ("", "<i itemprop='datePublished'>3 May 2017</i>", date(2017, 5, 3), "itemprop"),
        ("", "<time datetime='2016-05-04'>May</time>", date(2016, 5, 4), "time tag"),
        ("<meta name='date' content='1970-01-01'>", "", None, ""),
        ("<meta name='date' content='03/04/11'>", "", None, ""),
        ("", "<time>2016-05-04</time><time>2017-05-04</time>", None, ""),
    ],
)
def test_the_date_is_what_the_page_says(
    head: str,
    body: str,
    published: date | None,
    dated: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_dates, "find_spec", lambda name: None)
    article = read(page(body + STORY, head))
    assert (article.published, article.dated, article.is_date_guess) == (published, dated, False)


def test_a_date_in_the_text_is_a_guess() -> None:
    pytest.importorskip("htmldate")
    article = read(page(f"<div class='post-date'>Published on 4 March 2015</div>{STORY}"))
    assert (article.published, article.dated) == (date(2015, 3, 4), "page")
    assert article.is_date_guess
