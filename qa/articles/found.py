"""What walking and reading hand on."""

from dataclasses import dataclass

from ..datatypes import Article
from ..errors import ArticleError

MEMORY_PREFIX = "memory:"
"""Starts the path of an article that was added from memory; its source follows.

No file has such a path, because the paths of files are absolute.
"""


def is_from_memory(path: str) -> bool:
    """Whether a path in the library stands for an article from memory."""
    return path.startswith(MEMORY_PREFIX)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file that may hold articles, or an article from memory."""

    path: str
    """Absolute path, or `MEMORY_PREFIX` and a source."""
    name: str
    """Path as the person named it."""
    size_bytes: int
    """Size when it was found."""
    modified_ns: int
    """Time of last change when it was found, in nanoseconds since 1970."""
    named: bool = False
    """Whether the person named this very file, not a folder above it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that gave no article, and why."""

    source: str
    """Path as the person named it, with ``#3`` for the third record of a file; safe to show."""
    reason: str
    """What is wrong with it, in one line."""
    quiet: bool
    """Whether it is no article by nature: to be counted, but not listed."""
    cut_short: bool = False
    """Whether the file, or the rest of it, was not read: what it held before may still stand."""


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article as it was read."""

    record: int | None
    """Number of the record in a file of several, from 1; None when the file is the article."""
    article: Article
    """The article, its ``id`` still empty."""


class NotAnArticleError(ArticleError):
    """A file that is no article by nature: an image, a program, an empty file."""


class EmptyFileError(NotAnArticleError):
    """A file with nothing in it: what it held before is gone."""
