"""Keeps the FAISS index in step with SQLite.

An index is published as ``vectors-<revision>-<nonce>.faiss``. Loading takes the newest file whose
revision and nonce stand in SQLite's list of commits, drops what has gone since, and adds what has
come; without such a file everything is read from SQLite. So no crash, and no mix-up
of these files, can give a wrong answer; that their bytes are as written, ``differences`` checks.
"""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ..errors import ModelMismatchError
from .store import Store
from .vectors import WORKING_PREFIX, Vectors

log = logging.getLogger(__name__)

STALE_SHARE = 0.05
"""Share of rows changed since the last publication that makes a new one due."""

STALE_ROWS = 20_000
"""Rows changed since the last publication that make a new one due."""

KEPT = 2
"""Published files that are kept."""

_NAME = re.compile(r"vectors-(\d+)-([0-9a-f]+)\.faiss")


class LiveVectors:
    """The vectors of a library, followed as it changes. Threads may share one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        facts = store.facts()
        self._dimension = int(facts["dimension"])
        self._fingerprint = facts["fingerprint"]
        self._revision, self._nonce, self._last = 0, "", 0
        self._published = 0
        self._lock = threading.RLock()
        with store.snapshot():
            self._open()

    @contextmanager
    def current(self) -> Iterator[Vectors]:
        """Lend the vectors as of the newest commit; no other thread changes them meanwhile."""
        with self._lock:
            self.refresh()
            yield self._vectors

    def refresh(self) -> None:
        """Take in what has been committed since.

        Raises ModelMismatchError when another model has embedded the library since.
        """
        with self._lock, self._store.snapshot():
            revision, nonce, last = self._store.head()
            if (revision, nonce) == (self._revision, self._nonce):
                return
            if self._store.facts()["fingerprint"] != self._fingerprint:
                raise ModelMismatchError("The library was embedded anew meanwhile; ask again.")
            known = self._store.commit_nonce(self._revision)
            if self._revision and (known is None or known[0] != self._nonce):
                self._open()  # the library was made anew under us
                return
            self._vectors.remove(self._store.tombstones_after(self._revision))
            for numbers, rows in self._store.embeddings_after(self._last, self._dimension):
                self._vectors.add(numbers, rows)
            self._revision, self._nonce, self._last = revision, nonce, last

    def publish(self, *, force: bool = False) -> bool:
        """Write the index to a file if enough has changed; return whether it was written.

        Only the holder of the writer's lock may call this.
        """
        with self._lock:
            return self._publish(force)

    def differences(self) -> int:
        """Return how many vectors differ from SQLite's, or only one has; reads them all."""
        with self._lock, self._store.snapshot():
            self.refresh()
            numbers, rows = self._vectors.rows()
            known = same = 0
            for some, wanted in self._store.embeddings_after(0, self._dimension):
                known += len(some)
                if len(numbers):
                    places = np.minimum(np.searchsorted(numbers, some), len(numbers) - 1)
                    equal = (numbers[places] == some) & np.all(rows[places] == wanted, axis=1)
                    same += int(np.count_nonzero(equal))
            return max(known, len(numbers)) - same

    def _publish(self, force: bool) -> bool:
        self.refresh()
        if self._published == self._revision:
            return False
        published = self._store.commit_nonce(self._published) if self._published else None
        changed = self._last - (published[1] if published else 0)
        changed += len(self._store.tombstones_after(self._published))
        due = changed >= STALE_ROWS or changed >= STALE_SHARE * max(len(self._vectors), 1)
        if not (due or force):
            return False
        name = f"vectors-{self._revision}-{self._nonce}.faiss"
        self._vectors.save(self._store.folder / name)
        self._published = self._revision
        self._delete_old()
        return True

    def _open(self) -> None:
        """Load the newest valid file and bring it up to date, or read everything."""
        revision, nonce, last = self._store.head()
        self._vectors, start, since = Vectors(self._dimension), 0, 0
        self._published = 0
        for path, file_revision, file_nonce in published_files(self._store.folder):
            known = self._store.commit_nonce(file_revision)
            if known is None or known[0] != file_nonce:
                continue
            try:
                self._vectors = Vectors.load(path, self._dimension)
            except ValueError as error:
                log.warning("%s; it is passed over and will be made again.", error)
                continue
            start, since, self._published = known[1], file_revision, file_revision
            break
        if since:
            self._vectors.remove(self._store.tombstones_after(since))
        for numbers, rows in self._store.embeddings_after(start, self._dimension):
            self._vectors.add(numbers, rows)
        self._revision, self._nonce, self._last = revision, nonce, last

    def _delete_old(self) -> None:
        """Delete all but the newest files, those of another history, and what a crash left."""
        valid: list[Path] = []
        for path, revision, nonce in published_files(self._store.folder):
            known = self._store.commit_nonce(revision)
            if known and known[0] == nonce and len(valid) < KEPT:
                valid.append(path)
            else:
                path.unlink(missing_ok=True)
        for path in self._store.folder.glob(f"{WORKING_PREFIX}*"):
            path.unlink(missing_ok=True)


def published_files(folder: Path) -> list[tuple[Path, int, str]]:
    """Return the published files of a library with revision and nonce, newest first."""
    found = [
        (path, int(match[1]), match[2])
        for path in folder.glob("vectors-*.faiss")
        if (match := _NAME.fullmatch(path.name))
    ]
    return sorted(found, key=lambda item: -item[1])
