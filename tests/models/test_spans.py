"""Start and end scores become spans of whole words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.models.spans import MOST_SPAN_TOKENS, best_spans, whole_words

scores = st.lists(st.floats(-10, 10, width=16), min_size=1, max_size=50)


@given(scores, st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_spans_are_the_best_that_do_not_overlap(starts: list[float], seed: int, many: int) -> None:
    start = np.array(starts, np.float32)
    end = np.random.default_rng(seed).normal(size=len(start)).astype(np.float32)
    pairs = [
        (first, last, float(start[first] + end[last]))
        for first in range(len(start))
        for last in range(first, min(len(start), first + MOST_SPAN_TOKENS))
    ]
    wanted: list[float] = []
    left = pairs
    while left and len(wanted) < many:
        best = max(left, key=lambda pair: pair[2])
        wanted.append(best[2])
        left = [pair for pair in left if pair[1] < best[0] or pair[0] > best[1]]
    found = best_spans(start, end, many)
    if len(found) == 1 or len({pair[2] for pair in pairs}) == len(pairs):
        assert [score for _, _, score in found] == pytest.approx(wanted[: len(found)])
        assert len(found) == len(wanted)
    for one, (first, last, score) in enumerate(found):
        assert 0 <= first <= last < len(start)
        assert last - first < MOST_SPAN_TOKENS
        assert score == start[first] + end[last]
        for other_first, other_last, _ in found[:one]:
            assert last < other_first or first > other_last


def test_excluded_tokens_are_never_chosen() -> None:
    start = np.array([9, -np.inf, 1, 0], np.float32)
    end = np.array([-np.inf, 9, 1, 2], np.float32)
    assert best_spans(start, end, 9) == [(0, 1, 18.0), (2, 3, 3.0)]
    nothing = np.full(4, -np.inf, np.float32)
    assert best_spans(nothing, nothing, 3) == []


def test_both_ends_of_a_span_lie_in_the_same_group() -> None:
    start = np.array([9, 1, 5, 0], np.float32)
    end = np.array([0, 1, 9, 2], np.float32)
    assert best_spans(start, end, 1) == [(0, 2, 18.0)]
    groups = np.array([0, 0, 1, 1])
    assert best_spans(start, end, 9, groups) == [(2, 2, 14.0), (0, 1, 10.0), (3, 3, 2.0)]


@pytest.mark.parametrize(
    ("text", "found", "wanted"),
    [
        ("Ships off Naples sailed", "ples", "Naples"),
        ("in Naples, Italy", "Naples,", "Naples"),
        ("the U.S. economy", "U.S", "U.S."),
        ("It ended in 2011.", "2011.", "2011"),
        ("rose 3.5 per cent.", "3.5 per cent.", "3.5 per cent"),
        ("cost $1,200.50 then", "$1,200.50", "$1,200.50"),
        ("said (in 2011) that", "(in 2011", "in 2011"),
        ("said (in 2011) that", "(in 2011)", "(in 2011)"),
        ("a “big” man", "“big", "big"),
        ("a “big” man", "“big”", "“big”"),
        ("it was *bold* there", "*bold*", "bold"),
        ("ash — and smoke", "— and smoke", "and smoke"),
        ("Jean-Paul went", "Jean-Paul", "Jean-Paul"),
        ("what ... then", "...", ""),
        ("the café's cat", "afé", "café"),
        ("東京 is large", "東京", "東京"),
    ],
)
def test_spans_are_whole_words_without_stray_punctuation(
    text: str, found: str, wanted: str
) -> None:
    start = text.index(found)
    first, last = whole_words(text, start, start + len(found))
    assert text[first:last] == wanted


pieces = st.text(st.sampled_from("ab9 .,;:!?'\"“”()[]-—*\n é東🌋"), min_size=1, max_size=40)


@given(pieces, st.data())
def test_a_second_pass_changes_nothing(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first, last = whole_words(text, start, end)
    assert 0 <= first <= last <= len(text)
    if first < last:
        assert whole_words(text, first, last) == (first, last)
        assert text[first:last] == text[first:last].strip()
