"""Which characters of an article are highlighted, and how. Knows no Textual."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from ..terms import shared_words


class Highlight(StrEnum):
    """A way to highlight text, faintest first; a stronger one is drawn over a fainter one."""

    WORD = "word"
    """A word of the question."""
    SENTENCE = "sentence"
    """The sentence that holds the answer, or the passage if there is none."""
    ANSWER = "answer"
    """The answer itself."""
    FOUND = "found"
    """A match of the search in the article."""
    CURRENT = "current"
    """The current match of the search."""


_STRENGTH = {highlight: number for number, highlight in enumerate(Highlight)}


@dataclass(frozen=True, slots=True)
class Mark:
    """A highlighted range of an article."""

    start: int
    """First code point."""
    end: int
    """One past the last code point."""
    highlight: Highlight
    """How it is highlighted."""


Piece = tuple[int, int, tuple[Highlight, ...]]
"""Start, end, and the highlights of that range, faintest first."""


def pieces(start: int, end: int, marks: Iterable[Mark]) -> list[Piece]:
    """Cut a range wherever a mark begins or ends; together the pieces make up the range."""
    near = [mark for mark in marks if mark.start < end and mark.end > start]
    if not near:
        return [(start, end, ())] if start < end else []
    cuts = {start, end}
    for mark in near:
        cuts.update(cut for cut in (mark.start, mark.end) if start < cut < end)
    cut_up = []
    for first, last in pairwise(sorted(cuts)):
        here = {mark.highlight for mark in near if mark.start <= first and mark.end >= last}
        cut_up.append((first, last, tuple(sorted(here, key=_STRENGTH.__getitem__))))
    return cut_up


def word_marks(text: str, start: int, end: int, question: str) -> list[Mark]:
    """Mark the words in ``text[start:end]`` that share their stem with a word of the question."""
    shared = shared_words(question, text, start, end)
    return [Mark(first, last, Highlight.WORD) for first, last in shared]


class MarkIndex:
    """Finds the few marks that touch a row among many."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._marks = sorted(marks, key=lambda mark: mark.start)
        self._starts = [mark.start for mark in self._marks]
        self._longest = max((mark.end - mark.start for mark in self._marks), default=0)

    def touching(self, start: int, end: int) -> list[Mark]:
        """Return the marks that share a character with a range."""
        first = bisect_left(self._starts, start - self._longest)
        last = bisect_left(self._starts, end)
        return [mark for mark in self._marks[first:last] if mark.end > start]
