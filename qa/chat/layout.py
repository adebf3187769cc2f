"""Breaks text into rows that fit a width, as offsets. Knows no Textual.

A long article is not laid out as a whole. It is cut into blocks, which is fast even for ten
megabytes, and only the blocks near the part on the screen are broken into rows.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from rich.cells import cell_len, split_graphemes

BLOCK_LENGTH = 4_000
"""Maximum number of code points in a block."""

MOST_BLOCKS = 12
"""Number of blocks laid out at once; a shorter article is laid out as a whole."""

Range = tuple[int, int]
"""Start and end, half-open, in code points."""

_SINGLE_CELLS = re.compile("[ -~¡-¬®-˿Ͱ-҂‐-‧‰-⁞]*")
"""Text in which each code point takes one cell: its rows can be cut by counting."""

_SOFT_BREAK = re.compile(r"(?<=[^\n]{50})\n(?=[^\s\d*+•‣–>|#-])")
"""The end of a line that was broken only because it was full. It is shown as a space."""

_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def inert(text: str) -> str:
    """Return a text with each control character replaced by a dot; offsets stay the same.

    Articles are already cleaned when they are read. This is a second line of defence.
    """
    return _UNSAFE.sub("·", text) if _UNSAFE.search(text) else text


class Layout:
    """The rows of some consecutive blocks of a text, at one width."""

    def __init__(self, text: str, width: int) -> None:
        self.text = text
        """The whole text."""
        self.width = max(width, 4)
        """Width of a row in cells."""
        self.starts = list(_block_starts(text))
        """Start of each block."""
        self.first = 0
        """Number of the first block that is laid out."""
        self.last = 0
        """One past the number of the last block that is laid out."""
        self.rows: list[Range] = []
        """Start and end of each row."""
        self._row_starts: list[int] = []

    def show(self, offset: int) -> None:
        """Lay out the blocks around an offset."""
        middle = self.block_at(offset)
        first = max(0, min(middle - MOST_BLOCKS // 2, len(self.starts) - MOST_BLOCKS))
        self.first, self.last = first, min(len(self.starts), first + MOST_BLOCKS)
        self.rows = [row for block in range(self.first, self.last) for row in self._block(block)]
        self._row_starts = [start for start, _ in self.rows]

    def block_at(self, offset: int) -> int:
        """Return the number of the block that holds an offset."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def row_at(self, offset: int) -> int:
        """Return the number of the row that holds an offset, or the nearest that is laid out."""
        return max(0, bisect_right(self._row_starts, offset) - 1)

    def drawn(self, start: int, end: int) -> str:
        """Return a piece of a row as it is shown: as long as the range."""
        return inert(self.text[start:end]).replace("\n", " ")

    @property
    def is_above(self) -> bool:
        """Whether there is text above what is laid out."""
        return self.first > 0

    @property
    def is_below(self) -> bool:
        """Whether there is text below what is laid out."""
        return self.last < len(self.starts)

    def _block(self, number: int) -> list[Range]:
        start = self.starts[number]
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        return _block_rows(self.text[start:end], start, self.width)


def wrap(text: str, start: int, end: int, width: int) -> Iterator[Range]:
    """Yield the rows of ``text[start:end]``, each no wider than ``width`` cells.

    Rows are broken at spaces if possible, and never inside a grapheme. White space at a break
    belongs to no row.
    """
    position = start
    while position <= end:
        newline = text.find("\n", position, end)
        stop = newline if newline >= 0 else end
        yield from _paragraph(text, position, stop, width)
        if newline < 0:
            return
        position = newline + 1


def _block_starts(text: str) -> Iterator[int]:
    """Yield the start of each block. Blocks end after a line, else after a space, else anywhere."""
    start = 0
    yield start
    while start + BLOCK_LENGTH < len(text):
        limit = start + BLOCK_LENGTH
        cut = text.rfind("\n", start, limit) + 1 or text.rfind(" ", start, limit) + 1
        start = cut if cut > start else limit
        yield start


@lru_cache(maxsize=64)
def _block_rows(block: str, start: int, width: int) -> list[Range]:
    block = _SOFT_BREAK.sub(" ", block)
    # A newline at the end only ends the last row: what follows belongs to the next block.
    end = len(block) - 1 if block.endswith("\n") else len(block)
    return [(start + first, start + last) for first, last in wrap(block, 0, end, width)]


def _paragraph(text: str, start: int, end: int, width: int) -> Iterator[Range]:
    if start >= end:
        yield start, start
    elif match := _SINGLE_CELLS.fullmatch(text, start, end):
        yield from _counted(text, match.start(), end, width)
    else:
        yield from _measured(text, start, end, width)


def _counted(text: str, start: int, end: int, width: int) -> Iterator[Range]:
    """Yield the rows of text in which each code point takes one cell."""
    while end - start > width:
        space = text.rfind(" ", start + 1, start + width + 1)
        stop = space if space > start else start + width
        yield start, stop
        start = stop
        while start < end and text[start] == " ":
            start += 1
    if start < end:
        yield start, end


def _measured(text: str, start: int, end: int, width: int) -> Iterator[Range]:
    """Yield the rows of any text, measured grapheme by grapheme."""
    graphemes, _ = split_graphemes(text[start:end])
    first = used = 0
    space = -1  # start of the last space in the row
    after = 0  # end of that space
    wide = 0  # cells up to that end
    for begin, stop, cells in graphemes:
        if text[start + begin] == " ":
            if used + cells > width:  # the row breaks at this space
                yield start + first, start + begin
                first, used, space = stop, 0, -1
                continue
            space, after, wide = begin, stop, used + cells
        elif used + cells > width:
            if space > first:
                yield start + first, start + space
                first, used = after, used - wide
            else:
                yield start + first, start + begin
                first, used = begin, 0
            space = -1
        used += cells
    if start + first < end:
        yield start + first, end


def shortened(text: str, cells: int) -> str:
    """Return a text on one line; if it is wider than ``cells``, it is cut with an ellipsis."""
    line = inert(" ".join(text[: 4 * max(cells, 1) + 4].split()))
    if cell_len(line) <= cells and len(text) <= 4 * cells:
        return line
    room = max(cells - 1, 0)
    graphemes, _ = split_graphemes(line)
    used, stop = 0, 0
    for _, end, width in graphemes:
        if used + width > room:
            break
        used, stop = used + width, end
    return line[:stop].rstrip() + "…" if cells > 0 else ""
