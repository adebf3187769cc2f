"""What speaks for a span: the reader's score, the retrieval's, and a few plain facts.

Each span gets a row of features; a linear model over them ranks the spans, and a logistic curve
makes the best one's sum a probability.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..datatypes import Hit, Span
from ..sentences import sentence_around
from ..terms import question_terms, stem

FEATURES = (
    "reader",
    "fused",
    "cosine",
    "bm25",
    "in_passage",
    "in_sentence",
    "kind",
    "repeats",
    "said",
)
"""Names of the features, in the order of the columns."""


WEIGHTS = np.array([0.5, 8.0, 0.0, 0.0, 1.0, 1.0, 0.3, -0.5, 0.3])
"""Weight of each feature; their weighted sum is a span's evidence."""

CURVE = np.array([(-2.0, 0.0), (12.0, 1.0)])
"""Points of the curve from evidence to confidence; straight lines between them."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A span with what speaks for it."""

    span: Span
    """The span."""
    evidence: float
    """Weighted sum of its features."""
    confidence: float
    """Probability in [0, 1] that it is right, were it the best."""


def weigh(question: str, hits: Sequence[Hit], spans: Sequence[Span]) -> list[Weighed]:
    """Return the spans with their confidence, best first."""
    sums = features(question, hits, spans) @ WEIGHTS
    sure = np.interp(sums, *CURVE.T)
    weighed = [Weighed(*row) for row in zip(spans, sums.tolist(), sure.tolist(), strict=True)]
    return sorted(weighed, key=lambda entry: -entry.evidence)


def features(question: str, hits: Sequence[Hit], spans: Sequence[Span]) -> NDArray[np.float64]:
    """Return float64 ``(len(spans), len(FEATURES))``; each span lies in the passage of a hit.

    - reader: the span's score, less that of "no answer";
    - fused, cosine, bm25: of its passage; bm25 as a share of the best;
    - in_passage, in_sentence: share of the question's content words that stand in the passage
      under its title, and in the span's sentence; rare words count for more;
    - kind: 1 if it holds the kind of thing that is asked for, -1 if it does not, 0 for an open
      question;
    - repeats: share of the question's content words that the span itself says again;
    - said: best score of the same words in another passage, squashed to [0, 1]; 0 when nowhere.
    """
    asked = {stem(term) for term in question_terms(question)}
    places = {(hit.passage.article.id, hit.passage.start): hit for hit in hits}
    passages = {
        place: _stems(hit.passage.text) | _stems(hit.passage.article.title)
        for place, hit in places.items()
    }
    rarity = _rarity(asked, list(passages.values()))
    kind = asked_kind(question)
    best_bm25 = max((hit.why.bm25 or 0.0 for hit in hits), default=0.0) or 1.0
    words = [folded(span.text) for span in spans]
    said: dict[str, dict[tuple[str, int], float]] = {}
    for span, quote in zip(spans, words, strict=True):
        place = (span.passage.article.id, span.passage.start)
        known = said.setdefault(quote, {})
        known[place] = max(known.get(place, -math.inf), span.score)
    rows = []
    for span, quote in zip(spans, words, strict=True):
        place = (span.passage.article.id, span.passage.start)
        hit = places[place]
        text = span.passage.article.text
        first, last = sentence_around(text, span.start, span.end)
        others = [score for other, score in said[quote].items() if other != place]
        rows.append(
            (
                span.score,
                hit.score,
                hit.why.cosine,
                (hit.why.bm25 or 0.0) / best_bm25,
                _share(rarity, passages[place]),
                _share(rarity, _stems(text[first:last])),
                _kind_found(kind, span.text),
                _share(rarity, _stems(span.text)),
                1 / (1 + math.exp(-max(others))) if others else 0.0,
            )
        )
    return np.array(rows, np.float64).reshape(len(spans), len(FEATURES))


_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?"
    r"|thousands?|millions?|billions?|half|twice)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b\d{4}\b|\d:\d\d|\b(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)
_NAME = re.compile(r"\b[A-Z]")

_KINDS = (
    (re.compile(r"\bhow (?:many|much|long|old|far|big|large|high|tall|deep|fast)\b"), _NUMBER),
    (re.compile(r"\b(?:when|(?:what|which) (?:year|date|day|month|time))\b"), _TIME),
    (re.compile(r"\b(?:who|whom|whose|where|(?:what|which) (?:country|city|company))\b"), _NAME),
)


def asked_kind(question: str) -> re.Pattern[str] | None:
    """Return a pattern for the kind of thing a question asks for, or None when it is open."""
    lowered = question.lower()
    return next((kind for asked, kind in _KINDS if asked.search(lowered)), None)


def _kind_found(kind: re.Pattern[str] | None, text: str) -> float:
    if kind is None:
        return 0.0
    return 1.0 if kind.search(text) else -1.0


def folded(text: str) -> str:
    """Words alone, for comparing two quotes."""
    return " ".join(text.casefold().split()).strip(" .,;:!?\"'“”‘’")


def _stems(text: str) -> set[str]:
    """The content words of a text, without their endings."""
    return {stem(term) for term in question_terms(text)}


def _rarity(wanted: set[str], texts: Sequence[set[str]]) -> dict[str, float]:
    """Weight of each wanted word: the fewer of the texts have it, the more it says."""
    counts = {word: sum(word in text for text in texts) for word in wanted}
    return {word: math.log((len(texts) + 1) / (count + 0.5)) for word, count in counts.items()}


def _share(weights: dict[str, float], found: set[str]) -> float:
    """Share of the words' weight that was found, in [0, 1]."""
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in found) / total if total else 0
