"""Questions that a few words cannot answer: yes or no, why, how, what someone said, what happened.

They are answered by the sentence that answers best and by up to two more that come close to it and
say something else, each cited.
"""

import re
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

_OPEN = re.compile(
    r"\W*(?:(?:and|but|so|then|ok|well)\b\W*)*(?:"
    r"why|how come|tell me|explain|describe|compare|list\b|"
    r"how (?!many|much|long|old|far|big|large|tall|deep|fast|high|often|wide|heavy|likely|soon)|"
    r"what(?:'s| is| was) the (?:story|background|reason|plan|difference|argument|excuse)|"
    r"what(?:'s| has| had| did)? happen|"
    r"what (?:did|does|do|has|have|had|is|are|was|were)\b.{1,80}\b(?:say|said|saying|think|thought|"
    r"argue|argued|claim|claimed|react|respond|promise|promised|want|wanted|call|called)\b)",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"\W*(?:(?:and|but|so|then|ok|well)\b\W*)*(?:"
    r"is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)"
    r"(?:n['’]t)?\b",
    re.IGNORECASE,
)


def asks_yes_or_no(question: str) -> bool:
    """Whether a question asks for yes or no, which words cut out of a sentence cannot say."""
    return bool(_YES_NO.match(question))


def wants_sentences(question: str) -> bool:
    """Whether a question asks for more than a few words."""
    return bool(_OPEN.match(question))


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
