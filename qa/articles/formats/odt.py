"""ODT, ODP and ODS: text, slides and sheets of OpenDocument, each note after its paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ...errors import ArticleError
from ..dates import parse_date
from ..found import Problem, ReadArticle
from .blocks import TABLE_END, Block, Properties, Role, make_article, table_row
from .package import Package, attribute, children, descendants, local, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SUFFIXES = frozenset({".odt", ".ott", ".odp", ".otp", ".ods", ".ots"})
"""Suffixes of text documents, presentations, spreadsheets, and of their templates."""

_KINDS = ("text", "presentation", "spreadsheet")
_PAGES = {"presentation": "page", "spreadsheet": "table"}
_SKIPPED = frozenset(
    {
        *("tracked-changes", "annotation", "forms", "settings", "event-listeners"),
        *("note-citation", "ruby-text"),  # the number of a note; the pronunciation above a word
        *("table-of-content", "alphabetical-index", "illustration-index", "table-index"),
        *("title", "desc"),  # what stands for a picture
        *("binary-data", "header", "footer", "date-time"),
    }
)
_CHARACTERS = {"tab": "\t", "line-break": "\n"}
_APART = frozenset({"note-body", "text-box", "p", "h", "list", "table"})
"""What stands in a paragraph and is none of its text: notes, text boxes, the text of shapes."""
_SPACE = re.compile(r"\s+")
_MOST_SPACES = 100


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the one article of a file. Raises ArticleError if it cannot be read."""
    package = Package(data, ".odt")
    if b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise ArticleError("protected by a password; save it without one")
    root = package.tree("content.xml")
    bodies = [] if root is None else [*children(root, "body")]
    found = [element for body in bodies for element in body if local(element) in _KINDS]
    if root is None or not found:
        raise ArticleError("no text, presentation or spreadsheet inside")
    titles = _title_styles(root)
    page = _PAGES.get(local(found[0]))
    parts = [*children(found[0], page)] if page else [found[0]]
    pages = [[*_blocks(part, titles)] for part in parts]
    meta = package.tree("meta.xml")
    created = parse_date(text_of(meta, "creation-date"))
    yield ReadArticle(None, make_article(name, pages, Properties(text_of(meta, "title"), created)))


def _title_styles(root: Element) -> frozenset[str]:
    """Return the names of the paragraph styles that stand for the title."""
    return frozenset({"Title"}) | {
        attribute(style, "name")
        for styles in children(root, "automatic-styles")
        for style in children(styles, "style")
        if attribute(style, "parent-style-name") == "Title"
    }


def _blocks(elements: Iterable[Element], titles: frozenset[str]) -> Iterator[Block]:
    """Yield the paragraphs, headings and table rows of a body, a cell, a slide or a text box."""
    for child in elements:
        name = local(child)
        if name in ("p", "h"):
            yield from _paragraph(child, titles)
        elif name == "table-row":
            cells = descendants(child, "table-cell", _SKIPPED)
            yield from table_row([*_blocks(cell, titles)] for cell in cells)
        elif attribute(child, "class") == "title":
            yield from (Block(block.text, Role.HEADING) for block in _blocks(child, titles))
        elif name not in _SKIPPED:
            yield from _blocks(child, titles)
            if name == "table":
                yield TABLE_END


def _paragraph(paragraph: Element, titles: frozenset[str]) -> Iterator[Block]:
    """Yield a paragraph, then what stands apart in it: notes and text boxes."""
    apart: list[Element] = []
    text = "".join(_characters(paragraph, apart))
    if attribute(paragraph, "style-name") in titles:
        yield Block(text, Role.TITLE)
    else:
        yield Block(text, Role.HEADING if local(paragraph) == "h" else Role.TEXT)
    yield from _blocks(apart, titles)


def _characters(element: Element, apart: list[Element]) -> Iterator[str]:
    """Yield the pieces of a paragraph's text; white space counts once, but for `text:s`."""
    yield _SPACE.sub(" ", element.text or "")
    for child in element:
        name = local(child)
        if name == "s":
            count = attribute(child, "c")
            yield " " * (min(int(count), _MOST_SPACES) if count.isdecimal() else 1)
        elif name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name in _APART:
            apart.append(child)
        elif name and name not in _SKIPPED:
            yield from _characters(child, apart)
        yield _SPACE.sub(" ", child.tail or "")
