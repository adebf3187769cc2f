"""OpenDocument: text, presentations and sheets."""

from datetime import date

import pytest

from qa.articles.formats import odt
from qa.articles.found import ReadArticle
from qa.datatypes import Article
from qa.errors import ArticleError

from . import office_files as office


def article(data: bytes) -> Article:
    (one,) = odt.read("a.odt", data)
    assert isinstance(one, ReadArticle)
    return one.article


def text(body: str) -> str:
    return article(office.odf(body)).text


def test_paragraphs_headings_and_lists_stand_apart() -> None:
    body = (
        "<text:h>Harbour</text:h><text:p>Ice   came\n <text:span>early</text:span>.</text:p>"
        "<text:list><text:list-item><text:p>First</text:p></text:list-item></text:list>"
    )
    assert text(body) == "Harbour\n\nIce came early.\n\nFirst"


def test_spaces_tabs_and_line_breaks() -> None:
    body = '<text:p>a<text:s text:c="1"/>b<text:tab/>c<text:line-break/>d<text:s/>e</text:p>'
    assert text(body) == "a b c\nd e"
    assert len(text('<text:p>a<text:s text:c="999999999"/>b</text:p>')) == len("a b")


def test_deleted_text_comments_and_contents_are_left_out() -> None:
    body = (
        "<text:tracked-changes><text:p>Gone.</text:p></text:tracked-changes>"
        "<text:table-of-content><text:p>Harbour 3</text:p></text:table-of-content>"
        "<text:p>Kept<office:annotation><text:p>Really?</text:p></office:annotation>."
        "<draw:frame><svg:title>Picture</svg:title></draw:frame></text:p>"
    )
    assert text(body) == "Kept."


def test_notes_and_text_boxes_follow_their_paragraph() -> None:
    body = (
        "<text:p>Nine arches<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Counted in 1890.</text:p></text:note-body></text:note> stand.<draw:frame>"
        "<draw:text-box><text:p>In the box.</text:p></draw:text-box></draw:frame>"
        "<draw:custom-shape><text:p>In a shape.</text:p></draw:custom-shape></text:p>"
    )
    apart = ["Nine arches stand.", "Counted in 1890.", "In the box.", "In a shape."]
    assert text(body).split("\n\n") == apart


def test_tables_have_a_line_for_each_row() -> None:
    cells = "<table:table-cell><text:p>{}</text:p></table:table-cell>" * 2
    rows = (
        "<table:table-header-rows><table:table-row>{}</table:table-row></table:table-header-rows>"
    )
    rows += "<table:table-row>{}</table:table-row>"
    body = rows.format(cells.format("Town", "People"), cells.format("Oulu", "214,000"))
    assert text(f"<table:table>{body}</table:table>") == "Town; People\n\nOulu; 214,000"


def test_titles_and_the_day_of_creation() -> None:
    styles = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    body = '<text:p text:style-name="P1">Ice in May</text:p><text:p>It came early.</text:p>'
    one = article(office.odf(body, title="Letter of the club", styles=styles))
    assert one.title == "Ice in May"
    assert (one.published, one.is_date_guess) == (date(2014, 5, 6), True)
    assert article(office.odf("<text:p>x</text:p>", title="Ice of May")).title == "Ice of May"


def test_slides_are_pages_with_their_notes() -> None:
    slide = (
        '<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>{}</text:p>'
        "</draw:text-box></draw:frame>{}</draw:page>"
    )
    notes = "<presentation:notes><text:p>Say it slowly.</text:p></presentation:notes>"
    one = article(office.odf(slide.format("Ice", notes) + slide.format("Snow", ""), "presentation"))
    assert one.text == "Ice\n\nSay it slowly.\n\nSnow"
    assert [one.page_at(one.text.index(word)) for word in ("Ice", "Say", "Snow")] == [1, 1, 2]


def test_a_protected_file_is_named() -> None:
    parts: dict[str, str | bytes] = {
        "META-INF/manifest.xml": "<m><encryption-data/></m>",
        "content.xml": b"\x93\x01",
    }
    with pytest.raises(ArticleError, match="password"):
        list(odt.read("a.odt", office.package(parts)))
