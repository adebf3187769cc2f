"""MHTML: a web page and its pictures in one file, as Chromium saves it."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message

from ...errors import ArticleError
from ..found import EmptyFileError, ReadArticle
from .html import page_article

SUFFIXES = frozenset({".mhtml", ".mht"})
"""Suffixes of saved pages."""

_KINDS = ("text/html", "application/xhtml+xml")


def read(name: str, data: bytes) -> Iterator[ReadArticle]:
    """Yield the article of a saved page. Raises ArticleError if it holds no page with text."""
    if not data.strip():
        raise EmptyFileError("empty file")
    part = _page(message_from_bytes(data, policy=policy.compat32))
    if part is None:
        raise ArticleError("a saved page without HTML in it")
    # A part's own charset is missing in Chromium's files; then the page names it.
    body = part.get_payload(decode=True)
    charset = part.get_content_charset() or ""
    yield ReadArticle(None, page_article(name, body if isinstance(body, bytes) else b"", charset))


def _page(message: Message) -> Message | None:
    """Return the part that is the page: the one that the file names, or else the first."""
    pages = [part for part in message.walk() if part.get_content_type() in _KINDS]
    location = message.get("Snapshot-Content-Location")
    start = message.get_param("start")
    for part in pages:
        if location and part.get("Content-Location") == location:
            return part
        if start and part.get("Content-ID") == start:
            return part
    return pages[0] if pages else None
