"""RSS and Atom, also as WordPress exports them: one article an entry, numbered from 1."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from ...datatypes import Article
from ...errors import ArticleError
from ..build import build_article
from ..clean import clean
from ..dates import Dated, dated_value
from ..decode import decode_file, is_wide
from ..found import NotAnArticleError, Problem, ReadArticle
from ..record import address_of, decoded

SUFFIXES = frozenset({".rss", ".atom", ".rdf", ".xml"})
"""Suffixes of feeds; other XML has some of them, too."""

_HEAD_BYTES = 4_000
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(rss|feed|RDF|channel)[\s>/]", re.IGNORECASE)
_END = re.compile(rb"</(?:[\w.-]+:)?(rss|feed|RDF|channel)\s*>\s*(?:<!--.*?-->\s*)*\Z", re.I | re.S)
_DECLARED = re.compile(rb"<\?xml[^>]*\bencoding\s*=")
_NO_POSTS = frozenset({"attachment", "nav_menu_item", "revision"})
"""Kinds of entry in a WordPress export that are not written by anyone."""


def is_feed(data: bytes) -> bool:
    """Whether a file begins as RSS or Atom."""
    head = data[:_HEAD_BYTES].replace(b"\0", b"")  # UTF-16 has a zero beside each letter
    return bool(_ROOT.search(re.sub(rb"<!--.*?-->|<\?.*?\?>", b"", head, flags=re.DOTALL)))


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the article of each entry. Raises NotAnArticleError for XML that is not a feed."""
    if not is_feed(data):
        raise NotAnArticleError("XML, but not RSS or Atom")
    entries, encoding = _entries(data)
    if not entries:
        raise NotAnArticleError("a feed without entries")
    for number, entry in enumerate(entries, 1):
        try:
            article = _article(name, number, entry)
            yield ReadArticle(number, replace(article, encoding=encoding))
        except ArticleError as error:
            yield Problem(f"{name}#{number}", f"entry {number}: {error}", quiet=False)
    if not _END.search(data[-_HEAD_BYTES:].replace(b"\0", b"")):
        raise ArticleError("a feed that is cut short; what there is of it was read")


def _entries(data: bytes) -> tuple[list[dict[str, Any]], str]:
    """Return the entries that someone wrote, in order, and the encoding if that was a guess."""
    import feedparser  # takes 150 ms to import

    encoding = ""
    if not _DECLARED.search(data[:_HEAD_BYTES]) and not is_wide(data):
        text, encoding = decode_file(data)
        data = text.encode()
    # A stream, because feedparser takes a string for an address and fetches it.
    try:
        feed = feedparser.parse(io.BytesIO(data), resolve_relative_uris=False, sanitize_html=False)
    except ValueError as error:  # from text that is in no encoding
        raise ArticleError("a feed that is too damaged to read") from error
    # As plain dictionaries, because feedparser's own give one date in place of another.
    entries = [dict(entry) for entry in feed.entries]
    return [entry for entry in entries if entry.get("wp_post_type") not in _NO_POSTS], encoding


def _article(name: str, number: int, entry: dict[str, Any]) -> Article:
    """Return the article of an entry. Raises ArticleError if it has no text."""
    texts = [content.get("value") or "" for content in entry.get("content", [])]
    text = clean(decoded(max([*texts, entry.get("summary") or ""], key=len)))
    if not text.strip():
        raise ArticleError("no text")
    return build_article(
        address_of({"url": entry.get("link")}) or f"{name}#{number}",
        text,
        title=decoded(entry.get("title") or ""),
        dated=_dated(entry, "published") or _dated(entry, "created") or _dated(entry, "updated"),
    )


def _dated(entry: dict[str, Any], key: str) -> Dated | None:
    """Return a day as it is written; one in a rare notation is the day in UTC."""
    if dated := dated_value(entry.get(key), "feed"):
        return dated
    moment = entry.get(f"{key}_parsed")
    return Dated(date(*moment[:3]), "feed") if moment else None
