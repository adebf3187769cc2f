"""Keeps the vector index in step with SQLite.

A small library has exact vectors, a large one has sketches (see qa/storage/sketch.py). The index is
saved as ``vectors-<revision>-<nonce>.faiss``, named after the commit that it reflects. Opening it
takes the newest file whose commit is in SQLite, removes the vectors that were deleted since, and
adds those that are new. Without such a file, everything is read from SQLite. So neither a crash nor
a mix-up of these files can give a wrong answer. ``differences`` compares the vectors themselves.
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
from .sketch import SketchedVectors, build_sketches
from .store import NO_COMMIT, Commit, Store
from .vector_files import (
    WORKING_PREFIX,
    list_vector_files,
    own_vector_files,
    read_facts,
    vector_file_name,
)
from .vectors import DimensionError, Vectors

log = logging.getLogger(__name__)

APPROXIMATE_ROWS = 100_000
"""Number of vectors from which sketches are used; below half of it, search is exact again.

Exact search takes 3 ms for 54,000 vectors, in proportion to their number, and opening reads 768
bytes for each. Sketches take 3.8 ms for 250,000 and 11 ms for a million, and 64 bytes each.
Building a million takes 9 s.
"""

STALE_SHARE = 0.05
"""Share of vectors changed since the last save from which the index is saved again."""

STALE_ROWS = 20_000
"""Number of vectors changed since the last save from which the index is saved again.

Reading that many from SQLite makes opening a million passages take 115 ms instead of 71.
"""

KEPT_FILES = 2
"""Number of saved files that are kept."""

TRAINING_ROWS = 5_000
"""Number of vectors whose mean stands for the mean of all."""

PART_ROWS = 20_000
"""Number of vectors in memory at once while sketches are built."""

AnyVectors = Vectors | SketchedVectors


class LiveVectors:
    """The vectors of a library, updated as the library changes. Threads may share them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        facts = store.facts()
        try:
            self._dimension = int(facts["dimension"])
            self.fingerprint = facts["fingerprint"]
            """Digest of the model that made the embeddings."""
        except (KeyError, ValueError) as error:
            raise store.damaged("it does not say which model made it") from error
        self._commit = self._saved = NO_COMMIT
        self._vectors: AnyVectors
        self._is_damaged = False
        self._lock = threading.RLock()
        with store.snapshot():
            self._open()

    @contextmanager
    def current(self) -> Iterator[AnyVectors]:
        """Yield the vectors of the newest commit. Other threads cannot change them in the block."""
        with self._lock:
            self.refresh()
            yield self._vectors

    def refresh(self) -> None:
        """Load what was committed since.

        Raises ModelMismatchError if the library was re-embedded with another model.
        """
        with self._lock, self._store.snapshot():
            newest, known = self._store.newest_commit(), self._commit
            if newest == known:
                return
            if self._store.facts()["fingerprint"] != self.fingerprint:
                raise ModelMismatchError("The library was re-embedded meanwhile; ask again.")
            if known.revision and not self._store.find_commit(known.revision, known.nonce):
                self._open()  # the library was replaced by one with another history
                return
            self._catch_up(known)
            self._commit = newest

    def publish(self, *, force: bool = False) -> bool:
        """Save the index if enough has changed, or with ``force`` if anything has.

        Returns whether it was saved. Only the holder of the writer lock may call this.
        """
        with self._lock:
            self.refresh()
            must_rebuild = self._must_rebuild()
        if must_rebuild:  # without the lock, so that questions can be asked during the rebuild
            with self._store.snapshot():
                rebuilt = self._read_all()
            with self._lock:
                self._vectors = rebuilt
        with self._lock:
            return self._save(force or must_rebuild, again=must_rebuild)

    def differences(self) -> int:
        """Return how many vectors differ between the index and SQLite. Reads all of them.

        After a damaged file was skipped, all of them count as different.
        """
        with self._lock, self._store.snapshot():
            self.refresh()
            known = same = 0
            for ids, rows in self._store.embeddings_after(0, self._dimension):
                known += len(ids)
                same += int(np.count_nonzero(self._vectors.equal(ids, rows)))
            count = max(known, len(self._vectors))
            return count if self._is_damaged else count - same

    def _save(self, force: bool, *, again: bool) -> bool:
        """Save the index if it is due; ``again`` replaces a file of the same commit."""
        if self._saved.revision == self._commit.revision and not again:
            return False
        changed = self._commit.last_passage - self._saved.last_passage
        changed += len(self._store.tombstones_after(self._saved.revision))
        is_due = changed >= STALE_ROWS or changed >= STALE_SHARE * max(len(self._vectors), 1)
        if not (is_due or force):
            return False
        self._vectors.save(self._store.folder / vector_file_name(self._commit))
        self._saved, self._is_damaged = self._commit, False
        self._delete_old_files()
        return True

    def _open(self) -> None:
        """Load the newest valid file and catch up from there, or read everything from SQLite."""
        self._commit, self._saved = self._store.newest_commit(), NO_COMMIT
        self._is_damaged = False
        for file in own_vector_files(self._store):
            if self._commit.last_passage - file.commit.last_passage >= APPROXIMATE_ROWS:
                break  # reading everything is faster
            try:
                self._vectors = self._load(file.path)
            except FileNotFoundError:
                continue  # another process has just saved the index and deleted this file
            except DimensionError:
                continue  # the file is of the previous model
            except (ValueError, OSError) as error:
                log.warning("%s; it is skipped and will be made again.", error)
                self._is_damaged = True
                continue
            self._saved = file.commit
            self._catch_up(file.commit)
            return
        self._vectors = self._read_all()

    def _load(self, path: Path) -> AnyVectors:
        """Read a saved file. Raises ValueError if it is damaged, OSError."""
        if read_facts(path):
            return SketchedVectors.load(path, self._dimension, self._fetch)
        return Vectors.load(path, self._dimension)

    def _catch_up(self, commit: Commit) -> None:
        """Apply what was committed after a commit."""
        self._vectors.remove(self._store.tombstones_after(commit.revision))
        for ids, rows in self._store.embeddings_after(commit.last_passage, self._dimension):
            self._vectors.add(ids, rows)

    def _must_rebuild(self) -> bool:
        """Return whether exact vectors have become too many, or sketches too few or too old."""
        if isinstance(self._vectors, Vectors):
            return len(self._vectors) >= APPROXIMATE_ROWS
        return self._vectors.is_outgrown or len(self._vectors) < APPROXIMATE_ROWS // 2

    def _read_all(self) -> AnyVectors:
        """Read all vectors from SQLite, and build sketches if there are many."""
        parts = self._store.embeddings_after(0, self._dimension, PART_ROWS)
        if self._store.count().passages >= APPROXIMATE_ROWS:
            sample = self._store.sample_passages(TRAINING_ROWS)
            return build_sketches(self._dimension, self._fetch, sample, parts)
        vectors = Vectors(self._dimension)
        for ids, rows in parts:
            vectors.add(ids, rows)
        return vectors

    def _fetch(self, ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        return self._store.embeddings_of(ids, self._dimension)

    def _delete_old_files(self) -> None:
        """Delete all but the newest files, files of another history, and leftovers of a crash."""
        kept = {file.path for file in islice(own_vector_files(self._store), KEPT_FILES)}
        for path, _, _ in list_vector_files(self._store.folder):
            if path not in kept:
                path.unlink(missing_ok=True)
        for path in self._store.folder.glob(f"{WORKING_PREFIX}*"):
            path.unlink(missing_ok=True)
