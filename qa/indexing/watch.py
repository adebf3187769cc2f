"""Waits for changes to files, so that they can be indexed as they happen."""

import os
from collections.abc import Iterable, Iterator, Sequence
from threading import Event

QUIET_MILLISECONDS = 1_000
"""How long nothing must change before a change is told; programs write files in several steps."""

STEP_MILLISECONDS = 1_000
"""How often the watch looks whether it must end."""

LONGEST_MILLISECONDS = 10_000
"""A change is told after this time although others still follow."""


def changes(paths: Sequence[str], stop: Event | None = None) -> Iterator[None]:
    """Yield after each burst of changes to files in and under the paths, until ``stop`` is set.

    It yields once at the beginning, when the watch has begun. Hidden files do not count. Raises
    FileNotFoundError for a path that does not exist.
    """
    from watchfiles import Change, watch

    def is_visible(change: Change, path: str) -> bool:
        return not os.path.basename(path).startswith(".")

    has_begun = False
    for changed in watch(
        *paths,
        watch_filter=is_visible,
        debounce=LONGEST_MILLISECONDS,
        step=QUIET_MILLISECONDS,
        stop_event=stop,
        rust_timeout=STEP_MILLISECONDS,
        yield_on_timeout=True,
    ):
        if changed or not has_begun:
            has_begun = True
            yield


def top_folders(files: Iterable[str]) -> list[str]:
    """Return the folders of files, without those that are inside another one."""
    top: list[str] = []
    for folder in sorted({os.path.dirname(file) for file in files}):
        if not (top and (folder + os.sep).startswith(top[-1].rstrip(os.sep) + os.sep)):
            top.append(folder)
    return top
