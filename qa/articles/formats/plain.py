"""Plain text: the whole file is the article, without what is no text in it.

Words that a line end cuts are made whole, page breaks are taken out of sentences, and tags,
entities, files in base64 and marks of quotation go. The lines keep their numbers in the file.
"""

import re
from collections.abc import Sequence

from ..clean import clean
from ..hyphens import LINE_END, Hyphens
from ..inline import PARAGRAPH, is_html, without_data, without_entities, without_tags
from ..numbered import Numbered
from .rows import Row, rows_of, with_whole_words, without_page_breaks

_MAY_HAVE_PAGES = re.compile(r"\f|\n[^\S\n]*\n[^\n]{1,60}\n[^\S\n]*\n")
"""Matches a form feed, or a short line that stands alone, as page numbers do."""

_QUOTED = re.compile(r"^(?:> ?)+")


def plain_lines(text: str) -> list[Numbered]:
    """Return the cleaned lines of a decoded text that has ``\\n`` at the end of each line."""
    lines = _whole_lines(text)
    before = "\n".join(line for _, line in lines)
    plain = without_data(before)
    if is_html(plain):
        plain = without_tags(plain)
    plain = without_entities(plain)
    return [
        (number, part)
        for (number, _), line in zip(lines, plain.split("\n"), strict=True)
        for part in _QUOTED.sub("", line, count=1).replace(PARAGRAPH, "\n\n").split("\n")
    ]


def _whole_lines(text: str) -> Sequence[Numbered]:
    """Return the cleaned lines, with words and sentences whole that line or page ends cut."""
    is_cut = bool(LINE_END.search(text))
    if not is_cut and not _MAY_HAVE_PAGES.search(text):
        return list(enumerate(clean(text).split("\n"), start=1))
    rows: list[Row] = without_page_breaks(rows_of(text))
    if is_cut:
        rows = with_whole_words(rows, Hyphens(text))
    return [(row.line, clean(row.text)) for row in rows]
