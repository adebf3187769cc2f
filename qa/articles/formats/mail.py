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
from itertools import count
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
MESSAGE_BYTES = 48_000_000
"""Longest message in a mailbox that is read whole, with a file of 32 MB for example.

Of a longer one the text is read, which comes before the attached files.
"""
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
_TOO_LONG = f"attached to a mail longer than {MESSAGE_BYTES // 1_000_000} MB"

_Found = ReadArticle | Problem | Member


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message with text."""

    number: int
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
    found = [*_letters(_without_frame(data), count(1), is_alone=True)]
    letters = sum(isinstance(one, _Letter) for one in found)
    if not letters and not any(isinstance(one, Member) for one in found):
        raise ArticleError(_ENCRYPTED) if _ENCRYPTED in found else NotAnArticleError(_NO_TEXT)
    for one in found:
        if isinstance(one, _Letter):
            is_only = letters == 1
            source = name if is_only else f"{name}#{one.number}"
            yield ReadArticle(None if is_only else one.number, one.article(source))
        else:
            yield one if isinstance(one, Member) else Problem(name, one, quiet=True)


def read_stream(name: str, stream: IO[bytes]) -> Iterator[_Found]:
    """Yield the articles of a mailbox and its attached files, holding one message at a time.

    Messages with a text or files are numbered from 1. Raises NotAnArticleError if there are none.
    """
    numbers = count(1)
    is_empty = True
    for data, is_cut in _messages(stream):
        try:
            for one in _letters(data, numbers):
                if isinstance(one, str):
                    yield Problem(name, one, quiet=True)
                    continue
                is_empty = False
                if isinstance(one, _Letter):
                    yield ReadArticle(one.number, one.article(f"{name}#{one.number}"))
                elif is_cut:  # half of a table looks like a whole one
                    yield Problem(f"{name}/{one.name}", _TOO_LONG, quiet=False)
                else:
                    yield one
        except ArticleError as error:
            is_empty = False
            yield Problem(f"{name}#{next(numbers)}", str(error), quiet=False)
    if is_empty:
        raise NotAnArticleError("a mailbox without text")


def _messages(stream: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield the bytes of each message in a mailbox, and whether they were cut to `MESSAGE_BYTES`.

    A line ``From …`` with a time begins a message if a header follows; the first needs neither.
    """
    kept: list[bytes] = []
    size_bytes = 0
    is_cut = False
    line = stream.readline(_LINE_BYTES)
    while line:
        following = stream.readline(_LINE_BYTES)
        is_between = _BETWEEN.match(line) and _HEADER.match(following)
        if is_between or (not kept and line.startswith(b"From ")):
            if kept:
                yield b"".join(kept), is_cut
            kept, size_bytes, is_cut = [], 0, False
        elif is_cut or size_bytes + len(line) > MESSAGE_BYTES:
            is_cut = True
        else:
            kept.append(line[1:] if _ESCAPED_BETWEEN.match(line) else line)
            size_bytes += len(line)
        line = following
    if kept:
        yield b"".join(kept), is_cut


def _without_frame(data: bytes) -> bytes:
    """Return a message without its length before it and a list after it, as Apple Mail writes."""
    length = _LENGTH.match(data)
    return data[length.end() : length.end() + int(length[1])] if length else data


def _letters(
    data: bytes, numbers: Iterator[int], *, is_alone: bool = False
) -> Iterator[_Letter | Member | str]:
    """Yield the messages with text in a message, itself first, each with the files attached to it.

    The reason for what is neither is yielded, too. A message with a text or files takes the next
    of the ``numbers``, which is the folder of its files; the first has none if it ``is_alone``, and
    not in a mailbox. Raises ArticleError if its parts are nested too deeply or are not text.
    """
    try:
        waiting: list[Mail] = [message_from_bytes(data)]
        while waiting:
            message = waiting.pop(0)
            content = content_of(message)
            waiting[:0] = content.messages
            blocks = [one for text in content.texts for one in paragraphs(text)]
            number = next(numbers) if blocks or content.files else 0
            if blocks:
                yield _letter(number, message, blocks, content.encoding)
            elif content.is_encrypted:
                yield _ENCRYPTED
            elif not content.messages:
                yield _NO_TEXT
            folder = "" if is_alone and number == 1 else f"{number}/"
            dated = _dated(_header(message, "date"))
            yield from attached(content.files, folder, dated.day if dated else None)
            yield from [_ATTACHMENT] * content.others
    except RecursionError as error:
        raise ArticleError("mail nested too deeply to read") from error


def _letter(number: int, message: Mail, blocks: list[str], encoding: str) -> _Letter:
    """Return a message with these paragraphs."""
    sender = _sender(message)
    return _Letter(
        number,
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
