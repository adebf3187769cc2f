"""Whether a file was deleted, or may only be out of reach."""

import os
import stat
from collections.abc import Collection, Sequence


def is_gone(path: str) -> bool:
    """Whether there is no such file; a file that may not be looked at counts as existing.

    Anything else in its place, such as a folder, is no file.
    """
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def folder_is_bare(path: str) -> bool:
    """Whether the folder of a file is gone or empty."""
    return not holds_anything(os.path.dirname(path))


def holds_anything(folder: str) -> bool:
    """Whether the folder exists and is not empty; a disk that is not mounted leaves it empty."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def is_out_of_reach(path: str, seen: Collection[str]) -> bool:
    """Whether a file that is gone may be on a disk that is not mounted.

    That is so if none of the files in ``seen`` (absolute paths of known files that were found) is
    under the nearest folder above it that still exists. That folder is the mount point of an
    unmounted disk, even if some other file was left in it.
    """
    folder = os.path.dirname(path)
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    return not any(is_under(other, [folder]) for other in seen)


def is_under(path: str, folders: Sequence[str]) -> bool:
    """Whether an absolute path is under one of the folders."""
    return path.startswith(tuple(folder.rstrip("/") + "/" for folder in folders))
