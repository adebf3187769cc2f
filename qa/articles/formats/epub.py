"""EPUB: the chapters in reading order, each under its title, as one article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from ...errors import ArticleError
from ..clean import one_line
from ..dates import parse_date
from ..found import Problem, ReadArticle
from ..markup import markup_text
from .blocks import Block, Properties, make_article
from .html import decode_page
from .package import Package, attribute, children, resolve, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SUFFIXES = frozenset({".epub"})
"""The suffix of books."""
HEADING_CHARACTERS = 500
"""Number of characters at the start of a chapter in which its title is looked for."""

_FONT_ALGORITHMS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways to scramble fonts, which need no key."""
_TEXT_KINDS = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_CLOSED = re.compile(r"<(title|script|style|textarea|iframe)\b([^<>]{0,1000})/>", re.IGNORECASE)
"""Tags that XHTML may close at once; read as HTML, they would swallow the chapter."""
_NOTE_MARK = re.compile(
    r"<a\b[^<>]{0,1000}\b(?:noteref|doc-backlink|footnote-back)\b[^<>]{0,1000}>.{0,200}?</a>",
    re.DOTALL | re.IGNORECASE,
)
"""The number of a note in the text, and the arrow that leads back to it."""


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the book as one article. Raises ArticleError if it cannot be read."""
    package = Package(data, ".epub")
    _refuse_encrypted(package)
    container = package.tree("META-INF/container.xml")
    roots = [] if container is None else [*container.iter("{*}rootfile")]
    path = next((attribute(root, "full-path") for root in roots), "")
    book = package.tree(path)
    if book is None:
        raise ArticleError("no book inside")
    items = _items(path, book)
    labels = _labels(package, items)
    blocks = [
        block
        for part in _reading_order(path, book, items)
        for block in _chapter(package, part, labels.get(part, ""))
    ]
    properties = Properties(text_of(book, "title"), _published(book))
    yield ReadArticle(None, make_article(name, [blocks], properties))


def _refuse_encrypted(package: Package) -> None:
    """Raise ArticleError if more than fonts is encrypted."""
    root = package.tree("META-INF/encryption.xml")
    for method in () if root is None else root.iterfind("{*}EncryptedData/{*}EncryptionMethod"):
        if attribute(method, "Algorithm") not in _FONT_ALGORITHMS:
            raise ArticleError("encrypted (DRM): only the shop's own programs can read it")


def _items(path: str, book: Element) -> Mapping[str, tuple[str, str, str]]:
    """Return name, media type and properties of each part of the book, by its id."""
    return {
        attribute(item, "id"): (
            resolve(path, attribute(item, "href")),
            attribute(item, "media-type"),
            attribute(item, "properties"),
        )
        for item in book.iter("{*}item")
    }


def _reading_order(
    path: str, book: Element, items: Mapping[str, tuple[str, str, str]]
) -> Iterator[str]:
    """Yield the names of the chapters, but not of the table of contents."""
    contents = {part for part, _, properties in items.values() if "nav" in properties.split()}
    contents |= {
        resolve(path, attribute(reference, "href"))
        for reference in book.iter("{*}reference")
        if attribute(reference, "type") == "toc"
    }
    for itemref in book.iter("{*}itemref"):
        part, kind, _ = items.get(attribute(itemref, "idref"), ("", "", ""))
        if kind in _TEXT_KINDS and part not in contents:
            yield part


def _labels(package: Package, items: Mapping[str, tuple[str, str, str]]) -> Mapping[str, str]:
    """Return the title of each chapter that the table of contents names, by its part."""
    labels: dict[str, str] = {}
    for part, kind, properties in items.values():
        is_page = "nav" in properties.split()
        if not is_page and kind != "application/x-dtbncx+xml":
            continue
        try:
            root = package.tree(part)
        except ArticleError:
            continue  # the book can be read without its contents
        for entry in () if root is None else root.iter("{*}a" if is_page else "{*}navPoint"):
            label = "".join(map(str, entry.itertext())) if is_page else text_of(entry, "text")
            target = attribute(entry, "href") if is_page else _target(entry)
            labels.setdefault(resolve(part, target), one_line(label))
    return labels


def _target(entry: Element) -> str:
    """Return where an entry of an NCX table of contents leads to."""
    return next((attribute(content, "src") for content in children(entry, "content")), "")


def _chapter(package: Package, part: str, title: str) -> Iterator[Block]:
    """Yield the title of a chapter, if the chapter does not show it, and its text."""
    markup = _CLOSED.sub(r"<\1\2></\1>", decode_page(package.read(part)).text)
    text = markup_text(_NOTE_MARK.sub("", markup))
    if title.casefold() not in one_line(text[:HEADING_CHARACTERS]).casefold():
        yield Block(title)
    yield Block(text)


def _published(book: Element) -> date | None:
    """Return the day on which the book, often an old one, was published in this form.

    The dates of other events, such as a conversion, do not count.
    """
    found = [
        parse_date(element.text)
        for element in book.iter("{*}date")
        if attribute(element, "event") in ("", "publication")
    ]
    return next((day for day in found if day), None)
