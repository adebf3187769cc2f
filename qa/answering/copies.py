"""Copies of one report among hits and answers: read once, shown once, counted apart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..datatypes import Answer, AnswerKind, Article, ArticleRowId, Citation, Passage
from ..sentences import sentence_bounds
from ..storage.protocol import CopyGroup, Storage

NEW_WORDS = 5
"""A passage of a copy is read as well if so many words of one of its sentences are new."""

MOST_CHANGED = 2
"""Passages of copies that are read as well because they have another name or number."""

_WORD = re.compile(r"\w+")


def without_copies(best: Sequence[int], store: Storage, k: int) -> list[tuple[int, Passage]]:
    """Return the first k of these passages, by number, that say something new.

    Of a report that was printed several times, the best passage is kept and the longest article,
    where it says more. A passage of another is left out if these have its words. One that adds a
    sentence stays, and so do the first that have another name or number. Passages that were deleted
    are left out.
    """
    kept: list[tuple[int, Passage]] = []
    told: dict[int, _Told] = {}
    groups = store.copy_groups(store.articles_of(best).values())
    for first in range(0, len(best), k):
        part = best[first : first + k]
        passages = store.passages(part)
        articles = {each.article.id: each.article for each in passages.values()}
        for article in sorted(articles.values(), key=lambda each: -len(each.text)):
            if (group := groups.get(_row(article.id))) is not None:
                told.setdefault(group.number, _Told(article))
        for number in part:
            if number not in passages:
                continue
            passage = passages[number]
            group = groups.get(_row(passage.article.id))
            if group is None or told[group.number].takes(passage):
                kept.append((number, passage))
            if len(kept) == k:
                return kept
    return kept


def with_copies(found: Answer, store: Storage) -> Answer:
    """Return an answer in which each report is shown once, with the number of its copies.

    Copies of what is shown are left out of citations and other answers, unless they tell something
    else; those among the hits are marked.
    """
    if not found.is_answer:
        return found
    others = [other.citation for other in found.alternatives]
    articles = {
        *(cited.article.id for cited in (*found.citations, *others)),
        *(hit.passage.article.id for hit in found.hits),
    }
    groups = store.copy_groups(map(_row, sorted(articles)))
    if not groups:
        return found
    shown = _Shown({article: groups.get(_row(article)) for article in articles})
    cited: list[Citation] = []
    for citation in found.citations:
        is_new = shown.takes(citation.article.id)
        if is_new or found.kind is AnswerKind.SENTENCES:
            group = groups.get(_row(citation.article.id))
            more = group.articles - 1 if group is not None else 0
            cited.append(replace(citation, number=len(cited) + 1, copies=more))
    offered = [
        other
        for other in found.alternatives
        if shown.takes(other.citation.article.id) or other.differs
    ]
    return replace(
        found,
        citations=tuple(cited),
        alternatives=tuple(
            replace(other, citation=replace(other.citation, number=place))
            for place, other in enumerate(offered, start=len(cited) + 1)
        ),
        hits=tuple(
            replace(hit, is_copy=not shown.takes(hit.passage.article.id)) for hit in found.hits
        ),
    )


class _Shown:
    """Which article of each group of copies is shown."""

    def __init__(self, groups: Mapping[str, CopyGroup | None]) -> None:
        self._groups = groups
        self._of_group: dict[int, str] = {}

    def takes(self, article: str) -> bool:
        """Whether an article is no copy of another that is shown; if so, it is shown."""
        group = self._groups[article]
        return group is None or self._of_group.setdefault(group.number, article) == article


class _Told:
    """What is read of one report so far, besides its longest article."""

    def __init__(self, longest: Article) -> None:
        self._longest = longest.id
        self._all = set(_WORD.findall(longest.text))
        self._read: set[str] = set()
        self._changed = 0

    def takes(self, passage: Passage) -> bool:
        """Whether a passage is worth reading, too; if so, remember its words."""
        words = set(_WORD.findall(passage.text))
        if passage.article.id == self._longest:
            if self._read and not _adds_a_sentence(passage.text, self._read):
                return False
            self._read |= words
            return True
        new = words - self._all
        if self._read and not _adds_a_sentence(passage.text, self._all):
            if self._changed == MOST_CHANGED or all(word[0].islower() for word in new):
                return False
            self._changed += 1
        self._read |= words
        self._all |= words
        return True


def _adds_a_sentence(text: str, told: set[str]) -> bool:
    """Whether a sentence of a text has NEW_WORDS words, names and numbers left out, of its own."""
    for start, end in sentence_bounds(text):
        new = set(_WORD.findall(text[start:end])) - told
        if len([word for word in new if word[0].islower()]) >= NEW_WORDS:
            return True
    return False


def _row(article: str) -> ArticleRowId:
    return ArticleRowId(int(article))
