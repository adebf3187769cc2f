"""The sentences of a written answer, and what each cites."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.writing.sentences import MOST_CHARACTERS, SentenceSplitter

Found = list[tuple[str, tuple[int, ...]]]


def split(*pieces: str, is_cut_off: bool = False) -> Found:
    """The sentences of a text in pieces, written from five passages."""
    splitter = SentenceSplitter(5)
    found = [sentence for piece in pieces for sentence in splitter.feed(piece)]
    found += splitter.end(is_cut_off=is_cut_off)
    return [(sentence.text, sentence.cited) for sentence in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "The bridge closed [1]. It reopened in May. [2] It is safe.[1][3]",
            [("The bridge closed.", (1,)), ("It reopened in May.", (2,)), ("It is safe.", (1, 3))],
        ),
        (
            "It closed [1, 2], then opened [2-4] [4]; all [passage 5] saw it【1】【2†a.txt】 [^3].",
            [("It closed, then opened; all saw it.", (1, 2, 3, 4, 5))],
        ),
        ("[1] It closed. [2] It reopened.", [("It closed.", (1,)), ("It reopened.", (2,))]),
        ("It closed.\n\n[1]", [("It closed.", (1,))]),
        ("It closed [1]\n[2]\nIt reopened", [("It closed", (1, 2)), ("It reopened", ())]),
        ("It closed [9] [0] [12].", [("It closed.", ())]),
        ("It rose [sic] in [2011] (1).", [("It rose [sic] in [2011] (1).", ())]),
        ("It closed [1", [("It closed [1", ())]),
        (
            "Mr. J. K. Smith of the U.S. Navy paid $3.50 at 5 p.m. on Jan. 3. He left [2].",
            [
                ("Mr. J. K. Smith of the U.S. Navy paid $3.50 at 5 p.m. on Jan. 3.", ()),
                ("He left.", (2,)),
            ],
        ),
        (
            'He said, "It is over." [1] "Nobody was hurt!" [2] Why?',
            [('He said, "It is over."', (1,)), ('"Nobody was hurt!"', (2,)), ("Why?", ())],
        ),
        (
            "Here it is:\n\n- **Bridge**: closed [1]\n* It, *at last*, fell [2].\n2. `Open`\n",
            [
                ("Here it is:", ()),
                ("Bridge: closed", (1,)),
                ("It, at last, fell.", (2,)),
                ("Open", ()),
            ],
        ),
        ("1. First. [1]\n2. Second. [2]", [("First.", (1,)), ("Second.", (2,))]),
        (
            "## The bridge\nIt closed after the\nflood. [2]",
            [("The bridge", ()), ("It closed after the flood.", (2,))],
        ),
        (
            "See [the report](http://x.example/a). It holds.",
            [("See the report.", ()), ("It holds.", ())],
        ),
        ("A b_c_d and 2 * 3 * 4 and __init__.", [("A b_c_d and 2 * 3 * 4 and init.", ())]),
        ("```\n---\n***\n", []),
        ("", []),
        ("Red \x1b[31malert\u202e now. Next.", [("Red [31malert now.", ()), ("Next.", ())]),
        ("It closed [1] .", [("It closed.", (1,))]),
        ("It closed [1], [2].", [("It closed.", (1, 2))]),
    ],
)
def test_sentences_and_their_citations(text: str, wanted: Found) -> None:
    assert split(text) == wanted
    assert split(*text) == wanted


def test_a_sentence_comes_when_the_word_after_it_is_complete() -> None:
    splitter = SentenceSplitter(2)
    assert list(splitter.feed("It closed on Monday. [1] I")) == []
    assert [each.cited for each in splitter.feed("t ")] == [(1,)]


def test_of_a_text_that_was_cut_off_only_whole_sentences_are_kept() -> None:
    assert split("It closed. [1] It does not", is_cut_off=True) == [("It closed.", (1,))]
    assert split("It closed. It is safe. [2]", is_cut_off=True)[-1] == ("It is safe.", (2,))


def test_text_without_an_end_is_cut() -> None:
    words = split("word " * MOST_CHARACTERS)
    assert len(words) > 4
    assert " ".join(text for text, _ in words) == " ".join(["word"] * MOST_CHARACTERS)
    assert max(len(text) for text, _ in words) <= MOST_CHARACTERS
    assert "".join(text for text, _ in split("x" * 9_000)) == "x" * 9_000


@pytest.mark.parametrize("mark", ["[", "*a ", "_a ", "[]("])
def test_marks_that_nothing_closes_are_taken_in_without_delay(mark: str) -> None:
    """In quadratic time this would take longer than a test may."""
    splitter = SentenceSplitter(2)
    for _ in range(20_000 // len(mark)):
        assert [each.text for each in splitter.feed(mark) if len(each.text) > MOST_CHARACTERS] == []
        assert splitter.unfinished is not None


PARTS = [
    "[1]",
    "[2, 3]",
    "【4】",
    "[",
    "]",
    ".",
    "!",
    " ",
    " ",
    "\n",
    "\n\n",
    "- ",
    "**",
    "It",
    "is",
]
PARTS += [
    "Mr.",
    "U.S.",
    "3.50",
    '"',
    "„Nein.“",
    "[sic]",
    "1. ",
    "東京。",
    "[9",
    ") ",
    "…",
    "\x1b",
    "_",
]


@given(st.lists(st.sampled_from(PARTS), max_size=25).map("".join), st.lists(st.integers(0, 80)))
def test_cuts_make_no_difference(text: str, cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(text)]
    pieces = [text[a:b] for a, b in pairwise(places)]
    assert split(*pieces) == split(text)


@given(
    st.lists(st.sampled_from(["The bridge closed", "Mr. Lee left", "It cost 3.5 m"]), max_size=6)
)
def test_nothing_is_lost(said: list[str]) -> None:
    text = " ".join(f"{each} [{at % 5 + 1}]." for at, each in enumerate(said))
    assert split(text) == [(f"{each}.", (at % 5 + 1,)) for at, each in enumerate(said)]
