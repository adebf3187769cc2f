"""The lock that lets only one process at a time write to a library."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import LibraryBusyError, LibraryReadOnlyError
from .database import LOCK

LOCK_SECONDS = 2
"""How long to wait for another writer: enough for an indexing run that finds nothing to do."""


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the writer lock of the library in a folder.

    Raises LibraryBusyError if another process holds it, and LibraryReadOnlyError if the folder
    cannot be written to.
    """
    lock = FileLock(folder / LOCK, timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        raise LibraryBusyError(
            f"Another qa is writing to {folder}; you can ask questions meanwhile. "
            "Try again when it is done."
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LibraryReadOnlyError(
            f"{folder} cannot be written to ({reason}); you can still ask questions."
        ) from error
    try:
        yield
    finally:
        lock.release()


def is_locked(folder: Path) -> bool:
    """Return whether another process holds the writer lock."""
    if not os.access(folder, os.W_OK):
        return False
    try:
        with FileLock(folder / LOCK, timeout=0):
            return False
    except Timeout:
        return True
