"""Hits → answer: read the passages, weigh the spans, say how sure, or say that there is none."""

import math
import time
from collections.abc import Sequence

from ..datatypes import Alternative, Answer, Citation, Hit, Span, Status
from ..models.reader import Calibration, Reader

READ_PASSAGES = 8
"""Passages that are read for an answer."""

MOST_CITATIONS = 3
"""Places cited for one answer."""

MOST_ALTERNATIVES = 3
"""Other answers offered."""


def answer(question: str, hits: Sequence[Hit], reader: Reader, timings: dict[str, float]) -> Answer:
    """Read the best hits and return what they say; adds the milliseconds of reading."""
    started = time.perf_counter()
    read = hits[:READ_PASSAGES]
    spans = reader.read(question, [hit.passage for hit in read])
    weighed = weigh(spans, read, reader.calibration)
    timings["read"] = (time.perf_counter() - started) * 1000
    confidence = weighed[0][1] if weighed else 0.0
    guess = (
        Alternative(weighed[0][0].text, confidence, _citation(1, weighed[0][0]))
        if weighed
        else None
    )
    # Whatever a span scores: words that stand in no article cannot be answered from them.
    matched = any(hit.why.bm25 is not None for hit in hits)
    status = status_of(confidence, reader.calibration) if matched else Status.NOT_FOUND
    if status is Status.NOT_FOUND:
        return Answer(question, "", status, confidence, (), (), tuple(hits), guess, timings)
    best = weighed[0][0]
    same = [span for span, _ in weighed if _folded(span.text) == _folded(best.text)]
    citations = _citations(same)
    others = [(span, sure) for span, sure in weighed if _folded(span.text) != _folded(best.text)]
    alternatives = tuple(
        Alternative(span.text, sure, _citation(number, span))
        for number, (span, sure) in enumerate(_distinct(others), start=len(citations) + 1)
    )
    return Answer(
        question,
        best.text,
        status,
        confidence,
        citations,
        alternatives,
        tuple(hits),
        guess,
        timings,
    )


def weigh(
    spans: Sequence[Span], hits: Sequence[Hit], calibration: Calibration
) -> list[tuple[Span, float]]:
    """Return spans with their confidence in [0, 1], best first."""
    scores = {(hit.passage.article.id, hit.passage.start): hit.score for hit in hits}
    weighed: list[tuple[float, Span]] = []
    for span in spans:
        retrieval = scores[span.passage.article.id, span.passage.start]
        weighed.append((span.score + calibration.retrieval_weight * retrieval, span))
    weighed.sort(key=lambda pair: -pair[0])
    return [
        (span, _logistic(calibration.slope * evidence + calibration.intercept))
        for evidence, span in weighed
    ]


def status_of(confidence: float, calibration: Calibration) -> Status:
    """Return what may be claimed at that confidence."""
    if confidence >= calibration.answered:
        return Status.ANSWERED
    return Status.WEAK if confidence >= calibration.weak else Status.NOT_FOUND


def _citations(spans: Sequence[Span]) -> tuple[Citation, ...]:
    """The best place in each article, in order."""
    first = {span.passage.article.id: span for span in reversed(spans)}
    ordered = [span for span in spans if first[span.passage.article.id] is span]
    return tuple(
        _citation(number, span) for number, span in enumerate(ordered[:MOST_CITATIONS], start=1)
    )


def _citation(number: int, span: Span) -> Citation:
    return Citation(number, span.passage.article, span.start, span.end)


def _distinct(weighed: Sequence[tuple[Span, float]]) -> list[tuple[Span, float]]:
    """The best few with different words."""
    first: dict[str, tuple[Span, float]] = {}
    for span, sure in weighed:
        first.setdefault(_folded(span.text), (span, sure))
    return list(first.values())[:MOST_ALTERNATIVES]


def _folded(text: str) -> str:
    """Words alone, for comparing two quotes."""
    return " ".join(text.casefold().split()).strip(" .,;:!?\"'“”‘’")


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))
