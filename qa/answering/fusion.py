"""Fuses BM25 and dense candidates into hits.

The union of both top lists is scored by a convex combination of normalised scores (Bruch, Gai and
Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval"): BM25 is divided by the best
BM25 of the question, the cosine stands as it is, and the cosine is computed for every candidate,
found by it or not.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..datatypes import Hit, Why
from ..settings import CANDIDATES
from ..storage.protocol import Selection, Storage
from .copies import without_copies

DENSE_WEIGHT = 0.6
"""Share of the cosine in the fused score, the rest being BM25's.

Chosen on 1,000 training questions over 7,621 paragraphs: MRR@10 .5826, the same at 0.5, .5756 at
0.7, .5620 for BM25 alone and .4341 for the cosine alone (tests/benchmarks/retrieval.py).
"""


class Cosines(Protocol):
    """Gives the cosine of passages that were found by their words alone."""

    def inner_products(
        self, query: NDArray[np.float32], ids: NDArray[np.int64]
    ) -> dict[int, float]:
        """Return the inner product of a query ``(dimension,)`` with the vector of each known id."""


def fused_hits(
    lexical: list[tuple[int, float]],
    query: NDArray[np.float32],
    store: Storage,
    selected: Selection,
    *,
    k: int,
    best_bm25: float | None = None,
) -> list[Hit]:
    """Return the k best passages for a question, best first.

    ``lexical`` are passage numbers with BM25 scores, best first; ``query`` is the question's
    embedding, ``(dimension,)``; the dense search is among the selected passages. Those
    deleted in the meantime are left out, and so are copies of better ones. ``best_bm25`` is the
    BM25 score that counts as 1; by default it is the best of ``lexical``.
    """
    dense = selected.search(query, CANDIDATES)
    found = fuse(lexical, dense, query, selected, best_bm25=best_bm25)
    best = sorted(found, key=lambda number: (-found[number][0], number))
    return [
        Hit(passage, found[number][0], rank, found[number][1])
        for rank, (number, passage) in enumerate(without_copies(best, store, k), start=1)
    ]


def fuse(
    lexical: list[tuple[int, float]],
    dense: list[tuple[int, float]],
    query: NDArray[np.float32],
    vectors: Cosines,
    dense_weight: float = DENSE_WEIGHT,
    best_bm25: float | None = None,
) -> dict[int, tuple[float, Why]]:
    """Return fused score and reasons of every candidate by number.

    ``lexical`` and ``dense`` are numbers with scores, best first.
    """
    bm25 = dict(lexical)
    bm25_ranks = {number: rank for rank, (number, _) in enumerate(lexical, start=1)}
    dense_ranks = {number: rank for rank, (number, _) in enumerate(dense, start=1)}
    cosines = dict(dense)
    unseen = np.array([number for number in bm25 if number not in cosines], np.int64)
    cosines.update(vectors.inner_products(query, unseen))
    best = max(bm25.values(), default=0.0) if best_bm25 is None else best_bm25
    fused = {}
    for number, cosine in cosines.items():
        share = bm25.get(number, 0.0) / best if best > 0 else 0.0
        score = dense_weight * cosine + (1 - dense_weight) * share
        fused[number] = (
            score,
            Why(bm25.get(number), bm25_ranks.get(number), cosine, dense_ranks.get(number)),
        )
    return fused
