"""A message → the texts in it, the messages in it, and the files that are attached to it."""

from __future__ import annotations

import codecs
import mimetypes
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from ..clean import one_line
from ..decode import Decoded
from ..found import Member
from ..markup import markup_text
from .html import decode_page
from .mail_text import ENCRYPTED

FEWEST_BYTES = 100
"""Size of an attached text from which it can be an article; what is shorter is a footer."""

NAME_CHARACTERS = 200
"""Longest name of an attached file; of a longer one the end is kept, which has the suffix."""

_UNSTATED = ("us-ascii", "ascii", "unknown-8bit", "x-unknown")
"""Charsets that say nothing about bytes beyond ASCII."""
_SIGNATURE = re.compile(r"application/(?:(?:x-)?pkcs7|pgp)-signature")
_SEALED = re.compile(r"application/(?:x-)?pkcs7-mime|multipart/encrypted")
_NO_ARTICLE = re.compile(
    r"(?:image|audio|video|font|model)/.*|application/(?:ics|ms-tnef|(?:x-)?pkcs7-.*|pgp-.*)"
    r"|text/(?:calendar|(?:x-)?vcard|directory|css|rfc822-headers)"
)
"""Types of attachments that hold no text for people, whatever their name."""
_NO_ARTICLE_SUFFIXES = frozenset({".asc", ".sig", ".p7s", ".p7m"})
_UNKNOWN_TYPE = "application/octet-stream"

if TYPE_CHECKING:
    Mail = Message[Any, Any]
    """A message, or a part of one."""


@dataclass(slots=True)
class Content:
    """What is in a message, or in a part of it."""

    texts: list[str] = field(default_factory=list)
    """The texts that a person reads, in order."""
    is_plain: bool = False
    """Whether one of them was plain text, not HTML."""
    messages: list[Mail] = field(default_factory=list)
    """Messages in the message, such as forwarded ones."""
    files: list[Member] = field(default_factory=list)
    """Attached files that may hold articles."""
    others: int = 0
    """Number of attached files that hold none, such as pictures."""
    is_encrypted: bool = False
    """Whether a part cannot be read without a key."""

    encoding: str = ""
    """Encoding of one of the texts if that was a guess; empty if all were certain."""

    def add(self, other: Content) -> None:
        """Add what is in another part."""
        self.texts += other.texts
        self.is_plain |= other.is_plain
        self.messages += other.messages
        self.files += other.files
        self.others += other.others
        self.is_encrypted |= other.is_encrypted
        if other.texts:  # of alternatives only one is read
            self.encoding = self.encoding or other.encoding


def content_of(part: Mail) -> Content:
    """Return what is in a message or a part of one. Raises RecursionError if nested too deeply."""
    kind = part.get_content_type()
    if _SEALED.fullmatch(kind):
        return Content(is_encrypted=True)
    payload = part.get_payload()
    if not isinstance(payload, list):
        return _leaf(part, "text/plain" if kind.startswith("multipart/") else kind)
    inside = [one for one in payload if isinstance(one, Message)]
    if kind.startswith("message/"):  # a report on a delivery consists of headers alone
        return _messages(part, kind, inside)
    contents = [content_of(one) for one in inside]
    if kind == "multipart/alternative":
        readable = [one for one in contents if any(map(str.strip, one.texts))]
        chosen = next((one for one in readable if one.is_plain), next(iter(readable), None))
        for one in contents:
            if one is not chosen:
                one.texts = []
    whole = Content()
    for one in contents:
        whole.add(one)
    return whole


def attached(files: Iterable[Member], folder: str, day: date | None) -> Iterator[Member]:
    """Yield the files attached to a message of this day, each with a path of its own in a folder.

    The folder ends with a slash, or is empty.
    """
    used: dict[str, int] = {}
    for file in files:
        path = PurePath(file.name)
        name, number = file.name, used.get(file.name, 0) + 1
        while number > 1 and (name := f"{path.stem} ({number}){path.suffix}") in used:
            number += 1
        used[file.name] = number
        used.setdefault(name, 1)
        yield replace(file, name=f"{folder}{name}", published=day, dated="mail it came with")


def words(value: str) -> str:
    """Return a header with its encoded words decoded; as it is if they cannot be."""
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        return value


def _messages(part: Mail, kind: str, inside: list[Mail]) -> Content:
    """Return the messages in a part, or the file that they are in if it is encoded."""
    if kind not in ("message/rfc822", "message/global"):
        return Content()
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding not in ("base64", "quoted-printable") or len(inside) != 1 or inside[0].keys():
        return Content(messages=inside)
    inside[0]["Content-Transfer-Encoding"] = encoding  # what is inside was taken for its body
    return Content(files=[Member(_file_name(part, kind), _bytes(inside[0]))])


def _leaf(part: Mail, kind: str) -> Content:
    """Return what is in a part without parts."""
    if _SIGNATURE.fullmatch(kind) or kind.startswith("message/"):
        return Content()
    is_picture = bool(_NO_ARTICLE.fullmatch(kind))
    is_shown = kind in ("text/plain", "text/html") or is_picture
    if part.get_content_disposition() == "attachment" or (
        part.get_filename() and not (is_shown and part.get("Content-ID"))
    ):
        return Content(others=1) if is_picture else _file(part, kind)
    if kind not in ("text/plain", "text/html"):
        return Content()
    text, encoding = _text(part, part.get_content_charset(""))
    if kind == "text/html":
        return Content(texts=[markup_text(text)], encoding=encoding)
    is_encrypted = ENCRYPTED in text
    return Content([text], is_plain=True, is_encrypted=is_encrypted, encoding=encoding)


def _file(part: Mail, kind: str) -> Content:
    """Return an attached file that may hold an article."""
    name = _file_name(part, kind)
    data = _bytes(part)
    if kind.startswith("text/") and (charset := part.get_content_charset()):
        data = codecs.BOM_UTF8 + _text(part, charset).text.encode("utf-8", "replace")
    is_footer = kind.startswith("text/") and len(data) < FEWEST_BYTES
    if is_footer or PurePath(name.lower()).suffix in _NO_ARTICLE_SUFFIXES:
        return Content(others=1)
    return Content(files=[Member(name, data)])


def _file_name(part: Mail, kind: str) -> str:
    """Return the name of an attached file without folders, with a suffix if its type has one."""
    written = one_line(words(part.get_filename() or "")).replace("\\", "/")
    name = PurePath(written).name[-NAME_CHARACTERS:].lstrip(".") or "attachment"
    if PurePath(name).suffix or kind == _UNKNOWN_TYPE:
        return name
    return name + (mimetypes.guess_extension(kind) or "")


def _bytes(part: Mail) -> bytes:
    """Return the decoded bytes of a part without parts."""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _text(part: Mail, stated: str) -> Decoded:
    """Return the text of a part: as valid UTF-8, else in the charset stated, else as a guess."""
    return decode_page(_bytes(part), "" if stated in _UNSTATED else stated)
