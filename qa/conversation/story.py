"""Finds the articles on the same events as those that a conversation cited."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..answering.session import Session
from ..datatypes import ArticleRowId, Scope
from ..errors import ModelMismatchError

SAME_EVENT = 0.65
"""Least cosine of an article's mean embedding and a passage of another on the same events."""

MOST_NEAR = 4
"""Articles on the same events that are searched beside each cited one."""

NEAR_PASSAGES = 40
"""Passages looked at to find them."""


def near_articles(session: Session, cited: Sequence[str]) -> list[str]:
    """Return the ids of articles on the same events as the cited ones, without these.

    Such an article has a passage whose embedding is close to the mean embedding of a cited one.
    """
    close: list[list[int]] = []
    try:
        everywhere = session.store.within(Scope())
        for article in cited:
            mean = mean_embedding(session, ArticleRowId(int(article)))
            if mean is None:
                continue
            found = everywhere.search(mean, NEAR_PASSAGES)
            close.append([passage for passage, cosine in found if cosine >= SAME_EVENT])
    except ModelMismatchError:  # re-embedded in this moment: the cited articles will do
        return []
    near: dict[str, None] = {}
    for passages in close:
        owners = session.store.articles_of(passages)
        others = dict.fromkeys(str(owners[each]) for each in passages if each in owners)
        near.update(dict.fromkeys([each for each in others if each not in cited][:MOST_NEAR]))
    return list(near)


def mean_embedding(session: Session, article: ArticleRowId) -> NDArray[np.float32] | None:
    """Return the mean of an article's embeddings, of unit length; None if it has none."""
    vectors = [vector for _, vector in session.store.article_vectors(article)]
    if not vectors:
        return None
    total = np.sum(vectors, axis=0, dtype=np.float32)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)


def narrowed(scope: Scope, articles: Sequence[str]) -> Scope | None:
    """Return a scope with only these articles; None if it leaves none of them."""
    if scope.only:
        articles = [article for article in articles if article in scope.only]
    return replace(scope, only=tuple(articles)) if articles else None
