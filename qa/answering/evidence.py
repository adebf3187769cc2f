"""What speaks for a span: the reader's score, the retrieval's, and the words of its sentence.

A weighted sum of the three ranks the spans; a logistic curve makes the best one's, and its margin
over the best span with other words, a probability. Weights and curve are fitted by
tests/benchmarks/fit_reader.py on half of six sets of questions whose articles the reader never saw:
on news, asked before it was seen, over many articles and over few; on its passages; people's
adversarial ones; and encyclopedic ones. Tried and left out, for they changed next to nothing:
cosine and BM25 apart, the cosine of question and sentence, the question's words in the passage,
whether the span is the kind of thing asked for, how long it is, whether another passage says the
same.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..datatypes import Hit, Span
from ..sentences import sentence_around
from ..terms import stemmed_terms

FEATURES = ("reader", "fused", "in_sentence")
"""Names of the features, in the order of the columns."""

WEIGHTS = np.array([0.342, 8.252, 0.901])
"""Weight of each feature; their weighted sum is a span's evidence."""

SLOPE, MARGIN_SLOPE, INTERCEPT = 0.6021, 0.3184, -5.115
"""Of the logistic curve from evidence, and its margin, to confidence."""

SENTENCE_SLOPE, SENTENCE_MARGIN_SLOPE, SENTENCE_INTERCEPT = 0.6115, 0.0951, -4.501
"""Of the curve to the probability that the span's sentence holds the answer.

The margin is over the best span of another sentence. Fitted like the other curve, with these
weights, on 500 questions of each set; Brier score on the other half .148.
"""

MOST_MARGIN = 8.0
"""Greatest margin that counts; also where no other words are in sight."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A span with what speaks for it."""

    span: Span
    """The span."""
    evidence: float
    """Weighted sum of its features."""
    confidence: float
    """Probability in [0, 1] that it is right, were it the best."""
    sentence: tuple[int, int]
    """Offsets of the sentence, or sentences, around it."""
    sentence_confidence: float
    """Probability in [0, 1] that the sentence holds the answer, were the span the best."""


def weigh(question: str, hits: Sequence[Hit], spans: Sequence[Span]) -> list[Weighed]:
    """Return the spans with their confidence, best first."""
    sentences = sentences_of(spans)
    sums = features(question, hits, spans, sentences) @ WEIGHTS
    ahead = margins([folded(span.text) for span in spans], sums)
    sure = expit(SLOPE * sums + MARGIN_SLOPE * ahead + INTERCEPT)
    ahead = margins(sentence_places(spans, sentences), sums)
    held = expit(SENTENCE_SLOPE * sums + SENTENCE_MARGIN_SLOPE * ahead + SENTENCE_INTERCEPT)
    # The words cannot be likelier right than the sentence around them.
    held = np.maximum(held, sure)
    rows = zip(spans, sums.tolist(), sure.tolist(), sentences, held.tolist(), strict=True)
    return sorted((Weighed(*row) for row in rows), key=lambda entry: -entry.evidence)


def sentences_of(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Return the offsets of the sentence, or sentences, around each span."""
    return [sentence_around(span.passage.article.text, span.start, span.end) for span in spans]


def sentence_places(
    spans: Sequence[Span], sentences: Sequence[tuple[int, int]]
) -> list[tuple[str, int, int]]:
    """Return article and offsets of each sentence: equal for spans of one sentence."""
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
    rarity = _rarity(asked, [set(stemmed_terms(hit.passage.text)) for hit in hits])
    rows = []
    for span, (first, last) in zip(spans, sentences, strict=True):
        text = span.passage.article.text
        fused = scores[span.passage.place]
        rows.append((span.score, fused, _share(rarity, set(stemmed_terms(text[first:last])))))
    return np.array(rows, np.float64).reshape(len(spans), len(FEATURES))


def expit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logistic function of each value."""
    return np.asarray(1 / (1 + np.exp(-values)), np.float64)


def margins(kinds: Sequence[Hashable], sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much each span's evidence is above that of the best span of another kind.

    A kind is the span's folded words, or the place of its sentence. Negative for all but the best;
    an answer that nothing else comes near is
    likelier right than one of two that are alike.
    """
    found = np.full(len(sums), MOST_MARGIN)
    for place, own in enumerate(kinds):
        others = [total for total, other in zip(sums, kinds, strict=True) if other != own]
        if others:
            found[place] = min(MOST_MARGIN, sums[place] - max(others))
    return found


def folded(text: str) -> str:
    """Return the words alone, for comparing two quotes."""
    return " ".join(text.casefold().split()).strip(" .,;:!?\"'“”‘’")


def _rarity(wanted: set[str], texts: Sequence[set[str]]) -> dict[str, float]:
    """Weight of each wanted word: the fewer of the texts have it, the more it says."""
    counts = {word: sum(word in text for text in texts) for word in wanted}
    return {word: math.log((len(texts) + 1) / (count + 0.5)) for word, count in counts.items()}


def _share(weights: dict[str, float], found: set[str]) -> float:
    """Share of the words' weight that was found, in [0, 1]."""
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in found) / total if total else 0
