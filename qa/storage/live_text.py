"""Keeps the full-text index in step with SQLite.

The index's mark names the commit that it reflects. The process that writes to the library updates
the index after each batch. A process that searches and finds the index out of date, as after a
crash, updates it too, unless another process is writing: then it searches the index as it is. If
the index is damaged, or its mark is not a commit of this library, it is built again; in memory if
the folder cannot be written to.
"""

import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..errors import LibraryBusyError
from ..folding import VERSION
from .database import CREATION_SECONDS, LOCK
from .full_text import FullText, text_digest
from .store import NO_COMMIT, Commit, Store
from .text_files import DamagedTextError, OldTextError, is_intact

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")

log = logging.getLogger(__name__)

FOLDER = "full-text"
"""Name of the index's folder in the library's folder."""

LAYOUT = 2
"""Increased when other texts are indexed. With an older layout, or words folded by another version
of `qa.folding`, an index is built again."""

RETRY_SECONDS = 0.25
"""How often to check whether the writing process has built an index."""

REBUILD_ALWAYS = 5_000
"""Largest index that is rebuilt after every deletion, in at most 0.4 s."""

REBUILD_SHARE = 0.05
"""Share of deleted passages from which a larger index is rebuilt."""

ANNOUNCED_PASSAGES = 100_000
"""Number of new passages from which a message says that indexing takes a while."""


class LiveText:
    """The full text of a library, updated as the library changes. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = store.folder / FOLDER
        self._lock = threading.RLock()
        self._index: FullText | None = None
        self._links: tempfile.TemporaryDirectory[str] | None = None
        # Separate from _index, so that searches do not wait while a batch is written.
        self._written: FullText | None = None
        self._executor: ThreadPoolExecutor | None = None
        self._is_damaged = False

    def start_search(
        self, terms: Iterable[str], limit: int, among: "NDArray[np.int64] | None" = None
    ) -> Future[list[tuple[int, float]]]:
        """Start a search for any of the terms, in another thread.

        The result is passage id and BM25 score of the best passages, best first. ``among``, sorted,
        restricts the search to these ids. Raises LibraryBusyError if there is no index and another
        process holds the writer lock but does not build one.
        """
        with self._lock:
            index = self._current()
            if self._executor is None:
                self._executor = ThreadPoolExecutor(1, "full-text")
            wanted = list(terms)
            return self._executor.submit(
                self._try, index, lambda now: now.search(wanted, limit, among)
            )

    def has(self, term: str) -> bool:
        """Whether a passage matches a term; see `FullText`. Raises what `start_search` raises."""
        return self._look_up(lambda index: index.has(term))

    def holding(self, phrase: Sequence[str]) -> "NDArray[np.int64]":
        """Return the ids, sorted, of the passages that hold folded words side by side.

        Raises what `start_search` raises.
        """
        return self._look_up(lambda index: index.holding(phrase))

    def nearest(self, word: str, errors: int, limit: int) -> list[tuple[str, int]]:
        """Return the words nearest to a folded one, with their distance; see `FullText`.

        Raises what `start_search` raises.
        """
        return self._look_up(lambda index: index.nearest(word, errors, limit))

    def _look_up(self, act: Callable[[FullText], T]) -> T:
        with self._lock:
            return self._try(self._current(), act)

    def folding(self) -> Callable[[str], list[str]]:
        """Return the function that turns a text into words as they are indexed."""
        with self._lock:
            return self._current().words

    def passages_with(self, word: str) -> list[int]:
        """Return the ids of all passages with a word, as `folding` gives it.

        Raises what `start_search` raises.
        """
        return self._look_up(lambda index: index.all_with(word))

    def publish(self, *, tidy: bool = False) -> None:
        """Add what was committed to the index. Only the holder of the writer lock may call this.

        ``tidy``, after the last batch, rebuilds the index if so much was deleted that scores differ
        from those of a new index.
        """
        with self._store.snapshot():
            newest = self._store.newest_commit()
            try:
                if self._is_damaged:
                    raise DamagedTextError(f"{self._folder} is damaged")
                self._update(newest, tidy=tidy)
            except DamagedTextError as error:
                if not isinstance(error, OldTextError):
                    log.warning("%s; the full text is made again.", error)
                self._written = None
                shutil.rmtree(self._folder)
                self._is_damaged = False
                self._update(newest)

    def release(self) -> None:
        """Let other processes write to the index. Call it after the last `publish`."""
        if self._written is not None:
            self._written.release()
            self._written = None

    def close(self) -> None:
        """Wait for running searches and close the index."""
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None
        self._close_index()

    def differences(self) -> int:
        """Return how many passages differ in text between the index and SQLite. Reads all of them.

        In a damaged index, all of them count as different.
        """
        with self._lock, self._store.snapshot():
            with suppress(OSError):  # another process is changing the index
                if self._folder.exists() and not is_intact(self._folder):
                    return self._store.count().passages
            digests = self._current().digests()
            known = same = 0
            for passage, text in self._store.texts_after(0):
                known += 1
                same += digests.get(passage) == text_digest(text)
            return max(known, len(digests)) - same

    def _try(self, index: FullText, act: Callable[[FullText], T]) -> T:
        """Return what a function finds in an index, or in a new one if it is damaged."""
        with self._lock:
            try:
                return act(index)
            except DamagedTextError:
                self._close_index()
                self._is_damaged = True
                return act(self._current())

    def _update(self, newest: Commit, *, tidy: bool = False) -> None:
        """Bring the written index up to the newest commit; see `publish` for ``tidy``."""
        if self._written is None:
            self._written = FullText(self._folder)
        mark = _mark(newest)
        if self._written.mark != mark:
            known = self._find_commit(self._written.mark)
            since = known or NO_COMMIT
            deleted = self._store.tombstones_after(since.revision).tolist() if known else []
            added = newest.last_passage - since.last_passage
            if added >= ANNOUNCED_PASSAGES:
                log.info("Adding %s passages to the full text …", f"{added:,}")
            texts = self._store.texts_after(since.last_passage)
            self._written.change(deleted, texts, mark, whole=known is None)
        removed, size = self._written.removed() if tidy else 0, len(self._written)
        # More than one, as the previous mark is a deleted text too.
        if removed > 1 and (size < REBUILD_ALWAYS or removed > REBUILD_SHARE * size):
            self._written.change([], self._store.texts_after(0), mark, whole=True)

    def _close_index(self) -> None:
        self._index = None
        if self._links:
            self._links.cleanup()
            self._links = None

    def _current(self) -> FullText:
        """Return the index as of the newest commit, or an older one while another process writes.

        Raises LibraryBusyError if there is none and another process does not build it in time.
        """
        mark = _mark(self._store.newest_commit())
        index = self._open(mark)
        if index is not None and index.mark == mark:
            return index
        if not os.access(self._store.folder, os.W_OK):
            return self._build_in_memory()
        from filelock import FileLock, Timeout

        until = time.monotonic() + CREATION_SECONDS
        while True:
            is_usable = index is not None and self._find_commit(index.mark) is not None
            try:
                with FileLock(
                    self._store.folder / LOCK, timeout=0.0 if is_usable else RETRY_SECONDS
                ):
                    self.publish()
                    self.release()
                break
            except Timeout:
                if index is not None and is_usable:
                    return index
                if time.monotonic() > until:
                    raise LibraryBusyError(
                        f"Another qa is making the full text of {self._store.folder}; ask again."
                    ) from None
                index = self._open(mark)  # the other process may have built it by now
            except (DamagedTextError, OSError) as error:  # usually a full disk
                log.warning("%s cannot be written (%s).", self._folder, error)
                return self._build_in_memory()
        index = self._open(mark)
        return self._build_in_memory() if index is None else index

    def _open(self, mark: str) -> FullText | None:
        """Return the index, reloaded if it does not have this mark; None if there is none."""
        if self._is_damaged:
            return None
        if self._index is not None and self._index.is_in_memory and self._index.mark != mark:
            self._index = None  # an index in memory is not updated
        try:
            if self._index is None and self._folder.exists():
                is_writable = os.access(self._folder, os.W_OK)
                self._index = FullText(self._folder if is_writable else self._make_links())
            elif self._index is not None and self._index.mark != mark:
                if self._links:  # new files have no links yet
                    self._index = FullText(self._make_links())
                self._index.refresh()
        except (DamagedTextError, OSError):
            self._index = None
        return self._index

    def _make_links(self) -> Path:
        """Return a folder of links to the index's files.

        tantivy must create lock files next to these, which it cannot do in a read-only folder.
        """
        self._close_index()
        self._links = tempfile.TemporaryDirectory(prefix="qa-full-text-")
        for path in self._folder.iterdir():
            if not path.name.endswith(".lock"):
                Path(self._links.name, path.name).symlink_to(path)
        return Path(self._links.name)

    def _build_in_memory(self) -> FullText:
        """Build an index of all passages in memory."""
        with self._store.snapshot():
            mark = _mark(self._store.newest_commit())
            self._index = FullText(None)
            self._index.change([], self._store.texts_after(0), mark, whole=True)
            return self._index

    def _find_commit(self, mark: str) -> Commit | None:
        """Return the commit that a mark names; None if it is not in this library's history."""
        layout, _, commit = mark.partition(" ")
        revision, _, nonce = commit.partition(" ")
        if layout != _layout() or not revision.isdecimal():
            return None
        return self._store.find_commit(int(revision), nonce)


def _mark(commit: Commit) -> str:
    return f"{_layout()} {commit.revision} {commit.nonce}"


def _layout() -> str:
    return f"{LAYOUT}.{VERSION}"
