"""EPUB: the chapters in reading order, each under its title, as one article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from ...errors import ArticleError
from ..clean import one_line
from ..dates import parse_date
from ..decode import decode
from ..found import Problem, ReadArticle
from ..markup import markup_text
from .blocks import Block, Properties, Role, make_article
from .package import Package, attribute, children, local, resolve, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SUFFIXES = frozenset({".epub"})
"""The suffix of books."""

_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_FONT_ALGORITHMS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways to scramble fonts, which need no password."""
_HEAD = re.compile(r"<head\b.*?</head>", re.DOTALL | re.IGNORECASE)
_PARAGRAPHS = re.compile(r"\n\s*\n")


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
    blocks = [block for part, title in _chapters(package, path, book) for block in _chapter(package, part, title)]
    published = _published(book)
    properties = Properties(text_of(book, "title"), published, "book", is_date_guess=False)
    yield ReadArticle(None, make_article(name, [blocks], properties))
