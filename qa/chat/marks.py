"""Which characters of an article are lit, and how. Knows no Textual."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from ..terms import shared_words


class Light(StrEnum):
    """How a piece of text is lit, faintest first; the brighter is laid over the fainter."""

    WORD = "word"
    """A word of the question."""
    SENTENCE = "sentence"
    """The sentence that holds the answer, or the passage when there is none."""
    ANSWER = "answer"
    """The answer itself."""
    FOUND = "found"
    """What is being searched for in the article."""
    CURRENT = "current"
    """The place of it at which the search stands."""


_BRIGHTNESS = {light: number for number, light in enumerate(Light)}


@dataclass(frozen=True, slots=True)
class Mark:
    """A range of an article that is lit."""

    start: int
    """First code point."""
    end: int
    """One past the last."""
    light: Light
    """How."""


Piece = tuple[int, int, tuple[Light, ...]]
"""Start, end, and the lights that lie there, faintest first."""


def pieces(start: int, end: int, marks: Iterable[Mark]) -> list[Piece]:
    """Cut a range wherever a light begins or ends; together the pieces are the range."""
    near = [mark for mark in marks if mark.start < end and mark.end > start]
    if not near:
        return [(start, end, ())] if start < end else []
    cuts = {start, end}
    for mark in near:
        cuts.update(cut for cut in (mark.start, mark.end) if start < cut < end)
    ordered = sorted(cuts)
    cut_up = []
    for first, last in pairwise(ordered):
        lights = {mark.light for mark in near if mark.start <= first and mark.end >= last}
        cut_up.append((first, last, tuple(sorted(lights, key=_BRIGHTNESS.__getitem__))))
    return cut_up


def word_marks(text: str, start: int, end: int, question: str) -> list[Mark]:
    """Mark the question's words, whatever their endings, in ``text[start:end]``."""
    return [
        Mark(first, last, Light.WORD) for first, last in shared_words(question, text, start, end)
    ]


class Lit:
    """Marks in order, to be asked for the few that touch a row."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._marks = sorted(marks, key=lambda mark: mark.start)
        self._starts = [mark.start for mark in self._marks]
        self._longest = max((mark.end - mark.start for mark in self._marks), default=0)

    def touching(self, start: int, end: int) -> list[Mark]:
        """Return the marks that share a character with the range."""
        first = bisect_left(self._starts, start - self._longest)
        last = bisect_left(self._starts, end)
        return [mark for mark in self._marks[first:last] if mark.end > start]
