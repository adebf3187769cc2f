"""Mail: a message (EML), or a mailbox of many (MBOX) → an article for each message with text.

The subject is the title, and a line ``From: Anna Holm`` comes first, so that one can ask who wrote
something. A forwarded message is an article of its own. Attachments are counted, not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from ...datatypes import Article
from ...errors import ArticleError
from ..build import build_article, title_of
from ..clean import one_line
from ..dates import parse_date
from ..decode import decode, is_wide
from ..found import EmptyFileError, NotAnArticleError, Problem, ReadArticle
from ..markup import markup_text
from .mail_text import ENCRYPTED, paragraphs

SUFFIXES = frozenset({".eml", ".emlx", ".mbox", ".mbx"})
"""Suffixes of messages and of mailboxes."""
BEGINNING = (
    rb"(?!From: ?<Saved)(?:[!-9;-~]++:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*?"
    rb"(?:Received|Return-Path|Message-ID|MIME-Version|Delivered-To):"
    rb"|From \S[^\n]*\d:\d\d[^\n]*\n[!-9;-~]+:"
)
"""Pattern of how a message or a mailbox begins, but not a web page that a browser saved."""
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

_LATIN = frozenset({"", "us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1"})
"""Charsets that programs state for text in others, mostly for UTF-8 and Windows-1252."""
_ONE_BYTE = re.compile(r"iso-8859-\d+|windows-125\d|cp125\d|koi8-[ru]")
_SIGNATURE = re.compile(r"application/(?:(?:x-)?pkcs7|pgp)-signature")
_SEALED = re.compile(r"application/(?:x-)?pkcs7-mime|multipart/encrypted")

_ENCRYPTED = "mail that is encrypted or sealed (PGP, S/MIME)"
_NO_TEXT = "mail without text"
_ATTACHMENT = "attachment of a mail"

if TYPE_CHECKING:
    _Mail = Message[Any, Any]


@dataclass(slots=True)
class _Content:
    """What is in a message, or in a part of it."""

    texts: list[str] = field(default_factory=list)
    """The texts that a person reads, in order."""
    is_plain: bool = False
    """Whether one of them was plain text, not HTML."""
    messages: list[_Mail] = field(default_factory=list)
    """Messages in the message, such as forwarded ones."""
    attachments: int = 0
    """Number of attached files."""
    is_encrypted: bool = False
    """Whether a part cannot be read without a key."""

    def add(self, other: _Content) -> None:
        """Add what is in another part."""
        self.texts += other.texts
        self.is_plain |= other.is_plain
        self.messages += other.messages
        self.attachments += other.attachments
        self.is_encrypted |= other.is_encrypted


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message with text."""

    title: str
    text: str
    published: date | None

    def article(self, source: str) -> Article:
        """Return the article of the message."""
        return build_article(
            source,
            self.text,
            title=self.title,
            published=self.published,
            dated="mail header" if self.published else "",
        )


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a message or mailbox, and quiet problems for what has no text.

    A message with no other inside is one article. Raises ArticleError if there is no text at all.
    """
    if not data.strip():
        raise EmptyFileError("empty file")
    if is_wide(data) or b"\0" in data[:_HEAD_BYTES]:
        data = decode(data).encode("utf-8", "replace")
    if data.startswith(b"From "):
        yield from read_mailbox(name, BytesIO(data))
        return
    found = [*_letters(_without_frame(data))]
    letters = [one for one in found if isinstance(one, _Letter)]
    if not letters:
        raise ArticleError(_ENCRYPTED) if _ENCRYPTED in found else NotAnArticleError(_NO_TEXT)
    for number, letter in enumerate(letters, 1):
        is_only = len(letters) == 1
        source = name if is_only else f"{name}#{number}"
        yield ReadArticle(None if is_only else number, letter.article(source))
    for reason in found:
        if isinstance(reason, str):
            yield Problem(name, reason, quiet=True)


def read_mailbox(name: str, stream: IO[bytes]) -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a mailbox, holding one message at a time.

    Messages with text are numbered from 1. Raises NotAnArticleError if there is none.
    """
    number = 0
    for data in _messages(stream):
        try:
            for one in _letters(data):
                if isinstance(one, str):
                    yield Problem(name, one, quiet=True)
                else:
                    number += 1
                    yield ReadArticle(number, one.article(f"{name}#{number}"))
        except ArticleError as error:
            number += 1
            yield Problem(f"{name}#{number}", str(error), quiet=False)
    if not number:
        raise NotAnArticleError("a mailbox without text")


def _messages(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of each message in a mailbox, the longest cut to `MESSAGE_BYTES`.

    A line ``From …`` with a time begins a message if a blank line is before it and a header after.
    """
    kept: list[bytes] = []
    size_bytes = 0
    is_after_blank = True
    line = stream.readline(_LINE_BYTES)
    while line:
        following = stream.readline(_LINE_BYTES)
        begins = is_after_blank and line.startswith(b"From ")
        if begins and (not kept or (_BETWEEN.match(line) and _HEADER.match(following))):
            if kept:
                yield b"".join(kept)
            kept, size_bytes = [], 0
        elif size_bytes + len(line) <= MESSAGE_BYTES:
            kept.append(line[1:] if _ESCAPED_BETWEEN.match(line) else line)
            size_bytes += len(line)
        is_after_blank = not line.strip()
        line = following
    if kept:
        yield b"".join(kept)


def _without_frame(data: bytes) -> bytes:
    """Return a message without its length before it and a list after it, as Apple Mail writes."""
    length = _LENGTH.match(data)
    return data[length.end() : length.end() + int(length[1])] if length else data


def _letters(data: bytes) -> Iterator[_Letter | str]:
    """Yield the messages with text in a message, itself first, and the reason for all that is not.

    Raises ArticleError if its parts are nested too deeply or are not text.
    """
    try:
        waiting: list[_Mail] = [message_from_bytes(data)]
        while waiting:
            message = waiting.pop(0)
            content = _content(message)
            waiting[:0] = content.messages
            blocks = [one for text in content.texts for one in paragraphs(text)]
            if blocks:
                yield _letter(message, blocks)
            elif content.is_encrypted:
                yield _ENCRYPTED
            elif not content.messages:
                yield _NO_TEXT
            yield from [_ATTACHMENT] * content.attachments
    except RecursionError as error:
        raise ArticleError("mail nested too deeply to read") from error


def _letter(message: _Mail, blocks: list[str]) -> _Letter:
    """Return a message with these paragraphs."""
    sender = _sender(message)
    return _Letter(
        one_line(_words(_header(message, "subject"))) or title_of("\n\n".join(blocks)),
        "\n\n".join([f"From: {sender}", *blocks] if sender else blocks),
        _day(_header(message, "date")),
    )


def _content(part: _Mail) -> _Content:
    """Return what is in a message or a part of one."""
    kind = part.get_content_type()
    if _SEALED.fullmatch(kind):
        return _Content(is_encrypted=True)
    payload = part.get_payload()
    if not isinstance(payload, list):
        return _leaf(part, "text/plain" if kind.startswith("multipart/") else kind)
    inside = [one for one in payload if isinstance(one, Message)]
    if kind.startswith("message/"):  # a report on a delivery consists of headers alone
        return _Content(messages=inside if kind in ("message/rfc822", "message/global") else [])
    contents = [_content(one) for one in inside]
    if kind == "multipart/alternative":
        readable = [one for one in contents if any(map(str.strip, one.texts))]
        chosen = next((one for one in readable if one.is_plain), next(iter(readable), None))
        for one in contents:
            if one is not chosen:
                one.texts = []
    whole = _Content()
    for one in contents:
        whole.add(one)
    return whole


def _leaf(part: _Mail, kind: str) -> _Content:
    """Return what is in a part without parts."""
    if _SIGNATURE.fullmatch(kind) or kind.startswith("message/"):
        return _Content()
    is_attached = part.get_content_disposition() == "attachment"
    if is_attached or (part.get_filename() and not part.get("Content-ID")):
        return _Content(attachments=1)
    if kind not in ("text/plain", "text/html"):
        return _Content()
    text = _text(part)
    if kind == "text/html":
        return _Content(texts=[markup_text(text)])
    return _Content(texts=[text], is_plain=True, is_encrypted=ENCRYPTED in text)


def _text(part: _Mail) -> str:
    """Return the text of a part in its charset, or in a likelier one.

    Text in a charset of one byte for each character is hardly ever valid UTF-8 by chance.
    """
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    stated = part.get_content_charset("")
    if stated in _LATIN:
        return decode(data)
    for charset in ("utf-8", stated) if _ONE_BYTE.fullmatch(stated) else (stated,):
        try:
            return data.decode(charset)
        except (LookupError, ValueError):
            continue
    return decode(data)


def _header(message: _Mail, name: str) -> str:
    """Return the first header with this name as it was written; empty if there is none."""
    values = (str(value) for key, value in message.raw_items() if key.lower() == name)
    value = next(values, "")[:HEADER_CHARACTERS]
    data = value.encode("utf-8", "surrogateescape")
    return value if value.isascii() else decode(data)


def _words(value: str) -> str:
    """Return a header with its encoded words decoded; as it is if they cannot be."""
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value


def _sender(message: _Mail) -> str:
    """Return the name of who wrote a message, or else the address; empty if there is neither."""
    for name, address in getaddresses([_header(message, "from")]):
        return one_line(_words(name)) or one_line(address)
    return ""


def _day(value: str) -> date | None:
    """Return the day that a header gives, as written; None if it is not clear."""
    try:
        day = parsedate_to_datetime(value).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return parse_date(one_line(value))
    return day if day.year >= _FIRST_YEAR else None
