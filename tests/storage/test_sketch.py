"""Sketched vectors: exact scores, filters, and files that are complete or refused."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from numpy.typing import NDArray

from qa.storage.sketch import SketchedVectors, build_sketches
from qa.storage.vector_files import SketchFacts, read_facts
from qa.storage.vectors import Vectors

DIMENSION = 64
COUNT = 3000
Rows = NDArray[np.float16]


def clustered(count: int, seed: int) -> Rows:
    """Unit vectors around sixty centres, as passages lie around their topics."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(5).normal(size=(60, DIMENSION))
    rows = centres[chance.integers(0, 60, count)] + chance.normal(size=(count, DIMENSION))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float16)


class Table:
    """Stands in for SQLite: vectors by id, and how many were fetched."""

    def __init__(self, numbers: NDArray[np.int64], rows: Rows) -> None:
        self.held = dict(zip(numbers.tolist(), rows, strict=True))
        self.fetched = 0

    def fetch(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], Rows]:
        known = sorted(set(numbers.tolist()) & set(self.held))
        self.fetched += len(known)
        rows = [self.held[number] for number in known]
        return np.array(known, np.int64), np.array(rows, np.float16).reshape(-1, DIMENSION)

    def best(
        self, query: NDArray[np.float32], k: int, among: set[int] | None = None
    ) -> list[tuple[int, float]]:
        numbers = [n for n in self.held if among is None or n in among]
        rows = np.array([self.held[n] for n in numbers], np.float32).reshape(-1, DIMENSION)
        products = zip(numbers, (rows @ query).tolist(), strict=True)
        return sorted(products, key=lambda item: -item[1])[:k]

    def assert_scores(self, query: NDArray[np.float32], found: list[tuple[int, float]]) -> None:
        """Assert that ids are unique, best first, with their exact scores."""
        assert len({number for number, _ in found}) == len(found)
        assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)
        for number, score in found:
            exact = float(self.held[number].astype(np.float32) @ query)
            assert score == pytest.approx(exact, abs=1e-5)


NUMBERS = np.arange(1, COUNT + 1) * 3
ROWS = clustered(COUNT, seed=1)
QUERIES = clustered(40, seed=2).astype(np.float32)
Made = tuple[SketchedVectors, Table]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets limits that a small set reaches."""
    monkeypatch.setattr("qa.storage.sketch.SHORTLIST", 100)
    monkeypatch.setattr("qa.storage.sketch.EXACT_ROWS", 50)
    monkeypatch.setattr("qa.storage.sketch.EXACT_SHARE", 0.5)


@pytest.fixture
def made() -> Made:
    table = Table(NUMBERS, ROWS)
    parts = ((NUMBERS[n : n + 700], ROWS[n : n + 700]) for n in range(0, COUNT, 700))
    return build_sketches(DIMENSION, table.fetch, NUMBERS[::3], parts), table


def mean_recall(vectors: SketchedVectors, table: Table, among: set[int] | None = None) -> float:
    asked = None if among is None else np.array(sorted(among), np.int64)
    shares = []
    for query in QUERIES:
        found = vectors.search(query, 10, asked)
        table.assert_scores(query, found)
        assert len(found) == 10
        assert among is None or {number for number, _ in found} <= among
        wanted = dict(table.best(query, 10, among))
        shares.append(len(wanted.keys() & dict(found).keys()) / 10)
    return float(np.mean(shares))


def test_nearly_all_nearest_vectors_are_found(made: Made) -> None:
    vectors, table = made
    table.fetched = 0
    assert mean_recall(vectors, table) >= 0.95
    assert table.fetched == len(QUERIES) * 100, "it must not fetch everything"


def test_the_reported_recall_is_measured(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, table = made
    assert vectors.facts.rows == COUNT
    assert vectors.facts.sample == 100
    assert vectors.facts.recall >= 0.9
    monkeypatch.setattr("qa.storage.sketch.SHORTLIST", 10)
    asked: list[NDArray[np.float32]] = []
    search = SketchedVectors.search

    def noted(self: SketchedVectors, query: NDArray[np.float32], k: int) -> object:
        asked.append(query)
        return search(self, query, k)

    with monkeypatch.context() as inner:
        inner.setattr(SketchedVectors, "search", noted)
        worse = build_sketches(DIMENSION, table.fetch, NUMBERS[::3], [(NUMBERS, ROWS)])
    shares = []
    for query in asked:
        found, wanted = dict(worse.search(query, 10)), dict(table.best(query, 10))
        shares.append(len(found.keys() & wanted.keys()) / 10)
    assert len(shares) == 100
    assert worse.facts.recall == pytest.approx(np.mean(shares), abs=0.002)
    assert worse.facts.recall < vectors.facts.recall


def test_a_narrow_filter_is_exact(made: Made) -> None:
    vectors, table = made
    among = set(NUMBERS[7:2800:60].tolist())
    assert len(among) <= 50
    assert mean_recall(vectors, table, among) == 1
    assert len(vectors.search(QUERIES[0], 100, np.array([*among, 1, 10**6]))) == len(among)


def test_a_broad_filter_is_as_good_as_none(made: Made) -> None:
    vectors, table = made
    table.fetched = 0
    assert mean_recall(vectors, table, set(NUMBERS[::2].tolist())) >= 0.95
    assert table.fetched == len(QUERIES) * 100


def test_a_filter_of_far_vectors_still_finds_enough(made: Made) -> None:
    """The filter allows only vectors that are far from the query, so their sketches come last."""
    vectors, table = made
    query = QUERIES[0]
    far = [number for number, _ in table.best(query, COUNT)[-300:]]
    found = vectors.search(query, 10, np.array(sorted(far)))
    table.assert_scores(query, found)
    assert [number for number, _ in found] == [n for n, _ in table.best(query, 10, set(far))]


def test_all_nearest_vectors_may_be_removed(made: Made) -> None:
    vectors, table = made
    query = QUERIES[0]
    near = [number for number, _ in table.best(query, 400)]
    assert vectors.remove(np.array(near)) == 400
    assert vectors.remove(np.array(near[:9])) == 0
    for number in near:
        del table.held[number]
    assert len(vectors) == COUNT - 400
    assert mean_recall(vectors, table) >= 0.95
    found = vectors.search(query, 10)
    assert len(found) == 10
    # The vectors that are left are about equally far, so any of them will do.
    assert found[-1][1] >= table.best(query, 10)[-1][1] - 0.01


def test_recent_vectors_are_searched_exactly(made: Made) -> None:
    vectors, table = made
    rows = clustered(30, seed=9)
    numbers = np.arange(30) + NUMBERS[-1] + 1
    vectors.add(numbers, rows)
    table.held.update(zip(numbers.tolist(), rows, strict=True))
    assert len(vectors) == COUNT + 30
    for number, row in zip(numbers.tolist(), rows, strict=True):
        assert vectors.search(row.astype(np.float32), 1)[0][0] == number
        assert vectors.search(row.astype(np.float32), 1, np.array([number]))[0][0] == number
    assert vectors.remove(numbers[:3]) == 3
    assert numbers[0] not in dict(vectors.search(rows[0].astype(np.float32), 10))


def test_inner_products_are_exact(made: Made) -> None:
    vectors, table = made
    vectors.add(np.array([10**5]), ROWS[:1])
    table.held[10**5] = ROWS[0]
    vectors.remove(np.array([6]))
    found = vectors.inner_products(QUERIES[0], np.array([10**5, 9, 4, 3, 6]))
    wanted = {n: float(table.held[n].astype(np.float32) @ QUERIES[0]) for n in (9, 3, 10**5)}
    assert found == pytest.approx(wanted, abs=1e-5)
    assert vectors.inner_products(QUERIES[0], np.empty(0, np.int64)) == {}


def test_a_loaded_file_equals_what_was_saved(made: Made, tmp_path: Path) -> None:
    vectors, table = made
    vectors.remove(NUMBERS[::5])
    vectors.add(np.array([10**5]), ROWS[:1])
    for number in NUMBERS[::5].tolist():
        del table.held[number]
    table.held[10**5] = ROWS[0]
    path = tmp_path / "vectors.faiss"
    vectors.save(path)
    loaded = SketchedVectors.load(path, DIMENSION, table.fetch)
    assert len(loaded) == len(vectors) == len(table.held)
    assert loaded.facts == vectors.facts == read_facts(path)
    assert mean_recall(vectors, table) == mean_recall(loaded, table) >= 0.95
    numbers, rows = table.fetch(np.array(sorted(table.held)))
    assert loaded.equal(numbers, rows).all()
    assert not loaded.equal(NUMBERS[::5], ROWS[::5]).any()
    loaded.add(np.array([10**6]), ROWS[1:2])
    table.held[10**6] = ROWS[1]
    loaded.save(path)
    again = SketchedVectors.load(path, DIMENSION, table.fetch)
    assert 10**6 in dict(again.search(ROWS[1].astype(np.float32), 2))
    assert list(tmp_path.iterdir()) == [path], "no temporary file may be left"


def test_a_file_with_a_changed_byte_is_refused(made: Made, tmp_path: Path) -> None:
    vectors, table = made
    path = tmp_path / "vectors.faiss"
    vectors.save(path)
    data = path.read_bytes()
    for place in [
        *range(0, 400, 3),
        *range(400, len(data), 1999),
        *range(len(data) - 90, len(data)),
    ]:
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1 :])
        with pytest.raises(ValueError, match="vectors"):
            SketchedVectors.load(path, DIMENSION, table.fetch)
    path.write_bytes(data)
    assert len(SketchedVectors.load(path, DIMENSION, table.fetch)) == COUNT


@pytest.mark.parametrize("cut", [lambda n: n, lambda n: n // 2, lambda _: 40, lambda _: 1])
def test_a_truncated_file_is_refused(made: Made, tmp_path: Path, cut: Callable[[int], int]) -> None:
    vectors, table = made
    path = tmp_path / "vectors.faiss"
    vectors.save(path)
    data = path.read_bytes()
    path.write_bytes(data[: -cut(len(data))])
    assert read_facts(path) is None
    with pytest.raises(ValueError, match="vectors"):
        SketchedVectors.load(path, DIMENSION, table.fetch)
    with pytest.raises(ValueError, match="vectors"):
        Vectors.load(path, DIMENSION)


def test_other_files_are_refused(made: Made, tmp_path: Path) -> None:
    vectors, table = made
    path = tmp_path / "vectors.faiss"
    vectors.save(path)
    with pytest.raises(ValueError, match="vectors"):
        Vectors.load(path, DIMENSION)
    with pytest.raises(ValueError, match="length 32"):
        SketchedVectors.load(path, 32, table.fetch)
    Vectors(DIMENSION).save(path)
    assert read_facts(path) is None
    with pytest.raises(ValueError, match="damaged"):
        SketchedVectors.load(path, DIMENSION, table.fetch)


def test_sketches_are_outgrown_at_twice_or_half_the_vectors(made: Made) -> None:
    vectors, _ = made
    assert not vectors.is_outgrown
    vectors.remove(NUMBERS[: COUNT // 2 - 1])
    assert not vectors.is_outgrown
    vectors.remove(NUMBERS[: COUNT // 2])
    assert vectors.is_outgrown
    vectors.facts = SketchFacts(1000, 1.0, 1)
    assert not vectors.is_outgrown
    vectors.add(np.arange(500) + 10**5, ROWS[:500])
    assert vectors.is_outgrown


class AddedAndRemoved(RuleBasedStateMachine):
    """Compares sketches with a dictionary; they are saved and loaded in between."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table(NUMBERS[:200], ROWS[:200])
        parts = [(NUMBERS[:200], ROWS[:200])]
        self.vectors = build_sketches(DIMENSION, self.table.fetch, NUMBERS[:200], parts)
        self.next = int(NUMBERS[200])

    @rule(count=st.integers(0, 9), gap=st.integers(0, 3), seed=st.integers(0, 99))
    def add(self, count: int, gap: int, seed: int) -> None:
        numbers = np.array([self.next + index * (gap + 1) for index in range(count)], np.int64)
        rows = clustered(count, seed)
        self.vectors.add(numbers, rows)
        self.table.held.update(zip(numbers.tolist(), rows, strict=True))
        self.next = max(numbers.tolist(), default=self.next) + 1

    @rule(first=st.integers(0, 700), count=st.integers(0, 90))
    def remove(self, first: int, count: int) -> None:
        numbers = np.arange(first, first + count)
        known = set(numbers.tolist()) & set(self.table.held)
        for number in known:
            del self.table.held[number]
        assert self.vectors.remove(numbers) == len(known)

    @rule(k=st.integers(1, 12), seed=st.integers(0, 39), every=st.integers(1, 9))
    def search(self, k: int, seed: int, every: int) -> None:
        among = set(range(0, self.next, every))
        found = self.vectors.search(
            QUERIES[seed], k, np.array(sorted(among)) if every > 1 else None
        )
        wanted = self.table.best(QUERIES[seed], k, among)
        self.table.assert_scores(QUERIES[seed], found)
        assert {number for number, _ in found} <= among
        assert len(found) == len(wanted)

    @rule()
    def settle(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "vectors.faiss"
            self.vectors.save(path)
            self.vectors = SketchedVectors.load(path, DIMENSION, self.table.fetch)

    @invariant()
    def holds_the_same(self) -> None:
        assert len(self.vectors) == len(self.table.held)
        products = self.vectors.inner_products(QUERIES[0], np.arange(self.next + 1))
        wanted = dict(self.table.best(QUERIES[0], len(self.table.held)))
        assert products == pytest.approx(wanted, abs=1e-5)


TestAddedAndRemoved = AddedAndRemoved.TestCase
TestAddedAndRemoved.settings = settings(max_examples=10, stateful_step_count=12)
