"""Word documents: what a reader of the printed page sees, and nothing else."""

from datetime import date

import pytest

from qa.articles.formats import docx
from qa.articles.found import EmptyFileError, ReadArticle
from qa.datatypes import Article
from qa.errors import ArticleError

from . import office_files as office
from .office_files import paragraph, row, run


def article(body: str, name: str = "a.docx", **parts: str) -> Article:
    (one,) = docx.read(name, office.docx(body, **parts))
    assert isinstance(one, ReadArticle)
    assert one.record is None
    return one.article


def test_paragraphs_stand_apart() -> None:
    text = article(
        paragraph("The mill burnt down.") + "<w:p/>" + paragraph("Nobody was hurt.")
    ).text
    assert text == "The mill burnt down.\n\nNobody was hurt."


def test_runs_breaks_and_tabs_are_one_paragraph() -> None:
    inside = run("The Ro") + run("ssi mill") + "<w:r><w:br/></w:r>"
    inside += run("burnt") + "<w:r><w:tab/><w:t>down</w:t><w:noBreakHyphen/><w:t>town</w:t></w:r>"
    assert article(f"<w:p>{inside}</w:p>").text == "The Rossi mill\nburnt down-town"


def test_tracked_changes_are_read_as_if_accepted() -> None:
    body = (
        f"<w:p>{run('The council ')}<w:del><w:r><w:delText>refused</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('never ')}</w:moveFrom><w:ins>{run('approved it')}</w:ins>"
        f"<w:moveTo>{run(' today')}</w:moveTo>{run('.')}</w:p>"
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>"
        f"{paragraph('Old row')}</w:tc></w:tr></w:tbl>"
    )
    assert article(body).text == "The council approved it today."


def test_a_text_box_is_read_once_and_apart() -> None:
    box = f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent>"
    body = (
        f"<w:p>{run('Before ')}<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>{run('and after.')}</w:p>"
    )
    assert article(body).text == "Before and after.\n\nIn the box."


def test_hidden_text_field_codes_and_contents_are_left_out() -> None:
    styles = '<w:style w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>'
    body = (
        paragraph("Floods 7", "Verzeichnis1")
        + "<w:p>"
        + run("Secret.", "<w:vanish/>")
        + run("Shown.", '<w:vanish w:val="0"/>')
        + "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    assert article(body, styles=styles).text == "Shown."


def test_short_cells_make_a_line_and_long_ones_stay_paragraphs() -> None:
    table = row(paragraph("Town"), paragraph("People")) + row(
        paragraph("Turku"), paragraph("195,301")
    )
    layout = row(
        paragraph("Left one.") + paragraph("Left two."), f"<w:tbl>{row(paragraph('Inner'))}</w:tbl>"
    )
    long = row(paragraph("Who"), paragraph("The mayor spoke for an hour about the bridge. " * 4))
    text = article(f"<w:tbl>{table}{layout}{long}</w:tbl>").text
    lines = text.split("\n\n")
    assert lines[:5] == ["Town; People", "Turku; 195,301", "Left one.", "Left two.", "Inner"]
    assert lines[5] == "Who"
    assert "|" not in text


def test_wrapped_blocks_and_rows_are_read() -> None:
    body = f"<w:sdt><w:sdtContent>{paragraph('In a control.')}<w:tbl><w:sdt><w:sdtContent>"
    body += f"{row(paragraph('A'), paragraph('B'))}</w:sdtContent></w:sdt></w:tbl>"
    assert article(f"{body}</w:sdtContent></w:sdt>").text == "In a control.\n\nA; B"


def test_footnotes_come_last_without_their_lines() -> None:
    notes = (
        f'<w:footnote w:type="separator">{paragraph("----")}</w:footnote>'
        f'<w:footnote w:id="1">{paragraph("Counted in 1890.")}</w:footnote>'
    )
    body = f"<w:p>{run('It has nine arches.')}<w:r><w:footnoteReference/></w:r></w:p>"
    assert article(body, notes=notes).text == "It has nine arches.\n\nCounted in 1890."


def test_a_strict_file_with_another_main_part_is_read() -> None:
    data = office.docx(
        paragraph("Strictly speaking."), main="texts/main2.xml", namespace=office.STRICT
    )
    (one,) = docx.read("a.docx", data)
    assert isinstance(one, ReadArticle)
    assert one.article.text == "Strictly speaking."


STYLES = (
    '<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>'
    '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
)
SAID = paragraph("Annual meeting of the beekeepers") + paragraph("They met in Lund.")


@pytest.mark.parametrize(
    ("stated", "body", "title"),
    [
        ("Annual meeting of the beekeepers", SAID, "Annual meeting of the beekeepers"),
        ("Beekeepers in Lund", SAID, "Beekeepers in Lund"),
        ("Template of the club", paragraph("Bees", "Titel") + SAID, "Bees"),
        ("Template of the club", paragraph("Bees", "berschrift1") + SAID, "Bees"),
        ("Microsoft Word - bees.doc", SAID, "Annual meeting of the beekeepers"),
        ("bees final.docx", SAID, "Annual meeting of the beekeepers"),
        ("Document1", SAID, "Annual meeting of the beekeepers"),
        ("12", SAID, "Annual meeting of the beekeepers"),
        ("meet", SAID + paragraph("Bees", "berschrift1"), "Bees"),
        ("", SAID * 2 + paragraph("Late", "berschrift1"), "Annual meeting of the beekeepers"),
        ("", SAID * 2 + paragraph("Bees", "Titel"), "Bees"),
    ],
)
def test_the_title_is_the_one_shown(stated: str, body: str, title: str) -> None:
    assert article(body, core=office.properties(stated), styles=STYLES).title == title


@pytest.mark.parametrize(
    ("name", "first", "created", "day", "dated", "is_guess"),
    [
        ("a.docx", "Bees", "2014-05-06T10:00:00Z", date(2014, 5, 6), "document properties", True),
        ("a.docx", "3 April 2012", "2014-05-06T10:00:00Z", date(2012, 4, 3), "date line", False),
        ("2011-02-03 a.docx", "Bees", "2014-05-06", date(2011, 2, 3), "file name", False),
        ("a.docx", "Bees", "2013-12-23T23:15:00Z", None, "", False),
        ("a.docx", "Bees", "yesterday", None, "", False),
    ],
)
def test_the_day_of_creation_is_the_last_resort(
    name: str, first: str, created: str, day: date | None, dated: str, is_guess: bool
) -> None:
    body = paragraph(first) + paragraph("They met in Lund.")
    one = article(body, name, core=office.properties("", created))
    assert (one.published, one.dated, one.is_date_guess) == (day, dated, is_guess)


def test_text_is_cleaned() -> None:
    body = paragraph("One&#x202e;\u00a0two  three\u200b.") + paragraph("e\u0301")
    assert article(body).text == "One two three.\n\né"


def test_a_document_without_text_and_another_kind_of_file_are_refused() -> None:
    with pytest.raises(EmptyFileError, match="no text"):
        article("<w:p/>")
    with pytest.raises(ArticleError, match="no Word document"):
        list(docx.read("a.docx", office.pptx(office.shape("A slide."))))
