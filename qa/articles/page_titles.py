"""The headline of a web page, without the name of its site."""

import re

from .clean import one_line
from .page import Page

SITE_NAMES = ("og:site_name", "application-name", "publisher", "dc.publisher")
"""Names of ``<meta>`` that give the name of the site, in lower case."""

_GAP = re.compile(r"\s+(?:[-–—·•:»«›‹<>/~]|::|--|\|\|)\s+|\s*[|｜]\s*")
"""What stands between a headline and the name of a site."""
_TIGHT_GAP = re.compile(r"[-–—_·]")
"""What does so without spaces, in Chinese for example, and inside of words as well."""
_TITLE_CHARACTERS = 1_000
_HOST = re.compile(r"(?:https?:)?//(?:www\.)?([^/?#:]+)", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[\W_]+")


def page_title(page: Page) -> str:
    """Return the headline; empty if the page has none.

    The name of the site is left out of a title where that is certain: the page gives that name, or
    it is in the page's address, or what stands before it is a heading of the page.
    """
    headings = _headings(page)
    headline = next((_string(record.get("headline")) for record in page.records[:1]), "")
    names = {_letters(page.metas.get(name, "")) for name in SITE_NAMES} - {""}
    for title in (page.metas.get("og:title", ""), one_line(page.tree.title or ""), headline):
        if title:
            shown = title[:_TITLE_CHARACTERS]
            return _without_site(shown, names, _hosts(page), {*headings, headline})
    return headings[0] if headings else ""


def _without_site(title: str, names: set[str], hosts: set[str], headlines: set[str]) -> str:
    """Return the title without the site's name before or after it, if that is certain."""
    folded = {headline.casefold() for headline in headlines}
    sites = names | hosts
    for gap in _GAP.finditer(title):
        before, after = title[: gap.start()], title[gap.end() :]
        if before and before.casefold() in folded:
            return before
        if after and _letters(before) in sites:
            return after
        # A section of the site may follow its name: "CNN Politics".
        if before and (_letters(after) in sites or _letters(after).startswith(tuple(names))):
            return before
    for gap in _TIGHT_GAP.finditer(title):
        if gap.start() and _letters(title[gap.end() :]) in sites:
            return title[: gap.start()].strip()
    return title


def _letters(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return _NOT_LETTERS.sub("", text.casefold())


def _hosts(page: Page) -> set[str]:
    """Return the page's host and its name without ``www`` and what follows a dot, as letters."""
    links = page.nodes('link[rel="canonical"]')[:1]
    addresses = (page.metas.get("og:url", ""), *(link.getattr("href") or "" for link in links))
    hosts = [found.group(1) for address in addresses if (found := _HOST.match(address))]
    return {_letters(name) for host in hosts for name in (host, host.partition(".")[0])} - {""}


def _headings(page: Page) -> list[str]:
    """Return the texts of the headings that are not empty, the main ones first."""
    nodes = [node for name in ("h1", "h2") for node in page.nodes(name)]
    headings = [one_line(node.text or "") for node in nodes]
    return [heading for heading in headings if heading]


def _string(value: object) -> str:
    """Return a string in one line; empty if it is none."""
    return one_line(value) if isinstance(value, str) else ""
