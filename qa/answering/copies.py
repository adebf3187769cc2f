"""Copies of one report among the hits and citations: read once, counted apart."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ..datatypes import Answer, AnswerKind, ArticleRowId, Citation, Passage
from ..storage.protocol import Storage

NEW_WORDS = 5
"""A passage of a copy is read as well if so many of its words are new: those of a sentence."""

MOST_CHANGED = 2
"""Passages of copies that are read as well because they have another name or number."""

_WORD = re.compile(r"\w+")


def without_copies(best: Sequence[int], store: Storage, k: int) -> list[tuple[int, Passage]]:
    """Return the first k of these passages, by number, that say something new.

    A passage of a copy is left out if earlier passages of the same report have its words. One that
    adds a sentence stays, and so do the first that have another name or number. Passages that were
    deleted are left out.
    """
    kept: list[tuple[int, Passage]] = []
    told: dict[int, _Told] = {}
    groups = store.copy_groups(store.articles_of(best).values())
    for first in range(0, len(best), k):
        part = best[first : first + k]
        passages = store.passages(part)
        for number in part:
            if number not in passages:
                continue
            passage = passages[number]
            group = groups.get(_row(passage.article.id))
            if group is not None:
                words = set(_WORD.findall(passage.text))
                if not told.setdefault(group.number, _Told()).takes(words):
                    continue
            kept.append((number, passage))
            if len(kept) == k:
                return kept
    return kept


def with_copies(found: Answer, store: Storage) -> Answer:
    """Return an answer whose citations say how many copies there are, each report cited once."""
    if not found.citations or not found.is_answer:
        return found
    groups = store.copy_groups(_row(cited.article.id) for cited in found.citations)
    if not groups:
        return found
    cited: list[Citation] = []
    seen: set[int] = set()
    for citation in found.citations:
        group = groups.get(_row(citation.article.id))
        if group is None:
            cited.append(citation)
        elif group.number not in seen or found.kind is AnswerKind.SENTENCES:
            cited.append(replace(citation, copies=group.articles - 1))
            seen.add(group.number)
    numbered = [replace(citation, number=place) for place, citation in enumerate(cited, start=1)]
    others = [
        replace(other, citation=replace(other.citation, number=place))
        for place, other in enumerate(found.alternatives, start=len(numbered) + 1)
    ]
    return replace(found, citations=tuple(numbered), alternatives=tuple(others))


class _Told:
    """What the passages of one report have told so far."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._changed = 0

    def takes(self, words: set[str]) -> bool:
        """Whether a passage with these words is worth reading, too; if so, remember them."""
        new = words - self._words
        if self._words and len([word for word in new if word[0].islower()]) < NEW_WORDS:
            if self._changed == MOST_CHANGED or all(word[0].islower() for word in new):
                return False
            self._changed += 1
        self._words |= words
        return True


def _row(article: str) -> ArticleRowId:
    return ArticleRowId(int(article))
