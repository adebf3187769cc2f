"""Mail: a message (EML), or a mailbox of many (MBOX) → an article for each message with text.

The subject is the title, and a line ``From: Anna Holm`` comes first, so that one can ask who wrote
something. A forwarded message is an article of its own. An attached file
gives an article, too, if it is in a format that is read; the others are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.utils import getaddresses, parsedate_to_datetime
from io import BytesIO
from typing import IO, TYPE_CHECKING

from ...datatypes import Article
from ...errors import ArticleError
from ..build import build_article, title_of
from ..clean import one_line
from ..dates import Dated, dated_value
from ..decode import decode, is_wide
from ..found import EmptyFileError, Member, NotAnArticleError, Problem, ReadArticle
from .mail_parts import attached, content_of, words
from .mail_text import paragraphs

if TYPE_CHECKING:
    from .mail_parts import Mail

SUFFIXES = frozenset({".eml", ".emlx", ".mbox", ".mbx"})
"""Suffixes of messages and of mailboxes."""
MESSAGE_BYTES = 16_000_000
"""Longest message in a mailbox that is read whole; its text comes before its attachments."""
HEADER_CHARACTERS = 10_000
"""How much of a header is read."""

_HEAD_BYTES = 1_000
_LINE_BYTES = 1 << 20
_HEADER = re.compile(rb"[!-9;-~]+:")
_BETWEEN = re.compile(rb"From \S.*\d:\d\d")
_ESCAPED_BETWEEN = re.compile(rb">+From ")
_LENGTH = re.compile(rb"(\d{1,9})\s*\n")
_FIRST_YEAR = 1971
"""A program that does not know the day writes the first of January 1970."""

_ENCRYPTED = "mail that is encrypted or sealed (PGP, S/MIME)"
_NO_TEXT = "mail without text"
_ATTACHMENT = "attachment of a mail"

_Found = ReadArticle | Problem | Member


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message with text."""

    title: str
    text: str
    dated: Dated | None
    encoding: str

    def article(self, source: str) -> Article:
        """Return the article of the message."""
        return build_article(
            source, self.text, title=self.title, dated=self.dated, encoding=self.encoding
        )


def read(name: str, data: bytes) -> Iterator[_Found]:
    """Yield the articles of a message or mailbox, its attached files, and why others are left out.

    A message with no other inside is one article. Raises ArticleError if there is neither a text
    nor a file that may be read.
    """
    if not data.strip():
        raise EmptyFileError("empty file")
    if is_wide(data) or b"\0" in data[:_HEAD_BYTES]:
        data = decode(data).encode("utf-8", "replace")
    if data.startswith(b"From "):
        yield from read_stream(name, BytesIO(data))
        return
    found = [*_letters(_without_frame(data))]
    letters = sum(isinstance(one, _Letter) for one in found)
    if not letters and not any(isinstance(one, Member) for one in found):
        raise ArticleError(_ENCRYPTED) if _ENCRYPTED in found else NotAnArticleError(_NO_TEXT)
    number = 0
    for one in found:
        if isinstance(one, _Letter):
            number += 1
            is_only = letters == 1
            source = name if is_only else f"{name}#{number}"
            yield ReadArticle(None if is_only else number, one.article(source))
        else:
            yield one if isinstance(one, Member) else Problem(name, one, quiet=True)


def read_stream(name: str, stream: IO[bytes]) -> Iterator[_Found]:
    """Yield the articles of a mailbox and its attached files, holding one message at a time.

    Messages with text are numbered from 1. Raises NotAnArticleError if there is neither.
    """
    number = 0
    is_empty = True
    for data in _messages(stream):
        try:
            for one in _letters(data, number):
                if isinstance(one, str):
                    yield Problem(name, one, quiet=True)
                    continue
                is_empty = False
                if isinstance(one, _Letter):
                    number += 1
                    yield ReadArticle(number, one.article(f"{name}#{number}"))
                else:
                    yield one
        except ArticleError as error:
            number += 1
            is_empty = False
            yield Problem(f"{name}#{number}", str(error), quiet=False)
    if is_empty:
        raise NotAnArticleError("a mailbox without text")


def _messages(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of each message in a mailbox, the longest cut to `MESSAGE_BYTES`.

    A line ``From …`` with a time begins a message if a header follows; the first needs neither.
    """
    kept: list[bytes] = []
    size_bytes = 0
    line = stream.readline(_LINE_BYTES)
    while line:
        following = stream.readline(_LINE_BYTES)
        is_between = _BETWEEN.match(line) and _HEADER.match(following)
        if is_between or (not kept and line.startswith(b"From ")):
            if kept:
                yield b"".join(kept)
            kept, size_bytes = [], 0
        elif size_bytes + len(line) <= MESSAGE_BYTES:
            kept.append(line[1:] if _ESCAPED_BETWEEN.match(line) else line)
            size_bytes += len(line)
        line = following
    if kept:
        yield b"".join(kept)


def _without_frame(data: bytes) -> bytes:
    """Return a message without its length before it and a list after it, as Apple Mail writes."""
    length = _LENGTH.match(data)
    return data[length.end() : length.end() + int(length[1])] if length else data


def _letters(data: bytes, before: int | None = None) -> Iterator[_Letter | Member | str]:
    """Yield the messages with text in a message, itself first, each with the files attached to it.

    The reason for what is neither is yielded, too. ``before`` is the number of messages with text
    before this one in a mailbox; the folder of a file is the number of its message there. Raises
    ArticleError if its parts are nested too deeply or are not text.
    """
    number = before or 0
    try:
        waiting: list[Mail] = [message_from_bytes(data)]
        while waiting:
            message = waiting.pop(0)
            content = content_of(message)
            waiting[:0] = content.messages
            blocks = [one for text in content.texts for one in paragraphs(text)]
            number += bool(blocks)
            if blocks:
                yield _letter(message, blocks, content.encoding)
            elif content.is_encrypted:
                yield _ENCRYPTED
            elif not content.messages:
                yield _NO_TEXT
            is_first = before is None and number <= 1
            folder = "" if is_first else f"{number}/"
            dated = _dated(_header(message, "date"))
            yield from attached(content.files, folder, dated.day if dated else None)
            yield from [_ATTACHMENT] * content.others
    except RecursionError as error:
        raise ArticleError("mail nested too deeply to read") from error


def _letter(message: Mail, blocks: list[str], encoding: str) -> _Letter:
    """Return a message with these paragraphs."""
    sender = _sender(message)
    return _Letter(
        one_line(words(_header(message, "subject"))) or title_of("\n\n".join(blocks)),
        "\n\n".join([f"From: {sender}", *blocks] if sender else blocks),
        _dated(_header(message, "date")),
        encoding,
    )


def _header(message: Mail, name: str) -> str:
    """Return the first header with this name as it was written; empty if there is none."""
    values = (str(value) for key, value in message.raw_items() if key.lower() == name)
    value = next(values, "")[:HEADER_CHARACTERS]
    data = value.encode("utf-8", "surrogateescape")
    return value if value.isascii() else decode(data)


def _sender(message: Mail) -> str:
    """Return the name of who wrote a message, or else the address; empty if there is neither."""
    for name, address in getaddresses([_header(message, "from")]):
        return one_line(words(name)) or one_line(address)
    return ""


def _dated(value: str) -> Dated | None:
    """Return the day that a header gives, as written; None if it gives none."""
    try:
        day = parsedate_to_datetime(value).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return dated_value(one_line(value), "mail header")
    return Dated(day, "mail header") if day.year >= _FIRST_YEAR else None
