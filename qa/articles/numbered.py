"""Lines of text that remember their line in the source, so that a quote can be found there."""

from collections.abc import Iterable

from .clean import clean

Numbered = tuple[int, str]
"""A line's number in the source, from 1, and its text."""


def joined(lines: Iterable[Numbered]) -> tuple[str, int, list[tuple[int, int]]]:
    """Return the text of numbered lines, the number of the first, and where numbers jump.

    The jumps are as in `Article.lines`. Blank lines at the start and end are left out, and so are
    all but one of blank lines in a row.
    """
    kept: list[str] = []
    jumps: list[tuple[int, int]] = []
    first_line = expected = 1
    offset = 0
    is_blank = False
    for number, raw in lines:
        line = clean(raw).replace("\n", " ")  # an entity can stand for any character
        if not line.strip():
            is_blank = bool(kept)
            continue
        if not kept:
            first_line = expected = number
        elif is_blank:
            kept.append("")
            offset += 1
            expected += 1
        if number != expected:
            jumps.append((offset, number))
        kept.append(line)
        offset += len(line) + 1
        expected = number + 1
        is_blank = False
    return "\n".join(kept), first_line, jumps
