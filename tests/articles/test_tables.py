"""Rows of tables as sentences."""

from collections.abc import Sequence

import pytest

from qa.articles.formats import docx, html, odt, rtf
from qa.articles.found import ReadArticle
from qa.articles.tables import named_lines
from tests.articles import office_files as office

TOWNS = [
    ("Town", "People", "Mayor"),
    ("Granby", "14,310", "Lotte Brink"),
    ("Tarnholm", "8,905", ""),
]
SENTENCES = ["Town Granby, People 14,310, Mayor Lotte Brink.", "Town Tarnholm, People 8,905."]


def sheet(rows: Sequence[tuple[str, ...]]) -> str:
    """Return rows of an open document; a blank cell at the end of a row is left out."""
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    return "".join(
        f"<table:table-row>{''.join(map(cell.format, filter(None, row)))}</table:table-row>"
        for row in rows
    )


def test_a_row_names_its_columns() -> None:
    assert named_lines(TOWNS) == SENTENCES


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        # years above figures
        (
            [("Town", "2010", "2020"), ("Osk", "1,200", "1,150"), ("Voe", "90", "81")],
            ["Town Osk, 2010 1,200, 2020 1,150.", "Town Voe, 2010 90, 2020 81."],
        ),
        # what each thing is stands on the left
        ([("Mayor", "Lotte Brink"), ("People", "14,310"), ("Area", "52")], []),
        # the first row is like the others
        ([("1", "Kittiwake", "2:14"), ("2", "Petrel", "2:19"), ("3", "Tern", "2:20")], []),
        # nothing shows which row has the names
        ([("Lark", "Finch", "Tit"), ("Oak", "Elm", "Ash"), ("Rye", "Oats", "Wheat")], []),
        ([("Turku", "", "195,301"), ("", "", "")], []),
    ],
)
def test_names_are_only_taken_where_figures_show_them(
    rows: list[tuple[str, ...]], lines: list[str]
) -> None:
    assert named_lines(rows) == lines


def test_names_that_are_declared_need_no_figures() -> None:
    rows = [("Post:", "Name"), ("Archivist", "Mia Sorrel"), ("Guard", "Dr. Ulf Hagen Jr.")]
    assert named_lines(rows, has_names=True) == [
        "Post Archivist, Name Mia Sorrel.",
        "Post Guard, Name Dr. Ulf Hagen Jr.",
    ]


def test_tables_of_word_and_of_open_document() -> None:
    word = "".join(office.row(*map(office.paragraph, cells)) for cells in TOWNS)
    (one,) = docx.read("a.docx", office.docx(f"<w:tbl>{word}</w:tbl>"))
    assert isinstance(one, ReadArticle)
    assert one.article.text.split("\n\n") == SENTENCES
    rows = sheet(TOWNS)
    for kind in ("text", "spreadsheet"):
        (one,) = odt.read("a.odt", office.odf(f"<table:table>{rows}</table:table>", kind))
        assert isinstance(one, ReadArticle)
        assert one.article.text.split("\n\n") == SENTENCES


def test_two_tables_are_two() -> None:
    table = f"<table:table>{sheet(TOWNS)}</table:table>"
    (one,) = odt.read("a.odt", office.odf(table * 2))
    assert isinstance(one, ReadArticle)
    assert one.article.text.split("\n\n") == SENTENCES * 2


def test_tables_of_rtf() -> None:
    rows = "".join(
        r"\trowd\intbl " + "".join(rf"{cell}\cell " for cell in cells) + r"\row" for cells in TOWNS
    )
    (one,) = rtf.read("a.rtf", rf"{{\rtf1\ansi {rows} After.}}".encode())
    assert isinstance(one, ReadArticle)
    assert one.article.text.split("\n\n") == [*SENTENCES, "After."]


STORY = "<p>The ferry Albatross left the dry dock at Norrvik on Tuesday after eleven weeks.</p>" * 2


def test_tables_of_pages() -> None:
    head = "<tr><th>Route</th><th>Fare</th></tr>"
    body = "<tr><td>Westport – Osk</td><td>45 crowns</td></tr>"
    page = f"<html><body><article>{STORY}<table>{head}{body}</table>{STORY}</article></body></html>"
    (one,) = html.read("a.html", page.encode())
    assert "\nRoute Westport – Osk, Fare 45 crowns.\n" in one.article.text
    assert "Route Fare" not in one.article.text
