"""Keeps the full text in step with SQLite.

Its mark names the commit that it is as of: revision and nonce. Whoever writes brings it up after
each batch; whoever asks and finds it behind, as after a crash, does so if nobody else is
writing, and otherwise asks what is there. A mark that is not in SQLite's list of commits, or an
index that is damaged, is made anew; where that cannot be done, in memory.
"""

import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import LibraryBusyError
from .database import LOCK, MAKING_SECONDS
from .full_text import DamagedTextError, FullText, is_intact, words_digest
from .store import Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

FOLDER = "full-text"
"""Name of the index's folder inside the library's."""

LAYOUT = 1
"""Raised when texts are cut into words otherwise, so that older indexes are made anew."""

LOOK_AGAIN_SECONDS = 0.25
"""How often to look whether the process that writes has made a full text meanwhile."""

TIDIED_ALWAYS = 5_000
"""Passages up to which an index is made anew whenever something was removed; 0.4 s at most."""

TIDIED_SHARE = 0.05
"""Share of removed passages from which a larger index is made anew."""

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
        self._is_damaged = False

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
            words = list(terms)
            try:
                return index.search(words, limit, among)
            except DamagedTextError:
                self._distrust()
                return self._current().search(words, limit, among)

    def _distrust(self) -> None:
        """Let go of an index that turned out to be damaged, so that it is made anew."""
        self._let_go()
        self._is_damaged = True

    def publish(self, *, tidy: bool = False) -> None:
        """Take in what has been committed. Only the holder of the writer's lock may call this.

        ``tidy``, after the last batch, makes the index anew where so much was removed that the
        scores would differ from those of a fresh one.
        """
        with self._store.snapshot():
            revision, nonce, newest = self._store.head()
            mark = _mark(revision, nonce)
            try:
                if self._is_damaged:
                    raise DamagedTextError(f"{self._folder} is damaged")
                self._take_in(mark, newest, tidy=tidy)
            except DamagedTextError as error:
                log.warning("%s; the full text is made again.", error)
                self._written = None
                shutil.rmtree(self._folder)
                self._is_damaged = False
                self._take_in(mark, newest)

    def _take_in(self, mark: str, newest: int, *, tidy: bool = False) -> None:
        """Bring the index that is written up to a mark; ``newest`` is the last passage then."""
        if self._written is None:
            self._written = FullText(self._folder)
        if self._written.mark != mark:
            known = self._known(self._written.mark)
            since, last = known or (0, 0)
            gone = self._store.tombstones_after(since).tolist() if known else []
            if newest - last >= LONG:
                log.info("Taking in the words of %s passages …", f"{newest - last:,}")
            self._written.change(gone, self._store.words_after(last), mark, whole=known is None)
        removed, held = self._written.removed() if tidy else 0, len(self._written)
        # The mark of the commit before is a text that was removed, too.
        if removed > 1 and (held < TIDIED_ALWAYS or removed > TIDIED_SHARE * held):
            self._written.change([], self._store.words_after(0), mark, whole=True)

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
        """Return how many passages have other words here than in SQLite; reads them all.

        All do in an index that is damaged.
        """
        with self._lock, self._store.snapshot():
            with suppress(OSError):  # another process is changing it at this moment
                if self._folder.exists() and not is_intact(self._folder):
                    return self._store.count()[2]
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

        until = time.monotonic() + MAKING_SECONDS
        while True:
            # What is a batch behind serves while another process writes; nothing at all does not.
            if index is not None and self._known(index.mark) is not None:
                serving, wait = index, 0.0
            else:
                serving, wait = None, LOOK_AGAIN_SECONDS
            try:
                with FileLock(self._store.folder / LOCK, timeout=wait):
                    self.publish()
                    self.release()
                break
            except Timeout:
                if serving is not None:
                    return serving
                if time.monotonic() > until:
                    raise LibraryBusyError(
                        f"Another qa is making the full text of {self._store.folder}; ask again."
                    ) from None
                index = self._opened(mark)  # perhaps it is there by now
            except (DamagedTextError, OSError) as error:  # a full disk, as a rule
                log.warning("%s cannot be written (%s).", self._folder, error)
                return self._in_memory()
        index = self._opened(mark)
        return self._in_memory() if index is None else index

    def _opened(self, mark: str) -> FullText | None:
        """What there is to search, looked at anew if its mark is another; None for nothing."""
        if self._is_damaged:
            return None
        if self._index is not None and self._index.is_in_memory and self._index.mark != mark:
            self._index = None  # it is of one moment
        try:
            if self._index is None and self._folder.exists():
                may_write = os.access(self._folder, os.W_OK)
                self._index = FullText(self._folder if may_write else self._borrow())
            elif self._index is not None and self._index.mark != mark:
                if self._borrowed:  # what was written since is not among the links
                    self._index = FullText(self._borrow())
                self._index.refresh()
        except (DamagedTextError, OSError):
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
