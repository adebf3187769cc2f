"""Measures a model in training on a SQuAD 2.0 development set, with the passage given.

Exact match and F1 are taken over the answerable questions; the answer is the best span of at most
30 tokens. AUROC says how well answerable questions are told from unanswerable ones by the score of
the best span less that of "no answer". The scoring is the product's own; only the batching of the
torch model is done here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..evaluation.metrics import discrimination, mean
from ..evaluation.sets import LabelledQuestion, read_set, sampled
from ..models.reader import MOST_QUESTION_TOKENS, STRIDE_TOKENS
from ..models.spans import best_spans
from ..models.trace import READER_TOKENS
from ..scores import exact_match, token_f1
from .batches import Example, collate
from .model import SpanModel, to_tensors
from .tokens import special_ids, tokenize

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class Reading:
    """The model's answer to one question."""

    golds: tuple[str, ...]
    """Gold answers; none if the question is unanswerable."""
    answer: str
    """Text of the best span."""
    span_score: float
    """Score of the best span less that of "no answer"."""
    answer_score: float
    """Logit of the answerability head, in the window with the best span."""


def read_questions(path: Path, sample: int | None = None, seed: int = 0) -> list[LabelledQuestion]:
    """Return the questions of a labelled set, or a seeded sample of them.

    Raises UsageError when the file cannot be read.
    """
    return sampled(read_set(path).questions, sample, seed)


def _windows(tokens: int, most: int) -> list[tuple[int, int]]:
    """Return overlapping ranges of at most ``most`` tokens that cover a passage."""
    if tokens <= most:
        return [(0, tokens)]
    step = max(1, most - STRIDE_TOKENS)
    begins = [*range(0, tokens - most, step), tokens - most]
    return [(begin, begin + most) for begin in begins]


@torch.inference_mode()
def read_all(
    model: SpanModel,
    tokenizer: "Tokenizer",
    questions: Sequence[LabelledQuestion],
    tokens_per_batch: int = 8192,
) -> list[Reading]:
    """Answer every question from its passage; returns one `Reading` per question, in order."""
    device = next(model.parameters()).device
    special = special_ids(tokenizer)
    question_texts = tokenize(tokenizer, [question.text for question in questions])
    passage_texts = tokenize(tokenizer, [question.passage for question in questions])
    windows: list[tuple[int, int, Example]] = []
    for index, (question_text, passage) in enumerate(
        zip(question_texts, passage_texts, strict=True)
    ):
        pieces = question_text.pieces[:MOST_QUESTION_TOKENS]
        for begin, end in _windows(len(passage.pieces), READER_TOKENS - len(pieces) - 3):
            example = Example(pieces, passage.pieces[begin:end], (), answerable=False)
            windows.append((index, begin, example))
    # Longest first: the first window of a batch then sets the length of its rows.
    windows.sort(key=lambda window: -window[2].length)
    found: dict[int, Reading] = {}
    position = 0
    while position < len(windows):
        count = max(1, tokens_per_batch // windows[position][2].length)
        batch = windows[position : position + count]
        position += count
        tensors = to_tensors(collate([example for _, _, example in batch], special), device)
        scores = model(tensors.ids, tensors.types, tensors.mask, tensors.choices)
        starts, ends = scores.start.cpu().numpy(), scores.end.cpu().numpy()
        answers = scores.answer.cpu().numpy()
        for row, (index, begin, example) in enumerate(batch):
            inside = slice(example.passage_start, example.passage_start + len(example.passage))
            ((first, last, score),) = best_spans(starts[row, inside], ends[row, inside], 1)
            span_score = score - float(starts[row, 0] + ends[row, 0])
            if index in found and found[index].span_score >= span_score:
                continue
            offsets, question = passage_texts[index].offsets, questions[index]
            text = question.passage[offsets[begin + first][0] : offsets[begin + last][1]]
            found[index] = Reading(question.answers, text, span_score, float(answers[row]))
    return [found[index] for index in range(len(questions))]


def figures(readings: Sequence[Reading]) -> dict[str, float]:
    """Return the numbers of questions, and the figures by name, each in [0, 1]."""
    answered = [reading for reading in readings if reading.golds]
    answerable = np.array([bool(reading.golds) for reading in readings], dtype=np.float64)
    spans = np.array([reading.span_score for reading in readings])
    heads = np.array([reading.answer_score for reading in readings])
    return {
        "answerable": len(answered),
        "unanswerable": len(readings) - len(answered),
        "em": mean(np.array([exact_match(reading.answer, reading.golds) for reading in answered])),
        "f1": mean(np.array([token_f1(reading.answer, reading.golds) for reading in answered])),
        "auroc": discrimination(spans, answerable),
        "auroc_answer_head": discrimination(heads, answerable),
    }
