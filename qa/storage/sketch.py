"""Vectors of a large library: one bit a dimension in memory, the exact ones left in SQLite.

A question is compared with every sketch; the best few hundred are fetched from SQLite by number and
put in order by their exact inner products. So what is approximate is only which vectors come into
that choice: scores are exact, and a bad sketch can hide a passage but never misplace one.

The sketches are RaBitQ's (Gao and Long 2024, "RaBitQ: Quantizing High-Dimensional Vectors with a
Theoretical Error Bound for Approximate Nearest Neighbor Search"), scanned 32 at a time in registers
(FAISS's fast scan). Nothing is trained but their mean.

Inverted lists were as good on a million passages (4,000 of them, 8 bits a dimension, 256 searched,
100 fetched: recall@10 .987 in 6.6 ms) but hold 400 MB for 64, and take minutes of k-means, ever
again as a library grows. A scan grows with the passages, 7.5 ms a million: from several million on
lists would win.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from .published import SketchFacts, is_intact, read_facts, write_whole
from .vectors import OtherLengthError, Vectors, one_thread, places_in

Numbers = NDArray[np.int64]
Fetch = Callable[[Numbers], tuple[Numbers, NDArray[np.float16]]]
"""From numbers to those that there are, ascending, and their vectors ``(n, dimension)``."""

SHORTLIST = 600
"""Sketches whose exact vectors are fetched.

On a million passages (53,807 real ones and others drawn near them), 300 questions, one AVX2 thread
(tests/benchmarks/vectors.py): fetched, recall@10, recall@100, milliseconds.

    200  .976  .795   8.4
    400  .988  .904   9.4
    600  .993  .940  10.9
   1000  .997  .970  12.7
   2000  .999  .989  17.1

Of that 7.5 ms are the scan. On 100,000 real ones, 600 find .999 and .974.
"""

SCANNED_ROWS = 10_000
"""A filter that lets no more through is answered by fetching all that it lets through: in 36 ms."""

SCANNED_SHARE = 0.25
"""Share of the sketches from which on fetching all that may pass is the shorter way."""

SAMPLE = 100
"""Queries by which the recall is measured."""

MIXED = 6
"""Sampled vectors whose sum is such a query, which should be as hard as a question.

With a shortlist of 200 (of 100) on 53,807 passages of Wikinews, recall@10 was .993 (.970) for sums
of six, .999 (.996) for sums of two, .988 (.963) for questions of SQuAD, .997 (.988) for the seeds'.
"""

RECALL_AT = 10
"""How many nearest ones of each are looked for."""

GROWN = 2
"""Sketches are made anew, and measured, when there are so many times more or fewer of them."""


class SketchedVectors:
    """Unit vectors: sketches of most, those that came last as float16.

    Numbers must come in ascending order. What is removed is only masked until ``save``, for
    closing the gaps among a million sketches takes half a second.
    """

    def __init__(self, dimension: int, fetch: Fetch, mapped: Any, facts: SketchFacts) -> None:
        """Use ``sketched`` or ``load``."""
        self.dimension = dimension
        """Length of a vector."""
        self.facts = facts
        """What was found out when the sketches were made."""
        self._fetch = fetch
        self._mapped = mapped  # carries the numbers to and from the file
        self._sketches = faiss.downcast_index(mapped.index)
        self._reset()

    def _reset(self) -> None:
        """Nothing is masked, nothing is recent."""
        self._numbers = faiss.vector_to_array(self._mapped.id_map).astype(np.int64)
        self._is_kept = np.ones(len(self._numbers), bool)
        self._kept = len(self._numbers)
        self._recent = Vectors(self.dimension)

    def __len__(self) -> int:
        return self._kept + len(self._recent)

    @property
    def is_outgrown(self) -> bool:
        """Whether so much came or went since that the sketches should be made anew."""
        return self._kept * GROWN <= self.facts.rows or len(self) >= self.facts.rows * GROWN

    def add(self, numbers: Numbers, vectors: NDArray[np.float16]) -> None:
        """Add vectors ``(n, dimension)`` whose numbers are greater than all so far."""
        self._recent.add(numbers, vectors)

    def remove(self, numbers: Numbers) -> int:
        """Forget these numbers, those unknown being passed over; return how many went."""
        before = len(self)
        self._is_kept[self._rows(numbers)] = False
        self._kept = int(np.count_nonzero(self._is_kept))
        self._recent.remove(numbers)
        return before - len(self)

    def search(
        self, query: NDArray[np.float32], k: int, among: Numbers | None = None
    ) -> list[tuple[int, float]]:
        """Return the k best numbers and their inner products with a query ``(dimension,)``.

        ``among`` restricts the search to these numbers: exactly when they are few, and otherwise
        as well as without.
        """
        found = self._best(self._candidates(query, k, among), query, k)
        found += self._recent.search(query, k, among)
        return sorted(found, key=lambda item: -item[1])[:k]

    def inner_products(self, query: NDArray[np.float32], numbers: Numbers) -> dict[int, float]:
        """Return the inner product of a query ``(dimension,)`` with each known number's vector."""
        sketched = self._exact(self._numbers[self._rows(numbers)])
        recent = self._recent.inner_products(query, numbers)
        return sketched.inner_products(query, numbers) | recent

    def agree(self, numbers: Numbers, vectors: NDArray[np.float16]) -> NDArray[np.bool_]:
        """Return for each number whether it is there, if recent with this very vector."""
        rows, is_sketched = places_in(self._numbers, numbers)
        is_sketched[is_sketched] = self._is_kept[rows[is_sketched]]
        return is_sketched | self._recent.agree(numbers, vectors)

    def save(self, path: Path) -> None:
        """Write to a file, wholly or not at all, and wait until it is on the disk."""
        if self._kept < len(self._numbers):
            self._mapped.remove_ids(faiss.IDSelectorBatch(self._numbers[~self._is_kept]))
        if len(self._recent):
            numbers, vectors = self._recent.rows()
            self._mapped.add_with_ids(vectors, numbers)
        self._reset()
        write_whole(path, faiss.serialize_index(self._mapped), self.facts)

    @classmethod
    def load(cls, path: Path, dimension: int, fetch: Fetch) -> "SketchedVectors":
        """Read what ``save`` wrote. Raises ValueError when the file is something else, or damaged.

        Its checksum is compared first: what FAISS makes of damaged sizes can end the process.
        """
        facts = read_facts(path)
        if facts is None or not is_intact(path):
            raise ValueError(f"{path} is damaged")
        try:
            mapped: Any = faiss.read_index(str(path))
        except RuntimeError as error:  # of a FAISS that knows another layout
            raise ValueError(f"{path} is no FAISS index") from error
        if mapped.d != dimension:
            raise OtherLengthError(f"{path} holds no vectors of length {dimension}")
        return cls(dimension, fetch, mapped, facts)

    def _candidates(self, query: NDArray[np.float32], k: int, among: Numbers | None) -> Numbers:
        """Return numbers that may be among the k best: the best by their sketches, or all."""
        passing = self._is_kept
        if among is not None:
            rows = self._rows(among)
            if len(rows) <= SCANNED_ROWS:
                return self._numbers[rows]
            passing = np.zeros(len(self._numbers), bool)
            passing[rows] = True
        count = int(np.count_nonzero(passing))
        wanted = min(max(SHORTLIST, k), count)
        # FAISS filters no such sketches itself: more are taken, until enough of them pass.
        depth = (wanted + wanted // 4) * len(passing) // max(count, 1)
        while depth < SCANNED_SHARE * len(passing):
            with one_thread():
                _, (rows,) = self._sketches.search(query.reshape(1, -1), depth)
            rows = rows[rows >= 0]
            best: Numbers = self._numbers[rows[passing[rows]]]
            if len(best) >= wanted:
                return best[:wanted]
            depth *= 4
        return self._numbers[passing]

    def _best(
        self, numbers: Numbers, query: NDArray[np.float32], k: int
    ) -> list[tuple[int, float]]:
        """Return the k best of some numbers with their inner products, or a few times as many."""
        found = []
        for first in range(0, len(numbers), SCANNED_ROWS):
            found += self._exact(numbers[first : first + SCANNED_ROWS]).search(query, k)
        return found

    def _exact(self, numbers: Numbers) -> Vectors:
        """Fetch the vectors of some numbers."""
        exact = Vectors(self.dimension)
        exact.add(*self._fetch(numbers))
        return exact

    def _rows(self, numbers: Numbers) -> Numbers:
        """Rows of those among some numbers that are sketched and kept."""
        rows, is_known = places_in(self._numbers, numbers)
        rows = rows[is_known]
        return rows[self._is_kept[rows]]


def sketched(
    dimension: int,
    fetch: Fetch,
    sample: Numbers,
    parts: Iterable[tuple[Numbers, NDArray[np.float16]]],
) -> SketchedVectors:
    """Make sketches of all parts, numbers and vectors, and measure how well they are searched.

    ``sample`` are numbers drawn from all, ascending, whose mean stands for that of all. Memory
    holds the sketches, 64 bytes each for a dimension of 384, and one part.
    """
    drawn = fetch(sample)[1].astype(np.float32)
    queries = _queries(drawn)
    best = np.empty((len(queries), 0), np.float32)
    with one_thread():
        empty: Any = faiss.IndexRaBitQFastScan(dimension, faiss.METRIC_INNER_PRODUCT)
        empty.train(drawn)
        mapped: Any = faiss.IndexIDMap(empty)
        for numbers, rows in parts:
            exact = rows.astype(np.float32)
            mapped.add_with_ids(exact, numbers)
            scores = np.hstack([best, queries @ exact.T])
            wanted = min(RECALL_AT, scores.shape[1])
            best = np.partition(scores, -wanted, axis=1)[:, -wanted:]
    made = SketchedVectors(dimension, fetch, mapped, SketchFacts(mapped.ntotal, 1.0, 0))
    shares = []
    for query, least in zip(queries, best[:, 0], strict=True):
        found = np.array([score for _, score in made.search(query, best.shape[1])])
        shares.append(np.mean(found >= least - 1e-5))  # of equal ones any will do
    made.facts = SketchFacts(mapped.ntotal, float(np.mean(shares)), len(shares))
    return made


def _queries(drawn: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return unit vectors ``(n, dimension)`` that lie between those drawn, as questions do."""
    rows = drawn[:: max(1, len(drawn) // (SAMPLE * MIXED))][: SAMPLE * MIXED]
    count = max(1, len(rows) // MIXED)
    sums = np.stack([rows[first::count].sum(axis=0) for first in range(count)])
    queries: NDArray[np.float32] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return queries
