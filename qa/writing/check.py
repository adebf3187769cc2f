"""Checks written sentences against the passages that their writer was shown, on the CPU.

A sentence is held against the passages that it cites, then against the others: true of one of
those, it is *elsewhere*. A sentence without a citation is so at best, and is thereby cited. What
speaks for and against a sentence (`signals`) is weighed by a logistic curve, whose weights were
fitted to labelled sentences by ``python -m tests.benchmarks.checker fit``. It is a help, not a
proof: tests/benchmarks/README.md has figures by kind.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..datatypes import Citation, Passage
from ..models.encoder import Encoder
from ..models.reader import Reader
from ..models.verifier import Verifier
from .checked import CheckedSentence, Support
from .claims import is_claim, is_vague
from .signals import Evidence, features, flags, gather
from .sources import Sources

WEIGHTS = {
    "flagged": -1.86,
    "other_number": -1.85,
    "other_date": -2.47,
    "other_name": -1.54,
    "agreed": 0.36,
    "cosine": 0.10,
    "weakest": 1.85,
    "support": 2.77,
}
"""Weight of each of the `signals.features`, fitted to 1,747 labelled sentences; the checker is
measured on others."""
BIAS = 0.09
"""Added to the weighted sum."""
HELD = 0.5
"""Least probability of what a cited passage holds. With each story left out of the fit in turn, .82
of the false sentences are below it and .84 of the true ones are not."""
HELD_ELSEWHERE = 0.6
"""The same for a passage that is not cited, of which there are more to choose from."""
NEARER = 0.05
"""By how much the cosine of its nearest sentence must be larger than that of the cited ones. With
other weights it changed 29 false sentences of the fit from *elsewhere* to *unsupported*, and one
true one."""
LEAST_GAP = 3.0
"""Least gap between the reader's answer and a fact that is named as the reason."""

_MARKS = re.compile(r"\s*\[\d+(?:\s*[,;–-]\s*\d+)*\]")


@dataclass(frozen=True, slots=True)
class _Judged:
    """What some passages say of a sentence."""

    evidence: Evidence | None
    """What was found; None if the passages are empty."""
    probability: float
    """Probability that they hold it."""


class Checker:
    """Checks sentences with three models. It remembers the passages' embeddings."""

    def __init__(self, encoder: Encoder, reader: Reader, verifier: Verifier) -> None:
        self._sources = Sources(encoder)
        self._reader = reader
        self._verifier = verifier

    def check(
        self, sentence: str, cited: Sequence[int], passages: Sequence[Passage]
    ) -> CheckedSentence:
        """Return the sentence with its support; ``cited`` are numbers of ``passages``, from 1.

        Numbers without a passage are left out. It takes about 50 ms for each of the two steps.
        """
        text = _MARKS.sub("", sentence).strip()
        numbers = tuple(dict.fromkeys(n for n in cited if 1 <= n <= len(passages)))
        if not is_claim(text):
            return CheckedSentence(text, numbers, Support.NOT_CHECKABLE, ())
        own = [passages[number - 1] for number in numbers]
        judged = self._judge(text, own)
        if judged.probability >= HELD:
            sources = self._rests_on(text, own, passages)
            return CheckedSentence(text, numbers, Support.SUPPORTED, sources)
        if is_vague(text):
            return CheckedSentence(text, numbers, Support.NOT_CHECKABLE, ())
        others = nearest_article(self._sources, [p for p in passages if p not in own], text)
        beside = _Judged(None, 0.0)
        if self._cosine(text, others) >= self._cosine(text, own) + NEARER:
            beside = self._judge(text, others)
        if beside.probability >= HELD_ELSEWHERE:
            sources = self._rests_on(text, others, passages)
            return CheckedSentence(text, numbers, Support.ELSEWHERE, sources)
        told = judged if own else beside
        reason = _reason(told.evidence, "cited passage" if own else "passage")
        return CheckedSentence(text, numbers, Support.UNSUPPORTED, (), reason)

    def _cosine(self, text: str, passages: Sequence[Passage]) -> float:
        """Return the cosine of the nearest sentence; -1 if there is none."""
        return max((each.cosine for each in self._sources.nearest(text, passages)), default=-1.0)

    def _judge(self, text: str, passages: Sequence[Passage]) -> _Judged:
        evidence = gather(text, passages, self._sources, self._reader, self._verifier)
        return _Judged(evidence, probability(features(evidence)) if evidence else 0.0)

    def _rests_on(
        self, text: str, some: Sequence[Passage], passages: Sequence[Passage]
    ) -> tuple[Citation, ...]:
        """Return the sentences that the clauses of a text rest on, with their passages' numbers."""
        found: dict[tuple[int, int, int], Citation] = {}
        for source in self._sources.nearest_to_clauses(text, some):
            number = passages.index(source.passage) + 1
            start, end = source.sentence.start, source.sentence.end
            citation = Citation(number, source.passage.article, start, end)
            found.setdefault((number, start, end), citation)
        return tuple(found.values())


def nearest_article(sources: Sources, passages: Sequence[Passage], text: str) -> list[Passage]:
    """Return the passages of the article that has the sentence nearest to a text."""
    nearest = sources.nearest(text, passages)[:1]
    return [p for source in nearest for p in passages if p.article == source.passage.article]


def probability(values: dict[str, float]) -> float:
    """Return the probability that a sentence is held, from the values of its features."""
    total = BIAS + sum(WEIGHTS[name] * value for name, value in values.items())
    return 1 / (1 + math.exp(-total))


def _reason(evidence: Evidence | None, what: str) -> str:
    """Return the line that says what speaks most against a sentence."""
    if evidence is None:
        return f"no {what} says this"
    if found := flags(evidence, what):
        return found[0]
    asked = max(evidence.asked, key=lambda each: each.gap, default=None)
    if asked is None or asked.other is None or asked.gap < LEAST_GAP:
        return f"no {what} says this"
    return f"the source has “{asked.other.text}”, not “{asked.fact.text}”"
