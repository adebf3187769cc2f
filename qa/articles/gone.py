"""Whether a file is gone for good, or may only be out of reach."""

import os
from collections.abc import Sequence


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


def is_under(path: str, folders: Sequence[str]) -> bool:
    """Whether an absolute path stands beneath one of the folders."""
    return path.startswith(tuple(folder.rstrip("/") + "/" for folder in folders))
