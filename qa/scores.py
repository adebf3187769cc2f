"""How an answer is scored: SQuAD's exact match and F1, and the area under the ROC curve.

Imports nothing of qa: training and evaluation score by the same rules.
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
    """Return the text as SQuAD compares it (Rajpurkar et al. 2016).

    Lower case, without ASCII punctuation, without the articles a, an and the, white space made
    single.
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """Return 1.0 if the answer equals any gold answer once both are normalised, else 0.0."""
    normalized = normalize_answer(answer)
    return float(any(normalized == normalize_answer(gold) for gold in golds))


def token_f1(answer: str, golds: Sequence[str]) -> float:
    """Return the best F1 of shared words over the gold answers, in [0, 1]."""
    return max((_token_f1(answer, gold) for gold in golds), default=0.0)


def holds_answer(normalized_text: str, normalized_answers: Sequence[str]) -> bool:
    """Return whether the text holds any of the answers as whole words, both normalised."""
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
    """Return the chance that a positive scores above a negative, ties counting half.

    This is the area under the ROC curve (Mann & Whitney 1947). Returns NaN if either is empty.
    """
    if not len(positives) or not len(negatives):
        return float("nan")
    below = np.sort(np.asarray(negatives, dtype=np.float64))
    wanted = np.asarray(positives, dtype=np.float64)
    less = np.searchsorted(below, wanted, side="left")
    not_more = np.searchsorted(below, wanted, side="right")
    return float((less + not_more).mean() / (2 * len(below)))
