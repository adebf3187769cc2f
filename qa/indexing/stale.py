"""Which known files have changed or vanished since they were read."""

import hashlib
import math
import os
import stat
import time

from ..datatypes import is_from_memory
from ..storage.store import Store


def stale_files(store: Store, seconds: float | None = None) -> tuple[list[str], list[str]]:
    """Return the paths of files that have changed, and of files that no longer exist.

    Sizes and times are compared, and the bytes of a file that keeps size and modification time but
    was changed. With ``seconds`` the search stops after that
    time, and starts at another file each time so that every file is reached sooner or later.
    """
    changed, gone = [], []
    first = time.time_ns() % (store.last_file() + 1) if seconds is not None else 0
    until = time.monotonic() + seconds if seconds is not None else math.inf
    for path, size, modified, when, digest in store.file_stats(first):
        if time.monotonic() > until:
            break
        if is_from_memory(path):
            continue
        try:
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode):
                gone.append(path)
            elif (status.st_size, status.st_mtime_ns) != (size, modified) or (
                digest and when not in (0, status.st_ctime_ns) and _digest(path) != digest
            ):
                changed.append(path)
        except (FileNotFoundError, NotADirectoryError):
            gone.append(path)
        except OSError:
            continue  # a file that cannot be looked at now may still exist
    return changed, gone


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
