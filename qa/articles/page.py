"""A parsed web page and what it says about itself: ``<meta>`` elements and JSON-LD."""

import json
from collections.abc import Iterator
from functools import cached_property

from resiliparse.parse.html import ElementNode, HTMLTree

from ..errors import ArticleError
from .clean import one_line

MOST_NODES = 500
"""Elements of one kind that are looked at; no page has more that say something about itself."""

_ATTRIBUTES = ("property", "name", "itemprop", "http-equiv")
_LEAST_TYPES = frozenset({"WebPage", "WebSite", "ImageObject", "VideoObject", "Comment"})
_MOST_LEVELS = 8


class Page:
    """A web page. Raises ArticleError if it cannot be parsed."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        try:
            self.tree = HTMLTree.parse(markup)
        except ValueError as error:
            raise ArticleError("a web page too broken to read") from error

    def nodes(self, selector: str) -> tuple[ElementNode, ...]:
        """Return the first elements that match a CSS selector, up to `MOST_NODES`."""
        document = self.tree.document
        found = document.query_selector_all(selector) if document else ()
        return tuple(found[:MOST_NODES])  # going through a collection takes quadratic time

    @cached_property
    def metas(self) -> dict[str, str]:
        """The contents of ``<meta>`` elements by their name, in lower case; the first counts."""
        contents: dict[str, str] = {}
        for meta in self.nodes("meta[content]"):
            for attribute in _ATTRIBUTES:
                name = (meta.getattr(attribute) or "").strip().lower()
                contents.setdefault(name, one_line(meta.getattr("content") or ""))
        return contents

    @cached_property
    def records(self) -> list[dict[str, object]]:
        """The JSON-LD records: articles first, and last what is around or inside of one."""
        records: list[dict[str, object]] = []
        for script in self.nodes('script[type="application/ld+json"]'):
            try:
                records += _records(json.loads(script.text or "", strict=False), 0)
            except (ValueError, RecursionError):
                continue  # many a page writes JSON that is none
        return sorted(records, key=_rank)


def _records(value: object, level: int) -> Iterator[dict[str, object]]:
    """Yield the objects in a JSON value, the outer ones first."""
    if level > _MOST_LEVELS:
        return
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _records(one, level + 1)


def _rank(record: dict[str, object]) -> int:
    """Return 0 for an article, 1 for what may be one, 2 for what is around or inside of one."""
    kinds = record.get("@type")
    names = {str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])}
    if any(name.endswith(("Article", "Posting", "Report")) for name in names):
        return 0
    return 2 if names & _LEAST_TYPES else 1
