"""``qa index``, and the progress that ``qa ask PATH`` shows too."""

import os
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..settings import library_flag
from .options import (
    article_paths,
    json_option,
    library_option,
    model_option,
    open_library,
    quiet_option,
)
from .printing import say

if TYPE_CHECKING:
    from rich.progress import TaskID

    from ..indexing import Progress, Report
    from ..library import Library

MOST_FAILURES = 20
"""Unreadable files that are named one by one; --json names them all."""


@click.command(short_help="Add articles, or bring them up to date.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@library_option
@click.option("--prune", is_flag=True, help="Drop the articles of files that have vanished.")
@click.option(
    "--prune-share",
    type=click.IntRange(1, 100),
    default=50,
    metavar="PERCENT",
    show_default=True,
    help="Drop none where more than this share of the known files has vanished.",
)
@click.option(
    "--reembed", is_flag=True, help="Embed every article anew; with --model, by another model."
)
@click.option(
    "--reread", is_flag=True, help="Read files again that have not changed; mends what is damaged."
)
@model_option
@click.option(
    "--device",
    metavar="NAME",
    help="Embed there, as cuda or mps, by sentence-transformers. [default: cpu, by onnxruntime]",
)
@json_option
@quiet_option
def index(
    paths: tuple[str, ...],
    library: str | None,
    prune: bool,
    prune_share: int,
    reembed: bool,
    reread: bool,
    model: str | None,
    device: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Add the articles under PATH to the library, or bring them up to date.

    Without PATH, every file that the library knows is brought up to date.
    Reads .txt, .md, .jsonl and .jsonl.gz, in folders at any depth. What is unchanged is not read
    again. It can be stopped at any time: what is finished stays, and the next run goes on from
    there.

    \b
    qa index ~/articles
    qa index --prune
    qa index --reembed --model BAAI/bge-small-en-v1.5

    Exit code: 0 done, 2 nothing could be read or something is wrong.
    """
    from .. import render

    if paths and reembed:
        raise UsageError("--reembed takes no PATH: it embeds every article of the library anew.")
    started = time.monotonic()
    places = article_paths(paths)
    with open_library(library, model=model, device=device, create=bool(places)) as opened:
        if reembed:
            with indexing_bar(quiet) as progress:
                report = opened.reembed(model, progress)
        else:
            with indexing_bar(quiet) as progress:
                report = opened.add(
                    *places,
                    prune=prune,
                    prune_share=prune_share / 100,
                    reread=reread,
                    progress=progress,
                )
        seconds = time.monotonic() - started
        if as_json:
            click.echo(render.to_json(_values(report, seconds)))
        else:
            _print_report(report, seconds, prune=prune, folder=opened.folder)
    if report.failed and not (report.new + report.changed + report.unchanged + report.moved):
        raise click.exceptions.Exit(2)


def add_with_progress(library: "Library", paths: Sequence[str], *, quiet: bool) -> "Report":
    """Index paths with a progress bar on a terminal."""
    with indexing_bar(quiet) as progress:
        return library.add(*paths, progress=progress)


def print_failures(report: "Report") -> None:
    """Name on stderr what could not be read."""
    for problem in report.failed[:MOST_FAILURES]:
        say(f"not read: {problem.source}: {problem.reason}", err=True)
    if len(report.failed) > MOST_FAILURES:
        say(f"not read: {len(report.failed) - MOST_FAILURES} more (--json names all)", err=True)


def _print_report(report: "Report", seconds: float, *, prune: bool, folder: Path) -> None:
    counts = [
        (report.new, "new"),
        (report.changed, "changed"),
        (report.unchanged, "unchanged"),
        (report.moved, "moved"),
        (report.removed, "removed"),
        (len(report.vanished), "vanished"),
        (len(report.failed), "failed"),
        (report.skipped, "skipped"),
    ]
    always = {"new", "changed", "unchanged", "vanished", "failed"}
    shown = [f"{count:,} {word}" for count, word in counts if count or word in always]
    done = report.new + report.changed
    rate = f" · {done / seconds:,.0f} articles/s" if done and seconds >= 1 else ""
    say(" · ".join(shown) + f" · {seconds:.1f} s{rate}")
    print_failures(report)
    for name in report.vanished[:MOST_FAILURES]:
        say(f"vanished: {name}", err=True)
    if len(report.vanished) > len(report.unpruned) and not prune:
        say("Vanished articles are kept; --prune drops them.", err=True)
    if report.is_too_much:
        say(
            "Nothing was dropped, as more of the known files are gone than --prune-share allows; "
            "a disk may not be mounted.",
            err=True,
        )
    elif report.unpruned:
        folders = sorted({os.path.dirname(path) for path in report.unpruned})
        say(
            "Kept, as nothing that was read before is left where they stood; a disk may not be "
            "mounted. To drop them: "
            f"qa rm --yes {' '.join(map(shlex.quote, folders))}{library_flag(folder)}",
            err=True,
        )


def _values(report: "Report", seconds: float) -> dict[str, object]:
    return {
        "version": 1,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "moved": report.moved,
        "removed": report.removed,
        "vanished": report.vanished,
        "failed": [
            {"source": problem.source, "reason": problem.reason} for problem in report.failed
        ],
        "skipped": report.skipped,
        "passages": report.passages,
        "seconds": round(seconds, 3),
    }


class indexing_bar:  # noqa: N801 - reads as a function in a with statement
    """A progress bar on a terminal's stderr, nothing elsewhere; appears with the first batch."""

    def __init__(self, quiet: bool) -> None:
        self._wanted = not quiet and sys.stderr.isatty()

    def __enter__(self) -> "Progress | None":
        if not self._wanted:
            return None
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("indexing"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[articles]:,} articles"),
            TextColumn("{task.fields[rate]:,.0f}/s"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
            transient=True,
        )
        self._task: TaskID | None = None
        self._started = time.monotonic()
        return self._update

    def __exit__(self, *_: object) -> None:
        if self._wanted and self._task is not None:
            self._progress.stop()

    def _update(self, done: int, total: int, report: "Report") -> None:
        articles = report.new + report.changed
        rate = articles / max(time.monotonic() - self._started, 0.1)
        if self._task is None:
            self._task = self._progress.add_task("", total=total, articles=0, rate=0.0)
            self._progress.start()
        self._progress.update(self._task, completed=done, total=total, articles=articles, rate=rate)
