"""PDF: whole sentences in the order of reading, each with its page."""

import random
from datetime import date

import pytest

from qa.articles.clean import clean
from qa.articles.formats import pdf
from qa.articles.found import Problem, ReadArticle
from qa.datatypes import Article, Citation
from qa.errors import ArticleError

from .pdf_files import Placed, column, pdf_of

FILLER = [
    "The harbour board met on Monday in the old custom house by the quay.",
    "It heard four reports about the dredging of the northern basin there.",
    "No member spoke against the plan, and the chair closed the meeting.",
]


def article(data: bytes) -> Article:
    (read,) = pdf.read("report.pdf", data)
    assert isinstance(read, ReadArticle), read
    assert read.record is None
    assert clean(read.article.text) == read.article.text
    return read.article


def reason(data: bytes) -> str:
    with pytest.raises(ArticleError) as error:
        list(pdf.read("report.pdf", data))
    assert "\n" not in str(error.value)
    return str(error.value)


def cited(found: Article, quote: str) -> Citation:
    start = found.text.index(quote)
    return Citation(1, found, start, start + len(quote))


def test_lines_are_joined_into_paragraphs() -> None:
    found = article(pdf_of(column([*FILLER, "", *FILLER[:2]])))
    assert found.text == " ".join(FILLER) + "\n\n" + " ".join(FILLER[:2])
    assert found.pages == (0,)


def test_an_indented_line_begins_a_paragraph() -> None:
    first, second, third = column(FILLER)
    found = article(pdf_of([first, (second[0] + 15, *second[1:]), third]))
    assert found.text == f"{FILLER[0]}\n\n{FILLER[1]} {FILLER[2]}"


def test_a_line_that_ends_early_is_a_heading() -> None:
    found = article(pdf_of(column(["Dredging", *FILLER])))
    assert found.text == "Dredging\n\n" + " ".join(FILLER)


def test_columns_are_read_one_after_the_other() -> None:
    left = ["The ferry left the quay at", "six, an hour late, because", "the pilot was"]
    right = ["ill. Nobody was hurt when", "it ran aground off the", "island of Frei."]
    found = article(pdf_of(column(left) + column(right, left=320)))
    assert found.text == " ".join(left + right)


def test_a_sentence_over_a_page_break_is_whole_and_cited_by_its_first_page() -> None:
    found = article(pdf_of(column(["The bow door was open because the"]), column(["mate slept."])))
    assert found.text == "The bow door was open because the mate slept."
    assert found.pages == (0, found.text.index("mate"))
    assert cited(found, "because the mate").page == 1
    assert cited(found, "mate slept").page == 2
    assert cited(found, "mate slept").where == "report.pdf, page 2"


def test_a_page_without_text_begins_where_the_next_one_does() -> None:
    found = article(pdf_of(column(FILLER), [], column(["Motions", *FILLER])))
    assert found.pages == (0, found.text.index("Motions"), found.text.index("Motions"))
    assert cited(found, "Motions").page == 3


def page_with_edges(number: int, body: list[str]) -> list[Placed]:
    head: Placed = (72, 760, 8, f"Nordlys Inquiry, volume {number}")
    return [head, *column(body), (300, 40, 8, f"- {number} -")]


def test_running_heads_and_page_numbers_are_left_out() -> None:
    bodies = [[f"Witness {name} was heard first and"] for name in ("Aas", "Berg", "Dahl", "Eide")]
    found = article(pdf_of(*(page_with_edges(at, body) for at, body in enumerate(bodies, 1))))
    assert "volume" not in found.text
    assert "-" not in found.text
    assert found.text.count("Witness") == 4


def test_what_stands_on_two_pages_alone_stays() -> None:
    found = article(pdf_of(*(page_with_edges(number, FILLER) for number in (1, 2))))
    assert found.text.count("Nordlys Inquiry") == 2
    assert "- 1 -" not in found.text  # a page number alone at the foot goes at once


def test_a_sentence_that_ends_each_page_with_another_number_stays() -> None:
    bodies = [[*FILLER, f"The board voted on item {number} at once."] for number in range(4)]
    found = article(pdf_of(*map(column, bodies)))
    assert found.text.count("The board voted on item") == 4


def test_a_note_at_the_foot_does_not_interrupt_a_sentence() -> None:
    first = column([*FILLER, "The owners of the ferry, who had"])
    note: list[Placed] = [(72, 60, 7, "Owners here means the company and its heirs.")]
    found = article(pdf_of(first + note, column(["insured her in Oslo, were paid."])))
    assert "The owners of the ferry, who had insured her in Oslo, were paid." in found.text
    assert cited(found, "Owners here").page == 1
    assert cited(found, "insured her").page == 2


def test_raised_figures_stay_in_their_line() -> None:
    text = "The area of the northern basin is now 40 000 m"
    line: list[Placed] = [
        (72, 700, 10, text),
        (282.5, 704, 6, "2"),
        (289, 700, 10, "in all."),
    ]
    found = article(pdf_of([*line, *column(FILLER, top=688)]))
    assert found.text.startswith(f"{text}2 in all.\n\n{FILLER[0]}")


def test_the_mark_of_a_note_does_not_cut_its_sentence() -> None:
    first, *others = column(FILLER)
    found = article(pdf_of([first, (200, 704, 6, "3"), *others]))
    assert found.text == " ".join(FILLER)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["He worked for the environ-", "mental office."], "the environmental office."),
        (["She hired a well-", "known lawyer for it."], "a well-known lawyer for it."),
        (["It is a co-op, and this co-", "op is small."], "this co-op is small."),
        (["They met the Anglo-", "Saxon scholars."], "the Anglo-Saxon scholars."),
        (["They built two-", "and three-storey houses."], "two- and three-storey houses."),
        (["They tested 2,000 for COVID-", "19 in a day."], "for COVID-19 in a day."),
    ],
)
def test_words_cut_at_line_ends_are_whole(lines: list[str], expected: str) -> None:
    assert expected in article(pdf_of(column(lines))).text


def test_a_word_cut_at_a_page_end_is_whole() -> None:
    found = article(
        pdf_of(column(["They asked the chair of the environ-"]), column(["mental office."]))
    )
    assert found.text == "They asked the chair of the environmental office."


def test_text_that_runs_upwards_is_read() -> None:
    found = article(pdf_of(column(FILLER, top=600), turned=True))
    assert found.text == " ".join(FILLER)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Loss of the Nordlys", "Loss of the Nordlys"),
        ("Microsoft Word - Loss of the Nordlys", "Loss of the Nordlys"),
        ("Microsoft Word - final2.doc", "The Large Heading"),
        ("report_v3.indd", "The Large Heading"),
        ("untitled", "The Large Heading"),
        ("C:\\\\texts\\\\a", "The Large Heading"),
        ("rpt-2011-b", "The Large Heading"),
        ("", "The Large Heading"),
    ],
)
def test_a_title_that_is_no_name_of_a_file_is_taken(title: str, expected: str) -> None:
    placed = [(72.0, 730.0, 18.0, "The Large Heading"), *column(FILLER)]
    assert article(pdf_of(placed, title=title)).title == expected


def test_without_a_heading_the_first_sentence_is_the_title() -> None:
    assert article(pdf_of(column(FILLER))).title == FILLER[0]


def test_the_date_of_making_is_a_guess_and_a_date_in_the_text_is_none() -> None:
    found = article(pdf_of(column(FILLER), created="D:20110719120000+02'00'"))
    assert (found.published, found.dated, found.is_date_guess) == (
        date(2011, 7, 19),
        "PDF metadata",
        True,
    )
    dated = column(["date 2010-04-03", "", *FILLER])
    found = article(pdf_of(dated, created="D:20110719120000Z"))
    assert (found.published, found.dated, found.is_date_guess) == (
        date(2010, 4, 3),
        "first line",
        False,
    )


@pytest.mark.parametrize(
    ("line", "dated"),
    [("By Tove Lind, 12 April 2016", "date line"), ("TARN, 12 April 2016. It shut.", "dateline")],
)
def test_a_date_at_the_top_counts_and_not_the_day_on_which_the_page_was_printed(
    line: str, dated: str
) -> None:
    lines = column(["Dredging", "", line, "", *FILLER])
    found = article(pdf_of(lines, created="D:20190719120000Z"))
    assert (found.published, found.dated, found.is_date_guess) == (date(2016, 4, 12), dated, False)


@pytest.mark.parametrize("created", ["", "D:00000101000000Z", "D:20111399", "yesterday"])
def test_a_senseless_date_is_none(created: str) -> None:
    found = article(pdf_of(column(FILLER), created=created))
    assert (found.published, found.dated, found.is_date_guess) == (None, "", False)


def test_a_scan_has_no_text() -> None:
    assert reason(pdf_of([(300, 40, 8, "1")], [(300, 40, 8, "2")])).startswith("no text:")


def test_a_file_that_is_no_pdf_is_damaged() -> None:
    assert reason(b"%PDF-1.4\nnothing more") == "damaged, or not a PDF"


def test_a_protected_file_needs_its_password() -> None:
    data = pdf_of(column(FILLER))
    key = "00" * 32
    locked = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{key}> /U <{key}> >> "
        f"/ID [<{key}> <{key}>]"
    )
    assert reason(data.replace(b"/Info 4 0 R", locked.encode())).startswith("encrypted:")


def test_damaged_files_give_an_article_or_one_line() -> None:
    chance = random.Random(7)
    sound = pdf_of(*(page_with_edges(number, FILLER) for number in range(4)), title="A title")
    for _ in range(200):
        data = bytearray(sound)
        for _ in range(chance.choice((1, 10, 100))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            for read in pdf.read("a.pdf", bytes(data[: chance.randrange(len(data))])):
                text = read.reason if isinstance(read, Problem) else read.article.text
                assert text == clean(text)
        except ArticleError as error:
            assert "\n" not in str(error)
