"""Which articles a scope or a name means, in the words of SQL; how a source is shown."""

import json
import os

from ..datatypes import Scope

SOURCE = (
    "coalesce(articles.url, files.name || "
    "CASE WHEN articles.record IS NULL THEN '' ELSE '#' || articles.record END)"
)
"""An article's source as the person named it."""


def scope_sql(scope: Scope) -> tuple[str, list[str | int]]:
    """A condition over ``articles`` and ``files``, and its values."""
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
        under = []
        for path in scope.paths:
            folder = path.rstrip("/") + "/"
            under.append("files.path = ? OR substr(files.path, 1, length(?)) = ?")
            values += [path, folder, folder]
        conditions.append("(" + " OR ".join(under) + ")")
    for identifiers, condition in ((scope.without, "NOT IN"), (scope.only, "IN")):
        if identifiers:
            numbers = [row_number(identifier) for identifier in identifiers]
            known = [number for number in numbers if number is not None]
            conditions.append(f"articles.id {condition} (SELECT value FROM json_each(?))")
            values.append(json.dumps(known))
    return " AND ".join(conditions) or "1", values


def shown_source(source: str, path: str, name: str) -> str:
    """A path as the person named it, while that leads to the file; else its absolute path."""
    if name == path or os.path.abspath(name) == path:
        return source
    return path + source[len(name) :]


def row_number(text: str) -> int | None:
    """A row number as a person writes it, or None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def path_ending(named: str) -> str:
    """A LIKE pattern for paths that end in these components."""
    escaped = named.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%/{escaped}"
