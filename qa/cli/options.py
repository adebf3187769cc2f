"""Options that several commands share, and what they mean."""

import functools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import settings
from ..datatypes import Scope
from ..errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from ..library import Library

Command = Callable[..., Any]


def library_option(command: Command) -> Command:
    """Add ``--library``."""
    return click.option(
        "--library",
        metavar="NAME|PATH",
        help="Library to use: a name, or a folder. [default: default; variable QA_LIBRARY]",
    )(command)


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def quiet_option(command: Command) -> Command:
    """Add ``--quiet``; narration goes to stderr unless it is given."""

    @click.option("--quiet", "-q", is_flag=True, help="No narration on stderr, no progress.")
    @functools.wraps(command)
    def narrated(*args: Any, quiet: bool, **values: Any) -> Any:
        from .narration import narrate

        narrate(quiet)
        return command(*args, quiet=quiet, **values)

    return narrated


def model_option(command: Command) -> Command:
    """Add ``--model``."""
    return click.option(
        "--model",
        metavar="NAME|PATH",
        help="Encoder: a model of models.txt, or a folder. [variable QA_MODEL]",
    )(command)


def reader_option(command: Command) -> Command:
    """Add ``--reader``."""
    return click.option(
        "--reader",
        metavar="NAME|PATH",
        help="Reader: a model of models.txt, or a folder. [variable QA_READER]",
    )(command)


def scope_options(command: Command) -> Command:
    """Add ``--since``, ``--until`` and ``--source``, and hand them on as ``scope``."""

    @click.option("--since", metavar="DATE", help="Only articles from then on: 2011, 2011-10 …")
    @click.option("--until", metavar="DATE", help="Only articles up to then.")
    @click.option("--source", metavar="GLOB", help="Only sources that match, as '*libya*'.")
    @functools.wraps(command)
    def scoped(
        *args: Any, since: str | None, until: str | None, source: str | None, **values: Any
    ) -> Any:
        scope = Scope(_day(since, last=False), _day(until, last=True), source)
        if source == "":
            raise UsageError("--source needs a pattern, as '*libya*'.")
        if scope.since and scope.until and scope.since > scope.until:
            raise UsageError(f"--since {scope.since} is after --until {scope.until}.")
        return command(*args, scope=scope, **values)

    return scoped


def _day(named: str | None, *, last: bool) -> "date | None":
    if named is None:
        return None
    from ..articles.dates import named_day

    return named_day(named, last=last)


def hits_option(command: Command) -> Command:
    """Add ``-k``."""
    return click.option(
        "-k",
        "hits",
        type=click.IntRange(1, settings.MOST_HITS),
        metavar="N",
        help="Passages. [default: 10]",
    )(command)


def open_library(
    library: str | None,
    *,
    model: str | None = None,
    reader: str | None = None,
    hits: int | None = None,
    device: str | None = None,
    create: bool = False,
) -> "Library":
    """Open the library that was named. Raises LibraryError when there is none to open."""
    chosen = settings.load_settings(library, model, hits, reader)
    return open_chosen(chosen, device=device, create=create)


def open_chosen(
    chosen: settings.Settings, *, device: str | None = None, create: bool = False
) -> "Library":
    """Open the library of settings that are read already; imports what is slow to import."""
    from ..library import Library

    return Library(chosen, device=device, create=create)


def article_paths(paths: Sequence[str]) -> list[str]:
    """Return the paths as given; ``seeds`` means the sample articles wherever qa is run.

    Raises UsageError for a path that does not exist, before anything is made or changed.
    """
    places = [
        str(_samples()) if path.rstrip("/") == "seeds" and not Path(path).exists() else path
        for path in paths
    ]
    for path in places:
        if not os.path.lexists(path):
            raise UsageError(f"no such file or folder: {path}")
    return places


def _samples() -> Path:
    """The sample articles as they travel in the wheel, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "seeds"
    return inside if inside.is_dir() else package.parent / "seeds"
