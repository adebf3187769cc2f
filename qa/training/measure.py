"""How well the reader reads, with the passage given, on a SQuAD 2.0 development set.

Exact match and F1 are taken over the answerable questions, where it must name a span of at most
30 word pieces. The area under the ROC curve tells answerable questions from unanswerable ones
by the best span's score less that of "no answer".
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from ..models.spans import MOST_SPAN_TOKENS
from ..scores import area_under_curve, exact_match, token_f1
from .batches import Example, collate
from .examples import read_squad
from .model import to_tensors
from .teacher import AnyModel
from .tokens import tokenize

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST_TOKENS = 384
STRIDE_TOKENS = 128
"""By how much the windows of a long passage overlap."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found for one question."""

    golds: tuple[str, ...]
    """All gold answers; none if the question is unanswerable."""
    answer: str
    """The best span's text."""
    span_score: float
    """Score of the best span less that of "no answer"."""
    answer_score: float
    """Logit of the answerability head; the best window's."""


def read_questions(
    path: Path, sample: int | None = None, seed: int = 0
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return question, passage and gold answers of a SQuAD file, or of a seeded sample of it."""
    questions = [
        (raw["question"].strip(), text, tuple(answer["text"] for answer in raw["answers"]))
        for text, raw_questions in read_squad(path)
        for raw in raw_questions
    ]
    if sample is not None and sample < len(questions):
        questions = random.Random(seed).sample(questions, sample)
    return questions


def best_spans(
    start: npt.NDArray[np.float32], end: npt.NDArray[np.float32], most_tokens: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Return first and last token and score of the best span of each row, [CLS] left out.

    ``start`` and ``end`` have shape (rows, length); the results have shape (rows,).
    """
    rows, length = start.shape
    best_score = np.full(rows, -np.inf, dtype=np.float32)
    best_start = np.zeros(rows, dtype=np.int64)
    best_end = np.zeros(rows, dtype=np.int64)
    for width in range(min(most_tokens, length - 1)):
        scores = start[:, 1 : length - width] + end[:, 1 + width :]
        first = scores.argmax(axis=1)
        score = scores[np.arange(rows), first]
        better = score > best_score
        best_score[better] = score[better]
        best_start[better] = first[better] + 1
        best_end[better] = first[better] + 1 + width
    return best_start, best_end, best_score


def _windows(pieces: int, most: int) -> list[tuple[int, int]]:
    """Return overlapping ranges that cover a passage of so many pieces."""
    if pieces <= most:
        return [(0, pieces)]
    step = max(1, most - STRIDE_TOKENS)
    begins = [*range(0, pieces - most, step), pieces - most]
    return [(begin, begin + most) for begin in begins]


@torch.inference_mode()
def read_all(
    model: AnyModel,
    tokenizer: "Tokenizer",
    questions: Sequence[tuple[str, str, tuple[str, ...]]],
    tokens_per_batch: int = 8192,
) -> list[Reading]:
    """Read every question's passage; returns one `Reading` per question, in their order."""
    device = next(model.parameters()).device
    special = special_ids(tokenizer)
    question_texts = tokenize(tokenizer, [question for question, _, _ in questions])
    passage_texts = tokenize(tokenizer, [passage for _, passage, _ in questions])
    pieces: list[tuple[int, int, Example]] = []
    for index, (question, passage) in enumerate(zip(question_texts, passage_texts, strict=True)):
        asked = question.pieces[:64]
        for begin, end in _windows(len(passage.pieces), MOST_TOKENS - len(asked) - 3):
            example = Example(asked, passage.pieces[begin:end], (), answerable=False)
            pieces.append((index, begin, example))
    # Longest first, so that the first of a batch tells how long its rows are.
    pieces.sort(key=lambda piece: -piece[2].length)
    found: dict[int, Reading] = {}
    position = 0
    while position < len(pieces):
        count = max(1, tokens_per_batch // pieces[position][2].length)
        part = pieces[position : position + count]
        position += count
        tensors = to_tensors(collate([example for _, _, example in part], special), device)
        scores = model(tensors.ids, tensors.types, tensors.mask, tensors.choices)
        start, end_scores = scores.start.cpu().numpy(), scores.end.cpu().numpy()
        answer = scores.answer.cpu().numpy()
        firsts, lasts, bests = best_spans(start, end_scores, MOST_SPAN_TOKENS)
        for row, (index, begin, example) in enumerate(part):
            span_score = float(bests[row] - start[row, 0] - end_scores[row, 0])
            if index in found and found[index].span_score >= span_score:
                continue
            shift = begin - len(example.question) - 2
            offsets = passage_texts[index].offsets
            left, right = offsets[firsts[row] + shift][0], offsets[lasts[row] + shift][1]
            _, passage_text, golds = questions[index]
            text = passage_text[left:right]
            found[index] = Reading(golds, text, span_score, float(answer[row]))
    return [found[index] for index in range(len(questions))]


def special_ids(tokenizer: "Tokenizer") -> tuple[int, int, int]:
    """Return the ids of [CLS], [SEP] and [PAD]; raises ValueError if one is missing."""
    ids = [tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[PAD]")]
    first, separator, padding = ids
    if first is None or separator is None or padding is None:
        raise ValueError("the tokenizer has no [CLS], [SEP] or [PAD]; use a BERT tokenizer")
    return first, separator, padding


def figures(readings: Sequence[Reading]) -> dict[str, float]:
    """Return the figures by name, each in [0, 1], and the numbers of questions."""
    answerable = [reading for reading in readings if reading.golds]
    others = [reading for reading in readings if not reading.golds]

    def area(scores: str) -> float:
        return area_under_curve(
            [getattr(reading, scores) for reading in answerable],
            [getattr(reading, scores) for reading in others],
        )

    def mean(values: list[float]) -> float:
        return float(np.mean(values)) if values else float("nan")

    return {
        "answerable": len(answerable),
        "unanswerable": len(others),
        "em": mean([exact_match(reading.answer, reading.golds) for reading in answerable]),
        "f1": mean([token_f1(reading.answer, reading.golds) for reading in answerable]),
        "auroc": area("span_score"),
        "auroc_answer_head": area("answer_score"),
    }
