"""Two questions in one: "Who won the race and how many watched?" is answered in two parts."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ..answering.wording import phrases
from ..datatypes import Answer, AnswerKind, Citation, Status

LEAST_WORDS = 3
"""Words of a question that is one on its own; "and why?" goes with what stands before it."""

_ASKING = r"who|whom|whose|what|when|where|why|how|which"
_BETWEEN = re.compile(
    rf"(?:\?|;|,?\s+and(?: also)?(?=\s))\s*(?:and\s+|also\s+)?(?=(?:{_ASKING})\b)"
    r"(?!(?-i:WHO)\b)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    rf"\W*(?:(?:and|but|so)\s+)?(?:(?:in|on|at|to|from|by|for|with)\s+)?(?:{_ASKING}|is|are|was|"
    r"were|do|does|did|has|have|had|can|could|will|would)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?:what|when|where|why|how|who|whom|which)\s+"
    r"(?:he|she|it|they|we|you|i|the|a|an|his|her|its|their|this|that|these|those|to)\b",
    re.IGNORECASE,
)
_INSIDE = re.compile(rf"\b(?:{_ASKING}|whether|if)\b", re.IGNORECASE)
_ORDER = (Status.ANSWERED, Status.WEAK, Status.NOT_FOUND)


def two_questions(question: str) -> tuple[str, str] | None:
    """Return the two questions that were asked in one; None if it is a single one.

    Both must be questions by their words. What a question has inside, as in "what did she say
    about who won and how it ended?", is no question of its own.
    """
    parts = _BETWEEN.split(question)
    if len(parts) != 2 or phrases(question):
        return None
    first, second = (part.strip(" \t,;?") for part in parts)
    start = _QUESTION.match(first)
    if start is None or _INSIDE.search(first, start.end()) or _CLAUSE.match(second):
        return None
    if min(len(first.split()), len(second.split())) < LEAST_WORDS:
        return None
    return f"{first}?", f"{second}?"


def joined(asked: Sequence[str], found: Sequence[Answer], k: int) -> Answer:
    """Return the answers to several questions as one, their sentences one after the other.

    Its notes say which sentence answers which question, and which question has no answer. It is as
    sure as the least sure of those that were found.
    """
    answered = [each for each in found if each.status is not Status.NOT_FOUND]
    citations: list[Citation] = []
    notes: list[str] = []
    for question, each in zip(asked, found, strict=True):
        first = len(citations) + 1
        if each.status is Status.NOT_FOUND:
            notes.append(f"not in your articles: {question}")
            continue
        several = each.kind is AnswerKind.SENTENCES
        shown = each.citations if several else each.citations[:1]
        citations += [
            Citation(number, cited.article, *cited.sentence_bounds, lit=cited.lit_bounds)
            for number, cited in enumerate(shown, first)
        ]
        numbers = " ".join(f"[{number}]" for number in range(first, len(citations) + 1))
        notes += [f"{numbers} {question}", *each.notes]
    hits = {hit.passage.place: hit for each in reversed(found) for hit in each.hits}
    ordered = dict.fromkeys(hit.passage.place for each in found for hit in each.hits)
    status = max((each.status for each in answered), key=_ORDER.index, default=Status.NOT_FOUND)
    least = min((each.confidence for each in answered), default=0.0)
    return replace(
        found[0],
        question=" ".join(each.question for each in found),
        text=" ".join(cited.quote for cited in citations),
        status=status,
        kind=AnswerKind.SENTENCES if len(citations) > 1 else AnswerKind.SENTENCE,
        confidence=least,
        citations=tuple(citations),
        alternatives=(),
        hits=tuple(hits[place] for place in ordered)[:k],
        timings={
            step: sum(each.timings.get(step, 0.0) for each in found) for step in found[0].timings
        },
        unread=sum(each.unread for each in found),
        notes=tuple(notes) if answered else (),
    )
