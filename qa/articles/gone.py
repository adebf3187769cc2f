"""Whether a file is gone for good, or may only be out of reach."""

import os
from collections.abc import Collection, Sequence


def is_gone(path: str) -> bool:
    """Whether there is no such file; one that may merely not be looked at counts as there."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def folder_is_bare(path: str) -> bool:
    """Whether the folder that a file stood in is gone, or holds nothing at all."""
    return not holds_anything(os.path.dirname(path))


def holds_anything(folder: str) -> bool:
    """Whether there is such a folder with anything in it: an unmounted disk leaves an empty one."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def is_out_of_reach(path: str, seen: Collection[str]) -> bool:
    """Whether a file that is gone stood where nothing of what was seen stands now.

    The folder looked at is the nearest above it that is still there: the mount point of a disk that
    is not mounted, with or without a file that was left in it. ``seen`` are absolute paths of known
    files.
    """
    folder = os.path.dirname(path)
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    return not any(is_under(other, [folder]) for other in seen)


def is_under(path: str, folders: Sequence[str]) -> bool:
    """Whether an absolute path stands beneath one of the folders."""
    return path.startswith(tuple(folder.rstrip("/") + "/" for folder in folders))
