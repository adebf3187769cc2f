"""Asks the reader for the facts of a sentence: what stands there instead, by the passages?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ..datatypes import Passage, Span
from ..models.reader import Reader
from ..sentences import sentence_around
from ..timex import TimeSpan, time_spans
from ..timex.units import UNITS
from .facts import Fact, clauses, names, times
from .numbers import Number, numbers
from .wording import same_name

NOTHING = -12.0
"""Score of an answer that the reader does not offer at all."""
TRUST = 2.5
"""Most that another answer counts against a fact for each point of its score above 0."""
LEAST = -6.0
"""Lowest score that an answer which is the fact counts with."""

_PREPOSITION = re.compile(r"\b(?:on|in|at|since|until|by|from|during)\s*$", re.IGNORECASE)
_OWN_SUBJECT = re.compile(r"(?:the |an? |its |his |her |their )?[A-Z]|(?:the|an?|its|his|her) ")
_JOINT_END = re.compile(r",? (?:and|but|while|whereas) ?$|[,;] ?$")
_FIRST = re.compile(r"(?:according to |in )?(?:the |an? )?(?:president |captain )?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader answered when it was asked for a fact."""

    fact: Fact
    """The fact."""
    agrees: float
    """Score of the best answer that is the fact; `NOTHING` if there is none."""
    differs: float
    """Score of the best answer of the same kind that is another; `NOTHING` if there is none."""
    other: Span | None
    """That other answer."""

    @property
    def gap(self) -> float:
        """By how much the other answer is better, from 0 to 12, and little if that is unsure."""
        lead = self.differs - max(self.agrees, LEAST)
        return max(min(lead, TRUST * self.differs, 12.0), 0.0)


def question(sentence: str, fact: Fact) -> str:
    """Return a sentence, or the clause with the fact, as a question that leaves the fact out."""
    first, last = _clause(sentence, fact)
    before, after = sentence[first : fact.start], sentence[fact.end : last].rstrip(" .,;!")
    word = "what"
    if fact.kind == "number":
        word = "how many"
    elif fact.kind == "date":
        before, word = _PREPOSITION.sub("", before), "when"
    elif _FIRST.fullmatch(before):
        word = "who"
    asked = f"{before}{word}{after}".strip()
    return f"{asked[:1].upper()}{asked[1:]}?"


def _clause(sentence: str, fact: Fact) -> tuple[int, int]:
    """Return the bounds of what is asked: the fact's clause, or more if that has no subject."""
    parts = clauses(sentence)
    at = max(n for n, (start, _) in enumerate(parts) if start <= fact.start)
    first, last = parts[at]
    if at and not _OWN_SUBJECT.match(sentence, first):
        first = parts[0][0]
    for joint in _JOINT_END.finditer(sentence, fact.end, last):
        last = joint.start()
    return first, last


def ask(reader: Reader, sentence: str, fact: Fact, around: Sequence[Passage]) -> Asked:
    """Ask for a fact in some passages; the best answer of all counts."""
    agrees = differs = NOTHING
    other = None
    for span in reader.read(question(sentence, fact), around):
        is_same = holds(fact, sentence, span)
        if is_same:
            agrees = max(agrees, span.score)
        elif is_same is not None and span.score > differs:
            differs, other = span.score, span
    return Asked(fact, agrees, differs, other)


def holds(fact: Fact, sentence: str, span: Span) -> bool | None:
    """Whether an answer is the fact, however it is written; None if it is of another kind."""
    article = span.passage.article
    if fact.kind == "number":
        ours = [n for n in numbers(sentence) if n.start == fact.start]
        theirs = _numbers_in(span)
        return any(a.fits(b) for a in ours for b in theirs) if theirs else None
    if fact.kind == "date":
        dates = [t for t in times(sentence, article.published) if t.start == fact.start]
        told = _times_in(span)
        return any(same_time(a, b) for a in dates for b in told) if told else None
    start, text = _sentence(span)
    called = [n for n in names(text) if n.start + start < span.end and span.start < n.end + start]
    if any(same_name(fact.text, name.text) for name in called):
        return True
    return False if called else None


def same_time(one: TimeSpan, other: TimeSpan) -> bool:
    """Whether the second is one that the first may mean, and at least as exact.

    A day or month without its year may be that of any year.
    """
    is_as_exact = UNITS.index(other.unit) <= UNITS.index(one.unit)
    if is_as_exact and one.first <= other.last and other.first <= one.last:
        return True
    if one.unit != other.unit or one.unit not in ("day", "month") or not one.is_relative:
        return False
    if other.is_relative and abs(one.first - other.first) == timedelta(weeks=1):
        return True  # one sentence tells of last Friday, the other seems to tell of the next
    return (one.first.month, one.first.day) == (
        other.first.month,
        other.first.day,
    )


def _numbers_in(span: Span) -> list[Number]:
    """Return the numbers of an answer, read in their sentence."""
    start, text = _sentence(span)
    return [n for n in numbers(text) if n.start + start < span.end and span.start < n.end + start]


def _times_in(span: Span) -> list[TimeSpan]:
    """Return the times of an answer, read in their sentence."""
    start, text = _sentence(span)
    found = time_spans(text, span.passage.article.published)
    return [t for t in found if t.start + start < span.end and span.start < t.end + start]


def _sentence(span: Span) -> tuple[int, str]:
    article = span.passage.article
    start, end = sentence_around(article.text, span.start, span.end)
    return start, article.text[start:end]
