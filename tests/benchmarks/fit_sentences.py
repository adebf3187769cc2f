"""Fits the sentence reader on the training sets: coefficients and confidence curve.

    QA_DATA=… python -m tests.benchmarks.fit_sentences --work FOLDER

Questions are drawn evenly from the four sets, and each is read twice, over the library as it is and
with its gold paragraph gone. A sentence is right when it stands in a gold paragraph and holds one
of the answers. The ranking weights come from one third of the questions, the curve (Platt 1999)
from another; the figures printed last are of the third that neither has seen. Prints what
qa/models/reader.py states.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from qa import Library
from qa.answering.answer import READ_PASSAGES
from qa.evaluation.sets import LabelledQuestion
from qa.models.reader import SentenceReader, sentences_of
from qa.settings import HITS

from .labelled import build_library, holds_answer, read_training

SAMPLE = 600
KEPT = 0.98
SEED = 20111024


@dataclass(frozen=True)
class Reading:
    """A question's sentences: features with the fused score last, and which are right."""

    features: NDArray[np.float64]
    right: NDArray[np.bool_]


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for the indexed pools")
    given = parser.parse_args()
    labelled = read_training()
    library, names = build_library(labelled, given.work / "training")
    sample = sample_evenly(labelled.questions)
    with library:
        reader = SentenceReader(library.encoder)
        pairs = [
            (
                read(library, reader, names, question, without_gold=False),
                read(library, reader, names, question, without_gold=True),
            )
            for question in sample
        ]
    third = SAMPLE // 3
    ranking, curve, held_out = pairs[:third], pairs[third : 2 * third], pairs[2 * third :]
    model = LogisticRegression(max_iter=1000)
    model.fit(
        np.concatenate([present.features for present, _ in ranking]),
        np.concatenate([present.right for present, _ in ranking]),
    )
    weights = model.coef_[0]
    scores, right = best_of_each(curve, weights)
    platt = LogisticRegression(C=1e6).fit(scores[:, None], right)
    slope, intercept = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    print("coefficients", np.round(weights[:-1], 3).tolist())
    print(f"retrieval_weight {weights[-1]:.3f} slope {slope:.4f} intercept {intercept:.4f}")
    sure = 1 / (1 + np.exp(-(slope * scores + intercept)))
    print(f"weak: {np.quantile(sure[right], 1 - KEPT):.3f} keeps {KEPT:.0%} of the right answers")
    scores, right = best_of_each(held_out, weights)
    sure = 1 / (1 + np.exp(-(slope * scores + intercept)))
    present = np.arange(len(right)) % 2 == 0
    print(f"held out: right when gold is there {right[present].mean():.3f}, ", end="")
    print(f"AUROC gold there against gone {roc_auc_score(present, sure):.3f}, ", end="")
    print(f"mean confidence {sure.mean():.3f} against {right.mean():.3f} right")


def sample_evenly(questions: Sequence[LabelledQuestion]) -> list[LabelledQuestion]:
    """Return as many answerable questions of each set, mixed."""
    by_set: dict[str, list[LabelledQuestion]] = {}
    for question in questions:
        for name in question.gold:
            by_set.setdefault(name.rpartition("-")[0], []).append(question)
    chance = random.Random(SEED)
    sample = [
        question
        for some in by_set.values()
        for question in chance.sample(some, SAMPLE // len(by_set))
    ]
    chance.shuffle(sample)
    return sample


def read(
    library: Library,
    reader: SentenceReader,
    names: dict[str, str],
    question: LabelledQuestion,
    *,
    without_gold: bool,
) -> Reading:
    """Read a question over the library, or over it without its gold paragraph."""
    hits = library.search(question.text, k=HITS + 10)
    if without_gold:
        hits = [hit for hit in hits if names[hit.passage.article.id] not in question.gold]
    hits = hits[:READ_PASSAGES]
    fused = {(hit.passage.article.id, hit.passage.start): hit.score for hit in hits}
    places = sentences_of([hit.passage for hit in hits])
    features = reader.features(question.text, places)
    retrieval = [fused[passage.article.id, passage.start] for passage, _, _ in places]
    right = [
        names[passage.article.id] in question.gold
        and holds_answer(passage.article.text[start:end], question.answers)
        for passage, start, end in places
    ]
    return Reading(np.column_stack([features, retrieval]), np.array(right))


def best_of_each(
    pairs: Sequence[tuple[Reading, Reading]], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the best sentence's score and rightness of each reading, present and gone in turn."""
    scores, right = [], []
    for pair in pairs:
        for reading in pair:
            values = reading.features @ weights
            best = int(np.argmax(values))
            scores.append(values[best])
            right.append(reading.right[best])
    return np.array(scores), np.array(right)


if __name__ == "__main__":
    main()
