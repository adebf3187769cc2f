"""One epoch of examples → batches of about as many tokens each.

An epoch is a function of the seed and its number alone, so that training resumes at any batch
by building the epoch again. Each epoch asks every question (of those about casual text a share)
once of a fresh crop that holds an answer, and adds, each with its own share: a crop of a mined
negative; a crop beside the answer in its own passage; the question changed so that its passage no
longer answers it. Where there are questions made from news (`cloze`), some are drawn anew.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..models.lead import as_lead
from .cloze import ClozeSet
from .crops import CropSizes, crop_anywhere, crop_around, crop_beside, draw_words
from .examples import ASKED, TrainingSet
from .perturb import Swaps, collect_swaps, perturb_question
from .tokens import TokenizedText, tokenize

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST_QUESTION_TOKENS = 48
MOST_UNMARKED_TOKENS = 384
"""Of a passage that answers somewhere, it is not known where."""
WORDS_HIDDEN = 0.07
"""Share of a made question's words that are left out, so that the rest must do."""
OWN_WORDS_HIDDEN = 0.2
"""The same where the question stands in its passage nearly word by word."""
HEADED = 0.6
"""Share of the crops of a passage with a headline that stand behind it, as passages do at use."""


@dataclass(frozen=True, slots=True)
class Mix:
    """What an epoch holds beside each question with its own passage; shares of questions."""

    mined: float = 0.45
    perturbed: float = 0.08
    beside: float = 0.05
    beside_asked: float = 0.5
    """The same for questions on whole articles, where there is more beside the answer."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Share of a source's questions that an epoch asks, drawn anew each epoch; 1 where not said."""
    cloze: float = 0.0
    """Questions made from news, drawn anew each epoch: a share of the questions asked."""
    sizes: CropSizes = field(default_factory=CropSizes)


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a crop, as word pieces without special tokens."""

    question: list[int]
    passage: list[int]
    spans: tuple[tuple[int, int], ...]
    """Inclusive piece ranges of the crop; one per vote. Empty where nothing is marked."""
    answerable: bool
    taught: tuple[npt.NDArray[np.float16], npt.NDArray[np.float16]] | None = None
    """A teacher's scores of first and last tokens: of [CLS], then of each piece of the crop."""

    @property
    def length(self) -> int:
        """Number of tokens, the three special ones included."""
        return len(self.question) + len(self.passage) + 3


@dataclass(frozen=True, slots=True)
class Batch:
    """Arrays of a batch; shapes (rows, length) or (rows,)."""

    ids: npt.NDArray[np.int64]
    types: npt.NDArray[np.int64]
    """0 for [CLS] question [SEP], 1 for passage [SEP]."""
    mask: npt.NDArray[np.int64]
    """1 where there is a token."""
    choices: npt.NDArray[np.bool_]
    """True at [CLS], which stands for "no answer", and at the pieces of the passage."""
    start: npt.NDArray[np.float32]
    """Share of the votes for each position as the first; each row sums to 1 or 0."""
    end: npt.NDArray[np.float32]
    """The same for the last position."""
    answerable: npt.NDArray[np.float32]
    """1.0 or 0.0."""
    taught_start: npt.NDArray[np.float32]
    """A teacher's scores of each position as the first; 0 where it says nothing."""
    taught_end: npt.NDArray[np.float32]
    """The same for the last position."""
    taught: npt.NDArray[np.float32]
    """1.0 where there is a teacher's word, shape (rows,)."""


def collate(examples: Sequence[Example], special: tuple[int, int, int]) -> Batch:
    """Pad examples to the longest; ``special`` are the ids of [CLS], [SEP] and [PAD].

    A row without spans votes for [CLS] if it is unanswerable, and for nothing if it is
    answerable, which leaves it out of the span loss.
    """
    first, separator, padding = special
    shape = (len(examples), max(example.length for example in examples))
    ids = np.full(shape, padding, dtype=np.int64)
    types = np.zeros(shape, dtype=np.int64)
    mask = np.zeros(shape, dtype=np.int64)
    choices = np.zeros(shape, dtype=np.bool_)
    start = np.zeros(shape, dtype=np.float32)
    end = np.zeros(shape, dtype=np.float32)
    taught_start = np.zeros(shape, dtype=np.float32)
    taught_end = np.zeros(shape, dtype=np.float32)
    for row, example in enumerate(examples):
        pieces = [first, *example.question, separator, *example.passage, separator]
        passage = len(example.question) + 2
        ids[row, : len(pieces)] = pieces
        mask[row, : len(pieces)] = 1
        types[row, passage : len(pieces)] = 1
        choices[row, passage : len(pieces) - 1] = True
        choices[row, 0] = True
        for left, right in example.spans:
            start[row, passage + left] += 1 / len(example.spans)
            end[row, passage + right] += 1 / len(example.spans)
        if not example.answerable:
            start[row, 0] = end[row, 0] = 1.0
        if example.taught is not None:
            for scores, values in zip((taught_start, taught_end), example.taught, strict=True):
                scores[row, 0] = values[0]
                scores[row, passage : passage + len(example.passage)] = values[1:]
    answerable = np.array([example.answerable for example in examples], dtype=np.float32)
    taught = np.array([example.taught is not None for example in examples], dtype=np.float32)
    return Batch(
        ids, types, mask, choices, start, end, answerable, taught_start, taught_end, taught
    )


class EpochBuilder:
    """Builds the batches of any epoch from one seed."""

    def __init__(
        self,
        training_set: TrainingSet,
        tokenizer: "Tokenizer",
        negatives: dict[int, list[int]],
        mix: Mix,
        tokens_per_batch: int,
        seed: int,
        clozes: ClozeSet | None = None,
    ) -> None:
        """Cut all texts that training may see into word pieces."""
        self._clozes = clozes
        self._set = training_set
        self._tokenizer = tokenizer
        self._negatives = negatives
        self._mix = mix
        self._tokens_per_batch = tokens_per_batch
        self._seed = seed
        self._questions = training_set.seen_questions()
        seen = training_set.seen_passages()
        texts = tokenize(tokenizer, [training_set.passages[index].text for index in seen])
        self._passages: dict[int, TokenizedText] = dict(zip(seen, texts, strict=True))
        headed = [index for index in seen if training_set.passages[index].headline]
        leads = [as_lead(training_set.passages[index].headline) for index in headed]
        self._leads = {
            index: text.pieces
            for index, text in zip(headed, tokenize(tokenizer, leads), strict=True)
        }
        texts = tokenize(tokenizer, [training_set.questions[q].text for q in self._questions])
        self._pieces = {
            question: text.pieces[:MOST_QUESTION_TOKENS]
            for question, text in zip(self._questions, texts, strict=True)
        }
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for question in self._questions:
            entry = training_set.questions[question]
            found = [self._passages[entry.passage].span_pieces(*span) for span in entry.spans]
            self._spans[question] = [span for span in found if span is not None]
        self._swaps: Swaps = collect_swaps(
            training_set.questions[question].text for question in self._questions
        )

    def examples(self, epoch: int) -> list[Example]:
        """Return the examples of an epoch, in the order of the questions."""
        generator = random.Random(f"{self._seed}/{epoch}")
        examples: list[Example] = []
        changed: list[tuple[str, list[int]]] = []
        for question in self._questions:
            entry = self._set.questions[question]
            spans = self._spans[question]
            source = self._set.passages[entry.passage].source
            if generator.random() >= self._mix.shares.get(source, 1.0):
                continue
            if not spans:
                if not entry.spans:
                    examples.append(self._unmarked(question, generator))
                continue
            positive = self._positive(question, generator)
            examples.append(positive)
            if question in self._negatives and generator.random() < self._mix.mined:
                examples.append(self._mined(question, generator))
            beside = self._mix.beside_asked if source == ASKED else self._mix.beside
            if generator.random() < beside:
                examples.extend(self._beside(question, generator))
            if generator.random() < self._mix.perturbed:
                text = self._set.passages[entry.passage].text
                answers = tuple(self._set.answers(question))
                other = perturb_question(entry.text, text, self._swaps, generator, answers)
                if other is not None:
                    changed.append((other, positive.passage))
        tokenized = tokenize(self._tokenizer, [text for text, _ in changed])
        for text_pieces, (_, passage) in zip(tokenized, changed, strict=True):
            pieces = text_pieces.pieces[:MOST_QUESTION_TOKENS]
            examples.append(Example(pieces, passage, (), answerable=False))
        if self._clozes is not None:
            count = round(self._mix.cloze * sum(example.answerable for example in examples))
            examples += cloze_examples(
                self._clozes, count, self._tokenizer, self._mix, self._swaps, generator
            )
        return examples

    def batches(self, epoch: int) -> list[list[Example]]:
        """Return the batches of an epoch."""
        generator = random.Random(f"{self._seed}/{epoch}/order")
        return in_batches(self.examples(epoch), self._tokens_per_batch, generator)

    def _positive(self, question: int, generator: random.Random) -> Example:
        """Return a crop around one person's answer, with all answers that fit in it."""
        text = self._passages[self._set.questions[question].passage]
        spans = self._spans[question]
        sizes = self._mix.sizes
        begin, end = crop_around(
            text,
            *generator.choice(spans),
            draw_words(sizes, generator),
            sizes.most_tokens,
            generator,
        )
        inside = tuple(
            (left - begin, right - begin) for left, right in spans if begin <= left and right < end
        )
        example = Example(self._pieces[question], text.pieces[begin:end], inside, answerable=True)
        return self._headed(example, self._set.questions[question].passage, generator)

    def _headed(self, example: Example, passage: int, generator: random.Random) -> Example:
        """Return the example with its passage's headline in front, or as it is."""
        lead = self._leads.get(passage)
        if lead is None or generator.random() >= HEADED:
            return example
        spans = tuple((left + len(lead), right + len(lead)) for left, right in example.spans)
        return replace(example, passage=lead + example.passage, spans=spans)

    def _mined(self, question: int, generator: random.Random) -> Example:
        passage = generator.choice(self._negatives[question])
        text = self._passages[passage]
        sizes = self._mix.sizes
        begin, end = crop_anywhere(text, draw_words(sizes, generator), sizes.most_tokens, generator)
        pieces = text.pieces[begin:end]
        example = Example(self._pieces[question], pieces, (), answerable=False)
        return self._headed(example, passage, generator)

    def _beside(self, question: int, generator: random.Random) -> list[Example]:
        """Return a crop of the question's own passage without its answer, if there is room."""
        text = self._passages[self._set.questions[question].passage]
        sizes = self._mix.sizes
        crop = crop_beside(
            text,
            self._spans[question],
            draw_words(sizes, generator),
            sizes.most_tokens,
            sizes.least_words,
            generator,
        )
        if crop is None:
            return []
        pieces = text.pieces[crop[0] : crop[1]]
        example = Example(self._pieces[question], pieces, (), answerable=False)
        return [self._headed(example, self._set.questions[question].passage, generator)]

    def _unmarked(self, question: int, generator: random.Random) -> Example:
        """Return a question whose passage is known to answer it or not, but not where."""
        entry = self._set.questions[question]
        text = self._passages[entry.passage]
        if entry.answerable:
            begin, end = crop_anywhere(text, 1_000_000, MOST_UNMARKED_TOKENS, generator)
        else:
            sizes = self._mix.sizes
            words = draw_words(sizes, generator)
            near = text.span_pieces(*entry.near) if entry.near else None
            if near is None:
                begin, end = crop_anywhere(text, words, sizes.most_tokens, generator)
            else:
                begin, end = crop_around(text, *near, words, sizes.most_tokens, generator)
        pieces = text.pieces[begin:end]
        example = Example(self._pieces[question], pieces, (), answerable=entry.answerable)
        return self._headed(example, entry.passage, generator)


def in_batches(
    examples: Sequence[Example], tokens_per_batch: int, generator: random.Random
) -> list[list[Example]]:
    """Return examples in batches: like lengths together, batches in random order."""
    keyed = [(example.length + generator.uniform(-4, 4), example) for example in examples]
    keyed.sort(key=lambda pair: pair[0])
    batches: list[list[Example]] = [[]]
    longest = 0
    for _, example in keyed:
        longest = max(longest, example.length)
        if batches[-1] and longest * (len(batches[-1]) + 1) > tokens_per_batch:
            batches.append([])
            longest = example.length
        batches[-1].append(example)
    generator.shuffle(batches)
    return batches


def _words_hidden(question: str, share: float, generator: random.Random) -> str:
    """Return the question without some of its words; the first and the last stay."""
    first, *words, last = question.split(" ")
    kept = [word for word in words if generator.random() >= share]
    return " ".join([first, *kept, last])


def cloze_examples(
    clozes: ClozeSet,
    count: int,
    tokenizer: "Tokenizer",
    mix: Mix,
    swaps: Swaps,
    generator: random.Random,
) -> list[Example]:
    """Return examples of ``count`` made questions, and of their negatives at the mix's shares.

    Half of them, if there are so many, are told in other words than their passage's.
    """
    own = [question for question in clozes.questions if question.origin == "own"]
    told = [question for question in clozes.questions if question.origin != "own"]
    drawn = generator.sample(told, min(count // 2, len(told)))
    drawn += generator.sample(own, min(count - len(drawn), len(own)))
    texts: list[str] = []
    chosen: list[tuple[int, tuple[int, int] | None]] = []
    for question in drawn:
        hidden = OWN_WORDS_HIDDEN if question.origin == "own" else WORDS_HIDDEN
        text = _words_hidden(question.text, hidden, generator)
        texts.append(text)
        chosen.append((question.passage, question.span))
        if question.negatives and generator.random() < mix.mined:
            texts.append(text)
            chosen.append((generator.choice(question.negatives), None))
        if generator.random() < mix.perturbed:
            passage = clozes.passages[question.passage]
            answers = (passage[slice(*question.span)],)
            other = perturb_question(question.text, passage, swaps, generator, answers)
            if other is not None:
                texts.append(other)
                chosen.append((question.passage, None))
    cut = [text.pieces[:MOST_QUESTION_TOKENS] for text in tokenize(tokenizer, texts)]
    passages = tokenize(tokenizer, [clozes.passages[passage] for passage, _ in chosen])
    sizes = mix.sizes
    examples = []
    for pieces, (_, span), text_pieces in zip(cut, chosen, passages, strict=True):
        words = draw_words(sizes, generator)
        if span is None:
            begin, end = crop_anywhere(text_pieces, words, sizes.most_tokens, generator)
            examples.append(Example(pieces, text_pieces.pieces[begin:end], (), answerable=False))
            continue
        held = text_pieces.span_pieces(*span)
        if held is not None:
            begin, end = crop_around(text_pieces, *held, words, sizes.most_tokens, generator)
            marked = ((held[0] - begin, held[1] - begin),)
            examples.append(Example(pieces, text_pieces.pieces[begin:end], marked, answerable=True))
    return examples
