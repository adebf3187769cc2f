"""The full-text index alone: words, scores, restricted search, and atomic changes."""

import math
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qa.storage import full_text
from qa.storage.full_text import FullText

TEXTS = {
    1: "Election\nVoters chose.",
    2: "\nThe airports CLOSED.",
    3: "\nCafé owners waited.",
    4: "Eyjafjallajokull erupts\nAsh fell.",
    5: "Eyjafjallajokull erupts\nIt went on.",
}


@pytest.fixture
def words(tmp_path: Path) -> FullText:
    index = FullText(tmp_path / "words")
    index.change([], TEXTS.items(), "first", whole=False)
    return index


def found(index: FullText, *terms: str) -> list[int]:
    return [number for number, _ in index.search(terms, 10)]


def test_search_ignores_endings_case_and_accents(words: FullText) -> None:
    assert found(words, "airport") == found(words, "closing") == [2]
    assert found(words, "cafe") == found(words, "CAFÉ") == [3]
    assert found(words, "air") == []


def test_a_name_that_looks_like_a_stop_word_is_found_alone() -> None:
    index = FullText(None)
    index.change([], [(1, "It told us who."), (2, "The WHO told the U.S. so.")], "m", whole=False)
    assert found(index, "WHO") == found(index, "US") == [2]
    assert found(index, "who") == [1, 2]
    assert (index.has("WHO"), index.has("May"), index.has("telling")) == (True, False, False)


def test_a_phrase_is_held_word_for_word() -> None:
    index = FullText(None)
    texts = ["He crossed a Red Line.", "the line, red", "red lines", "海港局周二"]
    index.change([], enumerate(texts, 1), "mark", whole=False)
    assert index.holding(["red", "line"]).tolist() == [1]
    assert index.holding(["red"]).tolist() == [1, 2, 3]
    assert index.holding(["海港", "港局"]).tolist() == [4]
    assert index.holding(["港局", "海港"]).tolist() == []


def test_the_nearest_words_come_first_and_of_two_the_more_frequent() -> None:
    index = FullText(None)
    texts = ["Tavares, Tavares' Tavarel", "Tavarel met Tavarel", "Tavarel Travel Talares"]
    index.change([], enumerate(texts, 1), "mark", whole=False)
    assert index.nearest("tavares", 1, 9) == [("tavares", 0), ("tavarel", 1), ("talares", 1)]
    assert index.nearest("tavarez", 1, 1) == [("tavarel", 1)]
    assert index.nearest("tavraez", 2, 2) == [("tavarel", 2), ("tavares", 2)]
    assert index.nearest("oslo", 2, 9) == []


def test_a_title_matches_every_text_under_it(words: FullText) -> None:
    assert found(words, "eyjafjallajokull") == [4, 5]


@pytest.mark.parametrize("term", ['"', "_", "NEAR(", "*", "title:", "é́", "\U0001f30b", "", "first"])
def test_a_term_is_never_syntax(words: FullText, term: str) -> None:
    assert found(words, term) == []
    assert found(words, term, "voters") == [1]


def test_scores_are_bm25(tmp_path: Path) -> None:
    index = FullText(tmp_path / "words")
    texts = {1: "ash ash snow", 2: "snow rain", 3: "rain rain rain"}
    index.change([], texts.items(), "mark", whole=False)
    lengths = {number: len(text.split()) for number, text in texts.items()}
    mean = sum(lengths.values()) / (len(texts) + 1)  # the mark counts as a text without words
    idf = math.log(1 + (4 - 1 + 0.5) / (1 + 0.5))
    wanted = idf * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * lengths[1] / mean))
    ((number, score),) = index.search(["ash"], 10)
    assert number == 1
    assert score == pytest.approx(wanted, rel=1e-5)
    assert found(index, "rain", "snow") == [2, 3, 1]


def test_replaced_and_deleted_texts_are_not_found(words: FullText, tmp_path: Path) -> None:
    words.change([2, 4, 99], [(6, "Calm\nAsh went away.")], "second", whole=False)
    other = FullText(tmp_path / "words")
    for index in (words, other):
        assert index.mark == "second"
        assert len(index) == 4
        assert found(index, "airports") == []
        assert found(index, "ash") == [6]
        assert set(index.digests()) == {1, 3, 5, 6}
    words.change([], [(1, "All is new.")], "third", whole=True)
    assert other.mark == "second"
    other.refresh()
    assert (other.mark, len(other), found(other, "new", "ash", "vote")) == ("third", 1, [1])


def test_a_failed_change_has_no_effect(words: FullText) -> None:
    def failing() -> Iterator[tuple[int, str]]:
        yield 6, "Snow fell."
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        words.change([1], failing(), "second", whole=True)
    words.change([2], [(7, "Rain fell.")], "third", whole=False)
    assert set(words.digests()) == {1, 3, 4, 5, 7}
    assert found(words, "snow") == []


def test_another_process_can_write_after_release(words: FullText, tmp_path: Path) -> None:
    other = FullText(tmp_path / "words")
    with pytest.raises(ValueError):
        other.change([], [(6, "Snow fell.")], "second", whole=False)
    words.release()
    other.change([], [(6, "Snow fell.")], "second", whole=False)
    words.refresh()
    assert found(words, "snow") == [6]


@pytest.mark.parametrize("least_widening", [0, 1_000_000])
def test_a_restricted_search_equals_a_filtered_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least_widening: int
) -> None:
    monkeypatch.setattr(full_text, "LEAST_OVER_FETCH", least_widening)
    chance = random.Random(7)
    vocabulary = [f"w{place}" for place in range(40)]
    index = FullText(None)
    texts = [(n, " ".join(chance.choices(vocabulary, k=12))) for n in range(1, 601)]
    index.change([], texts, "mark", whole=False)
    everything = index.search(vocabulary[:3], 1000)
    for share in (0.0, 0.003, 0.1, 0.9, 1.0):
        among = np.array([n for n in range(1, 700) if chance.random() < share], np.int64)
        wanted = [pair for pair in everything if pair[0] in among]
        assert index.search(vocabulary[:3], 1000, among) == wanted
        few = index.search(vocabulary[:3], 5, among)
        assert [score for _, score in few] == [score for _, score in wanted[:5]]
        assert {number for number, _ in few} <= set(among.tolist())


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{")
    with pytest.raises((ValueError, OSError)):
        FullText(tmp_path)
