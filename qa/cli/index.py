"""``qa index``."""

import os
import shlex
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from ..errors import LibraryBusyError, UsageError
from ..settings import load_settings
from .options import (
    article_paths,
    json_option,
    library_option,
    model_option,
    on_this_machine,
    open_any,
    quiet_option,
)
from .printing import say
from .progress import indexing_bar

if TYPE_CHECKING:
    from ..adding import Adding
    from ..indexing import Report
    from ..library import Library

BUSY_SECONDS = 5
"""Wait before the next try while another process writes."""

MOST_FAILURES = 20
"""Number of unreadable files that are named; --json names them all."""


@click.command(short_help="Add articles, or update them.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@library_option
@click.option("--prune", is_flag=True, help="Drop the articles of files that are gone.")
@click.option(
    "--prune-share",
    type=click.IntRange(1, 100),
    default=50,
    metavar="PERCENT",
    show_default=True,
    help="Drop nothing if more than this share of the known files is gone.",
)
@click.option(
    "--reembed", is_flag=True, help="Embed all articles again; with --model, by another model."
)
@click.option("--reread", is_flag=True, help="Also read unchanged files; repairs damaged articles.")
@click.option(
    "--watch", is_flag=True, help="Go on, and index files as they change; Ctrl-C ends it."
)
@model_option
@click.option(
    "--device",
    metavar="NAME",
    help="Embed on this device, e.g. cuda or mps, with sentence-transformers. "
    "[default: cpu, with onnxruntime]",
)
@click.option(
    "--on",
    metavar="ADDRESS",
    help="Read and embed on a Ray cluster: ray://HOST:10001, or local for one of this machine.",
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
    watch: bool,
    model: str | None,
    device: str | None,
    on: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Add the articles under PATH to the library, or update them.

    Without PATH, qa updates all files that the library knows. It reads text, Markdown, web pages,
    PDF, Office files, EPUB, RTF, mail, JSON, CSV, feeds, subtitles, and archives of these, in
    folders at any depth, and skips what has not changed. You can stop it at any time: what is
    finished stays, and the next run continues from there.

    \b
    qa index ~/articles
    qa index ~/articles --watch
    qa index --prune
    qa index --reembed --model BAAI/bge-small-en-v1.5

    Exit code: 0 done, 2 nothing could be read, or something is wrong.
    """
    from .. import render

    if paths and reembed:
        raise UsageError("--reembed takes no PATH: it embeds all articles of the library again.")
    if watch and (reembed or reread or on):
        raise UsageError(
            "--watch indexes what changes, here; use --reembed, --reread and --on alone."
        )
    if on and reembed:
        raise UsageError("--reembed runs on this machine, in one transaction; use it without --on.")
    started = time.monotonic()
    chosen = load_settings(library, model)
    places = article_paths(paths)
    with open_any(chosen, device=device, create=bool(places)) as opened:
        with indexing_bar(quiet) as progress:
            if reembed:
                report = on_this_machine(opened).reembed(chosen.model, progress)
            else:
                report = opened.add(
                    *places,
                    prune=prune,
                    prune_share=prune_share / 100,
                    reread=reread,
                    on=on,
                    progress=progress,
                )
        seconds = time.monotonic() - started
        if as_json:
            click.echo(render.to_json(_report_values(report, seconds)))
        else:
            _print_report(report, seconds, prune=prune, flag=opened.flag)
        if watch:
            with suppress(KeyboardInterrupt):
                _watch(
                    on_this_machine(opened),
                    places,
                    prune=prune,
                    share=prune_share / 100,
                    as_json=as_json,
                )
            return
    if report.is_empty:
        raise click.exceptions.Exit(2)


def _watch(
    library: "Library", paths: Sequence[str], *, prune: bool, share: float, as_json: bool
) -> None:
    """Index again after each change, and print a report if it brought anything."""
    from .. import render
    from ..indexing.watch import changes, top_folders

    watched = paths or [*filter(os.path.isdir, top_folders(library.known_files()))]
    if not watched:
        raise UsageError("There is no folder to watch: all that the library knows are gone.")
    say(f"Watching {', '.join(watched)}; Ctrl-C ends it.", err=True)
    for _ in changes(watched, skip=library.folder):
        started = time.monotonic()
        try:
            report = _add_when_free(library, paths, prune=prune, share=share)
        except UsageError as error:  # a watched path was deleted, perhaps
            say(str(error), err=True)
            continue
        if not (report.new or report.changed or report.moved or report.removed or report.failed):
            continue
        seconds = time.monotonic() - started
        if as_json:
            click.echo(render.to_json(_report_values(report, seconds)))
        else:
            _print_report(report, seconds, prune=prune, flag=library.flag)


def _add_when_free(
    library: "Library", paths: Sequence[str], *, prune: bool, share: float
) -> "Report":
    """Index paths; while another qa writes, wait for it."""
    while True:
        try:
            return library.add(*paths, prune=prune, prune_share=share)
        except LibraryBusyError:
            time.sleep(BUSY_SECONDS)


def add_with_progress(library: "Adding", paths: Sequence[str], *, quiet: bool) -> "Report":
    """Index paths, with a progress bar on a terminal."""
    with indexing_bar(quiet) as progress:
        return library.add(*paths, progress=progress)


def print_failures(report: "Report", most: int = MOST_FAILURES, names_all: str = "--json") -> None:
    """Name on stderr files that could not be read, and what names all of them."""
    for problem in report.failed[:most]:
        say(f"not read: {problem.source}: {problem.reason}", err=True)
    if len(report.failed) > most:
        say(f"not read: {len(report.failed) - most} more ({names_all} names all)", err=True)


def _print_report(report: "Report", seconds: float, *, prune: bool, flag: str) -> None:
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
    for reason, count in report.skipped_for.most_common(MOST_FAILURES):
        say(f"skipped: {count:,} × {reason}", err=True)
    for name in report.vanished[:MOST_FAILURES]:
        say(f"vanished: {name}", err=True)
    if len(report.vanished) > len(report.unpruned) and not prune:
        say("The articles of vanished files are kept; --prune drops them.", err=True)
    if report.is_too_much:
        say(
            "Nothing was dropped: more of the known files are gone than --prune-share allows. "
            "A disk may not be mounted.",
            err=True,
        )
    elif report.unpruned:
        folders = sorted({os.path.dirname(path) for path in report.unpruned})
        say(
            "Some were kept: nothing that was indexed is left in their folders, and a disk may "
            "not be mounted. To drop them: "
            f"qa rm --yes {' '.join(map(shlex.quote, folders))}{flag}",
            err=True,
        )


def _report_values(report: "Report", seconds: float) -> dict[str, object]:
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
        "skipped_for": dict(report.skipped_for.most_common()),
        "passages": report.passages,
        "seconds": round(seconds, 3),
    }
