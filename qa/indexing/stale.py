"""Which known files have changed or vanished since they were read."""

import hashlib
import math
import os
import stat
import time
from enum import Enum, auto

from ..datatypes import is_from_memory
from ..storage.store import Store


class FileState(Enum):
    """How a file compares with what the library knows of it."""

    SAME = auto()
    CHANGED = auto()
    GONE = auto()


def stale_files(store: Store, seconds: float | None = None) -> tuple[list[str], list[str]]:
    """Return the paths of files that have changed, and of files that no longer exist.

    Sizes and times are compared, and the bytes of a file that keeps size and modification time but
    was changed. With ``seconds`` the search stops after that
    time, and starts at another file each time so that every file is reached sooner or later.
    """
    changed: list[str] = []
    gone: list[str] = []
    first = time.time_ns() % (store.last_file() + 1) if seconds is not None else 0
    until = time.monotonic() + seconds if seconds is not None else math.inf
    for path, size, modified, when, digest in store.file_stats(first):
        if time.monotonic() > until:
            break
        if is_from_memory(path):
            continue
        state = state_of(path, size, modified, when, digest)
        if state is not FileState.SAME:
            (changed if state is FileState.CHANGED else gone).append(path)
    return changed, gone


def state_of(path: str, size: int, modified: int, changed: int, digest: str) -> FileState:
    """Compare a file with what the library knows of it: size, times in nanoseconds, digest.

    A file that cannot be looked at now may still exist, and counts as the same.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return FileState.GONE
        if (status.st_size, status.st_mtime_ns) != (size, modified):
            return FileState.CHANGED
        if digest and changed not in (0, status.st_ctime_ns) and _digest(path) != digest:
            return FileState.CHANGED
    except (FileNotFoundError, NotADirectoryError):
        return FileState.GONE
    except OSError:
        return FileState.SAME
    return FileState.SAME


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
