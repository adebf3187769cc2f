"""Builds the examples of an epoch and groups them into batches of about the same size in tokens.

An epoch depends only on the seed and its number, so training can resume at any batch: the epoch is
built again. In each epoch every question (or a share of a source's questions) is asked once of a
fresh crop with an answer. A share of the questions also gets a crop of a mined negative, a crop
beside the answer in its own passage, or a change that makes its passage no longer answer it. If
there are cloze questions (`cloze`), a new sample of them is added.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
"""Longest crop of a passage that answers the question at an unknown place."""
WORDS_HIDDEN = 0.07
"""Share of a cloze question's words that are left out, so that it cannot be matched word by word.
"""
OWN_WORDS_HIDDEN = 0.2
"""The same, if the passage contains the sentence that the question was made from."""
HEADED = 0.6
"""Share of crops that follow their passage's headline, as passages do when the reader is used."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Which examples an epoch adds to each question with its own passage; shares of questions."""

    mined: float = 0.45
    """Share that is also asked of a mined negative."""
    perturbed: float = 0.08
    """Share that is also asked in a changed form that the passage does not answer."""
    beside: float = 0.05
    """Share that is also asked of a crop beside the answer."""
    beside_asked: float = 0.5
    """The same for questions on whole articles, which have more text beside the answer."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Share of each source's questions in an epoch, sampled per epoch; 1 for other sources."""
    cloze: float = 0.0
    """Number of cloze questions, sampled per epoch, as a share of the questions asked."""
    sizes: CropSizes = field(default_factory=CropSizes)
    """How long the crops are."""


TeacherScores = tuple[NDArray[np.float16], NDArray[np.float16]]
"""Start and end scores: of [CLS], then of each token of the crop."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a crop of a passage."""

    question: list[int]
    """Token ids, without special tokens."""
    passage: list[int]
    """Token ids of the crop, without special tokens."""
    spans: tuple[tuple[int, int], ...]
    """Inclusive token ranges in the crop, one per vote. Empty if no answer is marked."""
    answerable: bool
    """Whether the crop answers the question."""
    teacher: TeacherScores | None = None
    """A teacher's scores of the crop, if there are any."""

    @property
    def length(self) -> int:
        """Number of tokens, including the three special ones."""
        return len(self.question) + len(self.passage) + 3

    @property
    def passage_start(self) -> int:
        """Position of the crop's first token, after [CLS], the question and [SEP]."""
        return len(self.question) + 2


@dataclass(frozen=True, slots=True)
class Batch:
    """The arrays of a batch, of shape (rows, length) unless stated otherwise."""

    ids: NDArray[np.int64]
    """Token ids."""
    types: NDArray[np.int64]
    """0 for [CLS] question [SEP], 1 for passage [SEP]."""
    mask: NDArray[np.int64]
    """1 for tokens, 0 for padding."""
    choices: NDArray[np.bool_]
    """Positions that can be chosen: the passage's tokens, and [CLS] for "no answer"."""
    start: NDArray[np.float32]
    """Share of the votes for each position as the first; each row sums to 1 or 0."""
    end: NDArray[np.float32]
    """The same for the last position."""
    answerable: NDArray[np.float32]
    """1.0 or 0.0, shape (rows,)."""
    teacher_start: NDArray[np.float32]
    """A teacher's score of each position as the first; 0 if there is none."""
    teacher_end: NDArray[np.float32]
    """The same for the last position."""
    has_teacher: NDArray[np.float32]
    """1.0 for rows with a teacher's scores, shape (rows,)."""


def collate(examples: Sequence[Example], special: tuple[int, int, int]) -> Batch:
    """Pad examples to the length of the longest.

    ``special`` are the ids of [CLS], [SEP] and [PAD]. An unanswerable row votes for [CLS]. An
    answerable row without spans votes for nothing, which excludes it from the span loss.
    """
    first, separator, padding = special
    shape = (len(examples), max(example.length for example in examples))
    ids = np.full(shape, padding, dtype=np.int64)
    types = np.zeros(shape, dtype=np.int64)
    mask = np.zeros(shape, dtype=np.int64)
    choices = np.zeros(shape, dtype=np.bool_)
    start = np.zeros(shape, dtype=np.float32)
    end = np.zeros(shape, dtype=np.float32)
    teacher_start = np.zeros(shape, dtype=np.float32)
    teacher_end = np.zeros(shape, dtype=np.float32)
    for row, example in enumerate(examples):
        pieces = [first, *example.question, separator, *example.passage, separator]
        passage = example.passage_start
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
        if example.teacher is not None:
            for scores, values in zip((teacher_start, teacher_end), example.teacher, strict=True):
                scores[row, 0] = values[0]
                scores[row, passage : passage + len(example.passage)] = values[1:]
    answerable = np.array([example.answerable for example in examples], dtype=np.float32)
    has_teacher = np.array([example.teacher is not None for example in examples], dtype=np.float32)
    return Batch(
        ids, types, mask, choices, start, end, answerable, teacher_start, teacher_end, has_teacher
    )


class EpochBuilder:
    """Builds the batches of any epoch from a seed."""

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
        """Tokenise all texts that training may see."""
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
        """Return the examples of an epoch, in question order."""
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
        """Return a crop around one of the answers, with all answers that lie inside it."""
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
        """Return the example with its passage's headline in front, or unchanged."""
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
        """Return a crop of the question's own passage without the answer, if there is room."""
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
        """Return an example without spans: unanswerable, or answered at an unknown place."""
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
    """Group examples of similar length into batches, and return these in random order."""
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
    """Return the question without some of its words; the first and the last are kept."""
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
    """Return examples of ``count`` cloze questions, with negatives and changes as in ``mix``.

    Up to half of the questions are worded differently from their passage.
    """
    own = [question for question in clozes.questions if question.origin == "own"]
    reworded = [question for question in clozes.questions if question.origin != "own"]
    drawn = generator.sample(reworded, min(count // 2, len(reworded)))
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
