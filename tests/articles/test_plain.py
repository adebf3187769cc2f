"""Plain text: cut words and page breaks are mended, and lines are numbered as in the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.articles.clean import clean
from qa.articles.formats.text import read_text
from qa.datatypes import Article
from qa.sentences import sentence_around

MINUTES = "".join(
    f"MINUTES OF THE REEVES\nPage {page}\n\nMotion {page} was put to the reeves and to the clerk.\n"
    f"Nobody spoke against motion {page} that day.\n\n\f"
    for page in range(1, 8)
)


def line_of(found: Article, words: str) -> int:
    return found.line_at(found.text.index(words))


def sentence_with(text: str, words: str) -> str:
    found = read_text("a.txt", text).text
    start, end = sentence_around(found, found.index(words), found.index(words) + len(words))
    return " ".join(found[start:end].split())


def test_only_line_feeds_count_lines() -> None:
    text = "One.\u2028Two.\vThree.\x85\nThe porter\r\nis Ove.\fThe reeve\nis Knut."
    found = read_text("a.txt", text)
    assert [line_of(found, words) for words in ("Three", "porter", "Ove", "reeve", "Knut")] == [
        *(1, 2, 3, 3, 4)
    ]


def test_lines_after_running_heads_are_those_of_the_file() -> None:
    text = MINUTES + "MINUTES OF THE REEVES\nPage 8\n\nThe reeves chose Ingrid Moe as pilot.\n"
    found = read_text("a.txt", text)
    assert line_of(found, "The reeves chose Ingrid Moe") == 46
    assert text.split("\n")[45] == "The reeves chose Ingrid Moe as pilot."
    assert found.text.count("MINUTES OF THE REEVES") == 1
    assert "Page" not in found.text
    assert found.text.count("Nobody spoke against motion") == 7
    assert found.title == "MINUTES OF THE REEVES"


CUT = "They found that the sluice had been left open because the second"
REST = "keeper, Tore Lie, was asleep. The lock was closed."


@pytest.mark.parametrize(
    "between",
    [
        "\n\f",
        "\f",
        "\n\n            - 14 -\n\fReport on the lock        Volume 2\n\n\n",
        "\n\f\nReport on the lock\n\n",
        "\nPage 3 of 9\n\f\n",
        "\n\n\f12\n\n",
        "\n\n14\n\n",
        "\n\n- xiv -\n\nReport on the lock\n\n",
    ],
)
def test_a_page_break_ends_no_sentence(between: str) -> None:
    text = f"The inquiry sat for six days in the town hall of the old port.\n{CUT}{between}{REST}\n"
    assert sentence_with(text, "Tore Lie") == f"{CUT} keeper, Tore Lie, was asleep."
    found = read_text("a.txt", text)
    assert line_of(found, "keeper") == text[: text.index("keeper")].count("\n") + 1


def test_a_sentence_that_goes_on_with_a_name_is_whole_below_a_head() -> None:
    text = f"It sat for six days.\n{CUT}\n\fReport on the lock      12\n\nKeeper Tore Lie slept.\n"
    assert sentence_with(text, "Tore Lie") == f"{CUT} Keeper Tore Lie slept."


@pytest.mark.parametrize(
    "text",
    [
        "It ended.\n\n12\n\nA chapter begins here.\n",
        "Chapter one\n\n1\n\nA chapter begins here.\n",
        "It ended there.\n\n- 12 -\n\nand so on it went.\n",
        "Title\n\nA list of 4 things\n\n4\n\nB is next.\n",
    ],
)
def test_a_number_that_cuts_no_sentence_stays(text: str) -> None:
    found = read_text("a.txt", text)
    assert (found.text, found.lines) == (text, ())


def test_a_finished_page_ends_its_paragraph() -> None:
    found = read_text("a.txt", "It ended.\n- 1 -\n\f\n2\n\nThe second page\n\nIt began.\n")
    assert found.text == "It ended.\n\nThe second page\n\nIt began."
    assert [line_of(found, words) for words in ("ended", "second", "began")] == [1, 6, 8]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The regional author-\nity met.\n", "The regional authority\nmet.\n"),
        ("Solveig Strand-\nberg, the head, left.\n", "Solveig Strandberg,\nthe head, left.\n"),
        ("A well-\nknown lawyer.\n", "A well-known\nlawyer.\n"),
        ("It is well\u00ad\nknown here.\n", "It is wellknown\nhere.\n"),
        ("The com\u2010\npany paid.\n", "The company\npaid.\n"),
        ("  The com-  \r\n   pany paid.\r\n", "  The company\npaid.\n"),
        ("The trans-atlantic line. The trans-\natlantic ship.", "The trans-atlantic line. The"),
        ("From 1990-\n1995 it was shut.\n", "From 1990-1995\nit was shut.\n"),
        ("Two- and three-\nyear plans.\n", "Two- and three-year\nplans.\n"),
        ("Both two-\nand three-year plans.\n", "Both two-\nand three-year plans.\n"),
        ("A list -\nof things -\n- one\n", "A list -\nof things -\n- one\n"),
        ("It ended-\n\nanew.\n", "It ended-\n\nanew.\n"),
    ],
)
def test_cut_words_are_whole(text: str, expected: str) -> None:
    assert read_text("a.txt", text).text.startswith(expected.rstrip())


def test_the_hyphenated_word_elsewhere_decides() -> None:
    found = read_text("a.txt", "The trans-atlantic line.\nThe trans-\natlantic ship.\n")
    assert found.text == "The trans-atlantic line.\nThe trans-atlantic\nship."


def test_a_line_that_is_only_the_rest_of_a_word_leaves_no_blank_one() -> None:
    found = read_text("a.txt", "The environ-\nmen-\ntal\noffice\nclosed.\n")
    assert found.text == "The environmental\noffice\nclosed."
    assert [line_of(found, words) for words in ("environmental", "office", "closed")] == [1, 4, 5]


LINES = st.lists(
    st.sampled_from(
        [
            *("", "", "\f", "- 3 -", "12", "HEAD   4", "a cut word here-", "the rest", "It ended."),
            *("It went on and", "\fHEAD   5", "Some\vmore\u2028words", "co-", "op", "soft\u00ad"),
        ]
    ),
    min_size=1,
    max_size=40,
)


@given(LINES)
def test_every_line_is_found_where_the_file_has_it(lines: list[str]) -> None:
    found = read_text("a.txt", "\n".join(lines))
    assert clean(found.text) == found.text
    offset = 0
    for line in found.text.split("\n"):
        assert line.strip()[:2] in clean(lines[found.line_at(offset) - 1])
        offset += len(line) + 1
