"""Exact vectors: search after additions and removals, and files that are complete or refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from numpy.typing import NDArray

from qa.storage.vectors import Vectors

DIMENSION = 16
Rows = NDArray[np.float32]


def unit(count: int, seed: int) -> Rows:
    """Unit vectors that float16 represents exactly."""
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float16).astype(np.float32)


def filled(numbers: list[int], rows: Rows) -> Vectors:
    vectors = Vectors(DIMENSION)
    vectors.add(np.array(numbers, np.int64), rows.astype(np.float16))
    return vectors


def brute_force(query: Rows, held: dict[int, Rows], k: int) -> list[tuple[int, float]]:
    products = {number: float(row @ query) for number, row in held.items()}
    return sorted(products.items(), key=lambda item: -item[1])[:k]


def assert_same(found: list[tuple[int, float]], wanted: list[tuple[int, float]]) -> None:
    assert [number for number, _ in found] == [number for number, _ in wanted]
    assert [score for _, score in found] == pytest.approx([score for _, score in wanted], abs=1e-5)


NUMBERS = list(range(3, 903, 3))
ROWS = unit(300, seed=1)
HELD = dict(zip(NUMBERS, ROWS, strict=True))
QUERY = np.random.default_rng(2).normal(size=DIMENSION).astype(np.float32)


def test_search_is_exact() -> None:
    vectors = filled(NUMBERS, ROWS)
    assert_same(vectors.search(QUERY, 25), brute_force(QUERY, HELD, 25))


def test_vectors_are_rounded_to_float16_only() -> None:
    exact = np.full((1, DIMENSION), 1 / 3, np.float32)
    ((_, score),) = filled([1], exact).search(np.eye(DIMENSION, dtype=np.float32)[0], 1)
    assert score == float(np.float16(1 / 3))


def test_among_restricts_exactly_and_ignores_unknown_ids() -> None:
    vectors = filled(NUMBERS, ROWS)
    among = NUMBERS[5:290:7]
    wanted = brute_force(QUERY, {number: HELD[number] for number in among}, 10)
    asked = np.array([1, 2, *among, 10_000], np.int64)
    assert_same(vectors.search(QUERY, 10, asked), wanted)
    assert len(vectors.search(QUERY, 1000, asked)) == len(among)


def test_among_may_be_empty_or_unknown() -> None:
    vectors = filled(NUMBERS, ROWS)
    assert vectors.search(QUERY, 10, np.empty(0, np.int64)) == []
    assert vectors.search(QUERY, 10, np.array([4], np.int64)) == []


def test_k_may_be_larger_than_the_index() -> None:
    assert Vectors(DIMENSION).search(QUERY, 10) == []
    assert Vectors(DIMENSION).search(QUERY, 10, np.array([1], np.int64)) == []
    assert len(filled(NUMBERS[:3], ROWS[:3]).search(QUERY, 10)) == 3


def test_after_a_removal_the_others_keep_their_ids() -> None:
    vectors = filled(NUMBERS, ROWS)
    gone = NUMBERS[::4]
    assert vectors.remove(np.array([*gone, 1, 5000], np.int64)) == len(gone)
    assert vectors.remove(np.array(gone, np.int64)) == 0
    held = {number: row for number, row in HELD.items() if number not in gone}
    assert len(vectors) == len(held)
    assert_same(vectors.search(QUERY, 300), brute_force(QUERY, held, 300))


def test_inner_products_of_known_ids() -> None:
    vectors = filled(NUMBERS, ROWS)
    found = vectors.inner_products(QUERY, np.array([9, 4, 3, 900, 901], np.int64))
    assert found == pytest.approx({n: float(HELD[n] @ QUERY) for n in (9, 3, 900)}, abs=1e-5)
    assert vectors.inner_products(QUERY, np.empty(0, np.int64)) == {}
    assert Vectors(DIMENSION).inner_products(QUERY, np.array([3], np.int64)) == {}


@pytest.mark.parametrize("count", [0, 1, 300])
def test_a_loaded_file_equals_what_was_saved(tmp_path: Path, count: int) -> None:
    vectors = filled(NUMBERS[:count], ROWS[:count])
    vectors.remove(np.array(NUMBERS[:count:5], np.int64))
    path = tmp_path / "vectors.faiss"
    vectors.save(path)
    loaded = Vectors.load(path, DIMENSION)
    assert len(loaded) == len(vectors)
    assert loaded.search(QUERY, 300) == vectors.search(QUERY, 300)
    loaded.add(np.array([5000], np.int64), ROWS[:1].astype(np.float16))
    loaded.remove(np.array(NUMBERS[1:2], np.int64))
    assert 5000 in dict(loaded.search(ROWS[0], 2))
    assert list(tmp_path.iterdir()) == [path], "no temporary file may be left"


def test_a_failed_save_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "vectors.faiss"
    filled(NUMBERS, ROWS).save(path)
    before = path.read_bytes()

    def full_disk(_: Path) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("qa.atomic.sync", full_disk)
    with pytest.raises(OSError, match="no space"):
        filled(NUMBERS[:9], ROWS[:9]).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5, 0.999])
def test_a_truncated_file_is_refused(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "vectors.faiss"
    filled(NUMBERS, ROWS).save(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(ValueError, match="vectors"):
        Vectors.load(path, DIMENSION)


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    import faiss

    path = tmp_path / "foreign.faiss"
    with pytest.raises(ValueError, match="foreign"):
        Vectors.load(path, DIMENSION)
    path.write_bytes(b"not an index at all" * 100)
    with pytest.raises(ValueError, match="foreign"):
        Vectors.load(path, DIMENSION)
    faiss.write_index(faiss.IndexFlatIP(DIMENSION), str(path))
    with pytest.raises(ValueError, match="foreign"):
        Vectors.load(path, DIMENSION)
    Vectors(DIMENSION + 1).save(path)
    with pytest.raises(ValueError, match="foreign"):
        Vectors.load(path, DIMENSION)


def test_an_index_with_another_metric_is_refused(tmp_path: Path) -> None:
    import faiss

    path = tmp_path / "foreign.faiss"
    euclidean = faiss.IndexIDMap(faiss.IndexFlatL2(DIMENSION))
    euclidean.add_with_ids(ROWS, np.array(NUMBERS, np.int64))
    faiss.write_index(euclidean, str(path))
    with pytest.raises(ValueError, match="foreign"):
        Vectors.load(path, DIMENSION)


def test_vectors_in_another_precision_are_refused(tmp_path: Path) -> None:
    """For example after a flipped bit in the file's header."""
    import faiss

    path = tmp_path / "foreign.faiss"
    coarse = faiss.IndexScalarQuantizer(
        DIMENSION, faiss.ScalarQuantizer.QT_bf16, faiss.METRIC_INNER_PRODUCT
    )
    faiss.write_index(faiss.IndexIDMap(coarse), str(path))
    with pytest.raises(ValueError, match="foreign"):
        Vectors.load(path, DIMENSION)


def test_a_file_that_claims_too_many_vectors_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAISS raises MemoryError after a flipped bit in the number of vectors."""
    path = tmp_path / "vectors.faiss"
    filled(NUMBERS, ROWS).save(path)

    def too_much(_: str) -> None:
        raise MemoryError("std::bad_alloc")

    monkeypatch.setattr("faiss.read_index", too_much)
    with pytest.raises(ValueError, match="vectors"):
        Vectors.load(path, DIMENSION)


class AddedAndRemoved(RuleBasedStateMachine):
    """Compares vectors with a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.vectors = Vectors(DIMENSION)
        self.held: dict[int, Rows] = {}
        self.next = 1

    @rule(count=st.integers(0, 9), gap=st.integers(0, 3), seed=st.integers(0, 99))
    def add(self, count: int, gap: int, seed: int) -> None:
        numbers = [self.next + index * (gap + 1) for index in range(count)]
        rows = unit(count, seed)
        self.vectors.add(np.array(numbers, np.int64), rows.astype(np.float16))
        self.held.update(zip(numbers, rows, strict=True))
        self.next = max(numbers, default=self.next) + 1

    @rule(numbers=st.lists(st.integers(0, 40), max_size=8))
    def remove(self, numbers: list[int]) -> None:
        known = set(numbers) & set(self.held)
        assert self.vectors.remove(np.array(numbers, np.int64)) == len(known)
        for number in known:
            del self.held[number]

    @rule(k=st.integers(1, 12), numbers=st.none() | st.sets(st.integers(0, 40)))
    def search(self, k: int, numbers: set[int] | None) -> None:
        among = None if numbers is None else np.array(sorted(numbers), np.int64)
        held = {n: row for n, row in self.held.items() if numbers is None or n in numbers}
        found = self.vectors.search(QUERY, k, among)
        wanted = brute_force(QUERY, held, k)
        assert {number for number, _ in found} <= set(held)
        assert [score for _, score in found] == pytest.approx(
            [score for _, score in wanted], abs=1e-5
        )

    @invariant()
    def holds_the_same(self) -> None:
        assert len(self.vectors) == len(self.held)
        products = self.vectors.inner_products(QUERY, np.arange(self.next + 1))
        assert products == pytest.approx(
            {number: float(row @ QUERY) for number, row in self.held.items()}, abs=1e-5
        )


TestAddedAndRemoved = AddedAndRemoved.TestCase
TestAddedAndRemoved.settings = settings(max_examples=30, stateful_step_count=20)
