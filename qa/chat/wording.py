"""Wording that several parts of the chat share."""

from collections.abc import Sequence
from datetime import date
from pathlib import PurePath

from ..datatypes import Scope
from ..render import written_date


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, as in "1 article" and "24 articles"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def short_date(day: date | None) -> str:
    """Return a date with a short month, as in "24 Oct 2011"; empty for None."""
    return f"{day.day} {day:%b} {day.year}" if day else ""


def scope_words(scope: Scope) -> str:
    """Describe which articles a scope covers, as in "from 1 May 2011 · all sources"."""
    since, until = written_date(scope.since), written_date(scope.until)
    if since and until:
        dates = f"{since} to {until}"
    elif since:
        dates = f"from {since}"
    else:
        dates = f"until {until}" if until else "all dates"
    sources = scope.source or _paths_words(scope.paths) or "all sources"
    return f"{dates} · {sources}"


def _paths_words(paths: Sequence[str]) -> str:
    """Name one path by its last part; count several."""
    if len(paths) == 1:
        return PurePath(paths[0]).name or paths[0]
    return f"{len(paths)} paths" if paths else ""
