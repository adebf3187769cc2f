"""RTF: paragraphs and table rows, by striprtf; no headers, footnotes or pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from ...errors import ArticleError
from ..dates import parse_date
from ..found import EmptyFileError, Problem, ReadArticle
from .blocks import Block, Properties, make_article, table_row

SUFFIXES = frozenset({".rtf"})
"""The suffix; word processors also write RTF under ``.doc``."""

_CELL_END = "\ue000"
_LINE_END = "\ue001"
_CELL = re.compile(r"\\(?:nest)?cell(?![a-z]) ?")
_LAST_IN_CELL = re.compile(r"\\par(?![a-z])(\s{0,2}\}{0,4}\s{0,2}\\(?:nest)?cell(?![a-z]))")
_ROW = re.compile(r"\\nestrow(?![a-z]) ?")
_LINE = re.compile(r"\\line(?![a-z]) ?")
_RAW = re.compile("[\x80-\xff]")
_BINARY = re.compile(rb"\\bin(\d{1,9}) ?")
_TITLE = re.compile(r"\{\\title ([^{}]{1,2000})\}")
_CREATED = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_CODE_PAGE = re.compile(r"\\ansicpg\d{1,5}")
_INFO_CHARACTERS = 1_000_000
"""Where a file states its title and date: after its fonts and styles, which can be long."""


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the one article of a file. Raises ArticleError if it cannot be read."""
    if not data.strip():
        raise EmptyFileError("empty file")
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ArticleError("not an RTF file")
    markup = _RAW.sub(_escaped, _without_binary(data).decode("latin-1"))
    pages = [_blocks(_text(markup))]
    try:
        yield ReadArticle(None, make_article(name, pages, _properties(markup)))
    except EmptyFileError as error:
        raise ArticleError("no text found in it; save it as .docx or .txt") from error


def _without_binary(data: bytes) -> bytes:
    """Return the file without pictures in bytes, whose length precedes them."""
    pieces = []
    start = 0
    for found in _BINARY.finditer(data):
        if found.start() >= start:
            pieces.append(data[start : found.start()])
            start = found.end() + int(found[1])
    return b"".join([*pieces, data[start:]])


def _escaped(character: re.Match[str]) -> str:
    """Return a byte that is not ASCII as RTF escapes it, so that the code page decides on it."""
    return f"\\'{ord(character[0]):02x}"


def _text(markup: str) -> str:
    """Return the text, a line for each paragraph or row. Raises ArticleError for damaged RTF.

    striprtf writes ``|`` after a cell and a line end for a line break inside a paragraph, so marks
    take their place first. It also writes the address of a link into the text, and takes quadratic
    time to find it, so the instructions of fields get another word that it leaves out.
    """
    from striprtf.striprtf import rtf_to_text

    markup = _CELL.sub(_CELL_END, _LAST_IN_CELL.sub(r"\1", markup))
    markup = _LINE.sub(_LINE_END, _ROW.sub(r"\\row ", markup))
    try:
        text: str = rtf_to_text(  # type: ignore[no-untyped-call]
            markup.replace("\\fldinst", "\\fldtype"), errors="replace"
        )
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        raise ArticleError("damaged RTF; save it as .docx or .txt") from error
    # A character beyond U+FFFF is written as two surrogates.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _blocks(text: str) -> Iterator[Block]:
    """Yield the paragraphs and table rows."""
    for line in text.split("\n"):
        *cells, rest = line.replace(_LINE_END, "\n").split(_CELL_END)
        yield from table_row([Block(cell)] for cell in cells)
        if rest or not cells:
            yield Block(rest)


def _properties(markup: str) -> Properties:
    """Return the title and the day of creation that the file states."""
    head = markup[:_INFO_CHARACTERS]
    title, created = _TITLE.search(head), _CREATED.search(head)
    code_page = next(iter(_CODE_PAGE.findall(head)), "")
    return Properties(
        _text(f"{{\\rtf1{code_page} {title[1]}}}") if title else "",
        _day(*created.groups()) if created else None,
    )


def _day(year: str, month: str, day: str) -> date | None:
    """Return the day, or None if there is none such."""
    return parse_date(f"{year}-{int(month):02}-{int(day):02}")
