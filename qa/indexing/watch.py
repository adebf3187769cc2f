"""Waits for changes to files, so that they can be indexed as they happen."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from ..articles.gone import is_under

QUIET_MILLISECONDS = 1_000
"""How long nothing must change before a change is told; programs write files in several steps."""

STEP_MILLISECONDS = 200
"""How often the watch looks for changes, and whether it must end."""

LONGEST_MILLISECONDS = 10_000
"""A change is told after this time although others still follow."""


class Stop(Protocol):
    """Says whether to end, as `threading.Event` does."""

    def is_set(self) -> bool:
        """Whether to end."""


def changes(
    paths: Sequence[str], stop: Stop | None = None, *, skip: str | os.PathLike[str] = ""
) -> Iterator[None]:
    """Yield after each burst of changes to files in and under the paths, until ``stop`` is set.

    It yields once at the beginning, when the watch has begun. Hidden files and what is in the
    folder ``skip`` do not count: a library that is among its articles changes with each of them.
    Raises FileNotFoundError for a path that does not exist.
    """
    from watchfiles import Change, watch

    left_out = os.path.join(os.path.realpath(skip), "") if skip else None
    files: set[str] = set()
    if all(map(os.path.isfile, paths)):
        # Many programs save to a new file with the old name, which ends the watch of a file itself.
        files = set(map(os.path.realpath, paths))
    watched = sorted(set(map(os.path.dirname, files))) or paths

    def counts(change: Change, path: str) -> bool:
        if os.path.basename(path).startswith("."):
            return False
        real = os.path.realpath(path)
        return (not files or real in files) and not (left_out and real.startswith(left_out))

    yield_at: float | None = 0.0  # the beginning counts as a change
    latest = 0.0
    for changed in watch(
        *watched,
        recursive=not files,
        watch_filter=counts,
        step=STEP_MILLISECONDS,
        stop_event=stop,
        rust_timeout=STEP_MILLISECONDS,
        yield_on_timeout=True,
    ):
        now = time.monotonic()
        if changed:
            latest = latest or now + LONGEST_MILLISECONDS / 1000
            yield_at = min(now + QUIET_MILLISECONDS / 1000, latest)
        if yield_at is not None and now >= yield_at:
            yield_at, latest = None, 0.0
            yield


def top_folders(files: Iterable[str]) -> list[str]:
    """Return the folders of files, without those that are inside another one."""
    top: list[str] = []
    for folder in sorted({os.path.dirname(file) for file in files}):
        if not is_under(folder + os.sep, top[-1:]):
            top.append(folder)
    return top


def library_folders(files: Iterable[str]) -> list[str]:
    """Return the folders of a library's files that can be watched for new ones.

    The home folder and those above it are left out: from there only single files were indexed, as
    likely as not.
    """
    home = os.path.realpath(os.path.expanduser("~"))
    private = {home, *(str(above) for above in Path(home).parents)}
    inside = [file for file in files if os.path.dirname(file) not in private]
    return [folder for folder in top_folders(inside) if os.path.isdir(folder)]
