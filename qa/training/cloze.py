"""Makes cloze questions by rule from a collection of news, and finds passages that answer them.

Lewis et al. 2019 turned statements into questions. Fabbri et al. 2020 found that a reader learns
more if the passage is worded differently from the statement, because it then cannot match word by
word. News contains such pairs: a headline summarises its article in other words, and a fact is
often stated twice. A question (`qa.questions.rules`) that was made from

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
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..atomic import atomic_write
from ..questions.rules import Cloze, headline_questions, questions_of
from ..questions.words import collect_lexicon
from .cloze_passages import Collection, Found, Matcher, find_answer
from .examples import COLLECTION

VERSION = 3
"""Version of the rules. Raise it when they change; cached sets are then remade."""

LEAST_TERMS = 4
"""Fewest content words of a question."""
LEAST_WEIGHT = 14.0
"""Least total weight of a question's terms; below it the question is too vague. A term's weight is
its inverse document frequency, a natural logarithm."""
OWN_SHARE = 0.45
"""Share of the questions not answered elsewhere in their article that are asked of their own
sentence."""


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


def make_clozes(articles: Sequence[tuple[str, str]], seed: int) -> ClozeSet:
    """Make questions from titles and texts. The result depends only on the arguments."""
    lexicon = collect_lexicon(text for _, text in articles)
    collection = Collection(text for _, text in articles)
    matcher = Matcher(collection)
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
            answer, origin = span and Found(text, span), "own"
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
