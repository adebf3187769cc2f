"""Plain text: the whole file is the article.

Words that a line end cuts are made whole, and page breaks are taken out of sentences. The lines are
numbered as in the file.
"""

import re

from ...datatypes import Article
from ..build import build_article
from ..clean import clean, with_line_ends
from ..hyphens import LINE_END, Hyphens
from .rows import Row, joined_rows, rows_of, with_whole_words, without_page_breaks

_MAY_HAVE_PAGES = re.compile(r"\f|\n[^\S\n]*\n[^\n]{1,60}\n[^\S\n]*\n")
"""Matches a form feed, or a short line that stands alone, as page numbers do."""


def read(source: str, text: str) -> Article:
    """Return the article of a decoded file; a ``date …`` line stays in the text."""
    text = with_line_ends(text)
    is_cut = bool(LINE_END.search(text))
    if not is_cut and not _MAY_HAVE_PAGES.search(text):
        return build_article(source, clean(text))
    rows: list[Row] = without_page_breaks(rows_of(text))
    if is_cut:
        rows = with_whole_words(rows, Hyphens(text))
    whole, lines = joined_rows(rows)
    return build_article(source, whole, lines=lines)
