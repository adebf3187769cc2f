"""Keeps the full text in step with SQLite.

Its mark names the commit that it is as of: revision and nonce. Whoever writes brings it up after
each batch; whoever asks and finds it behind, as after a crash, does so if nobody else is
writing, and otherwise asks what is there. A mark that is not in SQLite's list of commits, or an
index that cannot be opened, is made anew.
"""

import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import LibraryBusyError, LibraryError
from .database import LOCK, MAKING_SECONDS
from .full_text import FullText, words_digest
from .store import Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

FOLDER = "full-text"
"""Name of the index's folder inside the library's."""

LAYOUT = 1
"""Raised when texts are cut into words otherwise, so that older indexes are made anew."""

LONG = 100_000
"""Passages to take in from which a line says that it will take a while."""


class LiveText:
    """The words of a library, followed as it changes. Threads may share one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = store.folder / FOLDER
        self._lock = threading.RLock()
        self._index: FullText | None = None
        self._borrowed: tempfile.TemporaryDirectory[str] | None = None
        # Of its own, so that nobody who asks waits for a batch that is being taken in.
        self._written: FullText | None = None
        self._beside: ThreadPoolExecutor | None = None

    def begin(
        self, terms: Iterable[str], limit: int, among: "NDArray[np.int64] | None" = None
    ) -> Future[list[tuple[int, float]]]:
        """Begin to search for any of the terms, in a thread of its own.

        What comes is the best passages: number and BM25 score, best first. ``among``, sorted,
        restricts the search to these numbers. Raises LibraryBusyError when there is no full text
        and another process that should make it does not.
        """
        with self._lock:
            index = self._current()
            if self._beside is None:
                self._beside = ThreadPoolExecutor(1, "full-text")
            return self._beside.submit(self._search, index, terms, limit, among)

    def _search(
        self,
        index: FullText,
        terms: Iterable[str],
        limit: int,
        among: "NDArray[np.int64] | None",
    ) -> list[tuple[int, float]]:
        with self._lock:
            return index.search(terms, limit, among)

    def publish(self) -> None:
        """Take in what has been committed. Only the holder of the writer's lock may call this."""
        with self._store.snapshot():
            revision, nonce, newest = self._store.head()
            mark = _mark(revision, nonce)
            try:
                if self._written is None:
                    self._written = FullText(self._folder)
            except (ValueError, OSError) as error:
                log.warning("%s; the full text is made again.", error)
                shutil.rmtree(self._folder, ignore_errors=True)
                self._written = FullText(self._folder)
            if self._written.mark == mark:
                return
            known = self._known(self._written.mark)
            since, last = known or (0, 0)
            gone = self._store.tombstones_after(since).tolist() if known else []
            if newest - last >= LONG:
                log.info("Taking in the words of %s passages …", f"{newest - last:,}")
            self._written.change(gone, self._store.words_after(last), mark, whole=known is None)

    def release(self) -> None:
        """Let another process write, after the last `publish`."""
        if self._written is not None:
            self._written.release()
            self._written = None

    def close(self) -> None:
        """Let go of the index, when what has begun is done."""
        if self._beside is not None:
            self._beside.shutdown()
            self._beside = None
        self._let_go()

    def _let_go(self) -> None:
        self._index = None
        if self._borrowed:
            self._borrowed.cleanup()
            self._borrowed = None

    def differences(self) -> int:
        """Return how many passages have other words here than in SQLite; reads them all."""
        with self._lock, self._store.snapshot():
            held = self._current().digests()
            known = same = 0
            for number, words in self._store.words_after(0):
                known += 1
                same += held.get(number) == words_digest(words)
            return max(known, len(held)) - same

    def _current(self) -> FullText:
        """The index as of the newest commit, if that can be had."""
        revision, nonce, _ = self._store.head()
        mark = _mark(revision, nonce)
        index = self._opened(mark)
        if index is not None and index.mark == mark:
            return index
        if not os.access(self._store.folder, os.W_OK):
            return self._in_memory()
        from filelock import FileLock, Timeout

        # What is a batch behind serves while another process writes; nothing at all does not.
        serves = index is not None and self._known(index.mark) is not None
        try:
            with FileLock(self._store.folder / LOCK, timeout=0 if serves else MAKING_SECONDS):
                self.publish()
                self.release()
        except Timeout:
            if index is not None and serves:
                return index
            raise LibraryBusyError(
                f"Another qa is making the full text of {self._store.folder}; ask again."
            ) from None
        index = self._opened(mark)
        if index is None:
            raise LibraryError(f"{self._folder} cannot be read; see: qa doctor")
        return index

    def _opened(self, mark: str) -> FullText | None:
        """What there is to search, looked at anew if its mark is another; None for nothing."""
        try:
            if self._index is None and self._folder.exists():
                may_write = os.access(self._folder, os.W_OK)
                self._index = FullText(self._folder if may_write else self._borrow())
            elif self._index is not None and self._index.mark != mark:
                if self._borrowed:  # what was written since is not among the links
                    self._index = FullText(self._borrow())
                self._index.refresh()
        except (ValueError, OSError):
            self._index = None
        return self._index

    def _borrow(self) -> Path:
        """Return a folder of links to the index: it opens only where locks can be made."""
        self._let_go()
        self._borrowed = tempfile.TemporaryDirectory(prefix="qa-full-text-")
        for path in self._folder.iterdir():
            if not path.name.endswith(".lock"):
                Path(self._borrowed.name, path.name).symlink_to(path)
        return Path(self._borrowed.name)

    def _in_memory(self) -> FullText:
        """An index of all passages that is forgotten with this process."""
        with self._store.snapshot():
            revision, nonce, _ = self._store.head()
            self._index = FullText(None)
            words = self._store.words_after(0)
            self._index.change([], words, _mark(revision, nonce), whole=True)
            return self._index

    def _known(self, mark: str) -> tuple[int, int] | None:
        """Revision and last passage of the commit that a mark names; None when there is none."""
        layout, _, commit = mark.partition(" ")
        revision, _, nonce = commit.partition(" ")
        if layout != str(LAYOUT) or not revision.isdecimal():
            return None
        found = self._store.commit_nonce(int(revision))
        return (int(revision), found[1]) if found and found[0] == nonce else None


def _mark(revision: int, nonce: str) -> str:
    return f"{LAYOUT} {revision} {nonce}"
