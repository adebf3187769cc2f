"""PDF: the text of its pages, with the page of every citation.

Text comes from PDFium, in the order of reading. Pages that are pictures have none.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ...datatypes import Article
from ...errors import ArticleError
from ..build import HEADING_CHARACTERS, build_article
from ..clean import one_line
from ..dateline import date_in_name, date_near_top
from ..dates import Dated, parse_date
from ..found import EmptyFileError, Problem, ReadArticle
from .pdf_lines import Line, PdfFile
from .pdf_paragraphs import joined, paragraphs_of, usual_size, without_running

SUFFIXES = frozenset({".pdf"})
"""Suffixes of the format."""
SCAN_CHARACTERS = 20
"""Characters on an average page under which a file counts as pictures."""
HEADING_SIZE = 1.15
"""Size of a heading, in sizes of the usual type."""

_JUNK_TITLE = re.compile(
    r"""
      (?:untitled|unnamed|unknown|no[ ]title|title|document|dokument|print|layout)[\s\d_.-]*
    | .*\.(?:docx?|odt|rtf|txt|pdf|tex|dvi|ps|wpd|wps|indd|qx[dp]|pmd|pub|xlsx?|pptx?|html?|cdr|ai)
    | [^\w]*
    | .*[\\/][^ ]*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PROGRAM = re.compile(r"(?:Microsoft\s+)?(?:Word|PowerPoint|Excel|Publisher)\s*-\s*", re.IGNORECASE)
_PDF_DATE = re.compile(r"(?:D:)?((?:19|20)\d\d)(\d\d)(\d\d)")


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the article of a PDF, and a problem if some pages cannot be read.

    Raises ArticleError if it is encrypted, damaged, or has no text.
    """
    if not data:
        raise EmptyFileError("empty file")
    with PdfFile(data) as file:
        pages, unread = file.pages()
        title, created = file.metadata("Title"), file.metadata("CreationDate")
    characters = sum(len(line.text) for page in pages for line in page)
    if characters < SCAN_CHARACTERS * len(pages):
        raise ArticleError("no text: its pages are pictures, such as a scan; run OCR on it first")
    yield ReadArticle(None, _article(name, pages, title, created))
    if unread:
        numbers = ", ".join(map(str, unread[:10])) + (", …" if len(unread) > 10 else "")
        yield Problem(name, f"damaged: cannot read page {numbers}", quiet=False)


def _article(name: str, pages: Sequence[Sequence[Line]], title: str, created: str) -> Article:
    text, starts = joined(paragraphs_of(pages), len(pages))
    # A page that was printed or saved again was made on another day than it says at its top.
    dated = date_near_top(text) or date_in_name(name)
    dated = dated or Dated(_day(created), "PDF metadata", is_guess=True)
    return build_article(
        name,
        text,
        title=_sensible(title, text[: starts[1]] if len(starts) > 1 else text) or _heading(pages),
        dated=dated,
        pages=starts,
    )


def _sensible(title: str, first_page: str) -> str:
    """Return a title from the metadata, or nothing if it is a file name or a program's word."""
    found = _PROGRAM.sub("", one_line(title), count=1)
    if _JUNK_TITLE.fullmatch(found):
        return ""
    if " " not in found and found.casefold() not in first_page.casefold():
        return ""  # a name without spaces, such as that of a file
    return found


def _heading(pages: Sequence[Sequence[Line]]) -> str:
    """Return the largest heading of the first page; empty if no type is clearly larger."""
    lines = [line for line in without_running(pages)[0] if line.turn == 0]
    usual = usual_size([line for page in pages for line in page])
    large = max((line.size for line in lines if len(line.text) > 2), default=0.0)
    if large < HEADING_SIZE * usual:
        return ""
    words: list[str] = []
    for line in lines:
        if abs(line.size - large) <= 0.05 * large:
            words.append(line.text)
        elif words:
            break
    heading = one_line(" ".join(words))
    return heading if len(heading) <= HEADING_CHARACTERS else ""


def _day(created: str) -> date | None:
    """Return the day of a PDF date such as ``D:20220403193102+02'00'``; None without one."""
    found = _PDF_DATE.match(created.strip())
    return parse_date("-".join(found.groups())) if found else None
