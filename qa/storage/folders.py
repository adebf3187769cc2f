"""Folders as collections: which hold articles, how many, and from when to when."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ..datatypes import is_from_memory
from .article_store import ArticleRow


@dataclass(slots=True)
class Folder:
    """A folder with articles in it or below it."""

    path: str
    """Absolute path."""
    articles: int = 0
    """How many articles are in it or below it."""
    first: date | None = None
    """Day of the earliest; None if none is dated."""
    last: date | None = None
    """Day of the latest."""

    def add(self, day: date | None) -> None:
        """Count an article of this day."""
        self.articles += 1
        if day:
            self.first = min(self.first or day, day)
            self.last = max(self.last or day, day)


def folders_of(rows: Iterable[ArticleRow]) -> list[Folder]:
    """Return the folders with articles, by path, from the deepest one that has all of them down.

    Articles from memory are in none.
    """
    inside = [(os.path.dirname(row.path), row) for row in rows if not is_from_memory(row.path)]
    top = os.path.commonpath([folder for folder, _ in inside]) if inside else ""
    found: dict[str, Folder] = {}
    for folder, row in inside:
        for path in _upwards(folder, top):
            found.setdefault(path, Folder(path)).add(row.published)
    return [found[path] for path in sorted(found)]


def _upwards(folder: str, top: str) -> Iterator[str]:
    """Yield a folder and those above it, up to the top."""
    while folder != top:
        yield folder
        folder = os.path.dirname(folder)
    yield top
