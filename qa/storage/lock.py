"""The lock that lets one process at a time write to a library."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import LibraryBusyError, LibraryReadOnlyError
from .database import LOCK

LOCK_SECONDS = 2
"""How long a writer waits for another: long enough for a run that finds nothing to do."""


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of the library in a folder.

    Raises LibraryBusyError while another process holds it, LibraryReadOnlyError where the folder
    cannot be written.
    """
    lock = FileLock(folder / LOCK, timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        raise LibraryBusyError(
            f"Another qa is writing to {folder}; questions can be asked meanwhile. "
            "Try again when it is done."
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LibraryReadOnlyError(
            f"{folder} cannot be written ({reason}); questions can be asked all the same."
        ) from error
    try:
        yield
    finally:
        lock.release()


def is_locked(folder: Path) -> bool:
    """Whether another process holds the lock at this moment."""
    if not os.access(folder, os.W_OK):
        return False
    try:
        with FileLock(folder / LOCK, timeout=0):
            return False
    except Timeout:
        return True
