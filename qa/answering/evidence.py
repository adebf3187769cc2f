"""Evidence for a span: the reader's score, the retrieval score, and the words of its sentence.

Spans are ranked by a weighted sum of the three. A logistic curve turns the evidence of the best
span, and its margin over the best span with other words, into a probability. Weights and curve are
fitted by tests/benchmarks/fit_reader.py on half of six question sets whose articles the reader
never saw: questions on news written before the article was read, over many and over few articles;
questions on news passages; adversarial questions; and encyclopedic ones. Tried and left out because
they changed next to nothing: cosine and BM25 separately, the cosine of question and sentence, the
question's words in the passage, the expected answer type, the length of the span, whether another
passage says the same, a margin over answers that disagree alone, and the best sentence read again.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..datatypes import Hit, Span
from ..folding import words
from ..sentences import sentence_around
from ..terms import STOP_WORDS, found_words, stem, stemmed_terms
from .amounts import values_in

FEATURES = ("reader", "fused", "in_sentence")
"""Names of the features, in column order."""

WEIGHTS = np.array([0.342, 8.252, 0.901])
"""Weight of each feature; their weighted sum is a span's evidence."""

SLOPE, MARGIN_SLOPE, INTERCEPT = 0.6021, 0.3184, -5.115
"""Coefficients of the logistic curve from evidence and margin to confidence."""

SENTENCE_SLOPE, SENTENCE_MARGIN_SLOPE, SENTENCE_INTERCEPT = 0.6115, 0.0951, -4.501
"""Coefficients of the curve to the probability that the span's sentence holds the answer.

The margin is the one over the best span of another sentence. Fitted like the other curve on 500
questions of each set; its Brier score on the other half is .148.
"""

MOST_MARGIN = 8.0
"""Upper limit of the margin; also the margin if there is no other span."""


Curve = tuple[float, float, float]
"""Logistic curve: slope of the evidence, slope of the margin, intercept."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A span with its evidence."""

    span: Span
    """The span."""
    evidence: float
    """Weighted sum of its features."""
    confidence: float
    """Probability in [0, 1] that it is right, if it is the best one."""
    sentence: tuple[int, int]
    """Offsets of the sentence, or sentences, around it."""
    sentence_confidence: float
    """Probability in [0, 1] that the sentence holds the answer, if the span is the best one."""


def weigh(
    question: str,
    hits: Sequence[Hit],
    spans: Sequence[Span],
    sentences: Sequence[tuple[int, int]] | None = None,
) -> list[Weighed]:
    """Return the spans with their confidence, best first.

    ``sentences`` are the offsets of what is shown of each; by default the sentence around it.
    """
    sentences = sentences_of(spans) if sentences is None else sentences
    sums = features(question, hits, spans, sentences) @ WEIGHTS
    curve = SLOPE, MARGIN_SLOPE, INTERCEPT
    sentence_curve = SENTENCE_SLOPE, SENTENCE_MARGIN_SLOPE, SENTENCE_INTERCEPT
    weighed = with_confidence(spans, sentences, sums, curve, sentence_curve)
    return sorted(weighed, key=lambda entry: -entry.evidence)


def with_confidence(
    spans: Sequence[Span],
    sentences: Sequence[tuple[int, int]],
    sums: NDArray[np.float64],
    curve: Curve,
    sentence_curve: Curve,
) -> list[Weighed]:
    """Return the spans with their confidence, in their order.

    ``sums`` is the evidence of each span. The first curve is for its words, the other for its
    sentence.
    """
    slope, margin_slope, intercept = curve
    ahead = margins([folded(span.text) for span in spans], sums)
    sure = expit(slope * sums + margin_slope * ahead + intercept)
    slope, margin_slope, intercept = sentence_curve
    ahead = margins(sentence_places(spans, sentences), sums)
    held = expit(slope * sums + margin_slope * ahead + intercept)
    # The words cannot be likelier right than the sentence around them.
    held = np.maximum(held, sure)
    rows = zip(spans, sums.tolist(), sure.tolist(), sentences, held.tolist(), strict=True)
    return [Weighed(*row) for row in rows]


def sentences_of(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Return the offsets of the sentence, or sentences, around each span."""
    return [sentence_around(span.passage.article.text, span.start, span.end) for span in spans]


def sentence_places(
    spans: Sequence[Span], sentences: Sequence[tuple[int, int]]
) -> list[tuple[str, int, int]]:
    """Return the article and offsets of each span's sentence."""
    return [
        (span.passage.article.id, *sentence)
        for span, sentence in zip(spans, sentences, strict=True)
    ]


def features(
    question: str,
    hits: Sequence[Hit],
    spans: Sequence[Span],
    sentences: Sequence[tuple[int, int]],
) -> NDArray[np.float64]:
    """Return float64 ``(len(spans), len(FEATURES))``; each span lies in the passage of a hit.

    - reader: the span's score, less that of "no answer";
    - fused: the retrieval score of its passage;
    - in_sentence: share of the question's content words that its sentence holds, each counting by
      how few of the passages hold it, in [0, 1].
    """
    asked = set(stemmed_terms(question))
    scores = {hit.passage.place: hit.score for hit in hits}
    weights = rarity(asked, [found_words(hit.passage.text) for hit in hits])
    rows = []
    for span, (first, last) in zip(spans, sentences, strict=True):
        text = span.passage.article.text
        fused = scores[span.passage.place]
        rows.append((span.score, fused, share(weights, found_words(text[first:last]))))
    return np.array(rows, np.float64).reshape(len(spans), len(FEATURES))


def expit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logistic function of each value."""
    return np.asarray(1 / (1 + np.exp(-values)), np.float64)


def margins(kinds: Sequence[Hashable], sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much each span's evidence is above that of the best span of another kind.

    A kind is the span's folded words, or the place of its sentence. The margin is negative for all
    but the best span. An answer far ahead of all others is likelier right than one of two equals.
    """
    found = np.full(len(sums), MOST_MARGIN)
    for place, own in enumerate(kinds):
        others = [total for total, other in zip(sums, kinds, strict=True) if other != own]
        if others:
            found[place] = min(MOST_MARGIN, sums[place] - max(others))
    return found


def folded(text: str) -> str:
    """Return the folded words, to compare two quotes; the text itself if it has none."""
    return " ".join(words(text)) or text.strip()


def tells(text: str, question: str) -> bool:
    """Whether an answer is more than one word of the question or of grammar: "people", "for"."""
    if " " in text or not (text.islower() or text == "The") or values_in(text):
        return True
    return folded(text) not in STOP_WORDS and stem(text) not in stemmed_terms(question)


def rarity(wanted: set[str], texts: Sequence[set[str]]) -> dict[str, float]:
    """Return a weight for each wanted word: the fewer texts contain it, the higher."""
    counts = {word: sum(word in text for text in texts) for word in wanted}
    return {word: math.log((len(texts) + 1) / (count + 0.5)) for word, count in counts.items()}


def share(weights: dict[str, float], found: set[str]) -> float:
    """Return the share of the total weight that was found, in [0, 1]."""
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in found) / total if total else 0
