"""The passages of a scope in a library on Milvus."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...folding import words
from .client import Client
from .words import question_tokens, stems, token

if TYPE_CHECKING:
    from .rows import MilvusRows

MOST_PHRASES = 1_000
"""Passages with all words of a phrase that are read to see whether they stand side by side."""

_POOL = ThreadPoolExecutor(4, "milvus")


class MilvusSelection:
    """Passages by id; see `qa.storage.protocol.Selection`."""

    def __init__(self, store: "MilvusRows", client: Client, collection: str, where: str) -> None:
        """Select the passages in a collection that fit a filter; all of them if it is empty."""
        self._store, self._client = store, client
        self._collection, self._where = collection, where

    def holding(self, phrase: Sequence[str]) -> "MilvusSelection | None":
        """Return those that hold these folded words side by side; None if there are none.

        Of the passages that have all the words, ``MOST_PHRASES`` are looked at.
        """
        where = joined(self._where, *(has_token(token(stem)) for stem in stems(" ".join(phrase))))
        rows = self._client.query(self._collection, where, ["id"], MOST_PHRASES)
        found = []
        for number, text in self._store.searched_texts([row["id"] for row in rows]).items():
            spoken = f" {' '.join(words(text))} "
            if f" {' '.join(phrase)} " in spoken:
                found.append(number)
        if not found:
            return None
        where = f"id in {sorted(found)}"
        return MilvusSelection(self._store, self._client, self._collection, where)

    def start_words(
        self, terms: Iterable[str], limit: int
    ) -> Callable[[], list[tuple[int, float]]]:
        """Start a search by words in another thread; the function that is returned waits for it."""
        tokens = question_tokens(terms)
        if not tokens:
            return list
        return _POOL.submit(
            self._client.search,
            self._collection,
            "sparse",
            " ".join(tokens),
            self._where,
            limit,
        ).result

    def search(self, query: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Return the k nearest passages and their cosines with a query ``(dimension,)``."""
        return self._client.search(self._collection, "vector", query.tolist(), self._where, k)

    def inner_products(
        self, query: NDArray[np.float32], ids: NDArray[np.int64]
    ) -> dict[int, float]:
        """Return the cosine of a query ``(dimension,)`` with each of these passages."""
        if not len(ids):
            return {}
        rows = self._client.by_ids(self._collection, "id", ids.tolist(), ["id", "vector"])
        if not rows:
            return {}
        vectors = np.array([row["vector"] for row in rows], np.float32)
        products = (vectors @ query).tolist()
        return {int(row["id"]): each for row, each in zip(rows, products, strict=True)}


def joined(*conditions: str) -> str:
    """Return the filter of what fits all conditions."""
    return " and ".join(f"({each})" for each in conditions if each)


def has_token(found: str) -> str:
    """Return the condition that a passage has a token."""
    return f"text_match(terms, '{found}')"
