"""Makes cloze questions by rule from a collection of news, and finds passages that answer them.

Lewis et al. 2019 turned statements into questions. Fabbri et al. 2020 found that a reader learns
more if the passage is worded differently from the statement, because it then cannot match word by
word. News contains such pairs: a headline summarises its article in other words, and a fact is
often stated twice. A question (`cloze_rules`) that was made from

- a headline is answered by its article, if a sentence there shares its rarer words and contains the
  answer;
- a sentence is answered in the same way by its article without this sentence and near copies of it;
- a sentence whose article does not answer it otherwise may be answered by the sentence itself. The
  batches leave out many of its words.

The negatives of a question are passages of the collection that share words with it but contain no
word of its answer. A question about a number or a date has none: another report may give another
value.
"""

import gzip
import hashlib
import json
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..atomic import atomic_write
from ..sentences import sentence_bounds
from ..terms import STOP_WORDS, stem
from .cloze_rules import Cloze, headline_questions, questions_of
from .cloze_words import TITLE, collect_lexicon
from .examples import COLLECTION

VERSION = 3
"""Version of the rules. Raise it when they change; cached sets are then remade."""

MOST_CHARACTERS = 1_000
"""Longest passage in characters; about 160 words."""
LEAST_TERMS = 4
"""Fewest content words of a question."""
LEAST_WEIGHT = 14.0
"""Least total weight of a question's terms; below it the question is too vague. A term's weight is
its inverse document frequency, a natural logarithm."""
SHARE_IN_ARTICLE = 0.5
"""Least share of the total weight whose terms occur in an answering passage that does not contain
the sentence that the question was made from."""
SHARE_BESIDE = 0.48
"""The same for the sentence in that passage that contains the answer."""
SHARE_FOR_NEGATIVE = 0.3
"""The same for a passage that does not answer."""
OWN_SHARE = 0.45
"""Share of the questions not answered elsewhere in their article that are asked of their own
sentence."""
REPRINT = 0.6
"""Share of common words from which two sentences count as the same."""
MOST_NEGATIVES = 4
"""Most negatives of a question."""
COMMON = 500
"""Terms that occur in more passages than this are not used to find passages."""
_WORD = re.compile(r"\w+")
_NOT_TERMS = frozenset("did does how many much organization country company people".split())


@dataclass(frozen=True, slots=True)
class ClozeQuestion:
    """A cloze question and a passage that answers it."""

    text: str
    """The question."""
    passage: int
    """Index into `ClozeSet.passages`."""
    span: tuple[int, int]
    """The answer in the passage, half-open, in code points."""
    negatives: tuple[int, ...]
    """Indexes of passages that share words with the question but contain no answer."""
    origin: str
    """``headline``: made from a headline, asked of the article. ``beside``: made from a sentence,
    asked of the article without it. ``own``: made from a sentence of the passage."""


@dataclass(frozen=True, slots=True)
class ClozeSet:
    """The cloze questions of a collection."""

    passages: list[str]
    """Passages that answer them, and negatives."""
    questions: list[ClozeQuestion]
    """The questions, in random order."""


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


class _Collection:
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
        return math.log(len(self.passages) / (1 + len(self.postings.get(term, ()))))

    def sentences(self, index: int) -> list[str]:
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
class _Found:
    """A passage and the answer's span in it."""

    passage: str
    span: tuple[int, int]


class _Matcher:
    """Finds the passages that answer a question, and its negatives."""

    def __init__(self, collection: _Collection) -> None:
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
    ) -> _Found | None:
        """Return the best passage of an article without one sentence, and the answer in it."""
        collection = self._collection
        best: tuple[float, _Found] | None = None
        for index in collection.passages_of[article]:
            sentences = collection.sentences(index)
            kept = [sentence for sentence in sentences if not _is_reprint(sentence, without)]
            passage, bounds = _join(kept)
            if self._share(weights, terms_of(passage)) < SHARE_IN_ARTICLE:
                continue
            found = self.best_sentence(cloze, weights, passage, bounds)
            if found and found[0] >= SHARE_BESIDE and (best is None or found[0] > best[0]):
                best = found[0], _Found(passage, found[1])
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


def make_clozes(articles: Sequence[tuple[str, str]], seed: int) -> ClozeSet:
    """Make questions from titles and texts. The result depends only on the arguments."""
    lexicon = collect_lexicon(text for _, text in articles)
    collection = _Collection(text for _, text in articles)
    matcher = _Matcher(collection)
    generator = random.Random(seed)
    passages: dict[str, int] = {}
    found: dict[str, ClozeQuestion] = {}
    uses: Counter[tuple[int, tuple[int, int]]] = Counter()

    def add(cloze: Cloze, article: int, sentence: str, place: int | None) -> None:
        if cloze.question in found:
            return
        weights = matcher.weights(cloze)
        if len(weights) < LEAST_TERMS or sum(weights.values()) < LEAST_WEIGHT:
            return
        vague = cloze.kind == "thing" and " " not in cloze.answer
        answer = None if vague else matcher.best_passage(cloze, weights, article, sentence)
        origin = "headline" if place is None else "beside"
        if answer is None and place is not None and generator.random() < OWN_SHARE:
            text = collection.passages[place]
            at = text.index(sentence)
            span = find_answer(text, (at, at + len(sentence)), cloze)
            answer, origin = span and _Found(text, span), "own"
        if answer is None:
            return
        passage = passages.setdefault(answer.passage, len(passages))
        uses[passage, answer.span] += 1
        if uses[passage, answer.span] > 2:
            return
        negatives = matcher.negatives(cloze, weights)
        numbers = tuple(passages.setdefault(text, len(passages)) for text in negatives)
        found[cloze.question] = ClozeQuestion(cloze.question, passage, answer.span, numbers, origin)

    for article, (title, _) in enumerate(articles):
        for cloze in headline_questions(title, lexicon):
            add(cloze, article, "", None)
        for place in collection.passages_of[article]:
            for sentence in collection.sentences(place):
                for cloze in questions_of(sentence, lexicon):
                    add(cloze, article, sentence, place)
    questions = list(found.values())
    generator.shuffle(questions)
    return ClozeSet(list(passages), questions)


def read_clozes(folder: Path, seed: int, cache: Path) -> ClozeSet | None:
    """Return the cloze questions of the data folder's collection; None if there is no collection.

    They are read from ``cache`` if it was made from the same collection, or else written to it.
    """
    path = folder / COLLECTION
    if not path.exists():
        return None
    content = path.read_bytes()
    key = f"{VERSION}/{seed}/{hashlib.sha256(content).hexdigest()}"
    stored: dict[str, Any] = json.loads(cache.read_text(encoding="utf-8")) if cache.exists() else {}
    if stored.get("key") != key:
        records = map(json.loads, gzip.decompress(content).splitlines())
        made = make_clozes([(record.get("title", ""), record["text"]) for record in records], seed)
        stored = {
            "key": key,
            "passages": made.passages,
            "questions": [
                [q.text, q.passage, q.span, q.negatives, q.origin] for q in made.questions
            ],
        }
        written = json.dumps(stored)
        cache.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(cache) as working:
            working.write_text(written, encoding="utf-8")
    return ClozeSet(
        stored["passages"],
        [
            ClozeQuestion(text, passage, (span[0], span[1]), tuple(negatives), origin)
            for text, passage, span, negatives, origin in stored["questions"]
        ],
    )
