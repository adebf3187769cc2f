"""The most telling sentences of an article, and what a library is about."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from ..answering.session import Session
from ..datatypes import Article, ArticleRowId, Citation, Hit, Scope
from ..sentences import after_dateline, sentence_bounds
from ..storage.article_store import ArticleRow
from ..terms import MONTHS, STOP_WORDS, WEEKDAYS, found_words, stemmed_terms
from .manners import NO_ARTICLES, NOT_THERE, NOTHING_CITED, NOTHING_MORE, REPLIES, Manner
from .past import Past, Quoted
from .story import mean_embedding, narrowed

MOST_TOLD = 3
"""Sentences of a summary."""

MOST_STORIES = 6
"""Stories that an overview names."""

LOOKED_AT = 5
"""Passages among which the article on a subject is looked for."""

_TIMES = frozenset([*map(str.lower, (*MONTHS, *WEEKDAYS)), "today", "yesterday", "week", "year"])

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


def telling_sentences(
    session: Session,
    article: Article,
    count: int,
    told: Collection[tuple[int, int]] = (),
    wanted: Collection[str] = (),
) -> list[tuple[int, int]]:
    """Return offsets of the sentences that tell most of an article, in its order.

    These are closest to the mean of all, the first ones preferred; none repeats another. Sentences
    that contain a ``wanted`` content word, without its ending, come before all others. Those in
    ``told`` are left out.
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
    for place, (start, end) in enumerate(bounds):
        score[place] += 2.0 * bool(found_words(text[start:end]).intersection(wanted))
    chosen: list[int] = []
    for place in np.argsort(-score).tolist():
        if len(chosen) == count:
            break
        if all(float(vectors[place] @ vectors[other]) < MOST_ALIKE for other in chosen):
            chosen.append(place)
    return [bounds[place] for place in sorted(chosen)]


def stories(session: Session, rows: Sequence[ArticleRow]) -> list[tuple[ArticleRow, ...]]:
    """Return the stories of the newest articles, the one with most articles first.

    An article joins the first story whose mean is close to its own, or begins one.
    """
    means: list[NDArray[np.float32]] = []
    members: list[list[ArticleRow]] = []
    for row in rows[:NEWEST]:
        own = mean_embedding(session, row.id)
        if own is None or (means and own.shape != means[0].shape):  # re-embedded in this moment
            continue
        close = [float(own @ mean) / float(np.linalg.norm(mean)) for mean in means]
        best = int(np.argmax(close)) if close else -1
        if best >= 0 and close[best] >= SAME_STORY:
            means[best] = means[best] + own
            members[best].append(row)
        else:
            means.append(own)
            members.append([row])
    return [tuple(each) for each in sorted(members, key=len, reverse=True)]


def reply(
    session: Session, manner: Manner, past: Sequence[Past], scope: Scope
) -> tuple[str, list[Citation]]:
    """Return what qa says to what is no question to the articles, and what it cites."""
    if manner is Manner.OVERVIEW:
        return overview(session, scope)
    if manner in (Manner.MORE, Manner.SUMMARY):
        return _last_article(session, past, scope, from_start=manner is Manner.SUMMARY)
    return REPLIES[manner], []


def overview(session: Session, scope: Scope) -> tuple[str, list[Citation]]:
    """Return the largest stories in a scope, each as a sentence of its newest article."""
    rows = session.store.article_rows(scope)
    if not rows:
        return NO_ARTICLES, []
    found = stories(session, rows)
    newest = [story[0].id for story in found[:MOST_STORIES]]
    articles = session.store.articles(newest)
    if not articles:
        return NO_ARTICLES, []
    citations: list[Citation] = []
    for row in newest:
        if row not in articles:  # removed in this moment
            continue
        bounds = telling_sentences(session, articles[row], 1)
        citations += cite(articles[row], bounds, len(citations) + 1)
    looked = "1 article" if len(rows) == 1 else f"{len(rows):,} articles"
    if len(rows) > NEWEST:
        looked = f"the {NEWEST} newest of {looked}"
    if len(found[0]) == 1:
        return f"{looked}, each on a story of its own. The newest:", citations
    sizes = ", ".join(str(len(story)) for story in found[:MOST_STORIES])
    many = "1 story" if len(found) == 1 else f"{len(found):,} stories"
    remark = f"{many} in {looked}. The newest article of each ({sizes} in the story):"
    return remark, citations


def about(
    session: Session, subject: str, hits: Sequence[Hit], told: Sequence[Quoted]
) -> tuple[str, list[Citation]]:
    """Return sentences on a subject from the article that fits best; none if no passage has it.

    ``hits`` are passages for the subject, best first. All its words must be in a passage or its
    title, and it must be more than a time. Sentences in ``told`` come only if there are no others.
    """
    wanted = set(stemmed_terms(subject)) - STOP_WORDS
    if not any(word.isalpha() and word not in _TIMES for word in wanted):
        return "", []
    for hit in hits[:LOOKED_AT]:
        article = hit.passage.article
        if wanted <= found_words(f"{article.title} {hit.passage.text}"):
            known = _known(article, told)
            bounds = telling_sentences(session, article, MOST_TOLD, known, wanted)
            bounds = bounds or telling_sentences(session, article, MOST_TOLD, (), wanted)
            return "In the article's own sentences", cite(article, bounds)
    return "", []


def _last_article(
    session: Session, past: Sequence[Past], scope: Scope, *, from_start: bool
) -> tuple[str, list[Citation]]:
    """Return telling sentences of the last cited article; new ones unless ``from_start``."""
    last = next((turn.cited[0] for turn in reversed(past) if turn.cited), None)
    if last is None:
        return NOTHING_CITED, []
    only = narrowed(scope, [last])
    row = ArticleRowId(int(last))
    if only is None or not session.store.article_rows(only):
        return NOT_THERE, []
    article = session.store.articles([row]).get(row)
    if article is None:
        return NOT_THERE, []
    told = [place for turn in past for place in turn.quoted]
    known = [] if from_start else _known(article, told)
    bounds = telling_sentences(session, article, MOST_TOLD, known)
    if not bounds:
        return NOTHING_MORE, []
    said = "In the article's own sentences" if from_start else "More from this article"
    return said, cite(article, bounds)


def _known(article: Article, told: Sequence[Quoted]) -> list[tuple[int, int]]:
    """Return the offsets of what was told of an article, as it is now."""
    same = (article.id, article.digest)
    return [(each.start, each.end) for each in told if (each.article, each.digest) == same]


def cite(article: Article, bounds: Sequence[tuple[int, int]], first: int = 1) -> list[Citation]:
    """Return sentences as citations, numbered from ``first``."""
    return [
        Citation(number, article, start, end) for number, (start, end) in enumerate(bounds, first)
    ]


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
