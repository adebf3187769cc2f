"""Scores of answers: SQuAD's exact match and F1, and the area under the ROC curve.

Training and evaluation share them. This module imports nothing from qa.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize_answer(text: str) -> str:
    """Return a text normalised as SQuAD does before comparing (Rajpurkar et al. 2016).

    Lower case, no ASCII punctuation, no "a", "an" or "the", single spaces.
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """Return 1.0 if the normalised answer equals any normalised gold answer, else 0.0."""
    normalized = normalize_answer(answer)
    return float(any(normalized == normalize_answer(gold) for gold in golds))


def token_f1(answer: str, golds: Sequence[str]) -> float:
    """Return the word-overlap F1 with the gold answer that fits best, in [0, 1]."""
    return max((_token_f1(answer, gold) for gold in golds), default=0.0)


def holds_answer(normalized_text: str, normalized_answers: Sequence[str]) -> bool:
    """Return whether the text contains any answer as whole words; both must be normalised."""
    padded = f" {normalized_text} "
    return any(f" {answer} " in padded for answer in normalized_answers if answer)


def _token_f1(answer: str, gold: str) -> float:
    answer_words = normalize_answer(answer).split()
    gold_words = normalize_answer(gold).split()
    if not answer_words or not gold_words:
        return float(answer_words == gold_words)
    shared = sum((Counter(answer_words) & Counter(gold_words)).values())
    if shared == 0:
        return 0.0
    precision = shared / len(answer_words)
    recall = shared / len(gold_words)
    return 2 * precision * recall / (precision + recall)


def area_under_curve(
    positives: Sequence[float] | NDArray[np.float64],
    negatives: Sequence[float] | NDArray[np.float64],
) -> float:
    """Return the area under the ROC curve; NaN if either list is empty.

    This is the probability that a positive scores above a negative, where a tie counts as half
    (Mann & Whitney 1947).
    """
    if not len(positives) or not len(negatives):
        return float("nan")
    below = np.sort(np.asarray(negatives, dtype=np.float64))
    wanted = np.asarray(positives, dtype=np.float64)
    less = np.searchsorted(below, wanted, side="left")
    not_more = np.searchsorted(below, wanted, side="right")
    return float((less + not_more).mean() / (2 * len(below)))
