"""Atomic writes: after a crash, a path holds the old content or the new, never a part of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_write(target: Path, *, prefix: str = ".qa-", mode: int = 0o666) -> Iterator[Path]:
    """Yield an empty temporary file beside ``target``; on success it becomes ``target``.

    The block writes to the temporary file. If the block raises, ``target`` stays as it was.
    ``prefix`` begins the temporary file's name, so that what a killed process leaves can be found
    and deleted. ``mode`` is the new file's permissions, before the umask. Raises OSError.
    """
    temporary = target.with_name(f"{prefix}{os.urandom(8).hex()}")
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    try:
        yield temporary
        move_into_place(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def move_into_place(finished: Path, target: Path) -> None:
    """Sync a finished file or folder to disk, rename it to ``target``, and sync the rename.

    A file replaces the file at ``target``. A folder needs a ``target`` that does not exist.
    Raises OSError.
    """
    for path in [*finished.rglob("*"), finished] if finished.is_dir() else [finished]:
        sync(path)
    finished.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Flush a file, or a folder's list of entries, to disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
