"""Scopes → filters of Milvus."""

from ...datatypes import Scope
from ...errors import UsageError
from ..scope import parse_number
from .client import quoted


def scope_filter(scope: Scope) -> str:
    """Return a condition on the fields that passages and articles share; empty for all.

    Raises UsageError for a pattern with ``[``, which Milvus cannot search.
    """
    conditions = []
    if scope.since:
        conditions.append(f"published >= {scope.since.toordinal()}")
    if scope.until:
        conditions.append(f"published > 0 and published <= {scope.until.toordinal()}")
    if scope.source:
        pattern = quoted(glob_pattern(scope.source))
        conditions.append(f"(source like {pattern} or path like {pattern})")
    if scope.paths:
        choices = " or ".join(map(beneath, scope.paths))
        conditions.append(f"({choices})")
    for articles, operator in ((scope.without, "not in"), (scope.only, "in")):
        if articles:
            known = [number for each in articles if (number := parse_number(each)) is not None]
            conditions.append(f"article {operator} {known or [0]}")  # no article has the id 0
    return " and ".join(conditions)


def beneath(path: str) -> str:
    """Return a condition on the articles of a file, or of a folder."""
    folder = escaped(path.rstrip("/") + "/") + "%"
    return f"path == {quoted(path)} or path like {quoted(folder)}"


def glob_pattern(glob: str) -> str:
    """Return a LIKE pattern for a glob of ``*`` and ``?``."""
    if "[" in glob:
        raise UsageError("In a library on Milvus, --source knows * and ?, but not [.")
    return escaped(glob).replace("*", "%").replace("?", "_")


def escaped(text: str) -> str:
    """Return a text without the special characters of LIKE."""
    for character in "\\%_":
        text = text.replace(character, f"\\{character}")
    return text
