"""A FAISS index: vectors by id, searched by inner product. It does not know what the ids mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from .vector_files import has_checksum, is_intact, write_vectors

CHECKED_BYTES = 16_000_000
"""Largest file of exact vectors whose checksum is verified on loading: about 20,000 passages."""


class DimensionError(ValueError):
    """A file holds vectors of another model's dimension."""


class Vectors:
    """Unit vectors in float16, searched exactly.

    Ids must be added in ascending order, so that a sorted array can replace a hash map.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        """Length of a vector."""
        self._ids: NDArray[np.int64] = np.empty(0, np.int64)
        # _flat is searched, by row. _mapped adds the ids, which are saved with the vectors.
        self._flat: Any = faiss.IndexScalarQuantizer(
            dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        self._mapped: Any = faiss.IndexIDMap(self._flat)

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float16]) -> None:
        """Add vectors ``(n, dimension)`` with ascending ids, higher than all so far."""
        if len(ids):
            # FAISS stores float16: passing codes copies them instead of converting them twice.
            codes = np.ascontiguousarray(vectors, "<f2").view(np.uint8)
            self._mapped.add_sa_codes(codes, ids)
            self._ids = np.concatenate([self._ids, ids])

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove vectors by id; return how many. Unknown ids are ignored."""
        rows = np.flatnonzero(np.isin(self._ids, ids))
        if len(rows):
            self._mapped.remove_ids(faiss.IDSelectorBatch(self._ids[rows]))
            self._ids = np.delete(self._ids, rows)
        return len(rows)

    def search(
        self, query: NDArray[np.float32], k: int, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the k best ids and their inner products with a query ``(dimension,)``.

        ``among`` restricts the search to these ids; the result is exact.
        """
        if among is not None:
            rows = self._rows(among)
            k = min(k, len(rows))
            if k == 0:
                return []
            is_allowed = np.zeros(len(self._ids), bool)
            is_allowed[rows] = True
            bitmap = np.packbits(is_allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bitmap), faiss.swig_ptr(bitmap))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        else:
            parameters = None
            k = min(k, len(self._ids))
            if k == 0:
                return []
        with one_thread():
            scores, rows = self._flat.search(query.reshape(1, -1), k, params=parameters)
        return [
            (int(self._ids[row]), float(score))
            for row, score in zip(rows[0], scores[0], strict=True)
            if row >= 0
        ]

    def inner_products(
        self, query: NDArray[np.float32], ids: NDArray[np.int64]
    ) -> dict[int, float]:
        """Return the inner product of a query ``(dimension,)`` with the vector of each known id."""
        rows = self._rows(ids)
        if not len(rows):
            return {}
        products = self._flat.reconstruct_batch(rows) @ query
        return dict(zip(self._ids[rows].tolist(), products.tolist(), strict=True))

    def rows(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return all ids, ascending, and their vectors ``(n, dimension)``."""
        return self._ids, self._flat.reconstruct_n(0, len(self._ids))

    def equal(self, ids: NDArray[np.int64], vectors: NDArray[np.float16]) -> NDArray[np.bool_]:
        """Return for each id whether its stored vector equals its row of ``(n, dimension)``."""
        rows, is_equal = find_sorted(self._ids, ids)
        if np.any(is_equal):
            stored = self._flat.reconstruct_batch(rows[is_equal])
            is_equal[is_equal] = np.all(stored == vectors[is_equal], axis=1)
        return is_equal

    def save(self, path: Path) -> None:
        """Write to a file atomically. Raises OSError."""
        write_vectors(path, faiss.serialize_index(self._mapped))

    @classmethod
    def load(cls, path: Path, dimension: int) -> "Vectors":
        """Read a file that ``save`` wrote.

        Raises ValueError if it is damaged or something else, DimensionError for vectors of another
        length. The checksum of a large file is not verified: that takes longer than reading it.
        """
        try:
            mapped: Any = faiss.read_index(str(path))
        except (RuntimeError, MemoryError) as error:
            raise ValueError(f"{path} is not a FAISS index") from error
        is_small = path.stat().st_size <= CHECKED_BYTES
        if not (is_intact(path) if is_small else has_checksum(path)):
            raise ValueError(f"{path} is damaged")
        flat: Any = faiss.downcast_index(mapped.index) if hasattr(mapped, "id_map") else None
        if (
            not isinstance(flat, faiss.IndexScalarQuantizer)
            or flat.metric_type != faiss.METRIC_INNER_PRODUCT
            or flat.sq.qtype != faiss.ScalarQuantizer.QT_fp16
            or flat.ntotal != mapped.id_map.size()
        ):
            raise ValueError(f"{path} does not hold exact vectors")
        if flat.d != dimension:
            raise DimensionError(f"{path} does not hold vectors of length {dimension}")
        vectors = cls(dimension)
        vectors._ids = faiss.vector_to_array(mapped.id_map).astype(np.int64)
        vectors._mapped, vectors._flat = mapped, flat
        return vectors

    def _rows(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of those ids that are known."""
        rows, is_known = find_sorted(self._ids, ids)
        known: NDArray[np.int64] = rows[is_known]
        return known


@contextmanager
def one_thread() -> Iterator[None]:
    """Make FAISS use one thread in the block.

    Two threads do not make one query faster: they take 8.0 ms for 100,000 vectors, one thread takes
    6.8 ms. On a busy machine two wait for each other: 47 ms, against 24 ms with one.
    """
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


def find_sorted(
    sorted_ids: NDArray[np.int64], ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return for each id its position in an ascending array, and whether it is there at all."""
    if not len(sorted_ids):
        return np.zeros(len(ids), np.int64), np.zeros(len(ids), bool)
    rows = np.minimum(np.searchsorted(sorted_ids, ids), len(sorted_ids) - 1)
    return rows, sorted_ids[rows] == ids
