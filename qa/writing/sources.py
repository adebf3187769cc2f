"""The sentences of the passages that a writer was shown, and which of them is nearest to a text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..datatypes import Passage
from ..models.encoder import Encoder
from ..sentences import after_dateline, sentence_bounds
from .facts import clauses

MOST_KEPT = 4_000
"""Embeddings that are remembered; the sources of one answer are about a hundred sentences."""
MOST_CHARACTERS = 900
"""Longest text around the nearest sentences that the reader is given."""


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of a passage."""

    sentence: Passage
    """The sentence."""
    passage: Passage
    """The passage that it was shown in."""
    cosine: float
    """Cosine similarity to the text that it was looked up for."""


class Sources:
    """Finds the nearest sentences; each is embedded once, and so is what it is compared with."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, int, int], NDArray[np.float32]] = {}
        self._texts: dict[str, NDArray[np.float32]] = {}

    def nearest(self, text: str, passages: Sequence[Passage]) -> list[Source]:
        """Return the sentences of the passages, the nearest to the text first.

        A sentence that several passages share is returned with the first of them.
        """
        found: dict[tuple[str, int, int], tuple[Passage, Passage]] = {}
        for passage in passages:
            for sentence in _sentences(passage):
                found.setdefault(_key(sentence), (sentence, passage))
        if len(self._known) > MOST_KEPT:
            self._known.clear()
            self._texts.clear()
        new = [key for key in found if key not in self._known]
        embeddings = self._encoder.encode([found[key][0].text for key in new], "passage")
        self._known.update(zip(new, embeddings, strict=True))
        if not found:
            return []
        matrix = np.stack([self._known[key] for key in found])
        if text not in self._texts:
            self._texts[text] = self._encoder.encode([text], "passage")[0]
        cosines = matrix @ self._texts[text]
        order = np.argsort(-cosines, kind="stable")
        pairs = list(found.values())
        return [Source(pairs[at][0], pairs[at][1], float(cosines[at])) for at in order]

    def nearest_to_clauses(self, text: str, passages: Sequence[Passage]) -> list[Source]:
        """Return the nearest sentence of the passages for each clause of a text, in order."""
        parts = [text[start:end] for start, end in clauses(text)]
        return [source for part in parts for source in self.nearest(part, passages)[:1]]


def around(first: Source, second: Source | None = None) -> Passage:
    """Return the text around the nearest sentences, with a neighbour at each end."""
    passage = first.passage
    start, end = first.sentence.start, first.sentence.end
    if second and second.passage.article is passage.article:
        low, high = min(start, second.sentence.start), max(end, second.sentence.end)
        is_inside = passage.start <= low and high <= passage.end
        if is_inside and high - low <= MOST_CHARACTERS:
            start, end = low, high
    parts = _sentences(passage)
    before = [each.start for each in parts if each.end <= start][-1:]
    after = [each.end for each in parts if each.start >= end][:1]
    return Passage(passage.article, (before or [start])[0], (after or [end])[0])


def _sentences(passage: Passage) -> list[Passage]:
    """Return the sentences of a passage, without the dateline of its article."""
    article = passage.article
    told = max(0, after_dateline(article.text) - passage.start)
    return [
        Passage(article, passage.start + start, passage.start + end)
        for start, end in sentence_bounds(passage.text)
        if end > told
    ]


def _key(passage: Passage) -> tuple[str, int, int]:
    return passage.article.digest, passage.start, passage.end
