"""Keeps the FAISS index in step with SQLite.

A small library's is exact; a large one's is made of sketches (qa/storage/sketch.py).
An index is published as ``vectors-<revision>-<nonce>.faiss``. Loading takes the newest file whose
revision and nonce stand in SQLite's list of commits, drops what has gone since, and adds what has
come; without such a file everything is read from SQLite. So no crash, and no mix-up
of these files, can give a wrong answer; that their bytes are as written, ``differences`` checks.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelMismatchError
from .published import WORKING_PREFIX, own_files, published_files, read_facts
from .sketch import SketchedVectors, sketched
from .store import Store
from .vectors import OtherLengthError, Vectors

log = logging.getLogger(__name__)

APPROXIMATE_ROWS = 100_000
"""Vectors from which on sketches are searched first; below half of it, exact search is back.

Exact search of 54,000 takes 3 ms, grows with them, and reads 768 bytes of each on opening; sketches
take 3.8 ms for 250,000 and 11 for a million, and have 64 bytes. Making a million takes 9 s.
"""

STALE_SHARE = 0.05
"""Share of rows changed since the last publication that makes a new one due."""

STALE_ROWS = 20_000
"""Rows changed since the last publication that make a new one due.

So many more to read let opening a million passages take 115 ms instead of 71.
"""

KEPT = 2
"""Published files that are kept."""

TRAINED = 5_000
"""Vectors whose mean stands for the mean of all."""

PART_ROWS = 20_000
"""Vectors held in memory together while sketches are made."""

AnyVectors = Vectors | SketchedVectors


class LiveVectors:
    """The vectors of a library, followed as it changes. Threads may share one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        facts = store.facts()
        try:
            self._dimension = int(facts["dimension"])
            self._fingerprint = facts["fingerprint"]
        except (KeyError, ValueError) as error:
            raise store.damaged("it does not say which model made it") from error
        self._revision, self._nonce, self._last = 0, "", 0
        self._vectors: AnyVectors
        self._published = 0
        self._is_damaged = False
        self._lock = threading.RLock()
        with store.snapshot():
            self._open()

    @contextmanager
    def current(self) -> Iterator[AnyVectors]:
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
            self.refresh()
            remake = self._should_remake()
        if remake:  # without the lock: questions go on while all is read, and nobody else writes
            with self._store.snapshot():
                made = self._read_all()
            with self._lock:
                self._vectors = made
        with self._lock:
            return self._publish(force or remake, again=remake)

    def differences(self) -> int:
        """Return how many vectors differ from SQLite's, or only one has; reads them all.

        All do after a published file was passed over because it was damaged.
        """
        with self._lock, self._store.snapshot():
            self.refresh()
            known = same = 0
            for numbers, rows in self._store.embeddings_after(0, self._dimension):
                known += len(numbers)
                same += int(np.count_nonzero(self._vectors.agree(numbers, rows)))
            all_of_them = max(known, len(self._vectors))
            return all_of_them if self._is_damaged else all_of_them - same

    def _publish(self, force: bool, *, again: bool) -> bool:
        if self._published == self._revision and not again:
            return False
        published = self._store.commit_nonce(self._published) if self._published else None
        changed = self._last - (published[1] if published else 0)
        changed += len(self._store.tombstones_after(self._published))
        due = changed >= STALE_ROWS or changed >= STALE_SHARE * max(len(self._vectors), 1)
        if not (due or force):
            return False
        name = f"vectors-{self._revision}-{self._nonce}.faiss"
        self._vectors.save(self._store.folder / name)
        self._published, self._is_damaged = self._revision, False
        self._delete_old()
        return True

    def _open(self) -> None:
        """Load the newest valid file and bring it up to date, or read everything."""
        self._revision, self._nonce, self._last = self._store.head()
        self._published, self._is_damaged = 0, False
        for path, revision, last in own_files(self._store):
            if self._last - last >= APPROXIMATE_ROWS:
                break  # reading everything is shorter
            try:
                self._vectors = self._load(path)
            except FileNotFoundError:
                continue  # another process has just published and cleared it away
            except OtherLengthError:
                continue  # of the model before
            except (ValueError, OSError) as error:
                log.warning("%s; it is passed over and will be made again.", error)
                self._is_damaged = True
                continue
            self._published = revision
            self._vectors.remove(self._store.tombstones_after(revision))
            for numbers, rows in self._store.embeddings_after(last, self._dimension):
                self._vectors.add(numbers, rows)
            return
        self._vectors = self._read_all()

    def _load(self, path: Path) -> AnyVectors:
        """Read a published file. Raises ValueError when it is damaged, OSError."""
        if read_facts(path):
            return SketchedVectors.load(path, self._dimension, self._fetch)
        return Vectors.load(path, self._dimension)

    def _should_remake(self) -> bool:
        """Whether the vectors have outgrown the way that they are kept."""
        if isinstance(self._vectors, Vectors):
            return len(self._vectors) >= APPROXIMATE_ROWS
        return self._vectors.is_outgrown or len(self._vectors) < APPROXIMATE_ROWS // 2

    def _read_all(self) -> AnyVectors:
        """Read every vector from SQLite, part by part, into what suits their number."""
        parts = self._store.embeddings_after(0, self._dimension, PART_ROWS)
        if self._store.count()[2] >= APPROXIMATE_ROWS:
            sample = self._store.sampled_passages(TRAINED)
            return sketched(self._dimension, self._fetch, sample, parts)
        vectors = Vectors(self._dimension)
        for numbers, rows in parts:
            vectors.add(numbers, rows)
        return vectors

    def _fetch(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        return self._store.embeddings_of(numbers, self._dimension)

    def _delete_old(self) -> None:
        """Delete all but the newest files, those of another history, and what a crash left."""
        kept = {file.path for file in islice(own_files(self._store), KEPT)}
        for path, _, _ in published_files(self._store.folder):
            if path not in kept:
                path.unlink(missing_ok=True)
        for path in self._store.folder.glob(f"{WORKING_PREFIX}*"):
            path.unlink(missing_ok=True)
