"""Wording that several parts of the chat share."""

from ..datatypes import Scope
from ..render import written_date


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, as in "1 article" and "24 articles"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def scope_words(scope: Scope) -> str:
    """Describe which articles a scope covers, as in "from 1 May 2011 · all sources"."""
    since, until = written_date(scope.since), written_date(scope.until)
    if since and until:
        dates = f"{since} to {until}"
    elif since:
        dates = f"from {since}"
    else:
        dates = f"until {until}" if until else "all dates"
    sources = scope.source or ("these paths" if scope.paths else "all sources")
    return f"{dates} · {sources}"
