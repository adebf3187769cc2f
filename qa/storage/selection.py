"""The passages of a scope in the library on disk."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .live_text import LiveText
from .live_vectors import LiveVectors


class LocalSelection:
    """Passages by id; see `qa.storage.protocol.Selection`."""

    def __init__(
        self, vectors: LiveVectors, full_text: LiveText, among: NDArray[np.int64] | None
    ) -> None:
        """Select the passages ``among``, in ascending order; all of them if it is None."""
        self._vectors, self._full_text, self._among = vectors, full_text, among

    def holding(self, phrase: Sequence[str]) -> "LocalSelection | None":
        """Return those that hold these folded words side by side; None if there are none."""
        found = self._full_text.holding(phrase)
        if self._among is not None:
            found = np.intersect1d(found, self._among, assume_unique=True)
        return LocalSelection(self._vectors, self._full_text, found) if len(found) else None

    def start_words(
        self, terms: Iterable[str], limit: int
    ) -> Callable[[], list[tuple[int, float]]]:
        """Start a search by words in another thread; the function that is returned waits for it."""
        return self._full_text.start_search(terms, limit, self._among).result

    def search(self, query: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Return the k nearest passages and their cosines with a query ``(dimension,)``."""
        with self._vectors.current() as vectors:
            return vectors.search(query, k, self._among)

    def inner_products(
        self, query: NDArray[np.float32], ids: NDArray[np.int64]
    ) -> dict[int, float]:
        """Return the cosine of a query ``(dimension,)`` with each of these passages."""
        with self._vectors.current() as vectors:
            return vectors.inner_products(query, ids)
