"""Question and passages → spans that may answer, each with a score."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..datatypes import Passage, Span
from ..sentences import after_leading_date, sentence_bounds
from ..terms import question_terms, stem
from .encoder import Encoder


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a reader's scores become a probability.

    A span's evidence is its score plus ``retrieval_weight`` times the fused retrieval score of its
    passage; its confidence is the logistic function of ``slope`` × evidence + ``intercept``
    (Platt 1999).
    """

    retrieval_weight: float
    """What one unit of fused retrieval score is worth."""
    slope: float
    """Steepness of the curve."""
    intercept: float
    """Its place."""
    answered: float
    """Confidence from which an answer is claimed."""
    weak: float
    """Confidence from which a guess is offered; below it nothing is."""


class Reader(Protocol):
    """What finds the words that answer a question."""

    name: str
    """Shown to a person."""
    calibration: Calibration
    """How far its scores can be trusted."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        """Return spans from the passages, best first; their scores already weigh "no answer".

        The spans of a passage do not overlap, and there may be none.
        """
        ...


class SentenceReader:
    """The light reader: whole sentences, weighed by a linear model over a few plain features.

    Needs no weights but the encoder's. Coefficients and curve are fitted on the training questions
    (tests/benchmarks/fit_sentences.py). Of 200 that neither had seen it is right with 47 % when the
    gold paragraph is there, and tells there from gone with AUROC .79; from ``weak`` on it keeps
    98 % of its right answers.
    """

    name = "sentences"
    calibration = Calibration(
        retrieval_weight=5.942, slope=0.8694, intercept=-7.9237, answered=0.5, weak=0.059
    )
    coefficients: NDArray[np.float64] = np.array([3.875, 2.083, 0.822, -0.132, 0.527])

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        """Return the sentences of the passages, best first."""
        places = sentences_of(passages)
        if not places:
            return []
        scores = self.features(question, places) @ self.coefficients
        spans = [
            Span(passage, start, end, float(score))
            for (passage, start, end), score in zip(places, scores, strict=True)
        ]
        return sorted(spans, key=lambda span: -span.score)

    def features(
        self, question: str, places: Sequence[tuple[Passage, int, int]]
    ) -> NDArray[np.float64]:
        """Return float64 ``(len(places), 5)``: what speaks for each sentence.

        Cosine with the question; share of the question's content words in the sentence, in it with
        the sentence before and the title, and in its passage with the title; whether it holds the
        kind of thing that the question asks for. Words count by how few of the sentences have them.
        """
        texts = [passage.article.text[start:end] for passage, start, end in places]
        (query,) = self._encoder.encode([question], "question")
        cosines = self._encoder.encode(texts, "passage") @ query
        inside = [_stems(text) for text in texts]
        weights = _rarity(_stems(question), inside)
        kind = asked_kind(question)
        rows = []
        for number, (passage, start, _) in enumerate(places):
            title = _stems(passage.article.title)
            near = inside[number] | title
            if number and places[number - 1][0] is passage and start > passage.start:
                near |= inside[number - 1]
            rows.append(
                (
                    float(cosines[number]),
                    _share(weights, inside[number]),
                    _share(weights, near),
                    _share(weights, _stems(passage.text) | title),
                    float(bool(kind and kind.search(texts[number]))),
                )
            )
        return np.array(rows, np.float64)


def sentences_of(passages: Sequence[Passage]) -> list[tuple[Passage, int, int]]:
    """Return the sentences of the passages with their offsets, each place once.

    The date that a text begins with is no sentence.
    """
    seen: set[tuple[str, int]] = set()
    places = []
    for passage in passages:
        for first, last in sentence_bounds(passage.text):
            start, end = passage.start + first, passage.start + last
            key = (passage.article.id, start)
            if key not in seen and start >= after_leading_date(passage.article.text):
                seen.add(key)
                places.append((passage, start, end))
    return places


_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?"
    r"|thousands?|millions?|billions?|half|twice)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b\d{4}\b|\d:\d\d|\b(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)
_NAME = re.compile(r"(?<=[\w,;:\"'”’)] )(?:[A-Z]|\"[A-Z])")
_REASON = re.compile(r"\b(?:because|due|after|since|owing|caused?|so that|to)\b", re.IGNORECASE)

_KINDS = (
    (re.compile(r"\bhow (?:many|much|long|old|far|big|large|high|tall|deep|fast)\b"), _NUMBER),
    (re.compile(r"\b(?:when|what (?:year|date|day|month|time)|which (?:year|day|month))\b"), _TIME),
    (re.compile(r"\b(?:who|whom|whose|where|which|what (?:country|city|company|name))\b"), _NAME),
    (re.compile(r"\bwhy\b"), _REASON),
)


def asked_kind(question: str) -> re.Pattern[str] | None:
    """Return a pattern for the kind of thing a question asks for, or None when it is open."""
    lowered = question.lower()
    return next((kind for asked, kind in _KINDS if asked.search(lowered)), None)


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
