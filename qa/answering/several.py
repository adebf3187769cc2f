"""Questions that a few words cannot answer: yes or no, why, how, what someone said, what happened.

They are answered by the sentence that answers best and by up to two more that come close to it and
say something else, each cited.
"""

from collections.abc import Sequence
from dataclasses import replace

from ..datatypes import Answer, AnswerKind, Citation, Status
from ..terms import stemmed_terms
from .evidence import Weighed

MOST_SENTENCES = 3
"""Sentences of one answer."""

CLOSE = 2.0
"""How far below the best one's evidence a further sentence may be."""

MOST_SHARED = 0.5
"""Share of a sentence's content words above which it repeats another."""


def in_sentences(found: Answer, weighed: Sequence[Weighed], status: Status) -> Answer:
    """Return an answer of the best sentence and those that come close to it.

    ``weighed`` are spans, best first, not empty.
    """
    best = weighed[0]
    chosen: list[Weighed] = []
    told: list[set[str]] = []
    for entry in weighed:
        if entry.evidence < best.evidence - CLOSE or len(chosen) == MOST_SENTENCES:
            break
        start, end = entry.sentence
        words = set(stemmed_terms(entry.span.passage.article.text[start:end]))
        if all(len(words & other) <= MOST_SHARED * min(len(words), len(other)) for other in told):
            chosen.append(entry)
            told.append(words)
    citations = tuple(sentence_citation(place, entry) for place, entry in enumerate(chosen, 1))
    return replace(
        found,
        text=" ".join(cited.quote for cited in citations),
        status=status,
        kind=AnswerKind.SENTENCES if len(citations) > 1 else AnswerKind.SENTENCE,
        confidence=best.sentence_confidence,
        citations=citations,
    )


def sentence_citation(number: int, entry: Weighed) -> Citation:
    """Return the sentence around a span as a citation, the span lit."""
    span, (start, end) = entry.span, entry.sentence
    return Citation(number, span.passage.article, start, end, lit=(span.start, span.end))
