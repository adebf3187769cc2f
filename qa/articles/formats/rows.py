"""The lines of a plain text, numbered, as page breaks and cut words are taken out of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..hyphens import Hyphens
from ..page_lines import EDGE_LINES, head_keys, is_finished, is_page_number, is_sentence, running

FULL_LINE = 0.6
"""Share of the usual length from which a line that no sentence ends is text, not a heading."""

_GAP = "   "  # between the parts of a running head


@dataclass(frozen=True, slots=True)
class Row:
    """A line, or the part of one before or after a form feed."""

    line: int
    """Number of the line in the file, from 1."""
    text: str
    """The text, not yet cleaned."""
    starts_page: bool = False
    """Whether a form feed stands before it."""

    @property
    def is_blank(self) -> bool:
        """Whether it is a blank line."""
        return not self.text.strip()


def rows_of(text: str) -> list[Row]:
    """Return the lines of a text; a form feed begins a row."""
    return [
        Row(number, part, starts_page=place > 0)
        for number, line in enumerate(text.split("\n"), 1)
        for place, part in enumerate(line.split("\f"))
        if part or not (line.startswith("\f") and place == 0)
    ]


def with_whole_words(rows: Sequence[Row], hyphens: Hyphens) -> list[Row]:
    """Return the rows with the rest of each cut word moved up to its beginning."""
    whole: list[Row] = []
    for row in rows:
        found = hyphens.join(whole[-1].text, row.text) if whole and whole[-1].text else None
        if found is None:
            whole.append(row)
            continue
        whole[-1] = replace(whole[-1], text=found[0])
        if found[1].strip():
            whole.append(replace(row, text=found[1]))
    return whole


def without_page_breaks(rows: Sequence[Row]) -> list[Row]:
    """Return the rows without page numbers and running heads, and sentences whole across pages.

    A page ends at a form feed, or at a page number between blank lines. A running head that does
    not come again goes if a sentence runs on below it. That of the first page stays: it may be the
    title.
    """
    pages = _pages(rows)
    for place, heads in enumerate(_running(pages)):
        pages[place] = [row for number, row in enumerate(pages[place]) if number not in heads]
    lengths = sorted(len(row.text.strip()) for row in rows if not row.is_blank)
    usual = lengths[len(lengths) // 2] if lengths else 0
    done: list[Row] = []
    for page in pages:
        for place, part in enumerate(_parts(page)):
            _add(done, part, usual, is_page=place == 0)
    return done


def _pages(rows: Sequence[Row]) -> list[list[Row]]:
    """Split the rows at form feeds."""
    starts = [0, *(place for place, row in enumerate(rows) if row.starts_page and place)]
    return [list(rows[start:end]) for start, end in pairwise([*starts, len(rows)])]


def _parts(page: Sequence[Row]) -> list[list[Row]]:
    """Split a page after each page number between blank lines."""
    starts = [
        place + 1
        for place in range(_filled(page) + 1, len(page) - 1)
        if page[place - 1].is_blank
        and is_page_number(page[place].text)
        and page[place + 1].is_blank
    ]
    return [list(page[start:end]) for start, end in pairwise([0, *starts, len(page)])]


def _running(pages: Sequence[Sequence[Row]]) -> list[set[int]]:
    """Return which rows of each page are running heads or feet."""
    edges = []
    for number, page in enumerate(pages):
        filled = [place for place, row in enumerate(page) if not row.is_blank]
        edges.append(
            {
                place: head_keys(page[place].text, number)
                for place in (*filled[:EDGE_LINES], *filled[-EDGE_LINES:])
                if not is_sentence(page[place].text)
            }
        )
    heads = running(edges)
    top = next((number for number, row in enumerate(pages[0]) if not row.is_blank), 0)
    heads[0] -= {top}
    return heads


def _add(done: list[Row], page: list[Row], usual: int, *, is_page: bool) -> None:
    """Add the rows of a page, joining the sentence that runs over its beginning, if one does.

    ``usual`` is the usual length of a line. Without a form feed, ``is_page`` is false, and what
    does not clearly cut a sentence stays as it is.
    """
    after = page[_filled(page) :]
    if not after:
        done += page
        return
    end = len(done)
    while end and _is_between(done[end - 1]):
        end -= 1
    rest = _continuation(done[end - 1].text, after, usual) if end else None
    if rest is not None and (is_page or _starts_low(rest)):
        del done[end:]
        done += rest
        return
    if is_page and end:
        blanks = [row for row in (*done[end:], *page[: len(page) - len(after)]) if row.is_blank]
        del done[end:]
        done += [*blanks[:1], *after]
    else:
        done += page


def _is_between(row: Row) -> bool:
    """Whether a row is blank or a page number."""
    return row.is_blank or is_page_number(row.text)


def _filled(rows: Sequence[Row]) -> int:
    """Return the place of the first row that is neither blank nor a page number."""
    return next((place for place, row in enumerate(rows) if not _is_between(row)), len(rows))


def _continuation(last: str, after: Sequence[Row], usual: int) -> Sequence[Row] | None:
    """Return the rows with which the line before a page break runs on; None if it does not."""
    if is_finished(last):
        return None
    if _starts_low(after):
        return after
    block = next((place for place, row in enumerate(after) if row.is_blank), len(after))
    rest = after[block + _filled(after[block:]) :]
    is_head = block <= EDGE_LINES and bool(rest) and not is_finished(after[block - 1].text)
    if is_head and (_starts_low(rest) or _looks_like_head(after[:block])):
        return rest if _starts_low(rest) or len(last.strip()) >= FULL_LINE * usual else None
    return after if len(last.strip()) >= FULL_LINE * usual else None


def _looks_like_head(rows: Sequence[Row]) -> bool:
    """Whether lines that no sentence ends have a wide gap, a number or capitals alone."""
    return all(
        _GAP in row.text.strip() or row.text.isupper() or any(map(str.isdigit, row.text))
        for row in rows
    )


def _starts_low(rows: Sequence[Row]) -> bool:
    """Whether the rows begin in the middle of a sentence: with a small letter."""
    return bool(rows) and rows[0].text.lstrip()[:1].islower()
