"""Fits styled text into terminal cells, as rich measures them.

A Chinese character or an emoji takes two cells, a combining mark none.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

Piece = tuple[str, str]
"""A text and the name of its style; a space and the address that it links to may follow the name.
"""

Line = list[Piece]
"""The pieces of one line, from left to right."""

_SPACE = re.compile(r"\s+")


def wrapped(pieces: Iterable[Piece], width: int | None, indent: str = "") -> list[Line]:
    """Return pieces as indented lines of at most ``width`` cells; None puts all on one line.

    Each run of white space becomes one space. Only a word that is wider than a line is broken. Text
    that is blank gives one empty line.
    """
    filled = _filled(pieces)
    start: Line = [(indent, "text")] if indent and filled else []
    if width is None or not filled:
        return [[*start, *filled]]
    from rich.console import Console
    from rich.text import Text

    cells = max(width - len(indent), 2)  # a wide character takes two
    lines = Text.assemble(*filled).wrap(Console(), cells)
    return [[*start, *_pieces(line)] for line in lines]


def shortened(text: str, cells: int) -> str:
    """Return a line of at most ``cells`` cells; a longer one is cut and ends with ``…``.

    It is cut at a space, unless that would lose more than half.
    """
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= cells:
        return text
    kept = set_cell_size(text, cells - 1)
    words, _, _ = kept.rpartition(" ")
    return (words if 2 * cell_len(words) > cells else kept).rstrip(" …") + "…"


def padded(text: str, cells: int) -> str:
    """Return a line of exactly ``cells`` cells: shortened, or filled up with spaces."""
    from rich.cells import set_cell_size

    return set_cell_size(shortened(text, cells), cells)


def _filled(pieces: Iterable[Piece]) -> Line:
    """Replace each run of white space by one space, and drop it at both ends."""
    filled: Line = []
    spaced = True  # so that the text does not begin with a space
    for text, style in pieces:
        words = _SPACE.sub(" ", text)
        if spaced:
            words = words.removeprefix(" ")
        if words:
            filled.append((words, style))
            spaced = words.endswith(" ")
    if filled and spaced:
        last, style = filled.pop()
        if last := last.removesuffix(" "):
            filled.append((last, style))
    return filled


def _pieces(line: "Text") -> Line:
    line.rstrip()
    spans = sorted(line.spans, key=lambda span: span.start)
    return [(line.plain[start:end], str(style)) for start, end, style in spans]
