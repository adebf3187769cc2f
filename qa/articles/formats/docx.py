"""DOCX: paragraphs and tables in order, then the notes; no headers, comments or deleted text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ...errors import ArticleError
from ..dates import parse_date
from ..found import Problem, ReadArticle
from .blocks import TABLE_END, Block, Properties, Role, make_article, table_row
from .package import Package, attribute, children, descendants, local, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SUFFIXES = frozenset({".docx", ".docm", ".dotx", ".dotm", ".doc", ".dot"})
"""Suffixes of documents and templates; the two last for old files, which are named, not read."""

_SKIPPED = frozenset(
    {
        *("del", "moveFrom"),  # tracked changes: what is no longer there
        "Fallback",  # the same again, for older programs
        *("instrText", "rt"),  # field codes; the pronunciation above a word
        *("pPr", "rPr", "sectPr", "sdtPr", "tblPr", "tblGrid", "trPr", "tcPr"),
    }
)
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OFF = ("0", "false", "off")
_TEMPLATE_DATES = ("2013-12-23T23:15:00Z", "2013-01-27T09:14:16Z")
"""The dates in the templates of python-docx and python-pptx, which stay in what these write."""


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the one article of a file. Raises ArticleError if it cannot be read."""
    package = Package(data, ".docx")
    main = next(package.related("", "officeDocument"), "word/document.xml")
    root = package.tree(main)
    body = None if root is None else next(children(root, "body"), None)
    if body is None:
        raise ArticleError("no Word document inside")
    styles = _styles(package, main)
    blocks = [*_blocks(body, styles), *_notes(package, main, styles)]
    yield ReadArticle(None, make_article(name, [blocks], office_properties(package)))


def office_properties(package: Package) -> Properties:
    """Return the title and the day of creation that an Office package states."""
    root = package.tree(next(package.related("", "core-properties"), ""))
    created = text_of(root, "created")
    day = None if created in _TEMPLATE_DATES else parse_date(created)
    return Properties(text_of(root, "title"), day)


def _styles(package: Package, main: str) -> Mapping[str, str]:
    """Return the English name of each paragraph style, in lower case, by its id."""
    root = package.tree(next(package.related(main, "styles"), ""))
    return {
        attribute(style, "styleId"): attribute(name, "val").lower()
        for style in (() if root is None else children(root, "style"))
        for name in children(style, "name")
    }


def _notes(package: Package, main: str, styles: Mapping[str, str]) -> Iterator[Block]:
    """Yield the footnotes and endnotes; those with a type are lines and notices of Word's own."""
    for kind in ("footnote", "endnote"):
        root = package.tree(next(package.related(main, f"{kind}s"), ""))
        for note in () if root is None else children(root, kind):
            if attribute(note, "type") in ("", "normal"):
                yield from _blocks(note, styles)


def _blocks(container: Element, styles: Mapping[str, str]) -> Iterator[Block]:
    """Yield the paragraphs and table rows of a body, a cell, a note or a text box."""
    for child in container:
        name = local(child)
        if name == "p":
            yield from _paragraph(child, styles)
        elif name == "tbl":
            for row in descendants(child, "tr", _SKIPPED):
                if not _is_deleted(row):
                    cells = descendants(row, "tc", _SKIPPED)
                    yield from table_row([*_blocks(cell, styles)] for cell in cells)
            yield TABLE_END
        elif name not in _SKIPPED:
            yield from _blocks(child, styles)


def _paragraph(paragraph: Element, styles: Mapping[str, str]) -> Iterator[Block]:
    """Yield a paragraph, then those of the text boxes in it; nothing for a line of contents."""
    style = _style(paragraph, styles)
    if style.startswith("toc "):
        return
    boxes: list[Element] = []
    text = "".join(_characters(paragraph, boxes))
    if style == "title":
        yield Block(text, Role.TITLE)
    else:
        yield Block(text, Role.HEADING if style.startswith("heading") else Role.TEXT)
    for box in boxes:
        yield from _blocks(box, styles)


def _is_deleted(row: Element) -> bool:
    """Whether a tracked change has removed a table row."""
    return any(True for mark in children(row, "trPr") for _ in children(mark, "del"))


def _style(paragraph: Element, styles: Mapping[str, str]) -> str:
    """Return the name of a paragraph's style, in lower case; empty if it has none."""
    for properties in children(paragraph, "pPr"):
        for style in children(properties, "pStyle"):
            identifier = attribute(style, "val")
            return styles.get(identifier, identifier.lower())
    return ""


def _characters(element: Element, boxes: list[Element]) -> Iterator[str]:
    """Yield the pieces of a paragraph's text; text boxes in it are added to ``boxes``."""
    for child in element:
        name = local(child)
        if name == "t":
            yield child.text or ""
        elif name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name == "txbxContent":
            boxes.append(child)
        elif name not in _SKIPPED and not (name == "r" and _is_hidden(child)):
            yield from _characters(child, boxes)


def _is_hidden(run: Element) -> bool:
    """Whether a run of characters is formatted as hidden text."""
    return any(
        attribute(mark, "val") not in _OFF
        for properties in children(run, "rPr")
        for mark in children(properties, "vanish")
    )
