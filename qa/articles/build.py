"""Making an article and its title, the same for all formats."""

import hashlib
import re
from collections.abc import Sequence

from ..datatypes import Article
from ..sentences import after_dateline, after_leading_date, sentence_bounds
from ..shorten import shorten
from .clean import one_line
from .dates import Dated, leading_date
from .naming import title_by_name

TITLE_CHARACTERS = 200
"""Longest title that is taken from a file."""
HEADING_CHARACTERS = 120
"""Longest first line that counts as a heading."""
SENTENCE_CHARACTERS = 80
"""Longest title that is made of the first sentence."""

_LOOKED_AT = 4_000
"""Code points at the start of a text that are searched for a title."""
_FIRST_LINE = re.compile(r"([^\n]+)\n[^\S\n]*\n")
_ITEM = re.compile(r"[-*+•‣–>] |\d{1,3}[.)] ")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")


def build_article(
    source: str,
    text: str,
    *,
    title: str = "",
    dated: Dated | None = None,
    first_line: int = 1,
    pages: Sequence[int] = (),
    lines: Sequence[tuple[int, int]] = (),
    encoding: str = "",
) -> Article:
    """Return the article of a cleaned text, its id empty.

    A missing title is taken from the text or the source's file name, a missing or guessed date from
    the text if that begins with one.
    The others are as in `Article`.
    """
    if (dated is None or not dated.day or dated.is_guess) and (first := leading_date(text)):
        dated = Dated(first, "first line")
    if dated is None or not (dated.day or dated.digits):
        dated = Dated(None, "")
    return Article(
        id="",
        title=shorten(one_line(title), TITLE_CHARACTERS) or title_of(text, source),
        source=source,
        published=dated.day,
        text=text,
        digest=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        first_line=first_line,
        pages=tuple(pages),
        lines=tuple(lines),
        dated=dated.source,
        is_date_guess=dated.is_guess,
        date_digits=dated.digits,
        encoding=encoding,
    )


def heading_of(text: str) -> str:
    """Return the first line of a cleaned text if it is a heading, otherwise an empty string."""
    found = _FIRST_LINE.match(text.lstrip()[:_LOOKED_AT])
    return one_line(found.group(1)) if found and _is_heading(found.group(1).strip()) else ""


def title_of(text: str, source: str = "") -> str:
    """Return the heading of a cleaned text, the name of its file, or else its first sentence."""
    if heading := heading_of(text):
        return heading
    if name := title_by_name(source):
        return shorten(name, TITLE_CHARACTERS)
    start = text.lstrip()[:_LOOKED_AT]
    rest = start[after_dateline(start) :]
    rest = rest if rest.strip() else start
    for first, last in sentence_bounds(rest)[:1]:
        return shorten(one_line(rest[first:last]), SENTENCE_CHARACTERS)
    return ""


def _is_heading(line: str) -> bool:
    """Whether a line followed by a blank line looks like a heading and not like a sentence."""
    return (
        len(line) <= HEADING_CHARACTERS
        and not after_leading_date(line)
        and not _ITEM.match(line)
        and not _SENTENCE_END.search(line)
        and len(sentence_bounds(line)) == 1
    )
