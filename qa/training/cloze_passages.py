"""The passages of a collection of news, and those among them that answer a cloze question."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..questions.rules import Cloze
from ..questions.words import TITLE
from ..sentences import sentence_bounds
from ..terms import STOP_WORDS, stem

MOST_CHARACTERS = 1_000
"""Longest passage in characters; about 160 words."""
SHARE_IN_ARTICLE = 0.5
"""Least share of the total weight whose terms occur in an answering passage that does not contain
the sentence that the question was made from."""
SHARE_BESIDE = 0.48
"""The same for the sentence in that passage that contains the answer."""
SHARE_FOR_NEGATIVE = 0.3
"""The same for a passage that does not answer."""
REPRINT = 0.6
"""Share of common words from which two sentences count as the same."""
MOST_NEGATIVES = 4
"""Most negatives of a question."""
COMMON = 500
"""Terms that occur in more passages than this are not used to find passages."""
_WORD = re.compile(r"\w+")
_NOT_TERMS = frozenset("did does how many much organization country company people".split())


@lru_cache(maxsize=200_000)
def terms_of(text: str) -> tuple[str, ...]:
    """Return the stems of a text's content words, in order, with repetitions."""
    return tuple(stem(w) for w in map(str.lower, _WORD.findall(text)) if w not in STOP_WORDS)


def _join(sentences: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return the sentences as one text, and the bounds of each in it."""
    bounds, at = [], 0
    for sentence in sentences:
        bounds.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return " ".join(sentences), bounds


def cut_passages(text: str) -> list[tuple[str, list[tuple[int, int]]]]:
    """Cut an article into passages of whole sentences; return each with its sentences' bounds."""
    groups: list[list[str]] = [[]]
    for paragraph in text.split("\n"):
        for start, end in sentence_bounds(paragraph):
            if end - start > MOST_CHARACTERS:
                continue
            if sum(map(len, groups[-1])) + end - start > MOST_CHARACTERS:
                groups.append([])
            groups[-1].append(paragraph[start:end])
    return [_join(group) for group in groups if group]


class Collection:
    """The passages of all articles, indexed by their terms."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.passages: list[str] = []
        self.bounds: list[list[tuple[int, int]]] = []
        self.passages_of: list[range] = []
        for text in texts:
            first = len(self.passages)
            for passage, bounds in cut_passages(text):
                self.passages.append(passage)
                self.bounds.append(bounds)
            self.passages_of.append(range(first, len(self.passages)))
        self.terms = [frozenset(terms_of(passage)) for passage in self.passages]
        self.postings: dict[str, list[int]] = defaultdict(list)
        for index, terms in enumerate(self.terms):
            for term in terms:
                self.postings[term].append(index)

    def weight(self, term: str) -> float:
        """Return a term's inverse document frequency, a natural logarithm."""
        return math.log(len(self.passages) / (1 + len(self.postings.get(term, ()))))

    def sentences(self, index: int) -> list[str]:
        """Return the sentences of a passage."""
        return [self.passages[index][start:end] for start, end in self.bounds[index]]


def find_answer(passage: str, bounds: tuple[int, int], cloze: Cloze) -> tuple[int, int] | None:
    """Return the span of the answer in a sentence of a passage, or None.

    ``bounds`` are those of the sentence. A person may be named by the last name alone. A number
    must be followed by the counted noun.
    """
    start, end = bounds
    sentence = passage[start:end]
    if cloze.kind == "person":
        *first, last = cloze.answer.split(" ")
        pattern = rf"((?:[A-Z][\w.’'-]*[^\W_] )*)\b{re.escape(last)}\b(?!['’]s|-| [A-Z])"
        for match in re.finditer(pattern, sentence):
            # The title of "Mayor Anna Marsh" is left out; "Zoë Marsh" is another person.
            names = TITLE.split(match.group(1))[-1].split()
            if len(names) > 2 or (names and first and names[-1] not in first):
                continue
            begin = match.end() - len(" ".join([*names, last]))
            return start + begin, start + match.end()
        return None
    found = re.search(
        rf"(?<![\w.,$€£-]){re.escape(cloze.answer)}(?![\w%-]|[,.]\d| [mb]illion)", sentence
    )
    if found is None and cloze.kind == "thing":
        found = re.search(rf"\b{re.escape(cloze.answer)}\b", sentence, re.IGNORECASE)
    if found is None:
        return None
    if cloze.noun:
        following = terms_of(sentence[found.end() : found.end() + 40])[:3]
        if stem(cloze.noun.lower()) not in following:
            return None
    return start + found.start(), start + found.end()


def _is_reprint(one: str, other: str) -> bool:
    mine, theirs = set(terms_of(one)), set(terms_of(other))
    return len(mine & theirs) > REPRINT * max(1, min(len(mine), len(theirs)))


@dataclass(frozen=True, slots=True)
class Found:
    """A passage and the answer's span in it."""

    passage: str
    span: tuple[int, int]


class Matcher:
    """Finds the passages that answer a question, and its negatives."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def weights(self, cloze: Cloze) -> dict[str, float]:
        """Return the weights of the question's terms."""
        return {
            term: self._collection.weight(term)
            for term in dict.fromkeys(terms_of(cloze.question))
            if term not in _NOT_TERMS
        }

    def _share(self, weights: dict[str, float], terms: Iterable[str]) -> float:
        present = set(terms)
        return sum(w for term, w in weights.items() if term in present) / sum(weights.values())

    def best_sentence(
        self, cloze: Cloze, weights: dict[str, float], text: str, bounds: Sequence[tuple[int, int]]
    ) -> tuple[float, tuple[int, int]] | None:
        """Return the answer's span in the sentence that shares most with the question, if any.

        The first value is the share of the terms' weight.
        """
        found = []
        for start, end in bounds:
            span = find_answer(text, (start, end), cloze)
            if span is not None:
                found.append((self._share(weights, terms_of(text[start:end])), span))
        return max(found, key=lambda pair: pair[0], default=None)

    def best_passage(
        self, cloze: Cloze, weights: dict[str, float], article: int, without: str
    ) -> Found | None:
        """Return the best passage of an article without one sentence, and the answer in it."""
        collection = self._collection
        best: tuple[float, Found] | None = None
        for index in collection.passages_of[article]:
            sentences = collection.sentences(index)
            kept = [sentence for sentence in sentences if not _is_reprint(sentence, without)]
            passage, bounds = _join(kept)
            if self._share(weights, terms_of(passage)) < SHARE_IN_ARTICLE:
                continue
            found = self.best_sentence(cloze, weights, passage, bounds)
            if found and found[0] >= SHARE_BESIDE and (best is None or found[0] > best[0]):
                best = found[0], Found(passage, found[1])
        return best and best[1]

    def similar(self, weights: dict[str, float], most: int = 30) -> list[tuple[float, int]]:
        """Return passages with the share of the terms' weight that they contain, best first."""
        collection = self._collection
        candidates: set[int] = set()
        for term in sorted(weights, key=lambda term: -weights[term])[:4]:
            indexes = collection.postings.get(term, [])
            if len(indexes) <= COMMON:
                candidates.update(indexes)
        total = sum(weights.values())
        ordered = sorted(
            (-sum(w for term, w in weights.items() if term in collection.terms[index]), index)
            for index in candidates
        )
        return [(-share / total, index) for share, index in ordered[:most]]

    def negatives(self, cloze: Cloze, weights: dict[str, float]) -> list[str]:
        """Return passages on the same topic that contain no word of the answer."""
        if cloze.kind in {"count", "money", "date"}:
            return []  # another report may give another value
        absent = set(terms_of(cloze.answer))
        return [
            self._collection.passages[index]
            for share, index in self.similar(weights)
            if share >= SHARE_FOR_NEGATIVE and not absent & self._collection.terms[index]
        ][:MOST_NEGATIVES]
