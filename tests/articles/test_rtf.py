"""RTF: paragraphs, tables and letters of all kinds."""

from datetime import date

import pytest

from qa.articles import load
from qa.articles.formats import rtf
from qa.articles.found import EmptyFileError, ReadArticle
from qa.datatypes import Article
from qa.errors import ArticleError


def article(body: str | bytes, head: str = r"\rtf1\ansi\ansicpg1252") -> Article:
    data = body if isinstance(body, bytes) else body.encode("cp1252")
    (one,) = rtf.read("a.rtf", b"{%s %s}" % (head.encode(), data))
    assert isinstance(one, ReadArticle)
    return one.article


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"One.\par Two.\line more\par", "One.\n\nTwo.\nmore"),
        (r"caf\'e9 \u8211? \u-10179?\u-8704?", "café – 😀"),
        ("café", "café"),
        (r"{\header Head}{\pict\bin4 a}{b}Body", "Body"),
        (r"a | b\par c", "a | b\n\nc"),
        (r"{\field{\*\fldinst{HYPERLINK " '"http://a.b"' r"}}{\fldrslt link}} here", "link here"),
    ],
)
def test_text(body: str, text: str) -> None:
    assert article(body).text == text


def test_a_picture_in_bytes_may_hold_braces() -> None:
    assert article(rb"{\pict\bin6 }}}\par}Body stays.").text == "Body stays."


@pytest.mark.parametrize("end", [r"\cell", r"\par\cell", r"{\par}" + "\n" + r"\cell"])
def test_a_table_row_is_a_line(end: str) -> None:
    body = rf"\trowd\intbl Turku{end} 195,301{end}\row\intbl Oulu{end} 214,000{end}\row After."
    assert article(body).text == "Turku; 195,301\n\nOulu; 214,000\n\nAfter."


def test_another_code_page() -> None:
    one = article(r"\'cf\'f0\'e8\'e2\'e5\'f2", r"\rtf1\ansi\ansicpg1251")
    assert one.text == "Привет"


def test_title_and_day_of_creation() -> None:
    info = r"{\info{\title Caf\'e9 closed}{\creatim\yr2009\mo4\dy5\hr1}}It closed in May."
    one = article(info)
    assert (one.title, one.published, one.is_date_guess) == ("Café closed", date(2009, 4, 5), True)


def test_a_link_bomb_is_read_at_once() -> None:
    field = r"{\field{\*\fldinst{HYPERLINK a}}{\fldrslt b}}"
    assert article(field * 20_000).text == "b" * 20_000


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b" \n", "empty file"),
        (b"Not RTF.", "not an RTF file"),
        (b"{\\rtf1 }", "no text found"),
        (b"{\\rtf1{\\header Only a head}}", "no text found"),
        (b"{\\rtf1 \\uc a}", "damaged RTF"),
    ],
)
def test_what_cannot_be_read_has_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason) as caught:
        list(rtf.read("a.rtf", data))
    assert isinstance(caught.value, EmptyFileError) is (reason == "empty file")


def test_a_doc_file_is_read_if_it_is_rtf_and_named_if_it_is_old() -> None:
    (one,) = load.read_bytes("a.doc", b"{\\rtf1 It closed in May.}")
    assert isinstance(one, ReadArticle)
    assert one.article.text == "It closed in May."
    with pytest.raises(ArticleError, match="old or password-protected"):
        list(load.read_bytes("a.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600))
