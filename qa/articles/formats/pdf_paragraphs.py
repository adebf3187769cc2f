"""Lines of pages → paragraphs of whole sentences.

1. Running heads and feet and page numbers go.
2. A paragraph ends where the next line stands further below than usual, is indented, is in type of
   another size, or would have had room for its first word on the line above. A sentence that runs
   on, in small letters, ends none.
3. Notes, captions and tables in small type that stand inside a sentence move out of it: before its
   paragraph if they are on the page on which it begins, else behind it.
4. Lines are joined, and words that a line end cuts are made whole.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from ..clean import clean
from ..hyphens import Hyphens
from ..page_lines import EDGE_LINES, head_keys, is_finished, is_page_number, running
from .pdf_lines import Line

FAR = 1.25
"""Distance to the line above, in usual distances, from which a line begins a paragraph."""
LONE = 2.0
"""Distance to the next line, in sizes of the type, from which a page number stands alone."""
INDENT = 0.8
"""Indentation, in sizes of the type, from which a line begins a paragraph."""
NEARBY = 8
"""Lines before and after that show how wide a column is."""
INTERRUPTING = 12
"""Most paragraphs in small type that are looked at for the end of a sentence behind them."""

_BULLET = re.compile(r"[•‣▪◦●■□○–—*·!-]\s+\S|\(?(?:\d{1,2}|[a-z])[.)]\s+\S")


@dataclass(slots=True)
class Paragraph:
    """Consecutive lines, perhaps of two pages."""

    lines: list[Line] = field(default_factory=list)
    """The lines, at least one."""

    @property
    def is_finished(self) -> bool:
        """Whether it ends as a sentence does."""
        return not self.lines[-1].is_cut and is_finished(self.lines[-1].text)

    @property
    def starts_low(self) -> bool:
        """Whether it begins in the middle of a sentence: with a small letter."""
        return self.lines[0].text[:1].islower()


def paragraphs_of(pages: Sequence[Sequence[Line]]) -> list[Paragraph]:
    """Return the paragraphs of the pages, without running heads, feet and page numbers."""
    lines = [line for page in without_running(pages) for line in _lowest_last(page)]
    distances = _usual_distances(lines)
    done: list[Paragraph] = []
    for place, line in enumerate(lines):
        if done and not _breaks(lines, place, distances):
            done[-1].lines.append(line)
        else:
            done.append(Paragraph([line]))
    return _with_whole_sentences(done)


def without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return the pages without running heads and feet, and without lone page numbers."""
    heads = running(
        [
            {
                place: head_keys(page[place].text, number, round(page[place].size))
                for place in _edges(page)
            }
            for number, page in enumerate(pages)
        ]
    )
    return [
        [line for place, line in enumerate(page) if place not in gone]
        for page, found in zip(pages, heads, strict=True)
        for gone in [found | _lone_numbers(page)]
    ]


def joined(paragraphs: Sequence[Paragraph], page_count: int) -> tuple[str, list[int]]:
    """Return the cleaned text, a blank line between paragraphs, and where each page begins."""
    hyphens = Hyphens(
        "\n".join(line.text + "-" * line.is_cut for one in paragraphs for line in one.lines)
    )
    parts: list[str] = []
    starts: dict[int, int] = {}
    offset = 0
    for paragraph in paragraphs:
        if parts:
            parts.append("\n\n")
            offset += 2
        for page, text in _joined_lines(paragraph.lines, hyphens):
            starts.setdefault(page, offset)
            parts.append(text)
            offset += len(text)
    text = "".join(parts)
    pages = []
    following = len(text)
    for page in range(page_count - 1, -1, -1):
        following = min(starts.get(page, following), following)
        pages.append(following)
    return text, pages[::-1]


def _joined_lines(lines: Sequence[Line], hyphens: Hyphens) -> list[tuple[int, str]]:
    """Return the page and the cleaned text of each line, with the space that follows it."""
    texts = [line.text + "-" * line.is_cut for line in lines]
    for place in range(len(lines) - 1):
        if found := hyphens.join(texts[place], texts[place + 1]):
            texts[place], texts[place + 1] = found
    cleaned = [clean(text).strip() for text in texts]
    filled = [(line.page, text) for line, text in zip(lines, cleaned, strict=True) if text]
    return [(page, f"{text} ") for page, text in filled[:-1]] + filled[-1:]


def _edges(page: Sequence[Line]) -> set[int]:
    """Return the places of the first and last lines, as they are written and as they stand."""
    by_height = sorted(range(len(page)), key=lambda place: -page[place].base)
    orders = (range(len(page)), by_height)
    return {place for order in orders for place in (*order[:EDGE_LINES], *order[-EDGE_LINES:])}


def _lone_numbers(page: Sequence[Line]) -> set[int]:
    """Return the places of page numbers that stand alone, above or below all other lines."""
    order = sorted(range(len(page)), key=lambda place: -page[place].base)
    return {
        end
        for end, following in (order[:2], order[:-3:-1])[: 2 * (len(order) > 1)]
        if is_page_number(page[end].text)
        and abs(page[end].base - page[following].base) > LONE * page[end].size
    }


def _lowest_last(page: Sequence[Line]) -> list[Line]:
    """Put what is written first and stands lowest, such as notes, behind the rest of a page."""
    lowest = math.inf
    floors = []  # the lowest base of each line and those behind it
    for line in reversed(page):
        lowest = min(lowest, line.base)
        floors.append(lowest)
    highest = -math.inf
    for place, (line, floor) in enumerate(zip(page, reversed(floors), strict=True)):
        if highest < floor and place:
            return [*page[place:], *page[:place]]
        highest = max(highest, line.base)
    return list(page)


def _usual_distances(lines: Sequence[Line]) -> dict[int, float]:
    """Return the usual distance of base lines by the rounded size of the type."""
    distances: dict[int, list[float]] = {}
    for line, following in pairwise(lines):
        distance = line.base - following.base
        if line.is_like(following) and 0.5 * line.size < distance < 3 * line.size:
            distances.setdefault(round(line.size), []).append(distance)
    return {size: median(some) for size, some in distances.items()}


def _breaks(lines: Sequence[Line], place: int, distances: dict[int, float]) -> bool:
    """Whether a line begins a paragraph; it is not the first."""
    above, line = lines[place - 1], lines[place]
    if above.is_cut:
        return False
    is_open = not is_finished(above.text)
    if not above.is_like(line):
        return True
    if is_open and line.text[:1].islower() and not _BULLET.match(line.text):
        return False
    distance = above.base - line.base
    usual = min(distances.get(round(each.size), 1.2 * each.size) for each in (above, line))
    is_below = above.page == line.page and distance > 0
    if is_below and distance > FAR * usual:
        return True
    if _BULLET.match(line.text) or _had_room(lines, place):
        return True
    return not is_open and _is_indented(lines, place, is_below=is_below)


def _had_room(lines: Sequence[Line], place: int) -> bool:
    """Whether the first word of a line would have fitted on the line above."""
    above, line = lines[place - 1], lines[place]
    edge = max(
        other.right
        for other in lines[max(0, place - NEARBY) : place + NEARBY]
        if other is above
        or (other.page == above.page and other.is_like(above) and _share_column(other, above))
    )
    word = line.text.split(maxsplit=1)[0]
    width = abs(line.right - line.left) / len(line.text)
    return edge - above.right > 1.15 * width * (len(word) + 1) + line.size


def _share_column(line: Line, other: Line) -> bool:
    """Whether two lines begin at about the same place."""
    return abs(line.left - other.left) < 3 * line.size


def _is_indented(lines: Sequence[Line], place: int, *, is_below: bool) -> bool:
    """Whether a line begins further right than the line above or the one below it."""
    line = lines[place]
    others = [lines[place - 1]] if is_below else []
    if place + 1 < len(lines) and lines[place + 1].page == line.page:
        others.append(lines[place + 1])
    return any(
        INDENT * line.size < line.left - other.left < 6 * line.size and other.is_like(line)
        for other in others
    )


def _with_whole_sentences(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Move small type out of the sentences that it interrupts."""
    done: list[Paragraph] = []
    place = 0
    while place < len(paragraphs):
        one = paragraphs[place]
        end = _end_of(paragraphs, place)
        if end is None:
            done.append(one)
            place += 1
            continue
        between = paragraphs[place + 1 : end]
        page = one.lines[-1].page
        done += [other for other in between if other.lines[0].page <= page]
        done.append(Paragraph(one.lines + paragraphs[end].lines))
        done += [other for other in between if other.lines[0].page > page]
        place = end + 1
    return done


def _end_of(paragraphs: Sequence[Paragraph], place: int) -> int | None:
    """Return the place of the paragraph that ends the sentence of another, behind small type."""
    one = paragraphs[place]
    last = one.lines[-1]
    if one.is_finished:
        return None
    for end in range(place + 1, min(len(paragraphs), place + 1 + INTERRUPTING)):
        first = paragraphs[end].lines[0]
        if first.is_like(last):
            is_rest = paragraphs[end].starts_low or last.is_cut
            return end if is_rest and end > place + 1 and first.page <= last.page + 1 else None
        if first.size > last.size:
            return None
    return None


def usual_size(lines: Sequence[Line]) -> float:
    """Return the size of the type that most characters have; 0 without lines."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[round(line.size, 1)] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0
