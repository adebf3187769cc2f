"""The most telling sentences of an article, and what a library is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ..answering.session import Session
from ..datatypes import Article, Citation
from ..sentences import after_dateline, sentence_bounds
from ..storage.article_store import ArticleRow

MOST_READ = 40
"""Sentences of an article that are looked at, from its beginning."""

LEAST_LENGTH = 30
"""Code points of a sentence that tells something."""

MOST_ALIKE = 0.8
"""Cosine above which a sentence repeats one that was chosen."""

LEAD = 0.15
"""What the first sentence is ahead of the last one looked at: news tells the main thing first."""

NEWEST = 400
"""Newest articles that an overview looks at."""

SAME_STORY = 0.55
"""Least cosine of an article's mean embedding and that of a story, for it to belong there."""


@dataclass(frozen=True, slots=True)
class Story:
    """Articles on the same events."""

    articles: tuple[ArticleRow, ...]
    """Newest first."""

    @property
    def dates(self) -> tuple[date, date] | None:
        """Earliest and latest date; None if no article has one."""
        known = sorted(row.published for row in self.articles if row.published)
        return (known[0], known[-1]) if known else None


def telling_sentences(
    session: Session, article: Article, count: int, told: Collection[tuple[int, int]] = ()
) -> list[tuple[int, int]]:
    """Return offsets of the sentences that tell most of an article, in its order.

    These are closest to the mean of all, the first ones preferred, none repeating another (maximal
    marginal relevance, Carbonell and Goldstein 1998). Those in ``told`` are left out.
    """
    text = article.text
    first = after_dateline(text)
    bounds = [
        (max(start, first), end)
        for start, end in sentence_bounds(text)
        if end - max(start, first) >= LEAST_LENGTH
    ][:MOST_READ]
    bounds = [each for each in bounds if not any(_overlap(each, other) for other in told)]
    if not bounds:
        return []
    vectors = session.encoder.encode([text[start:end] for start, end in bounds], "passage")
    mean = vectors.mean(axis=0)
    score = vectors @ (mean / max(float(np.linalg.norm(mean)), 1e-9))
    score -= LEAD * np.arange(len(bounds)) / len(bounds)
    chosen: list[int] = []
    for place in np.argsort(-score).tolist():
        if len(chosen) == count:
            break
        if all(float(vectors[place] @ vectors[other]) < MOST_ALIKE for other in chosen):
            chosen.append(place)
    return [bounds[place] for place in sorted(chosen)]


def stories(session: Session, rows: Sequence[ArticleRow]) -> list[Story]:
    """Return the stories of the newest articles, the one with most articles first.

    An article joins the first story whose mean is close to its own, or begins one.
    """
    means: list[np.ndarray[tuple[int], np.dtype[np.float32]]] = []
    members: list[list[ArticleRow]] = []
    for row in rows[:NEWEST]:
        vectors = [vector for _, vector in session.store.article_vectors(row.id)]
        if not vectors:
            continue
        own = np.asarray(np.sum(vectors, axis=0, dtype=np.float32), np.float32)
        own /= max(float(np.linalg.norm(own)), 1e-9)
        close = [float(own @ mean) / float(np.linalg.norm(mean)) for mean in means]
        best = int(np.argmax(close)) if close else -1
        if best >= 0 and close[best] >= SAME_STORY:
            means[best] = means[best] + own
            members[best].append(row)
        else:
            means.append(own)
            members.append([row])
    return [Story(tuple(each)) for each in sorted(members, key=len, reverse=True)]


def cite(article: Article, bounds: Sequence[tuple[int, int]], first: int = 1) -> list[Citation]:
    """Return sentences as citations, numbered from ``first``."""
    return [
        Citation(number, article, start, end) for number, (start, end) in enumerate(bounds, first)
    ]


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
