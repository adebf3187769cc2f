"""What speaks for a span that may answer a follow-up question.

A follow-up leaves out what was just spoken of, so its own words say little about where its answer
stands; that the article was just cited says much. A weighted sum of the span's features, and of
whether it stands in the story, ranks the spans of all forms of the question together. Two logistic
curves make the best one's, and its margin over the next, the probabilities that the words are right
and that their sentence holds the answer. All are fitted by tests/benchmarks/fit_story.py on the
first half of 120 news dialogues.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from ..answering.evidence import (
    Weighed,
    expit,
    features,
    folded,
    margins,
    sentence_places,
    sentences_of,
)
from ..datatypes import Hit, Span

WEIGHTS = np.array([0.39, 2.32, 0.22])
"""Weight of each of ``qa.answering.evidence.FEATURES``."""

CITED_WEIGHT, NEAR_WEIGHT = 5.56, 4.23
"""Weight of standing in an article cited before, and in one on the same events as one of those."""

SLOPE, MARGIN_SLOPE, INTERCEPT = 0.281, 0.454, -2.505
"""Of the curve to the probability that the words are right."""

SENTENCE_SLOPE, SENTENCE_MARGIN_SLOPE, SENTENCE_INTERCEPT = 0.263, 0.651, -2.217
"""Of the curve to the probability that their sentence holds the answer."""

SENTENCE_WEAK = 0.40
"""Confidence from which a sentence is offered as weak in a conversation.

On the half fitted 183 of 328 answers are shown then, 69 wrong ones, and something for 18 of 34
questions on which the articles are silent; from 0.45 on 170, 54 and 14.
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """One form of a question with what was found for it and read."""

    question: str
    """The form."""
    hits: Sequence[Hit]
    """The passages that were read."""
    spans: Sequence[Span]
    """What the reader found in them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span with the form of the question that it answers."""

    question: str
    """The form."""
    weighed: Weighed
    """The span with its confidence."""


def weigh_forms(
    readings: Iterable[Reading], cited: AbstractSet[str], near: AbstractSet[str]
) -> list[Candidate]:
    """Return the spans of all readings with their confidence, best first, each sentence once.

    ``cited`` and ``near`` are ids of articles: those that the conversation cited, and those on the
    same events.
    """
    forms: list[str] = []
    spans: list[Span] = []
    sums: list[float] = []
    for reading in readings:
        places = sentences_of(reading.spans)
        columns = features(reading.question, reading.hits, reading.spans, places)
        for span, total in zip(reading.spans, (columns @ WEIGHTS).tolist(), strict=True):
            article = span.passage.article.id
            forms.append(reading.question)
            spans.append(span)
            sums.append(total + CITED_WEIGHT * (article in cited) + NEAR_WEIGHT * (article in near))
    totals = np.array(sums, np.float64)
    sentences = sentences_of(spans)
    ahead = margins([folded(span.text) for span in spans], totals)
    sure = expit(SLOPE * totals + MARGIN_SLOPE * ahead + INTERCEPT)
    ahead = margins(sentence_places(spans, sentences), totals)
    held = expit(SENTENCE_SLOPE * totals + SENTENCE_MARGIN_SLOPE * ahead + SENTENCE_INTERCEPT)
    held = np.maximum(held, sure)
    rows = zip(spans, sums, sure.tolist(), sentences, held.tolist(), strict=True)
    found = [Candidate(form, Weighed(*row)) for form, row in zip(forms, rows, strict=True)]
    return sorted(found, key=lambda each: -each.weighed.evidence)
