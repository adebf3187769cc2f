"""Tables as text: CSV, and with tabs, semicolons or pipes between the cells. One article a row.

A row of names stands above the articles, and one of the names is that of a text. The rows below it
are numbered from 1, without blank rows.
"""

from __future__ import annotations  # BufferedReader cannot be subscripted at run time

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from ...errors import ArticleError
from ..clean import clean
from ..dates import DATE_KEYS, plain_name
from ..decode import decode_file, encoding_of
from ..found import EmptyFileError, NotAnArticleError, Problem, ReadArticle
from ..record import (
    SOURCE_KEYS,
    TEXT_KEYS,
    TITLE_KEYS,
    address_of,
    article_of,
    has_text,
    has_titles,
)
from ..stream import RECORD_BYTES

SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".psv"})
"""Suffixes of tables."""

_Found = ReadArticle | Problem
Row = tuple[int, Sequence[str]]
"""Line of the file where a row begins, from 1, and its cells."""

_DELIMITERS = ",;\t|"
_NAMED_DELIMITER = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""What Excel writes above a table to name its delimiter."""
_LINE_END = re.compile(r"\r\n?|\n")
_SAMPLE_BYTES = 1 << 17
_HEADER_ROWS = 20
"""How many rows are searched for the names of the columns."""
_KNOWN = frozenset({*TEXT_KEYS, *TITLE_KEYS, *DATE_KEYS, *SOURCE_KEYS})


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the article of each row. Raises ArticleError if the table has no column of text."""
    text, encoding = decode_file(data)
    if not text.strip():
        raise EmptyFileError("empty file")
    yield from _read(name, text, io.StringIO(text, newline=""), encoding)


def read_stream(name: str, stream: io.BufferedReader[Any]) -> Iterator[ReadArticle | Problem]:
    """Yield the article of each row of a large table, as `read`, holding one row at a time.

    What its encoding and marks are is told by its beginning. Characters that are in another
    encoding further down are replaced.
    """
    head = stream.peek(_SAMPLE_BYTES)[:_SAMPLE_BYTES]
    found = encoding_of(head)
    start = codecs.getincrementaldecoder(found.name)("replace").decode(head)
    text = io.TextIOWrapper(stream, found.name, "replace", newline="")
    try:
        yield from _read(name, start, _lines(text), found.name if found.is_guess else "")
    finally:
        text.detach()  # the caller closes the stream


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield the lines of a stream. Raises ArticleError for one that is too long to be held."""
    for line in iter(lambda: text.readline(RECORD_BYTES + 1), ""):
        if len(line) > RECORD_BYTES:
            raise ArticleError("a table with a line too long to read")
        yield line


def _read(name: str, start: str, lines: Iterable[str], encoding: str) -> Iterator[_Found]:
    """Yield the article of each row of a table, given its beginning and all of its lines."""
    # Databases write \\" for a quote inside a cell, everyone else "".
    escape = "\\" if start.count('\\"') > start.count('""') else None
    try:
        delimiter = _delimiter(start, escape)
        rows = _rows(lines, delimiter, escape)
        yield from _articles(name, delimiter, rows, encoding)
    except csv.Error as error:
        raise ArticleError(f"a table that cannot be read: {error}") from error


def _delimiter(text: str, escape: str | None) -> str:
    """Return the delimiter under which most columns have a known name.

    Raises ArticleError if none of the columns is one of text, whatever the delimiter.
    """
    if named := _NAMED_DELIMITER.match(text):
        return named.group(1)
    headers = {mark: _header(_text_rows(text, mark, escape)) for mark in _DELIMITERS}
    known = {mark: sum(plain_name(name) in _KNOWN for name in headers[mark]) for mark in headers}
    best = max(known, key=lambda mark: known[mark])
    if not headers[best]:
        _refuse(text, escape)
    return best


def _header(rows: Iterator[Row]) -> Sequence[str]:
    """Advance to the rows below the names of the columns; return the names, none if not found.

    Lines of one cell, such as a heading, may stand above the names.
    """
    for _, cells in islice(rows, _HEADER_ROWS):
        if has_text(_record(cells, cells)):
            return cells
        if sum(bool(cell.strip()) for cell in cells) > 1:
            break
    return ()


def _refuse(text: str, escape: str | None) -> None:
    """Raise for a table without text; only one that has titles is a fault and not mere figures."""
    tables = [list(islice(_text_rows(text, mark, escape), 1)) for mark in _DELIMITERS]
    names = max((cells for table in tables for _, cells in table), key=len)
    found = clean(", ".join(names[:8]))[:200]
    looked_for = ", ".join(TEXT_KEYS[:5])
    reason = f"a table without a column of text (looked for {looked_for}, …; found {found})"
    raise (ArticleError if has_titles(_record(names, names)) else NotAnArticleError)(reason)


def _text_rows(text: str, delimiter: str, escape: str | None) -> Iterator[Row]:
    """Yield the rows of a text that are not blank."""
    return _rows(io.StringIO(text, newline=""), delimiter, escape)


def _rows(lines: Iterable[str], delimiter: str, escape: str | None) -> Iterator[Row]:
    """Yield the rows of a table that are not blank, each when it is wanted."""
    csv.field_size_limit(RECORD_BYTES)
    reader = csv.reader(lines, delimiter=delimiter, escapechar=escape)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _articles(name: str, delimiter: str, rows: Iterator[Row], encoding: str) -> Iterator[_Found]:
    """Yield the article of each row below the names of the columns."""
    names = _header(rows)
    for number, (line, cells) in enumerate(rows, 1):
        try:
            record = _record(names, _joined(cells, len(names), delimiter))
            source = address_of(record)
            article = article_of(
                record,
                source or f"{name}#{number}",
                first_line=1 if source else _text_line(line, names, cells),
                dated="table",
                encoding=encoding,
            )
            yield ReadArticle(number, article)
        except ArticleError as error:
            yield Problem(f"{name}#{number}", f"line {line}: {error}", quiet=False)


def _joined(cells: Sequence[str], columns: int, delimiter: str) -> Sequence[str]:
    """Return the cells of a row, the last text joined again if it was cut at its own commas."""
    if not any(cell.strip() for cell in cells[columns:]):
        return cells
    return [*cells[: columns - 1], delimiter.join(cells[columns - 1 :])]


def _record(names: Sequence[str], cells: Sequence[str]) -> Mapping[str, object]:
    """Return the cells of a row by the names of their columns; of equal names the first counts."""
    return dict(reversed(list(zip(names, cells, strict=False))))


def _text_line(line: int, names: Sequence[str], cells: Sequence[str]) -> int:
    """Return the line of the file where the text of a row that begins on ``line`` begins."""
    columns = {plain_name(name): column for column, name in reversed(list(enumerate(names)))}
    column = next((columns[key] for key in TEXT_KEYS if key in columns), 0)
    return line + sum(len(_LINE_END.findall(cell)) for cell in cells[:column])
