"""Retrieval figures: the fusion weight on the training sets, nDCG@10 on TIME and SciFact.

    QA_DATA=… python -m tests.benchmarks.retrieval --work FOLDER [--sweep]

Pools are indexed into FOLDER once. With --sweep the weights are compared on the training sets
alone; without, BM25 alone, dense alone and both, at the weight in force, on the test collections.
"""

import argparse
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from qa import Library
from qa.answering.fusion import DENSE_WEIGHT, fuse
from qa.evaluation.metrics import first_gold_rank, ndcg
from qa.evaluation.sets import LabelledSet, read_set
from qa.settings import CANDIDATES
from qa.terms import question_terms

from .labelled import build_library, data_folder, read_training

WEIGHTS = tuple(round(0.1 * step, 1) for step in range(11))
KINDS = {"bm25": 0.0, "dense": 1.0, "both": DENSE_WEIGHT}
SAMPLE = 1000
SEED = 20111024

Ranking = Callable[[float], list[str]]


def main() -> None:
    """Print the figures asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for the indexed pools")
    parser.add_argument("--sweep", action="store_true", help="compare weights on training sets")
    given = parser.parse_args()
    if given.sweep:
        sweep(given.work / "training")
        return
    print(f"nDCG@10, dense weight {DENSE_WEIGHT}, fitted on the training sets")
    for name in ("time", "scifact"):
        labelled = read_set(data_folder() / "retrieval" / name)
        library, names = build_library(labelled, given.work / name)
        with library:
            figures = beir_figures(library, names, labelled)
        print(name, " ".join(f"{kind} {value:.3f}" for kind, value in figures.items()))


def sweep(folder: Path) -> None:
    """Print hit@1, hit@5 and MRR@10 of each weight on a sample of the training questions."""
    labelled = read_training()
    library, names = build_library(labelled, folder)
    answerable = [question for question in labelled.questions if question.gold]
    sample = random.Random(SEED).sample(answerable, SAMPLE)
    ranks: dict[float, list[int]] = {weight: [] for weight in WEIGHTS}
    with library:
        for question in sample:
            ranking = rankings(library, names, question.text, WEIGHTS)
            for weight in WEIGHTS:
                ranks[weight].append(first_gold_rank(ranking(weight), question.gold))
    print(f"{SAMPLE} training questions, {len(names)} paragraphs")
    for weight, places in ranks.items():
        found_at = np.array(places)
        reciprocal = np.where((found_at > 0) & (found_at <= 10), 1 / np.maximum(found_at, 1), 0)
        first, five = (found_at == 1).mean(), ((found_at > 0) & (found_at <= 5)).mean()
        figures = f"hit@1 {first:.3f}  hit@5 {five:.3f}  MRR@10 {reciprocal.mean():.4f}"
        print(f"dense {weight:.1f}  {figures}")


def beir_figures(
    library: Library, names: dict[str, str], labelled: LabelledSet
) -> dict[str, float]:
    """Return mean nDCG@10 of BM25 alone, dense alone and both, articles by their best passage."""
    gains: dict[str, list[float]] = {"bm25": [], "dense": [], "both": []}
    for question in labelled.questions:
        ranking = rankings(library, names, question.text, tuple(KINDS.values()))
        for kind, weight in KINDS.items():
            gains[kind].append(ndcg(ranking(weight), question.gold))
    return {kind: float(np.mean(values)) for kind, values in gains.items()}


def rankings(
    library: Library, names: dict[str, str], text: str, weights: Sequence[float]
) -> Ranking:
    """Return a function from one of the dense weights to article names, best first."""
    store = library._store
    (query,) = library.encoder.encode([text], "question")
    lexical = library._store.full_text.start_search(question_terms(text), CANDIDATES, None).result()
    with library._store.vectors.current() as vectors:
        dense = vectors.search(query, CANDIDATES)
        fused = {weight: fuse(lexical, dense, query, vectors, weight) for weight in weights}
    passages = store.passages([number for number, _ in [*lexical, *dense]])

    def ranked(weight: float) -> list[str]:
        scores = {
            number: score
            for number, (score, why) in fused[weight].items()
            if weight not in (0.0, 1.0) or (why.dense_rank if weight else why.bm25_rank)
        }
        ordered = sorted(scores, key=lambda number: -scores[number])
        return list(dict.fromkeys(names[passages[number].article.id] for number in ordered))

    return ranked


if __name__ == "__main__":
    main()
