"""Splitting: passages cover the text, in order, under the limit, whatever the text and limit."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.articles.split import CHARACTERS_PER_TOKEN, split
from qa.datatypes import Article, Passage
from qa.sentences import sentence_bounds

Counter = Callable[[Sequence[str]], Sequence[int]]


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def words_with_marks(texts: Sequence[str]) -> list[int]:
    """Counts like a tokenizer that adds two tokens to each text, so sums are too high."""
    return [len(text.split()) + 2 for text in texts]


def growing(texts: Sequence[str]) -> list[int]:
    """Counts more tokens in a text than in its parts, so sums are too low."""
    return [len(text) ** 2 // 20 for text in texts]


def article(text: str) -> Article:
    return Article("", "T", "s", None, text, "")


def check(text: str, count: Counter, limit: int) -> list[Passage]:
    passages = split(article(text), count, limit)
    assert split(article(text), count, limit) == passages
    covered = 0
    for passage in passages:
        assert 0 <= passage.start < passage.end <= len(text)
        assert not text[passage.start].isspace()
        assert not text[passage.end - 1].isspace()
        assert len(passage.text) <= limit * CHARACTERS_PER_TOKEN
        assert count([passage.text])[0] <= limit or len(passage.text) == 1
        assert not text[covered : passage.start].strip()
        assert passage.end > covered  # each has something new
        covered = passage.end
    assert not text[covered:].strip()
    starts = [passage.start for passage in passages]
    assert starts == sorted(set(starts))
    return passages


HOSTILE = st.text(st.sampled_from('ab. \n!?"“([#-\x1b😀漢\u202e\u0301\ud800'), max_size=300)
PROSE = st.lists(
    st.sampled_from(
        [
            *("One is.", "It is a longer sentence here.", "Yes!", "\n\n", "\n", "# Head\n"),
            *("A very " + "very " * 30 + "long one.", "x" * 200, "- item\n"),
        ]
    ),
    max_size=40,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(
    HOSTILE | PROSE | st.text(max_size=300),
    st.sampled_from([words, characters, words_with_marks, growing]),
    st.integers(1, 80),
)
def test_passages_cover_the_text(text: str, count: Counter, limit: int) -> None:
    check(text, count, limit)


def test_passages_are_whole_sentences_and_share_one() -> None:
    text = " ".join(f"This is sentence {n}." for n in range(9))
    assert [passage.text for passage in check(text, words, 12)] == [
        " ".join(f"This is sentence {n}." for n in range(first, first + 3))
        for first in (0, 2, 4, 6)
    ]


def test_passages_begin_and_end_with_sentences() -> None:
    text = "\n\n".join(" ".join(f"Sentence {n} of {p}." for n in range(7)) for p in range(9))
    bounds = sentence_bounds(text)
    for passage in check(text, words, 20):
        assert passage.start in {start for start, _ in bounds}
        assert passage.end in {end for _, end in bounds}


def test_no_overlap_where_it_does_not_fit() -> None:
    text = "one two three four five. six seven eight nine ten."
    text = text.replace("six", "Six").replace("one", "One")
    assert [p.text for p in check(text, words, 6)] == [
        *("One two three four five.", "Six seven eight nine ten.")
    ]


def test_a_blank_line_ends_a_passage_that_is_full_enough() -> None:
    text = "One two three four. Five six seven.\n\nEight nine. Ten eleven twelve thirteen."
    assert check(text, words, 10)[0].text == "One two three four. Five six seven."


def test_a_short_text_is_one_passage() -> None:
    (passage,) = check("\n  One. Two.\n\nThree.\n", words, 50)
    assert passage.text == "One. Two.\n\nThree."
    assert check(" \n", words, 50) == []
    assert check("", words, 50) == []


def test_the_last_passage_is_not_tiny() -> None:
    text = " ".join(f"This is sentence {n}." for n in range(26)) + " End."
    for limit in range(9, 60):
        *_, last = check(text, words, limit)
        assert words([last.text])[0] > 4 or limit < 12


def test_a_long_sentence_is_cut_at_words() -> None:
    text = "word " * 1_000 + "end."
    passages = check(text, words, 30)
    assert all(text[p.end : p.end + 1] in (" ", "") for p in passages)
    assert len(passages) < 1_001 / 30 * 1.3


def test_a_long_word_is_cut_at_characters() -> None:
    assert "".join(p.text for p in check("é" * 1_000, characters, 64)) == "é" * 1_000


def test_one_long_sentence_does_not_shorten_the_other_passages() -> None:
    text = "Short one here. " * 50 + "word " * 500 + "end. " + "Short one here. " * 50
    assert sum(words([p.text])[0] for p in check(text, words, 40)) < 1.4 * words([text])[0]


def test_the_counter_is_called_few_times() -> None:
    calls = []

    def count(texts: Sequence[str]) -> list[int]:
        calls.append(len(texts))
        return words(texts)

    split(article("This is a sentence of seven words. " * 2_000), count, 100)
    assert len(calls) == 2


def test_a_limit_of_zero() -> None:
    with pytest.raises(ValueError, match="0 tokens"):
        split(article("a"), words, 0)


@pytest.mark.parametrize(
    "text",
    ["word " * 2_000_000, "x" * 10_000_000, "a" + "\n" * 10_000_000 + "b"],
    ids=["words", "one word", "blank"],
)
def test_ten_megabytes_in_one_line(text: str) -> None:
    passages = split(article(text), words, 200)
    assert passages[-1].end == len(text.rstrip())
    assert sum(passage.end - passage.start for passage in passages) < 1.1 * len(text)


def test_hostile_megabytes() -> None:
    for unit in ("“a. ", "- a\n", "# a\n", "a.\n\n", "(", "?! "):
        text = unit * (100_000 // len(unit))
        passages = split(article(text), words, 200)
        assert passages[-1].end == len(text.rstrip())
