"""Finds the articles on the same events as those that a conversation cited."""

from collections.abc import Sequence

import numpy as np

from ..answering.session import Session
from ..datatypes import ArticleRowId

SAME_EVENT = 0.65
"""Least cosine of an article's mean embedding and a passage of another on the same events."""

MOST_NEAR = 4
"""Articles on the same events that are searched beside each cited one."""

NEAR_PASSAGES = 40
"""Passages looked at to find them."""


def near_articles(session: Session, cited: Sequence[str]) -> dict[str, float]:
    """Return the articles on the same events as the cited ones, each with its cosine.

    Such an article has a passage whose embedding is close to the mean embedding of a cited one. The
    cited articles themselves are left out.
    """
    near: dict[str, float] = {}
    with session.vectors.current() as vectors:
        for article in cited:
            rows = session.store.article_vectors(ArticleRowId(int(article)))
            if not rows:
                continue
            total = np.sum([vector for _, vector in rows], axis=0, dtype=np.float32)
            mean = np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)
            close = [each for each in vectors.search(mean, NEAR_PASSAGES) if each[1] >= SAME_EVENT]
            passages = session.store.passages([number for number, _ in close])
            found: dict[str, float] = {}
            for number, cosine in close:
                if number in passages:
                    found.setdefault(passages[number].article.id, cosine)
            others = [(each, cosine) for each, cosine in found.items() if each not in cited]
            for other, cosine in others[:MOST_NEAR]:
                near[other] = max(cosine, near.get(other, 0.0))
    return near
