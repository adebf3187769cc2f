"""Which known files have changed or vanished since they were read."""

import math
import os
import time

from ..datatypes import is_from_memory
from ..storage.store import Store


def stale_files(store: Store, seconds: float | None = None) -> tuple[list[str], list[str]]:
    """Return the paths of files that have changed, and of files that no longer exist.

    Only sizes and modification times are compared. With ``seconds`` the search stops after that
    time, and starts at another file each time so that every file is reached sooner or later.
    """
    changed, gone = [], []
    first = time.time_ns() % (store.last_file() + 1) if seconds is not None else 0
    until = time.monotonic() + seconds if seconds is not None else math.inf
    for path, size, modified in store.file_stats(first):
        if time.monotonic() > until:
            break
        if is_from_memory(path):
            continue
        try:
            status = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            gone.append(path)
        except OSError:
            continue  # a file that cannot be looked at now may still exist
        else:
            if (status.st_size, status.st_mtime_ns) != (size, modified):
                changed.append(path)
    return changed, gone
