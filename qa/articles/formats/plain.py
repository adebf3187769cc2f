"""Plain text: the whole file is the article, without what is no text in it.

Tags of HTML, entities, files in base64 and marks of quotation are markup. Words that a line end
cuts are made whole, and page breaks are taken out of sentences. Lines are numbered as in the file.
"""

import re
from dataclasses import replace

from ..clean import clean
from ..hyphens import LINE_END, Hyphens
from ..inline import PARAGRAPH, is_html, without_data, without_entities, without_tags
from ..numbered import joined
from .rows import joined_rows, rows_of, with_whole_words, without_page_breaks

_MAY_HAVE_PAGES = re.compile(r"\f|\n[^\S\n]*\n[^\n]{1,60}\n[^\S\n]*\n")
"""Matches a form feed, or a short line that stands alone, as page numbers do."""
_QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)


def plain_text(text: str, first_line: int = 1) -> tuple[str, int, list[tuple[int, int]]]:
    """Return the cleaned text, the line of the file where it begins, and where lines jump.

    The given text is decoded and not yet cleaned; its first line has this number in the file.
    """
    plain = _without_markup(text)
    is_cut = bool(LINE_END.search(plain))
    may_have_pages = bool(_MAY_HAVE_PAGES.search(plain))
    if plain == text and not is_cut and not may_have_pages:
        return clean(text), first_line, []
    rows = [replace(row, line=row.line + first_line - 1) for row in rows_of(plain)]
    if is_cut or may_have_pages:
        rows = without_page_breaks(rows)
    if is_cut:
        rows = with_whole_words(rows, Hyphens(plain))
    if plain == text:
        whole, jumps = joined_rows(rows, first_line)
        return whole, first_line, jumps
    return joined(
        (row.line, part) for row in rows for part in row.text.replace(PARAGRAPH, "\n\n").split("\n")
    )


def _without_markup(text: str) -> str:
    """Return the text, with all its newlines, without what is markup in it."""
    plain = without_data(text)
    if is_html(plain):
        plain = without_tags(plain)
    return _QUOTED.sub("", without_entities(plain))
