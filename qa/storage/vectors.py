"""FAISS: numbered vectors, searched by inner product. Knows nothing of what the numbers mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from .published import has_checksum, is_intact, write_whole

CHECKED_BYTES = 16_000_000
"""Largest file of exact vectors whose checksum is compared when it is read; 20,000 passages."""


class Searched(Protocol):
    """What a question needs of vectors, however they are kept."""

    def search(
        self, query: NDArray[np.float32], k: int, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the k best numbers and their inner products with a query ``(dimension,)``."""

    def inner_products(
        self, query: NDArray[np.float32], numbers: NDArray[np.int64]
    ) -> dict[int, float]:
        """Return the inner product of a query ``(dimension,)`` with each known number's vector."""


class OtherLengthError(ValueError):
    """A file holds vectors of another model's length."""


class Vectors:
    """Unit vectors as float16, searched exactly.

    Numbers must come in ascending order, which lets a sorted array stand in for a hash map.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        """Length of a vector."""
        self._numbers: NDArray[np.int64] = np.empty(0, np.int64)
        # Searched by row through _flat; _mapped carries the numbers to and from the file.
        self._flat: Any = faiss.IndexScalarQuantizer(
            dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        self._mapped: Any = faiss.IndexIDMap(self._flat)

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, numbers: NDArray[np.int64], vectors: NDArray[np.float16]) -> None:
        """Add vectors ``(n, dimension)`` whose numbers are greater than all so far."""
        if len(numbers):
            # Float16 is what FAISS keeps: as codes they are copied rather than converted twice.
            codes = np.ascontiguousarray(vectors, "<f2").view(np.uint8)
            self._mapped.add_sa_codes(codes, numbers)
            self._numbers = np.concatenate([self._numbers, numbers])

    def remove(self, numbers: NDArray[np.int64]) -> int:
        """Forget these numbers, those unknown being passed over; return how many went."""
        gone = np.flatnonzero(np.isin(self._numbers, numbers))
        if len(gone):
            self._mapped.remove_ids(faiss.IDSelectorBatch(self._numbers[gone]))
            self._numbers = np.delete(self._numbers, gone)
        return len(gone)

    def search(
        self, query: NDArray[np.float32], k: int, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the k best numbers and their inner products with a query ``(dimension,)``.

        ``among`` restricts the search to these numbers, exactly.
        """
        if among is not None:
            rows = self._rows(among)
            k = min(k, len(rows))
            if k == 0:
                return []
            marks = np.zeros(len(self._numbers), bool)
            marks[rows] = True
            bitmap = np.packbits(marks, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bitmap), faiss.swig_ptr(bitmap))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        else:
            parameters = None
            k = min(k, len(self._numbers))
            if k == 0:
                return []
        with one_thread():
            scores, rows = self._flat.search(query.reshape(1, -1), k, params=parameters)
        return [
            (int(self._numbers[row]), float(score))
            for row, score in zip(rows[0], scores[0], strict=True)
            if row >= 0
        ]

    def inner_products(
        self, query: NDArray[np.float32], numbers: NDArray[np.int64]
    ) -> dict[int, float]:
        """Return the inner product of a query ``(dimension,)`` with each known number's vector."""
        rows = self._rows(numbers)
        if not len(rows):
            return {}
        products = self._flat.reconstruct_batch(rows) @ query
        return dict(zip(self._numbers[rows].tolist(), products.tolist(), strict=True))

    def rows(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return all numbers and vectors ``(n, dimension)``."""
        return self._numbers, self._flat.reconstruct_n(0, len(self._numbers))

    def agree(self, numbers: NDArray[np.int64], vectors: NDArray[np.float16]) -> NDArray[np.bool_]:
        """Return for each number whether its row of ``(n, dimension)`` is what is kept for it."""
        rows, same = places_in(self._numbers, numbers)
        if np.any(same):
            kept = self._flat.reconstruct_batch(rows[same])
            same[same] = np.all(kept == vectors[same], axis=1)
        return same

    def save(self, path: Path) -> None:
        """Write to a file, wholly or not at all, and wait until it is on the disk."""
        write_whole(path, faiss.serialize_index(self._mapped))

    @classmethod
    def load(cls, path: Path, dimension: int) -> "Vectors":
        """Read what ``save`` wrote. Raises ValueError when the file is something else, or damaged.

        The checksum of a large file is not compared: that takes longer than reading it.
        """
        try:
            whole: Any = faiss.read_index(str(path))
        except (RuntimeError, MemoryError) as error:
            raise ValueError(f"{path} is no FAISS index") from error
        is_small = path.stat().st_size <= CHECKED_BYTES
        if not (is_intact(path) if is_small else has_checksum(path)):
            raise ValueError(f"{path} is damaged")
        flat: Any = faiss.downcast_index(whole.index) if hasattr(whole, "id_map") else None
        if (
            not isinstance(flat, faiss.IndexScalarQuantizer)
            or flat.metric_type != faiss.METRIC_INNER_PRODUCT
            or flat.sq.qtype != faiss.ScalarQuantizer.QT_fp16
            or flat.ntotal != whole.id_map.size()
        ):
            raise ValueError(f"{path} holds no vectors")
        if flat.d != dimension:
            raise OtherLengthError(f"{path} holds no vectors of length {dimension}")
        vectors = cls(dimension)
        vectors._numbers = faiss.vector_to_array(whole.id_map).astype(np.int64)
        vectors._mapped, vectors._flat = whole, flat
        return vectors

    def _rows(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of the known ones among some numbers."""
        rows, is_known = places_in(self._numbers, numbers)
        known: NDArray[np.int64] = rows[is_known]
        return known


@contextmanager
def one_thread() -> Iterator[None]:
    """Let FAISS use one thread for what one question asks.

    It is no faster with two (8.0 and 6.8 ms for 100,000 vectors), and on a busy machine two wait
    for each other: 47 ms then, and 24 for one.
    """
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


def places_in(
    held: NDArray[np.int64], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return where each number stands among those held, which ascend, and whether it does."""
    if not len(held):
        return np.zeros(len(numbers), np.int64), np.zeros(len(numbers), bool)
    rows = np.minimum(np.searchsorted(held, numbers), len(held) - 1)
    return rows, held[rows] == numbers
