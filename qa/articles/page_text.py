"""Web pages → the text of their article, without menus, comments and advertisements.

trafilatura, if it is installed, finds the text of most pages best. resiliparse, which is always
there, takes a tenth of its time, and the pages that lxml cannot hold or trafilatura finds nothing
in. Neither knows a language.
"""

import re
from importlib.util import find_spec
from typing import Any

from resiliparse.extract.html2text import extract_plain_text

from .markup import tidy
from .page import Page
from .tables import named_lines

SLOW_CHARACTERS = 8_000_000
"""Markup above which trafilatura, which takes 3 s for as much, is not asked."""
SLOW_LINKS = 20_000
"""Links above which it is not asked; it takes quadratic time for links in one place."""
CELL_CHARACTERS = 120
"""Longest cell of a table of data."""
SLOW_LEVELS = 2_000
"""Nested elements above which resiliparse, which takes quadratic time, takes the whole page."""

_BREAKS = {
    **dict.fromkeys(("head", "p", "quote", "code", "list", "table", "div", "main"), "\n"),
    **dict.fromkeys(("item", "row"), "\v"),
    "lb": "\v",
    "cell": " ",
}
"""What stands before and after an element of trafilatura's result: a paragraph, a line, a space."""
_PARAGRAPH = "\ufdd0"
"""What is written between two line breaks, of which trafilatura would drop one; no character."""
_GAP = re.compile(r"[ \n\v\ufdd0]*[\n\v\ufdd0][ \n\v\ufdd0]*")
_NESTING_TAG = re.compile(
    r"<(/?)(?:a(?:rticle|side)?|b(?:lockquote)?|center|dl|div|em|i|main|nav|[ou]l|section|span"
    r"|strong|table)\b",
    re.IGNORECASE,
)
_TWO_BREAKS = re.compile(r"<br\s*/?>(?:\s*<br\s*/?>)+", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def page_text(page: Page) -> str:
    """Return the article's text, a blank line between paragraphs; empty if the page has none."""
    is_slow = len(page.markup) > SLOW_CHARACTERS or page.markup.count("<a ") > SLOW_LINKS
    text = _by_trafilatura(page.markup) if not is_slow and find_spec("trafilatura") else ""
    if not text and _levels(page.markup) <= SLOW_LEVELS:
        text = _by_resiliparse(page, True)
    return text or _by_resiliparse(page, False)


def _by_trafilatura(markup: str) -> str:
    """Return the text that trafilatura finds; empty if there is none or it cannot see it all."""
    import trafilatura
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    markup = _TWO_BREAKS.sub(f"<br>{_PARAGRAPH}<br>", markup)
    try:
        page = html.document_fromstring(markup.encode("utf-8"), parser=parser)
    except etree.LxmlError:  # nothing but comments
        return ""
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        return ""  # lxml leaves out what is below 256 levels
    found = trafilatura.bare_extraction(page, include_comments=False)
    body = getattr(found, "body", None)
    return "" if body is None else tidy(_GAP.sub(_gap, "".join(_pieces(body))))


def _by_resiliparse(page: Page, is_main_only: bool) -> str:
    """Return the text of the main content that resiliparse finds, or of the whole page."""
    text = extract_plain_text(
        page.tree,
        main_content=is_main_only,
        list_bullets=False,
        alt_texts=False,
        comments=False,
        post_meta=False,
    )
    return tidy(text)


def _levels(markup: str) -> int:
    """Return how deep the elements are nested that have to be closed, roughly."""
    level = deepest = 0
    for tag in _NESTING_TAG.finditer(markup):
        level += -1 if tag.group(1) else 1
        deepest = max(deepest, level)
    return deepest


def _pieces(element: Any) -> list[str]:
    """Return the text of an element and of what it holds, with the breaks around the blocks."""
    if element.tag == "table" and (lines := _table(element)):
        return ["\n", "\v".join(lines), "\n"]
    gap = _BREAKS.get(element.tag, "")
    pieces = [gap, _SPACES.sub(" ", element.text or "")]
    for child in element:
        pieces += _pieces(child) if isinstance(child.tag, str) else []
        pieces.append(_SPACES.sub(" ", child.tail or ""))
    return [*pieces, gap]


def _table(element: Any) -> list[str]:
    """Return the rows of a table with named columns; none for any other table, as for layout."""
    cells = [[*row.iter("cell")] for row in element.iter("row")]
    rows = [[_SPACES.sub(" ", "".join(cell.itertext())).strip() for cell in row] for row in cells]
    if not any(map(any, rows)) or element.find(".//table") is not None:
        return []
    if len(rows) < 2 or any(len(cell) > CELL_CHARACTERS for row in rows for cell in row):
        return []
    has_names = len(cells[0]) > 1 and all(cell.get("role") == "head" for cell in cells[0])
    return named_lines(rows, has_names=has_names)


def _gap(found: re.Match[str]) -> str:
    """Return what stands for a run of breaks: a blank line if one of them ends a paragraph."""
    breaks = found.group()
    return "\n\n" if "\n" in breaks or _PARAGRAPH in breaks else "\n"
