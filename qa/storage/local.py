"""The library on disk as a `Storage`: SQLite, with the vectors and the full text built from it."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ..datatypes import ArticleRowId, Scope
from ..errors import LibraryBusyError
from ..settings import library_flag
from .copies import Copies
from .database import CREATION_SECONDS, no_articles
from .protocol import CopyGroup
from .store import Store

# FAISS and tantivy are imported on first use, while the reader loads in a thread.
if TYPE_CHECKING:
    from .live_text import LiveText
    from .live_vectors import LiveVectors
    from .selection import LocalSelection


class LocalStorage(Store):
    """The SQLite file of a library with its two indexes, which are opened on first use."""

    _vectors: "LiveVectors | None" = None
    _full_text: "LiveText | None" = None

    @property
    def address(self) -> str:
        """The library's folder."""
        return str(self.folder)

    @property
    def flags(self) -> tuple[str]:
        """The option that opens this library."""
        return (library_flag(self.folder),)

    @property
    def vectors(self) -> "LiveVectors":
        """The vector index, of the model that the library has now."""
        known = self._vectors
        if known is None or self.facts().get("fingerprint") != known.fingerprint:
            from .live_vectors import LiveVectors

            known = self._vectors = LiveVectors(self)
        return known

    @property
    def full_text(self) -> "LiveText":
        """The full-text index."""
        if self._full_text is None:
            from .live_text import LiveText

            self._full_text = LiveText(self)
        return self._full_text

    @property
    def sketches(self) -> Copies:
        """Where the sketches of near-copies are kept."""
        return Copies(self)

    def await_articles(self) -> None:
        """Wait for the first batch of a library that another process is making."""
        if self.has_articles():
            return
        from .lock import is_locked  # filelock takes 10 ms to import

        until = time.monotonic() + CREATION_SECONDS
        while not self.has_articles():
            if not is_locked(self.folder):
                if self.has_articles():  # the other process has just finished
                    return
                raise no_articles(self.folder)
            if time.monotonic() > until:
                raise LibraryBusyError(
                    f"Another qa is making the library in {self.folder}; ask again in a moment."
                )
            time.sleep(0.2)

    def within(self, scope: Scope) -> "LocalSelection":
        """Return the passages of a scope, to be searched."""
        from .selection import LocalSelection

        return LocalSelection(self.vectors, self.full_text, self.passage_ids(scope))

    def has_term(self, term: str) -> bool:
        """Whether a passage matches a term of a question."""
        return self.full_text.has(term)

    def passages_with(self, word: str, limit: int) -> list[int]:
        """Return the first passages that hold a folded word, at most ``limit``."""
        found: list[int] = self.full_text.holding([word])[:limit].tolist()
        return found

    def nearest_words(self, word: str, errors: int, limit: int) -> list[tuple[str, int]]:
        """Return the words of articles nearest to a folded word, with their distance."""
        return self.full_text.nearest(word, errors, limit)

    def folding(self) -> Callable[[str], list[str]]:
        """Return the function that turns a text into words as they are searched."""
        return self.full_text.folding()

    def articles_with(self, word: str) -> set[ArticleRowId]:
        """Return all articles with a word, as `folding` gives it."""
        return set(self.articles_of(self.full_text.passages_with(word)).values())

    def copy_groups(self, articles: Iterable[ArticleRowId]) -> dict[ArticleRowId, CopyGroup]:
        """Return the group of each article that has copies."""
        groups = self.sketches.groups(articles)
        counts = self.sketches.counts(groups.values())
        return {article: CopyGroup(group, counts[group]) for article, group in groups.items()}

    def publish(self, *, tidy: bool = False, force: bool = False) -> None:
        """Bring both indexes up to date; ``force`` saves the vectors whatever has changed."""
        self.vectors.publish(force=force)
        self.full_text.publish(tidy=tidy)

    def release(self) -> None:
        """Release the full text's write lock after a run."""
        if self._full_text is not None:
            self._full_text.release()

    def close(self) -> None:
        """Close the full text and the connections of all threads."""
        if self._full_text is not None:
            self._full_text.close()
        super().close()
