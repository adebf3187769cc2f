"""Makes claims and the text that holds them or does not, for the verifier to learn from.

A claim is a sentence; its evidence is a few sentences of an article. The claims are

- questions with their answers, turned into statements (`statements`); false ones have another
  answer of the same kind from the passage, come from a question that the passage does not answer,
  or were changed by rule;
- headlines and sentences of a collection of news, as they are and changed by rule;
- sentences in ``claims.jsonl`` beside this module, written about articles of that collection: true
  ones in other words, and false ones that exchange, deny or alter one thing. The file has no text
  of the articles, only a few words that say where in them the evidence stands. No model learns from
  those that are ``for`` something: `tests.benchmarks.checker` fits to some, and measures on others.

The rules of `perturb` change names, numbers and words, those of `claim_rules` order and denial.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..models.lead import as_lead
from ..questions.words import Lexicon, collect_lexicon
from ..sentences import sentence_bounds
from .batches import Example, in_batches
from .claim_rules import (
    asked_with,
    denied,
    elsewhere,
    exchanged,
    likely_answer,
    share_a_word,
    varied,
    window,
)
from .examples import ASKED, COLLECTION, NEWS, PAIRS, TrainingSet, read_collection
from .perturb import Swaps, collect_swaps, perturb_question
from .statements import Statements
from .tokens import tokenize

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CLAIMS_FILE = Path(__file__).with_name("claims.jsonl")
"""Claims on articles of the collection; not part of a wheel."""
MOST_CLAIM_TOKENS = 64
MOST_EVIDENCE_TOKENS = 192
MOST_WORDS = 40
"""Longest statement of a question and its answer."""
SHARES = {
    NEWS: 0.5,
    ASKED: 0.5,
    PAIRS: 1.0,
    "squad1-train-sample": 0.5,
    "squad2-train-first10": 1.0,
    "tydiqa-goldp-en": 0.3,
    "afriqa-en": 0.2,
    "qed": 0.3,
    "new_wiki": 0.4,
    "reddit": 0.1,
    "amazon_reviews": 0.0,
    "qamr-wikinews": 1.0,
    "qamr-wikipedia": 0.5,
    "qadiscourse-wikinews": 0.0,
}
"""Share of each source's questions that an epoch states."""
NEAR_MISSES = 0.5
"""Share of the questions that their passage does not answer that are stated."""
BESIDE = 0.08
"""Share of the true claims that are also shown beside another part of their article."""
HEADLINES = 5_000
SENTENCES = 6_000
"""How many headlines and sentences of the collection an epoch has."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and what is shown beside it."""

    text: str
    """The sentence."""
    headline: str
    """Headline of the article of the evidence; empty if there is none."""
    evidence: str
    """A few sentences in a row."""
    is_held: bool
    """Whether the evidence holds it."""


class ClaimEpochs:
    """Builds the batches of any epoch from a seed, like `batches.EpochBuilder`."""

    def __init__(
        self,
        training_set: TrainingSet,
        folder: Path,
        tokenizer: "Tokenizer",
        tokens_per_batch: int,
        seed: int,
        *,
        written_alone: bool = False,
    ) -> None:
        """Read the collection in ``folder``.

        With ``written_alone`` an epoch is `CLAIMS_FILE` and sentences of the collection.
        """
        self._set = training_set
        self._tokenizer = tokenizer
        self._tokens_per_batch = tokens_per_batch
        self._seed = seed
        self._written_alone = written_alone
        self._articles = read_collection(folder / COLLECTION)
        self._bounds: dict[int, list[tuple[int, int]]] = {}

    def batches(self, epoch: int) -> list[list[Example]]:
        """Return the batches of an epoch."""
        generator = random.Random(f"{self._seed}/{epoch}")
        claims = list(self.claims(generator))
        texts = tokenize(self._tokenizer, [varied(claim.text, generator) for claim in claims])
        shown = [f"{as_lead(c.headline) if c.headline else ''}{c.evidence}" for c in claims]
        evidence = tokenize(self._tokenizer, shown)
        examples = [
            Example(
                text.pieces[:MOST_CLAIM_TOKENS],
                beside.pieces[:MOST_EVIDENCE_TOKENS],
                (),
                answerable=claim.is_held,
            )
            for claim, text, beside in zip(claims, texts, evidence, strict=True)
        ]
        return in_batches(examples, self._tokens_per_batch, generator)

    def claims(self, generator: random.Random) -> Iterator[Claim]:
        """Yield the claims of an epoch."""
        yield from self.written(generator)
        yield from self._of_sentences(generator)
        if not self._written_alone:
            yield from self._of_questions(generator)
            yield from self._of_headlines(generator)

    def written(self, generator: random.Random) -> Iterator[Claim]:
        """Yield the claims of `CLAIMS_FILE`."""
        with CLAIMS_FILE.open(encoding="utf-8") as lines:
            for raw in map(json.loads, lines):
                if raw.get("for") is not None:
                    continue
                article = self._articles[raw["id"]]
                start = article["text"].index(raw["at"])
                bounds = sentence_bounds(article["text"])
                evidence = window(article["text"], bounds, start, start, generator)
                yield Claim(raw["claim"], article["title"], evidence, raw["label"])
                if raw["label"] and generator.random() < BESIDE:
                    other = elsewhere(bounds, start, start, generator)
                    if other is not None:
                        evidence = window(article["text"], bounds, other, other, generator)
                        yield Claim(raw["claim"], article["title"], evidence, is_held=False)

    @cached_property
    def _lexicon(self) -> Lexicon:
        return collect_lexicon(article["text"] for article in self._articles.values())

    @cached_property
    def _statements(self) -> Statements:
        texts = (article["text"] for article in self._articles.values())
        return Statements(self._lexicon, {w for t in texts for w in re.findall(r"[a-z]{3,}", t)})

    @cached_property
    def _swaps(self) -> Swaps:
        return collect_swaps(question.text for question in self._set.questions)

    @cached_property
    def _answers(self) -> dict[int, list[tuple[str, str, int]]]:
        """By passage: what was asked with, an answer and its start."""
        found = defaultdict(list)
        for question in self._set.questions:
            text = self._set.passages[question.passage].text
            for start, end in question.spans[:1]:
                found[question.passage].append((asked_with(question.text), text[start:end], start))
        return found

    def _window(self, passage: int, first: int, last: int, generator: random.Random) -> str:
        text = self._set.passages[passage].text
        if passage not in self._bounds:
            self._bounds[passage] = sentence_bounds(text)
        return window(text, self._bounds[passage], first, last, generator)

    def _of_questions(self, generator: random.Random) -> Iterator[Claim]:
        for number in self._set.seen_questions():
            question = self._set.questions[number]
            passage = self._set.passages[question.passage]
            if generator.random() >= SHARES.get(passage.source, 0.0):
                continue
            if question.answerable and question.spans:
                yield from self._stated(number, generator)
            elif question.near is not None and generator.random() < NEAR_MISSES:
                near = self._near_answer(question.passage, question.text, question.near, generator)
                stated = near and self._statements.state(question.text, near)
                if stated:
                    evidence = self._window(question.passage, *question.near, generator)
                    yield Claim(stated, passage.headline, evidence, is_held=False)

    def _near_answer(
        self, passage: int, question: str, near: tuple[int, int], generator: random.Random
    ) -> str | None:
        """Return words near a place that could answer a question that the passage does not."""
        text = self._set.passages[passage].text
        if self._set.passages[passage].source == PAIRS:
            return text[slice(*near)]
        asking = asked_with(question)
        beside = [a for asked, a, at in self._answers[passage] if asked == asking]
        if beside:
            return generator.choice(beside)
        return likely_answer(asking, text[slice(*near)], generator) or likely_answer(
            asking, text, generator
        )

    def _stated(self, number: int, generator: random.Random) -> Iterator[Claim]:
        question = self._set.questions[number]
        passage = self._set.passages[question.passage]
        start, end = generator.choice(question.spans)
        answer = passage.text[start:end]
        stated = self._statements.state(question.text, answer)
        if stated is None or len(stated.split()) > MOST_WORDS:
            return
        evidence = self._window(question.passage, start, end, generator)
        if generator.random() < 0.7:
            yield Claim(stated, passage.headline, evidence, is_held=True)
        if generator.random() < BESIDE:
            other = elsewhere(self._bounds[question.passage], start, end, generator)
            if other is not None:
                apart = self._window(question.passage, other, other, generator)
                yield Claim(stated, passage.headline, apart, is_held=False)
        if generator.random() >= 0.5:
            return
        if generator.random() < 0.6:
            wrong = self._other_answer(number, start, generator)
            if wrong:
                told = self._statements.state(question.text, wrong[0])
                if told:
                    at = wrong[1] if wrong[1] >= 0 else start
                    first, last = min(start, at), max(end, at)
                    evidence = self._window(question.passage, first, last, generator)
                    yield Claim(told, passage.headline, evidence, is_held=False)
                    return
        changed = self._changed(stated, passage.text, generator)
        if changed:
            yield Claim(changed, passage.headline, evidence, is_held=False)

    def _other_answer(
        self, number: int, start: int, generator: random.Random
    ) -> tuple[str, int] | None:
        """Return another answer of the same kind from a question's passage and its start, or -1."""
        question = self._set.questions[number]
        text = self._set.passages[question.passage].text
        own = " ".join(self._set.answers(number)).lower()
        asking = asked_with(question.text)
        others = [
            (answer, at)
            for asked, answer, at in self._answers[question.passage]
            if asked == asking and answer.lower() not in own and not share_a_word(answer, own)
        ]
        if others:
            return generator.choice(others)
        for _ in range(4):
            found = likely_answer(asking, text, generator)
            if found and found.lower() not in own and not share_a_word(found, own):
                return found, text.index(found)
        return None

    def _of_headlines(self, generator: random.Random) -> Iterator[Claim]:
        articles = list(self._articles.values())
        for article in generator.sample(articles, HEADLINES):
            text = article["text"]
            bounds = sentence_bounds(text[:2000])
            if len(bounds) < 3 or article["title"].count(" ") < 4:
                continue
            evidence = text[: bounds[generator.randint(1, 2)][1]]
            yield from self._twins(article["title"], "", evidence, generator)

    def _of_sentences(self, generator: random.Random) -> Iterator[Claim]:
        articles = list(self._articles.values())
        for article in generator.sample(articles, SENTENCES):
            text = article["text"]
            bounds = sentence_bounds(text[:4000])
            start, end = generator.choice(bounds) if bounds else (0, 0)
            sentence = text[start:end]
            if not 5 <= sentence.count(" ") <= 30 or " ," in sentence:
                continue
            evidence = window(text, bounds, start, start, generator)
            yield from self._twins(sentence, article["title"], evidence, generator)

    def _twins(
        self, sentence: str, headline: str, evidence: str, generator: random.Random
    ) -> Iterator[Claim]:
        if generator.random() < 0.6:
            yield Claim(sentence, headline, evidence, is_held=True)
        if generator.random() < 0.6:
            changed = self._changed(sentence, evidence, generator)
            if changed:
                yield Claim(changed, headline, evidence, is_held=False)

    def _changed(self, sentence: str, passage: str, generator: random.Random) -> str | None:
        """Return a sentence with one thing changed, by a rule that applies."""
        rules: list[Callable[[], str | None]] = [
            lambda: exchanged(sentence, passage, generator),
            lambda: denied(sentence, self._lexicon, generator),
            lambda: perturb_question(sentence, passage, self._swaps, generator),
            lambda: perturb_question(sentence, passage, self._swaps, generator),
        ]
        generator.shuffle(rules)
        found = (rule() for rule in rules)
        return next((other for other in found if other and other != sentence), None)
