"""Files → articles. A file that cannot be read gives a `Problem` with the reason, not an error."""

from __future__ import annotations  # BufferedReader cannot be subscripted at run time

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ..datatypes import Article
from ..errors import ArticleError
from .clean import one_line
from .decode import decode, is_wide
from .formats import jsonl, text
from .found import FoundFile, Member, NotAnArticleError, Problem, ReadArticle
from .refuse import (
    JSON_SUFFIXES,
    LINES_SUFFIXES,
    problem_of,
    refuse_kind,
    refuse_size,
    refuse_suffix,
    suffix_of,
)
from .registry import HEAD_BYTES, Format, Found, format_of
from .stream import (
    FILE_BYTES,
    bytes_stream,
    first_line,
    numbered_lines,
    open_file,
    open_stream,
    read_whole,
)
from .walk import walk

__all__ = ["FoundFile", "Problem", "ReadArticle", "file_digest", "read_articles", "refusal", "walk"]

MOST_PROBLEMS = 1_000
"""Unreadable records after which the rest of a file is skipped."""
MOST_ATTACHED_PROBLEMS = 100
"""Unreadable files attached to the mails of a mailbox that are listed; the others are counted."""
MOST_INSIDE = 4
"""Most files inside each other: a mail attached to a mail, and so on."""
ARTICLE_CHARACTERS = 12_000_000
"""Longest article. Splitting one takes a gigabyte; "War and Peace" has 3.2 million characters."""


def read_articles(found: FoundFile) -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a file in order, and a problem for each that cannot be read.

    Nothing is raised for a bad file. A file of records is streamed, so articles may come before a
    problem. If the last value is a problem that is ``cut_short``, the file was not read to its end.
    """
    try:
        yield from _bounded(found.name, _read(found))
    except Exception as error:  # any error in reading a file is a problem of that file
        yield problem_of(found.name, error, named=found.named)


def refusal(found: FoundFile) -> Problem | None:
    """Return the problem that a file's name, size or first bytes show, or None."""
    suffix = suffix_of(found.name)
    try:
        refuse_suffix(suffix)
        with open_stream(found.path) as stream:
            head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
        refuse_kind(head, suffix)
        chosen = format_of(suffix, head)
        is_open = suffix in JSON_SUFFIXES or found.name.lower().endswith(".gz")
        if not is_open and not (chosen and chosen.can_stream(head)):
            refuse_size(found, chosen.most_bytes if chosen else FILE_BYTES)
    except Exception as error:
        return problem_of(found.name, error, named=found.named)
    return None


def needs_worker(found: FoundFile) -> bool:
    """Whether a file is in a format that is read in another process; see ``workers``."""
    try:
        with open_stream(found.path) as stream:
            chosen = format_of(suffix_of(found.name), stream.peek(HEAD_BYTES)[:HEAD_BYTES])
    except Exception:
        return False  # reading it will report the reason
    return chosen is not None and chosen.needs_worker


def _bounded(name: str, read: Iterator[ReadArticle | Problem]) -> Iterator[ReadArticle | Problem]:
    """Yield what was read. Raises ArticleError at `MOST_PROBLEMS` problems."""
    problems = 0
    for one in read:
        if isinstance(one, Problem):
            problems += not one.quiet
            if problems == MOST_PROBLEMS:
                raise ArticleError(
                    f"{problems:,} of its records cannot be read; the rest is skipped"
                )
            yield replace(one, reason=one_line(one.reason))  # it may quote the file
        elif len(one.article.text) > ARTICLE_CHARACTERS:
            reason = f"longer than {ARTICLE_CHARACTERS // 1_000_000} million characters; split it"
            yield Problem(name if one.record is None else one.article.source, reason, False)
        else:
            yield one


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
    suffix = suffix_of(found.name)
    refuse_suffix(suffix)
    with open_stream(found.path) as stream:
        head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
        refuse_kind(head, suffix)
        chosen = format_of(suffix, head)
        if chosen and chosen.can_stream(head) and _is_large(found):
            yield from _with_inner(found.name, chosen, chosen.read_stream(found.name, stream))
            _check_unchanged(found)
            return
        if chosen is None or not chosen.holds_files:
            yield from _read_stream(found.name, suffix, stream, lambda: _check_unchanged(found))
            return
    with open_file(found.path) as packed:  # an archive unpacks what is sound of it itself
        data = read_whole(packed, chosen.most_bytes)
    _check_unchanged(found)
    yield from _with_inner(found.name, chosen, chosen.read(found.name, data))


def read_bytes(
    name: str, data: bytes, inside: tuple[Format, ...] = ()
) -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a file inside others, whose formats are given from the outside in.

    Raises ArticleError if it is unreadable.
    """
    suffix = suffix_of(name)
    refuse_suffix(suffix)
    stream = bytes_stream(data)
    chosen = format_of(suffix, data[:HEAD_BYTES])
    if chosen and chosen.holds_files:
        if any(one.holds_files for one in inside):
            raise NotAnArticleError("an archive inside others")  # one could hold itself
        yield from _with_inner(name, chosen, chosen.read(name, data), inside)
        return
    refuse_kind(stream.peek(HEAD_BYTES)[:HEAD_BYTES], suffix)
    yield from _bounded(name, _read_stream(name, suffix, stream, lambda: None, inside))


def _read_stream(
    name: str,
    suffix: str,
    stream: io.BufferedReader[Any],
    check: Callable[[], None],
    inside: tuple[Format, ...] = (),
) -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a stream, in the format that its start and suffix show.

    ``check`` is called when all is read; it raises if the file has changed meanwhile.
    """
    head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    chosen = format_of(suffix, head)
    if chosen is not None:
        data = read_whole(stream, chosen.most_bytes)
        check()
        yield from _with_inner(name, chosen, chosen.read(name, data), inside)
        return
    if is_wide(head):
        data = decode(read_whole(stream, FILE_BYTES)).encode("utf-8", "replace")
        stream = io.BufferedReader(io.BytesIO(data))
        head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    already_read = b""
    if suffix in LINES_SUFFIXES or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        already_read = first_line(stream)
        if _is_lines(suffix, already_read, stream):
            yield from jsonl.read_lines(name, numbered_lines(already_read, stream))
            check()
            return
    advice = "write it as JSON lines, one article a line" if suffix == ".json" else "split it"
    data = read_whole(stream, FILE_BYTES, already_read, advice)
    check()
    yield from _read_document(name, suffix, data)


def _with_inner(
    name: str, chosen: Format, found: Iterator[Found], inside: tuple[Format, ...] = ()
) -> Iterator[ReadArticle | Problem]:
    """Yield what is found in a file of this format, the files in it read, too.

    ``inside`` are the formats of the files that it is in.
    """
    number = problems = 0
    is_empty = True
    for one in found:
        is_empty = False
        if isinstance(one, ReadArticle):
            number = one.record or 0
            yield one
        elif isinstance(one, Problem):
            yield replace(one, source=f"{name}/{one.source}") if chosen.holds_files else one
        else:
            for read in _read_member(f"{name}/{one.name}", one, (*inside, chosen)):
                if isinstance(read, ReadArticle):
                    number += 1
                    yield ReadArticle(number, read.article)
                    continue
                problems += not read.quiet
                # A large mailbox may have any number of them, and the mails are sound.
                is_quiet = not chosen.holds_files and problems > MOST_ATTACHED_PROBLEMS
                yield replace(read, quiet=read.quiet or is_quiet)
    if chosen.holds_files and is_empty:
        raise NotAnArticleError("holds no file that can be read")


def _read_member(
    name: str, member: Member, inside: tuple[Format, ...]
) -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a file inside others; see `read_bytes`."""
    try:
        if len(inside) > MOST_INSIDE:
            raise ArticleError(f"inside more than {MOST_INSIDE} other files")
        for one in read_bytes(name, member.data, inside):
            if isinstance(one, Problem):
                yield replace(one, cut_short=False)
                continue
            article = one.article
            if member.url and one.record is None:
                article = replace(article, source=member.url)
            article = _with_day(article, member)
            yield ReadArticle(one.record, article)
    except Exception as error:
        yield replace(problem_of(name, error, named=False), cut_short=False)


def _with_day(article: Article, member: Member) -> Article:
    """Return an article that has the day of its file if it has none, or guessed a later one."""
    day, own = member.published, article.published
    if day is None or (own and not (article.is_date_guess and own > day)):
        return article
    return replace(article, published=day, dated=member.dated, is_date_guess=True)


def _read_document(name: str, suffix: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the records of a JSON document, or the one article of any other file."""
    if suffix in JSON_SUFFIXES:
        yield from jsonl.read(name, data)
        return
    if data[-100:].rstrip()[-1:] in (b"}", b"]"):
        try:
            records = list(jsonl.read(name, data))
        except ArticleError:
            pass  # it is text that ends in a bracket
        else:
            yield from records
            return
    if b"\0" in data and not is_wide(data):
        raise ArticleError("not text: it contains zero bytes")
    yield from text.read(name, data)


def _is_lines(suffix: str, already_read: bytes, stream: io.BufferedReader[Any]) -> bool:
    """Whether JSON that starts like this has a record on each line, or else is one document."""
    if suffix in LINES_SUFFIXES:
        return already_read.strip() not in (b"{", b"[")
    return jsonl.is_record(already_read) and (suffix != ".json" or bool(stream.peek(1).strip()))


def _is_large(found: FoundFile) -> bool:
    """Whether a file is too large to be read whole; text packs to an eighth or so."""
    packed = 8 if found.name.lower().endswith(".gz") else 1
    return found.size_bytes * packed > FILE_BYTES


def _check_unchanged(found: FoundFile) -> None:
    """Raise if the file has changed since it was found."""
    status = os.stat(found.path)
    if (status.st_size, status.st_mtime_ns) != (found.size_bytes, found.modified_ns):
        raise ArticleError("changed while it was read; run again")
