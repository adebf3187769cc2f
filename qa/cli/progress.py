"""Progress bars. They appear only if stderr is a terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from ..indexing import Progress, Report


@contextmanager
def indexing_bar(quiet: bool) -> "Iterator[Progress | None]":
    """Yield a function that shows the progress of indexing, or None if there is no bar."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    bar = _IndexingBar()
    try:
        yield bar.update
    finally:
        bar.stop()


class _IndexingBar:
    """Appears with the first batch, so that a run without changes shows none."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def update(self, done: int, total: int, report: "Report") -> None:
        """Show how much of ``total`` is done, and the number of articles in the report."""
        articles = report.new + report.changed
        rate = articles / max(time.monotonic() - self._started, 0.1)
        if self._bar is None or self._task is None:
            self._bar = _new_bar()
            self._task = self._bar.add_task("", total=total, articles=0, rate=0.0)
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total, articles=articles, rate=rate)

    def stop(self) -> None:
        """Remove the bar from the terminal."""
        if self._bar is not None:
            self._bar.stop()


def _new_bar() -> "Bar":
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn("indexing"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[articles]:,} articles"),
        TextColumn("{task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def question_bar(quiet: bool, label: str) -> "Iterator[Callable[[int, int], None] | None]":
    """Yield a function that shows how many questions are done, of how many, or None."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    with Bar(
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
