"""The lines of a PDF page: their text, and where they stand.

PDFium gives the text of a page in the order in which it was written, which keeps columns apart. It
puts a mark in place of a hyphen that cuts a word at the end of a line.
"""

import ctypes
import math
import re
from dataclasses import dataclass, replace
from typing import Self

import pypdfium2
import pypdfium2.raw as pdfium

from ...errors import ArticleError

HYPHEN_MARKS = "\ufffe\x02"
"""What PDFium writes for a hyphen that cuts a word, without a line end."""

_DAMAGED = "damaged: none of its pages can be read"
_REASONS = {
    pdfium.FPDF_ERR_FORMAT: "damaged, or not a PDF",
    pdfium.FPDF_ERR_PASSWORD: "encrypted: it opens only with a password",
    pdfium.FPDF_ERR_SECURITY: "encrypted in a way that cannot be read",
}
_LINE = re.compile(rf"([^\r\n{HYPHEN_MARKS}]+)([{HYPHEN_MARKS}]?)")
_NOTE_MARK = re.compile(r"[\d*†‡]{1,3}")
_LONGEST = 1e6  # points
_CLOSE = 0.15  # times the size: nearer pieces of a line have no space between them
_SMALL = 0.85  # times the size: smaller type is a note or a mark


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. Lengths are in points; text that runs upwards or down is turned first."""

    page: int
    """Index of the page, from 0."""
    text: str
    """Its text without white space at the ends."""
    left: float
    """Where it begins."""
    right: float
    """Where it ends."""
    base: float
    """Height of its base line; lines further down have less."""
    size: float
    """Size of the type that it begins with."""
    turn: int
    """0 if it runs from left to right, 1 upwards, -1 down."""
    is_cut: bool
    """Whether a hyphen at its end, which the text lacks, cuts a word."""

    def is_like(self, other: "Line") -> bool:
        """Whether both run the same way, in type of the same size."""
        return self.turn == other.turn and abs(self.size - other.size) <= 0.1 * abs(self.size)


class PdfFile:
    """An open PDF; close it, or use it in a ``with`` block."""

    def __init__(self, data: bytes) -> None:
        """Open the bytes of a file. Raises ArticleError if it is encrypted or damaged."""
        try:
            self._document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise ArticleError(_REASONS.get(error.err_code or 0, _DAMAGED)) from error

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._document.close()

    def pages(self) -> tuple[list[list[Line]], list[int]]:
        """Return the lines of each page, and the numbers, from 1, of pages that cannot be read.

        Raises ArticleError if no page can be read.
        """
        pages: list[list[Line]] = []
        unread = []
        for number in range(len(self._document)):
            try:
                page = self._document[number]
                try:
                    pages.append(_lines_of(page, number))
                finally:
                    page.close()
            except pypdfium2.PdfiumError:
                pages.append([])
                unread.append(number + 1)
        if len(unread) == len(pages):
            raise ArticleError(_DAMAGED)
        return pages, unread

    def metadata(self, key: str) -> str:
        """Return a value of the document's metadata; empty without one."""
        try:
            value: str = self._document.get_metadata_value(key)
        except UnicodeDecodeError:
            return ""
        return value


def _lines_of(page: pypdfium2.PdfPage, number: int) -> list[Line]:
    """Return the lines of a page in reading order. Raises PdfiumError if it cannot be read."""
    text_page = page.get_textpage()
    try:
        text = text_page.get_text_range()
        lines = [
            _line(text_page, number, found, len(found[1]) - len(found[1].lstrip()))
            for found in _LINE.finditer(text)
            if found[1].strip()
        ]
    finally:
        text_page.close()
    return _merged(lines)


def _line(text_page: pypdfium2.PdfTextPage, number: int, found: re.Match[str], spaces: int) -> Line:
    text = found[1].strip()
    start = found.start() + spaces
    first = _index(text_page, start)
    left, bottom, _, _ = _box(text_page, first)
    _, end_bottom, right, top = _box(text_page, _index(text_page, start + len(text) - 1))
    before, _, mark = text.rpartition(" ")
    if before and _NOTE_MARK.fullmatch(mark):
        end = _box(text_page, _index(text_page, start + len(before.rstrip()) - 1))
        if end[2] > right:  # the mark of a note that stands at the beginning
            text, (_, end_bottom, right, top) = before.rstrip(), end
    x, y = _origin(text_page, first)
    turn = _turn(text_page, first)
    if turn:
        left, right, y = (bottom, top, -x) if turn > 0 else (-y, -end_bottom, x)
    return Line(
        page=number,
        text=text,
        left=_sound(left),
        right=_sound(right),
        base=_sound(y),
        size=_sound(_size(text_page, first)),
        turn=turn,
        is_cut=bool(found[2]),
    )


def _sound(length: float) -> float:
    """Return a length; 0 for one that a damaged file makes senseless."""
    return length if abs(length) < _LONGEST else 0.0


def _index(text_page: pypdfium2.PdfTextPage, place: int) -> int:
    """Return the index of the character at a place of the page's text."""
    index: int = pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, place)
    return index


def _turn(text_page: pypdfium2.PdfTextPage, index: int) -> int:
    """Return which way the text at a character runs, as in `Line.turn`."""
    angle = math.sin(pdfium.FPDFText_GetCharAngle(text_page, index))
    return 0 if abs(angle) < 0.5 else 1 if angle < 0 else -1  # PDFium's angles run clockwise


def _origin(text_page: pypdfium2.PdfTextPage, index: int) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
    return x.value, y.value


def _box(text_page: pypdfium2.PdfTextPage, index: int) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of a character."""
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(text_page, index, box)
    return box.left, box.bottom, box.right, box.top


def _size(text_page: pypdfium2.PdfTextPage, index: int) -> float:
    """Return the size of the type of a character, in points."""
    matrix = pdfium.FS_MATRIX()
    scale = 1.0
    if pdfium.FPDFText_GetMatrix(text_page, index, matrix):
        scale = math.hypot(matrix.c, matrix.d)
    size: float = pdfium.FPDFText_GetFontSize(text_page, index)
    return size * scale


def _merged(lines: list[Line]) -> list[Line]:
    """Join the pieces of a line, such as raised figures; leave out the marks of notes."""
    merged: list[Line] = []
    for line in lines:
        last = merged[-1] if merged else None
        if last is None or last.is_cut or last.turn != line.turn or not _is_level(last, line):
            merged.append(line)
            continue
        gap = line.left - last.right
        if gap > -0.5 * last.size:
            space = "" if gap < _CLOSE * last.size else " "
            merged[-1] = replace(
                last, text=last.text + space + line.text, right=line.right, is_cut=line.is_cut
            )
        elif not (line.size < _SMALL * last.size and _NOTE_MARK.fullmatch(line.text)):
            merged.append(line)
    return merged


def _is_level(line: Line, other: Line) -> bool:
    """Whether another piece stands on a line, or half raised or lowered from it."""
    return abs(line.base - other.base) < 0.6 * max(line.size, other.size)
