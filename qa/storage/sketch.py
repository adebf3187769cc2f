"""The vectors of a large library: sketches in memory, exact vectors in SQLite.

A sketch has one bit for each dimension. A search compares the query with all sketches, fetches the
exact vectors of the best few hundred from SQLite, and ranks these by their exact inner products. So
scores are exact, and a bad sketch can hide a passage but cannot give it a wrong rank.

The sketches are those of RaBitQ (Gao and Long 2024, "RaBitQ: Quantizing High-Dimensional Vectors
with a Theoretical Error Bound for Approximate Nearest Neighbor Search"). FAISS scans 32 at a time
in registers ("fast scan"). Nothing is trained except their mean.

Inverted lists are as good on a million passages (4,000 lists, 8 bits for each dimension, 256 lists
searched, 100 vectors fetched: recall@10 .987 in 6.6 ms). But they take 400 MB instead of 64 MB, and
minutes of k-means, which must be repeated as the library grows. The time of a scan grows with the
library, by 7.5 ms for each million passages, so from several million on lists would be better.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from .vector_files import SketchFacts, is_intact, read_facts, write_vectors
from .vectors import DimensionError, Vectors, find_sorted, one_thread

Ids = NDArray[np.int64]
Fetch = Callable[[Ids], tuple[Ids, NDArray[np.float16]]]
"""Takes ids; returns those that exist, ascending, and their vectors ``(n, dimension)``."""

SHORTLIST = 600
"""Number of sketches whose exact vectors are fetched.

Measured on a million passages (53,807 real ones, the others drawn near them), 300 questions, one
AVX2 thread (tests/benchmarks/vectors.py): fetched, recall@10, recall@100, milliseconds.

    200  .976  .795   8.4
    400  .988  .904   9.4
    600  .993  .940  10.9
   1000  .997  .970  12.7
   2000  .999  .989  17.1

The scan takes 7.5 ms of that. On 100,000 real passages, 600 give .999 and .974.
"""

EXACT_ROWS = 10_000
"""Largest filter for which all exact vectors are fetched instead of scanning; that takes 36 ms."""

EXACT_SHARE = 0.25
"""Share of the sketches above which all exact vectors are fetched, because that is faster."""

SAMPLE_QUERIES = 100
"""Number of queries that the recall is measured with."""

MIXED_VECTORS = 6
"""Number of sampled vectors that are added up to make such a query, as hard as a question.

Recall@10 on 53,807 passages of Wikinews with a shortlist of 200 (and of 100): .993 (.970) for sums
of six vectors, .999 (.996) for sums of two, .988 (.963) for questions of SQuAD, and .997 (.988) for
the questions in seeds.
"""

RECALL_AT = 10
"""Number of nearest vectors that the recall counts."""

REBUILD_FACTOR = 2
"""Sketches are rebuilt when their number has grown or shrunk by this factor."""


class SketchedVectors:
    """Unit vectors: sketches of most, and float16 vectors of those added since the last ``save``.

    Ids must be added in ascending order. Removed sketches are only masked until ``save``: deleting
    them from a million takes half a second.
    """

    def __init__(self, dimension: int, fetch: Fetch, mapped: Any, facts: SketchFacts) -> None:
        """Use ``build_sketches`` or ``load`` instead."""
        self.dimension = dimension
        """Length of a vector."""
        self.facts = facts
        """What was measured when the sketches were built."""
        self._fetch = fetch
        self._mapped = mapped  # adds the ids, which are saved with the sketches
        self._sketches = faiss.downcast_index(mapped.index)
        self._reset()

    def _reset(self) -> None:
        """Unmask all sketches and drop the recent vectors."""
        self._ids = faiss.vector_to_array(self._mapped.id_map).astype(np.int64)
        self._is_kept = np.ones(len(self._ids), bool)
        self._kept = len(self._ids)
        self._recent = Vectors(self.dimension)

    def __len__(self) -> int:
        return self._kept + len(self._recent)

    @property
    def is_outgrown(self) -> bool:
        """Whether the number of vectors has changed so much that the sketches should be rebuilt."""
        before, now = self.facts.rows, len(self)
        return self._kept * REBUILD_FACTOR <= before or now >= before * REBUILD_FACTOR

    def add(self, ids: Ids, vectors: NDArray[np.float16]) -> None:
        """Add vectors ``(n, dimension)`` with ascending ids, higher than all so far."""
        self._recent.add(ids, vectors)

    def remove(self, ids: Ids) -> int:
        """Remove vectors by id; return how many. Unknown ids are ignored."""
        before = len(self)
        self._is_kept[self._rows(ids)] = False
        self._kept = int(np.count_nonzero(self._is_kept))
        self._recent.remove(ids)
        return before - len(self)

    def search(
        self, query: NDArray[np.float32], k: int, among: Ids | None = None
    ) -> list[tuple[int, float]]:
        """Return the k best ids and their inner products with a query ``(dimension,)``.

        ``among`` restricts the search to these ids. If they are few, the result is exact; if not,
        it is as good as without the restriction.
        """
        found = self._best(self._candidates(query, k, among), query, k)
        found += self._recent.search(query, k, among)
        return sorted(found, key=lambda item: -item[1])[:k]

    def inner_products(self, query: NDArray[np.float32], ids: Ids) -> dict[int, float]:
        """Return the inner product of a query ``(dimension,)`` with the vector of each known id."""
        sketched = self._fetch_exact(self._ids[self._rows(ids)])
        return sketched.inner_products(query, ids) | self._recent.inner_products(query, ids)

    def equal(self, ids: Ids, vectors: NDArray[np.float16]) -> NDArray[np.bool_]:
        """Return for each id whether it has a sketch, or a recent vector equal to the one given."""
        rows, is_sketched = find_sorted(self._ids, ids)
        is_sketched[is_sketched] = self._is_kept[rows[is_sketched]]
        return is_sketched | self._recent.equal(ids, vectors)

    def save(self, path: Path) -> None:
        """Make sketches of the recent vectors too, and write a file atomically. Raises OSError."""
        if self._kept < len(self._ids):
            self._mapped.remove_ids(faiss.IDSelectorBatch(self._ids[~self._is_kept]))
        if len(self._recent):
            ids, vectors = self._recent.rows()
            self._mapped.add_with_ids(vectors, ids)
        self._reset()
        write_vectors(path, faiss.serialize_index(self._mapped), self.facts)

    @classmethod
    def load(cls, path: Path, dimension: int, fetch: Fetch) -> "SketchedVectors":
        """Read a file that ``save`` wrote.

        Raises ValueError if it is damaged or something else, DimensionError for vectors of another
        length. The checksum is verified first, because damaged sizes can make FAISS crash.
        """
        facts = read_facts(path)
        if facts is None or not is_intact(path):
            raise ValueError(f"{path} is damaged")
        try:
            mapped: Any = faiss.read_index(str(path))
        except RuntimeError as error:  # for example the file format of another FAISS
            raise ValueError(f"{path} is not a FAISS index") from error
        if mapped.d != dimension:
            raise DimensionError(f"{path} does not hold vectors of length {dimension}")
        return cls(dimension, fetch, mapped, facts)

    def _candidates(self, query: NDArray[np.float32], k: int, among: Ids | None) -> Ids:
        """Return ids that may be among the k best: those with the best sketches, or all."""
        is_allowed = self._is_kept
        if among is not None:
            rows = self._rows(among)
            if len(rows) <= EXACT_ROWS:
                return self._ids[rows]
            is_allowed = np.zeros(len(self._ids), bool)
            is_allowed[rows] = True
        count = int(np.count_nonzero(is_allowed))
        wanted = min(max(SHORTLIST, k), count)
        # FAISS cannot filter these sketches, so over-fetch until enough of them are allowed.
        fetched = (wanted + wanted // 4) * len(is_allowed) // max(count, 1)
        while fetched < EXACT_SHARE * len(is_allowed):
            with one_thread():
                _, (rows,) = self._sketches.search(query.reshape(1, -1), fetched)
            rows = rows[rows >= 0]
            best: Ids = self._ids[rows[is_allowed[rows]]]
            if len(best) >= wanted:
                return best[:wanted]
            fetched *= 4
        return self._ids[is_allowed]

    def _best(self, ids: Ids, query: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Return the k best of each ``EXACT_ROWS`` ids, with their inner products."""
        found = []
        for first in range(0, len(ids), EXACT_ROWS):
            found += self._fetch_exact(ids[first : first + EXACT_ROWS]).search(query, k)
        return found

    def _fetch_exact(self, ids: Ids) -> Vectors:
        exact = Vectors(self.dimension)
        exact.add(*self._fetch(ids))
        return exact

    def _rows(self, ids: Ids) -> Ids:
        """Return the rows of those ids that have a sketch and are not removed."""
        rows, is_known = find_sorted(self._ids, ids)
        rows = rows[is_known]
        return rows[self._is_kept[rows]]


def build_sketches(
    dimension: int,
    fetch: Fetch,
    sample: Ids,
    parts: Iterable[tuple[Ids, NDArray[np.float16]]],
) -> SketchedVectors:
    """Build sketches of all vectors, and measure the recall of their search.

    ``parts`` are all ids, ascending, and their vectors ``(n, dimension)``. ``sample`` are some of
    the ids; the mean of their vectors stands for the mean of all. Memory holds one part and the
    sketches, which take 64 bytes each for a dimension of 384.
    """
    sampled = fetch(sample)[1].astype(np.float32)
    queries = _queries(sampled)
    best = np.empty((len(queries), 0), np.float32)
    with one_thread():
        empty: Any = faiss.IndexRaBitQFastScan(dimension, faiss.METRIC_INNER_PRODUCT)
        empty.train(sampled)
        mapped: Any = faiss.IndexIDMap(empty)
        for ids, rows in parts:
            exact = rows.astype(np.float32)
            mapped.add_with_ids(exact, ids)
            scores = np.hstack([best, queries @ exact.T])
            wanted = min(RECALL_AT, scores.shape[1])
            best = np.partition(scores, -wanted, axis=1)[:, -wanted:]
    made = SketchedVectors(dimension, fetch, mapped, SketchFacts(mapped.ntotal, 1.0, 0))
    shares = []
    for query, least in zip(queries, best[:, 0], strict=True):
        found = np.array([score for _, score in made.search(query, best.shape[1])])
        shares.append(np.mean(found >= least - 1e-5))  # any vector with an equal score will do
    made.facts = SketchFacts(mapped.ntotal, float(np.mean(shares)), len(shares))
    return made


def _queries(sampled: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return unit vectors ``(n, dimension)`` that lie between sampled ones, as questions do."""
    most = SAMPLE_QUERIES * MIXED_VECTORS
    rows = sampled[:: max(1, len(sampled) // most)][:most]
    count = max(1, len(rows) // MIXED_VECTORS)
    sums = np.stack([rows[first::count].sum(axis=0) for first in range(count)])
    queries: NDArray[np.float32] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return queries
