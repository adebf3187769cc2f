"""SQL conditions for scopes and paths, and how a source is shown."""

import json
import os
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from ..datatypes import Scope

SOURCE = (
    "coalesce(articles.url, files.name || "
    "CASE WHEN articles.record IS NULL THEN '' ELSE '#' || articles.record END)"
)
"""SQL for an article's source as the user gave it."""


def scope_sql(scope: Scope) -> tuple[str, list[str | int]]:
    """Return a condition over ``articles`` and ``files``, and its values."""
    conditions: list[str] = []
    values: list[str | int] = []
    if scope.since:
        conditions.append("articles.published >= ?")
        values.append(scope.since.isoformat())
    if scope.until:
        conditions.append("articles.published <= ?")
        values.append(scope.until.isoformat())
    if scope.source:
        conditions.append(f"({SOURCE} GLOB ? OR files.path GLOB ?)")
        values += [scope.source, scope.source]
    if scope.paths:
        choices = []
        for path in scope.paths:
            if not os.path.isabs(path):
                choices.append("substr(files.path, 1, 1) = '/' AND instr(files.path || '/', ?) > 0")
                values.append(f"/{path.strip('/')}/")
                continue
            folder = path.rstrip("/") + "/"
            choices.append("files.path = ? OR substr(files.path, 1, length(?)) = ?")
            values += [path, folder, folder]
        conditions.append("(" + " OR ".join(choices) + ")")
    for articles, operator in ((scope.without, "NOT IN"), (scope.only, "IN")):
        if articles:
            numbers = [parse_number(article) for article in articles]
            known = [number for number in numbers if number is not None]
            conditions.append(f"articles.id {operator} (SELECT value FROM json_each(?))")
            values.append(json.dumps(known))
    return " AND ".join(conditions) or "1", values


def scope_values(scope: Scope) -> dict[str, Any]:
    """Return what limits a scope, as JSON values; empty if nothing does."""
    values = {
        "since": scope.since.isoformat() if scope.since else None,
        "until": scope.until.isoformat() if scope.until else None,
        "source": scope.source,
        "paths": list(scope.paths),
        "without": list(scope.without),
        "only": list(scope.only),
    }
    return {name: value for name, value in values.items() if value}


def read_scope(values: Mapping[str, Any]) -> Scope:
    """Return the scope that `scope_values` described. Raises ValueError, TypeError if damaged."""
    since, until = values.get("since"), values.get("until")
    return Scope(
        since=date.fromisoformat(since) if since else None,
        until=date.fromisoformat(until) if until else None,
        source=values.get("source"),
        paths=tuple(values.get("paths", ())),
        without=tuple(values.get("without", ())),
        only=tuple(values.get("only", ())),
    )


def shown_source(source: str, path: str, name: str) -> str:
    """Return a source with its path as the user gave it, or absolute if that now leads elsewhere.

    ``path`` is the file's real path, ``name`` its path as the user gave it.
    """
    if name == path or real_path(name) == path:
        return source
    return path + source[len(name) :]


def real_path(name: str) -> str:
    """Return an absolute path without symbolic links, quickly for many files of one folder."""
    folder, last = os.path.split(os.path.abspath(name))
    path = os.path.join(_real_folder(folder), last)
    return os.path.realpath(path) if os.path.islink(path) else path


@lru_cache(4096)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def parse_number(text: str) -> int | None:
    """Return an article id or a record number that a user typed; None if it is not a number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def path_ending(path: str) -> str:
    """Return a LIKE pattern for the paths that end in these components; ``!`` escapes."""
    escaped = path.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%/{escaped}"
