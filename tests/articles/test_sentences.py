"""Sentence boundaries: every word in exactly one sentence, wherever the lines end."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.sentences import WINDOW, after_dateline, sentence_around, sentence_bounds

TEXT = (
    st.text(st.sampled_from('ab. \n!?"“”([#-*1\t😀漢é\u0301\ud800\x1c\u2028'), max_size=60)
    | st.text()
)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_bounds(text)]


def check(text: str) -> None:
    bounds = sentence_bounds(text)
    position = 0
    for start, end in bounds:
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert not re.search(r"\n[^\S\n]*\n", text[start:end])
        position = end
    assert not text[position:].strip()


@settings(max_examples=300, deadline=None)
@given(TEXT)
@example("# \n#")
@example("\n\n# a\n- b\n\n1. c")
@example("a\n \t\n b")
def test_every_word_is_in_exactly_one_sentence(text: str) -> None:
    check(text)


@settings(max_examples=200, deadline=None)
@given(TEXT)
def test_the_sentence_around_a_sentence_is_itself(text: str) -> None:
    for start, end in sentence_bounds(text):
        assert sentence_around(text, start, end) == (start, end)
        assert sentence_around(text, end - 1, end) == (start, end)
        assert sentence_around(text, start, start) == (start, end)


def test_hard_wrapped_lines_are_not_cut() -> None:
    text = "The pact was\nsigned by Dr. Smith\nin Paris. It holds\nfor a year.\n"
    assert sentences(text) == [
        "The pact was\nsigned by Dr. Smith\nin Paris.",
        "It holds\nfor a year.",
    ]


def test_headings_and_list_items_are_sentences_of_their_own() -> None:
    text = "# Head\nText one\n- item one\n- item two\n2. item three\n## Next\nText two"
    assert sentences(text) == [
        *("# Head", "Text one", "- item one", "- item two", "2. item three", "## Next", "Text two")
    ]


def test_a_number_at_the_start_of_a_wrapped_line_is_not_a_list_item() -> None:
    assert sentences("It cost\n30 million and\n- as they say - more.")[0].startswith("It cost\n30")


def test_code_points_not_bytes() -> None:
    text = "😀 漢字 ﷽ é. Next one."
    assert sentences(text) == ["😀 漢字 ﷽ é.", "Next one."]


def test_a_quote_over_two_sentences_gets_both() -> None:
    text = "One is here. Two is here. Three is here."
    assert sentence_around(text, text.index("here. T"), text.index("Two") + 3) == (0, 25)


def test_white_space_alone_has_no_sentence() -> None:
    assert sentence_bounds(" \n\t \n") == []
    assert sentence_around("a.  \n\n  b.", 3, 5) == (3, 5)


@pytest.mark.parametrize("unit", ["word ", "x", "“a. ", "A sentence. ", "😀", "( ", "a\n"])
def test_a_huge_paragraph_is_covered(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    check(text)
    start, end = sentence_around(text, 100_000, 100_010)
    assert start <= 100_000
    assert end >= 100_010
    assert end - start <= 3 * WINDOW


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("date 2011-10-24 BRUSSELS NATO is expected", "NATO is expected"),
        ("date 2010-04-21 LONDON Airliners returned", "Airliners returned"),
        ("date 2010-08-22 COPIAPÓ, Chile All 33 are alive", "All 33 are alive"),
        ("date 2014-01-01 BELO HORIZONTE Germany won", "Germany won"),
        ("date 2011-10-24 The end", "The end"),
        ("date 2011-10-24", ""),
        ("SAN JOSÉ MINE, Chile - The foreman rode up", "The foreman rode up"),
        ("CAIRO, Oct. 24 (Reuters) — Egypt voted", "Egypt voted"),
        ("BRUSSELS NATO is expected", "BRUSSELS NATO is expected"),
        ("BP Chief Tony Hayward left", "BP Chief Tony Hayward left"),
        ("NASA says it - the agency - knew", "NASA says it - the agency - knew"),
        ("UN - the member states", "UN - the member states"),
        ("PARIS -", "PARIS -"),
        ("", ""),
    ],
)
def test_the_dateline_ends_where_the_first_sentence_begins(text: str, rest: str) -> None:
    assert text[after_dateline(text) :] == rest
    if rest not in ("", text):
        assert sentences(text)[-1] == rest
