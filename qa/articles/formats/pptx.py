"""PPTX: the slides in order, each a page: text, tables and diagrams, then the speaker's notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...errors import ArticleError
from ..found import Problem, ReadArticle
from .blocks import TABLE_END, Block, Role, make_article, table_row
from .docx import office_properties
from .package import Package, attribute, children, descendants, local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SUFFIXES = frozenset({".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm", ".ppt", ".pps"})
"""Suffixes of presentations; the two last for old files, which are named, not read."""

_SKIPPED = frozenset({"Fallback", "pPr", "rPr", "endParaRPr", "tblPr", "tblGrid", "tcPr"})
_CHARACTERS = {"tab": "\t", "br": "\n"}
_ON_EVERY_SLIDE = frozenset({"dt", "ftr", "hdr", "sldNum", "sldImg"})
"""Placeholders of date, foot, head, number and picture of a slide."""
_TITLES = frozenset({"title", "ctrTitle"})


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the one article of a file. Raises ArticleError if it cannot be read."""
    package = Package(data, ".pptx")
    main = next(package.related("", "officeDocument"), "ppt/presentation.xml")
    root = package.tree(main)
    if root is None or local(root) != "presentation":
        raise ArticleError("no presentation inside")
    links = package.relationships(main)
    slides = [
        links[str(identifier)].target
        for slide in descendants(root, "sldId", _SKIPPED)
        for key, identifier in slide.items()
        if str(key).endswith("}id") and identifier in links
    ]
    pages = [[*_slide(package, slide)] for slide in slides]
    yield ReadArticle(None, make_article(name, pages, office_properties(package)))


def _slide(package: Package, slide: str) -> Iterator[Block]:
    """Yield the blocks of a slide, of its diagrams and of its notes."""
    links = package.relationships(slide).values()
    for kind in ("", "diagramData", "notesSlide"):
        for part in [link.target for link in links if link.kind == kind] if kind else [slide]:
            root = package.tree(part)
            if root is not None:
                yield from _blocks(root, Role.TEXT)


def _blocks(element: Element, role: Role) -> Iterator[Block]:
    """Yield the paragraphs and table rows in an element."""
    for child in element:
        name = local(child)
        if name == "sp":
            place = _placeholder(child)
            if place not in _ON_EVERY_SLIDE:
                yield from _blocks(child, Role.HEADING if place in _TITLES else Role.TEXT)
        elif name == "p":
            yield Block("".join(_characters(child)), role)
        elif name == "tr":
            cells = descendants(child, "tc", _SKIPPED)
            yield from table_row([*_blocks(cell, role)] for cell in cells)
        elif name not in _SKIPPED:
            yield from _blocks(child, role)
            if name == "tbl":
                yield TABLE_END


def _placeholder(shape: Element) -> str:
    """Return which placeholder of the layout a shape fills; empty if it fills none."""
    for properties in children(shape, "nvSpPr"):
        for place in descendants(properties, "ph", _SKIPPED):
            return attribute(place, "type")
    return ""


def _characters(element: Element) -> Iterator[str]:
    """Yield the pieces of a paragraph's text."""
    for child in element:
        name = local(child)
        if name == "t":
            yield child.text or ""
        elif name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name not in _SKIPPED:
            yield from _characters(child)
