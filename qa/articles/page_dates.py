"""When a web page was published: from what it says to machines, or else guessed from its text."""

from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec

from resiliparse.parse.html import ElementNode

from .dates import Dated, dated_value, parse_date
from .page import Page

META_NAMES = (
    *("article:published_time", "og:published_time", "datepublished", "article.published"),
    *("pubdate", "publishdate", "publish-date", "publish_date", "published", "date_published"),
    *("parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "rnews:datepublished"),
    *(
        "citation_publication_date",
        "citation_online_date",
        "citation_date",
        "prism.publicationdate",
    ),
    *("dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created"),
    *("dc.date", "dcterms.date", "date", "article:created", "displaydate"),
)
"""Names of ``<meta>`` that give the day of publication, the clearest first, in lower case."""

_JSON_KEYS = ("datePublished", "dateCreated", "uploadDate")
_PLACEHOLDER = date(1970, 1, 1)
"""What programs write for a date that they do not know."""


def page_date(page: Page) -> Dated | None:
    """Return the day of publication and what gives it, or None if the page gives none.

    A date in digits that can be read in two ways is what remains if nothing else gives a date.
    """
    undecided = None
    for source, values in (
        ("JSON-LD", _json_values(page)),
        ("meta tag", _meta_values(page)),
        ("itemprop", _property_values(page)),
        ("time tag", _time_values(page)),
    ):
        for value in values:
            found = dated_value(value, source)
            if found and found.day and found.day != _PLACEHOLDER:
                return found
            undecided = undecided or (found if found and found.day is None else None)
    return undecided or _guess(page.markup)


def _json_values(page: Page) -> Iterator[object]:
    """Yield the dates of JSON-LD, those of an article first."""
    for key in _JSON_KEYS:
        yield from (record[key] for record in page.records if key in record)


def _meta_values(page: Page) -> Iterator[str]:
    """Yield the dates of ``<meta>`` elements, the clearest name first."""
    yield from (page.metas[name] for name in META_NAMES if name in page.metas)


def _property_values(page: Page) -> Iterator[str]:
    """Yield the dates of elements that microdata mark as the day of publication."""
    for name in ("datePublished", "dateCreated"):
        for node in page.nodes(f'[itemprop~="{name}"]'):
            yield _written(node)


def _time_values(page: Page) -> Iterator[str]:
    """Yield the date of the ``<time>`` elements, if they all give the same one."""
    days = {parse_date(_written(node)): node for node in page.nodes("time")}
    if len(days) == 1:
        yield from (_written(node) for node in days.values())


def _written(node: ElementNode) -> str:
    """Return the date that an element gives in an attribute, or else in its text."""
    return node.getattr("content") or node.getattr("datetime") or (node.text or "").strip()


def _guess(markup: str) -> Dated | None:
    """Return the date that htmldate finds in the page; None without one or without htmldate."""
    if not find_spec("htmldate"):
        return None
    from htmldate import find_date

    day = parse_date(find_date(markup, extensive_search=False, original_date=True) or "")
    return Dated(day, "page", is_guess=True) if day else None
