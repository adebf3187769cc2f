"""The results of walking folders and reading files."""

from dataclasses import dataclass
from datetime import date

from ..datatypes import Article
from ..errors import ArticleError


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file that may hold articles, or an article from memory."""

    path: str
    """Absolute path without symbolic links, or `MEMORY_PREFIX` and a source."""
    name: str
    """Path as it was given."""
    size_bytes: int
    """Size when the file was found."""
    modified_ns: int
    """Modification time when the file was found, in nanoseconds since 1970."""
    named: bool = False
    """Whether this file itself was given, and not a folder above it."""
    changed_ns: int = 0
    """When its bytes, name or permissions last changed, in nanoseconds since 1970; 0 if unknown.
    No program can set this time."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or record that could not be read as an article, and the reason."""

    source: str
    """Path as it was given, with ``#3`` for the third record of a file; safe to print."""
    reason: str
    """What is wrong, in one line."""
    quiet: bool
    """Whether it was never meant as an article, such as an image: counted, not listed."""
    cut_short: bool = False
    """Whether the file was not read to its end, so that its earlier articles may still be in it."""


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article that was read from a file."""

    record: int | None
    """Record number, from 1, in a file of several articles; None if the file is one article."""
    article: Article
    """The article; its ``id`` is empty."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside an archive, or attached to a mail."""

    name: str
    """Its path in there, with a suffix that says what it is; safe to print."""
    data: bytes
    """Its bytes."""
    url: str = ""
    """Address that it was fetched from; empty if the archive says nothing."""
    published: date | None = None
    """Its day, such as that on which it was fetched; None if it is unknown."""
    dated: str = ""
    """What gives that day, such as ``crawl date``."""


class NotAnArticleError(ArticleError):
    """A file that was never meant as an article: an image, a program, an empty file."""


class EmptyFileError(NotAnArticleError):
    """An empty file; articles that it held before are gone."""
