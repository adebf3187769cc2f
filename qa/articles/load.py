"""Files → articles. A file that cannot be read gives a `Problem` with the reason, not an error."""

from __future__ import annotations  # BufferedReader cannot be subscripted at run time

import gzip
import hashlib
import io
import os
import re
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import PurePath
from typing import Any

from ..errors import ArticleError
from .clean import clean, one_line
from .decode import decode, is_wide
from .formats import jsonl, markdown, plain
from .found import EmptyFileError, FoundFile, NotAnArticleError, Problem, ReadArticle
from .stream import FILE_BYTES, RECORD_BYTES, open_file, open_stream, read_whole
from .walk import walk

__all__ = ["FoundFile", "Problem", "ReadArticle", "file_digest", "read_articles", "refusal", "walk"]

MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
"""Suffixes that are always read as Markdown."""
LINES_SUFFIXES = frozenset({".jsonl", ".ndjson"})
"""Suffixes of files with one JSON record on each line."""
JSON_SUFFIXES = LINES_SUFFIXES | {".json"}
"""Suffixes that must be JSON; such a file is not tried as another format."""
READ_SUFFIXES = JSON_SUFFIXES | MARKDOWN_SUFFIXES | {"", ".txt", ".text"}
"""All suffixes that are read, with or without ``.gz`` after them."""

MOST_PROBLEMS = 1_000
"""Unreadable records after which the rest of a file is skipped."""
ARTICLE_CHARACTERS = 12_000_000
"""Longest article. Splitting one takes a gigabyte; "War and Peace" has 3.2 million characters."""

_SUFFIX = re.compile(r"\.[a-z][a-z0-9_+-]{0,9}", re.IGNORECASE)
_HEAD_BYTES = 8_192
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "compressed twice"),
    (b"BZh", "compressed in a format that is not supported"),
    (b"\xfd7zXZ", "compressed in a format that is not supported"),
    (b"\x28\xb5\x2f\xfd", "compressed in a format that is not supported"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
)


def read_articles(found: FoundFile) -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a file in order, and a problem for each that cannot be read.

    Nothing is raised for a bad file. A file of records is streamed, so articles may come before a
    problem. If the last value is a problem that is ``cut_short``, the file was not read to its end.
    """
    try:
        yield from _bounded(found, _read(found))
    except Exception as error:  # any error in reading a file is a problem of that file
        yield _problem(found, error)


def refusal(found: FoundFile) -> Problem | None:
    """Return the problem that a file's name, size or first bytes show, or None."""
    suffix = _suffix(found.name)
    try:
        _refuse_suffix(suffix)
        with open_stream(found.path) as stream:
            _refuse_binary(stream.peek(_HEAD_BYTES)[:_HEAD_BYTES], suffix)
        if suffix not in JSON_SUFFIXES and not found.name.lower().endswith(".gz"):
            _refuse_size(found)
    except Exception as error:
        return _problem(found, error)
    return None


def _bounded(
    found: FoundFile, read: Iterator[ReadArticle | Problem]
) -> Iterator[ReadArticle | Problem]:
    """Yield what was read. Raises ArticleError at `MOST_PROBLEMS` problems."""
    problems = 0
    for one in read:
        if isinstance(one, Problem):
            problems += 1
            if problems == MOST_PROBLEMS:
                raise ArticleError(
                    f"{problems:,} of its records cannot be read; the rest is skipped"
                )
        elif len(one.article.text) > ARTICLE_CHARACTERS:
            reason = f"longer than {ARTICLE_CHARACTERS // 1_000_000} million characters; split it"
            yield Problem(found.name if one.record is None else one.article.source, reason, False)
            continue
        yield one


def _problem(found: FoundFile, error: Exception) -> Problem:
    """Return the problem for an error that stopped the reading of a file."""
    quiet = isinstance(error, NotAnArticleError) and not found.named
    cut_short = not isinstance(error, EmptyFileError)
    if isinstance(error, ArticleError):
        reason = str(error)
    elif isinstance(error, EOFError):
        reason = "its compressed data is cut short"
    elif isinstance(error, zlib.error | gzip.BadGzipFile):
        reason = "its compressed data is damaged"
    elif isinstance(error, FileNotFoundError):
        reason = "vanished before it was read"
    elif isinstance(error, MemoryError):
        reason = "too large for the memory of this machine"
    elif isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
    else:
        reason = f"reading it failed ({type(error).__name__}: {one_line(str(error))[:200]})"
    return Problem(found.name, reason, quiet, cut_short)


def file_digest(found: FoundFile) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal.

    Raises OSError if it cannot be read, ArticleError if it has grown since it was found.
    """
    digest = hashlib.sha256()
    left = found.size_bytes
    with open_file(found.path) as file:
        while block := file.read(1 << 20):
            digest.update(block)
            left -= len(block)
            if left < 0:
                raise ArticleError("grew while it was read; run again")
    return digest.hexdigest()


def _read(found: FoundFile) -> Iterator[ReadArticle | Problem]:
    """Yield articles and problems; raise what is wrong with the file as a whole."""
    suffix = _suffix(found.name)
    _refuse_suffix(suffix)
    with open_stream(found.path) as stream:
        head = stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]
        _refuse_binary(head, suffix)
        if is_wide(head):
            data = decode(read_whole(stream)).encode("utf-8", "replace")
            yield from _read_stream(found, suffix, io.BufferedReader(io.BytesIO(data)))
        else:
            yield from _read_stream(found, suffix, stream)


def _read_stream(
    found: FoundFile, suffix: str, stream: io.BufferedReader[Any]
) -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a text stream, in the format that its start and suffix show."""
    already_read = b""
    head = stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]
    if suffix in LINES_SUFFIXES or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        already_read = _first_line(stream)
        if _is_lines(suffix, already_read, stream):
            yield from jsonl.read_lines(found.name, _lines(already_read, stream))
            _check_unchanged(found)
            return
    _refuse_size(found)
    data = read_whole(stream, already_read)
    _check_unchanged(found)
    yield from _read_document(found.name, suffix, data)


def _read_document(name: str, suffix: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the records of a JSON document, or the one article of any other file."""
    if suffix in JSON_SUFFIXES:
        yield from jsonl.read_document(name, jsonl.parse(data))
        return
    if data[-100:].rstrip()[-1:] in (b"}", b"]"):
        try:
            records = list(jsonl.read_document(name, jsonl.parse(data)))
        except ArticleError:
            pass  # it is text that ends in a bracket
        else:
            yield from records
            return
    if b"\0" in data and not is_wide(data):
        raise ArticleError("not text: it contains zero bytes")
    text = clean(decode(data))
    is_markdown = suffix in MARKDOWN_SUFFIXES or markdown.front_matter(text)[1]
    article = (markdown if is_markdown else plain).read(name, text)
    if not article.text.strip():
        raise EmptyFileError("empty file")
    yield ReadArticle(None, article)


def _is_lines(suffix: str, already_read: bytes, stream: io.BufferedReader[Any]) -> bool:
    """Whether JSON that starts like this has a record on each line, or else is one document."""
    if suffix in LINES_SUFFIXES:
        return already_read.strip() not in (b"{", b"[")
    return jsonl.is_record(already_read) and (suffix != ".json" or bool(stream.peek(1).strip()))


def _first_line(stream: io.BufferedReader[Any]) -> bytes:
    """Read up to the first line that is not blank; return it with the blank lines before it."""
    already_read = stream.readline(RECORD_BYTES + 1)
    while already_read and not already_read.strip() and len(already_read) < _HEAD_BYTES:
        following = stream.readline(RECORD_BYTES + 1)
        if not following:
            break
        already_read += following
    return already_read


def _lines(already_read: bytes, stream: io.BufferedReader[Any]) -> Iterator[jsonl.Line]:
    """Yield the numbered lines of a stream; a line that is too long is None."""
    following = iter(lambda: stream.readline(RECORD_BYTES + 1), b"")
    for number, line in enumerate(chain(already_read.splitlines(keepends=True), following), 1):
        if len(line) <= RECORD_BYTES:
            yield number, line
            continue
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(1 << 20)
        yield number, None


def _suffix(name: str) -> str:
    """Return the suffix before any ``.gz``, in lower case; empty if there is none."""
    path = PurePath(name)
    if path.suffix.lower() == ".gz":
        path = path.with_suffix("")
    return path.suffix.lower() if _SUFFIX.fullmatch(path.suffix) else ""


def _refuse_suffix(suffix: str) -> None:
    """Raise for a suffix that no format has."""
    if suffix not in READ_SUFFIXES:
        raise NotAnArticleError(f"{suffix} files are not supported")


def _refuse_size(found: FoundFile) -> None:
    """Raise for a file that is too large to be read whole."""
    if found.size_bytes > FILE_BYTES:
        raise ArticleError(f"larger than {FILE_BYTES // 1_000_000} MB; split it")


def _refuse_binary(head: bytes, suffix: str) -> None:
    """Raise for a binary file; without a suffix it is skipped quietly."""
    if not head:
        raise EmptyFileError("empty file")
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")
    if not kind and (b"\0" not in head or is_wide(head)):
        return
    reason = kind or "not text: it contains zero bytes"
    raise (ArticleError if suffix else NotAnArticleError)(reason)


def _check_unchanged(found: FoundFile) -> None:
    """Raise if the file has changed since it was found."""
    status = os.stat(found.path)
    if (status.st_size, status.st_mtime_ns) != (found.size_bytes, found.modified_ns):
        raise ArticleError("changed while it was read; run again")
