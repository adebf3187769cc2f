"""Evidence for a span that may answer a follow-up question.

A follow-up leaves out what was just mentioned, so its own words say little about where its answer
is; that an article was just cited says much. Spans from all forms of the question are ranked
together by a weighted sum of the usual features and of how each span relates to the story. Two
logistic curves turn the evidence of the best span, and its margin over the next, into the
probabilities that the words are right and that their sentence holds the answer. Everything is
fitted by tests/benchmarks/fit_story.py on the first half of 120 news dialogues.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..answering.evidence import Weighed, features, sentences_of, with_confidence
from ..datatypes import Article, Hit, Span
from ..terms import stemmed_terms

WEIGHTS = np.array([0.39, 2.08, 0.15])
"""Weight of each of ``qa.answering.evidence.FEATURES``."""

STORY_WEIGHTS = np.array([6.63, 5.57, 0.56])
"""Weight of each column of ``story_features``."""

MOST_NEW = 2
"""Most words of a question that lead away from the story and count."""

MOST_CHARACTERS = 20_000
"""Code points of an article in which its words are looked up."""

SLOPE, MARGIN_SLOPE, INTERCEPT = 0.303, 0.409, -2.832
"""Of the curve to the probability that the words are right."""

SENTENCE_SLOPE, SENTENCE_MARGIN_SLOPE, SENTENCE_INTERCEPT = 0.290, 0.621, -2.557
"""Of the curve to the probability that their sentence holds the answer."""

SENTENCE_WEAK = 0.45
"""Least confidence of a sentence that is shown as a weak answer in a conversation.

On the half fitted, 185 of 328 answers are shown then, 61 wrong ones, and something for 13 of the 34
questions without an answer. From 0.40 on it would be 195, 78 and 18: of what that adds, less than
two in five are right.
"""

LEAVING_WEAK = 0.35
"""The same where a question leaves the story and is judged like a first one.

On the half fitted, 182 answers are shown then, and 65 wrong ones. From 0.2 on, as for a first
question, it would be 183 and 72: the form that stands alone is not always what was meant.
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
class Story:
    """What a conversation is about."""

    cited: AbstractSet[str]
    """Ids of the articles that it cited."""
    near: AbstractSet[str] = frozenset()
    """Ids of other articles on the same events."""
    words: AbstractSet[str] = frozenset()
    """Content words of the cited articles, without their endings."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span with the form of the question that it answers."""

    question: str
    """The form."""
    weighed: Weighed
    """The span with its confidence."""


def weigh_forms(readings: Iterable[Reading], story: Story) -> list[Candidate]:
    """Return the spans of all readings with their confidence, best first."""
    forms: list[str] = []
    spans: list[Span] = []
    sentences: list[tuple[int, int]] = []
    sums: list[float] = []
    for reading in readings:
        places = sentences_of(reading.spans)
        columns = features(reading.question, reading.hits, reading.spans, places)
        placed = story_features(reading, story)
        forms += [reading.question] * len(reading.spans)
        spans += reading.spans
        sentences += places
        sums += (columns @ WEIGHTS + placed @ STORY_WEIGHTS).tolist()
    curve = SLOPE, MARGIN_SLOPE, INTERCEPT
    sentence_curve = SENTENCE_SLOPE, SENTENCE_MARGIN_SLOPE, SENTENCE_INTERCEPT
    totals = np.array(sums, np.float64)
    weighed = with_confidence(spans, sentences, totals, curve, sentence_curve)
    found = [Candidate(form, entry) for form, entry in zip(forms, weighed, strict=True)]
    return sorted(found, key=lambda each: -each.weighed.evidence)


def story_features(reading: Reading, story: Story) -> NDArray[np.float64]:
    """Return float64 ``(len(reading.spans), 3)``: how each span stands to the story.

    - whether its article was cited;
    - whether its article is on the same events as one of those;
    - otherwise, how many words of the question its article has that no cited article has, up to
      ``MOST_NEW``. Such words, mostly names, lead a question away from the story.
    """
    new = set(stemmed_terms(reading.question)) - story.words
    known: dict[str, int] = {}
    rows = []
    for span in reading.spans:
        article = span.passage.article
        is_cited, is_near = article.id in story.cited, article.id in story.near
        if article.id not in known:
            known[article.id] = min(MOST_NEW, len(new & article_words(article)))
        rows.append((is_cited, is_near, 0 if is_cited or is_near else known[article.id]))
    return np.array(rows, np.float64).reshape(len(reading.spans), 3)


def article_words(article: Article) -> set[str]:
    """Return the content words of an article's title and text, without their endings."""
    return set(stemmed_terms(f"{article.title} {article.text[:MOST_CHARACTERS]}"))
