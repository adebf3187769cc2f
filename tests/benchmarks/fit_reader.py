"""Fits what weighs the reader's spans: their evidence, and the curve from it to a probability.

    QA_DATA=… python -m tests.benchmarks.fit_reader collect --work FOLDER
    QA_DATA=… python -m tests.benchmarks.fit_reader fit --work FOLDER

``collect`` asks questions over the development paragraphs and all of SQuADShifts, as they are and
with what holds the answer gone, and keeps the hits and spans: training questions whose paragraphs
the reader never saw (of those held out, the encyclopedic ones: articles are like those, product
reviews are not), and the answerable development questions.
``fit`` fits the weights on the training questions alone, and the curve and its thresholds on half
of the development articles; what it prints last is measured on the other half. It prints what
qa/answering/evidence.py and answer.py state.
"""

import argparse
import hashlib
import pickle
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logsumexp
from sklearn.linear_model import LogisticRegression

from qa import Library
from qa.answering.answer import READ_PASSAGES
from qa.answering.evidence import FEATURES, features
from qa.datatypes import Hit, Scope, Span
from qa.evaluation import sets, targets
from qa.evaluation.figures import calibration_error, coverage, discrimination
from qa.models.training.examples import is_held_out
from qa.models.training.progress import TrainingOptions
from qa.scores import exact_match, token_f1

from .labelled import data_folder

SEED = 20111024
HOLD_OUT = TrainingOptions().hold_out
"""Share of the paragraphs that training left out, by its default."""
READ = 10
"""Passages kept for each question, so that fewer can be tried."""
RIGHT = 0.5
"""F1 from which an answer is right."""
SHIFTS = ("new_wiki", "reddit", "amazon_reviews")


@dataclass(frozen=True)
class Asked:
    """A question with what retrieval and reader brought up, by what was left out."""

    question: str
    answers: tuple[str, ...]
    article: str
    """The paragraph's article, by which the development set is halved."""
    gold: frozenset[str]
    """Ids of the articles that answer."""
    hits: dict[str, list[Hit]]
    """Hits by what was left out: nothing, gold, article."""
    spans: list[Span]
    """Spans of all passages among the hits."""


def main() -> None:
    """Collect or fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=["collect", "fit"])
    parser.add_argument("--work", type=Path, required=True, help="folder for what is kept")
    parser.add_argument("--reader", help="reader by name or folder (default: the default one)")
    parser.add_argument("--training", type=int, default=1500, help="training questions")
    parser.add_argument("--development", type=int, default=10_000, help="development questions")
    parser.add_argument("--read", type=int, default=READ_PASSAGES, help="passages read")
    given = parser.parse_args()
    if given.step == "collect":
        collect(given.work, given.reader, given.training, given.development)
    else:
        fit(given.work, given.read)


def collect(work: Path, reader: str | None, training: int, development: int) -> None:
    """Ask all questions and keep what comes up."""
    work.mkdir(parents=True, exist_ok=True)
    folder = data_folder()
    labelled = sets.read_set(folder / "dev" / "squad2-dev-half.json")
    shifts = [sets.read_set(folder / "reader-train" / f"{name}.json") for name in SHIFTS]
    paragraphs = sets.pool(labelled, shifts)
    pool = targets.open_pool(paragraphs, targets.pool_folder(paragraphs, None), reader=reader)
    names = {paragraph.text: paragraph.name for paragraph in paragraphs}
    unseen = [
        replace(question, gold={names[question.passage]: 1})
        for question in shifts[0].questions
        if is_held_out(question.passage, HOLD_OUT, 0)
    ]
    answerable = [question for question in labelled.questions if question.answers]
    for name, questions, count in (
        ("training", unseen, training),
        ("development", answerable, development),
    ):
        chosen = random.Random(SEED).sample(questions, min(count, len(questions)))
        gold = targets.pool_targets(chosen, pool, paragraphs, targets.Without.GOLD)
        whole = targets.pool_targets(chosen, pool, paragraphs, targets.Without.ARTICLE)
        articles = {paragraph.name: paragraph.article for paragraph in paragraphs}
        started = time.monotonic()
        kept = []
        for number, (one, all_of_it) in enumerate(zip(gold, whole, strict=True)):
            removed = {"nothing": (), "gold": one.removed}
            if name == "development":
                removed["article"] = all_of_it.removed
            article = articles[next(iter(one.question.gold))]
            kept.append(ask(pool.library, one, article, removed))
            if number % 100 == 0:
                print(name, number, f"{time.monotonic() - started:.0f} s", flush=True)
        with (work / f"{name}.pickle").open("wb") as stream:
            pickle.dump(kept, stream)
    pool.library.close()


def ask(
    library: Library, target: targets.Target, article: str, removed: dict[str, tuple[str, ...]]
) -> Asked:
    """Ask a question with each of these left out; read every passage that comes up, once."""
    question = target.question.text
    hits = {
        name: library.search(question, k=READ, scope=Scope(without=ids))
        for name, ids in removed.items()
    }
    passages = {hit.passage.place: hit.passage for found in hits.values() for hit in found}
    spans = library.reader.read(question, list(passages.values()))
    return Asked(question, target.question.answers, article, frozenset(target.gold), hits, spans)


@dataclass(frozen=True)
class Rows:
    """The spans of a question asked once."""

    features: NDArray[np.float64]
    """``(spans, len(FEATURES))``."""
    f1: NDArray[np.float64]
    """F1 of each with the right answers; 0 where they were left out."""
    exact: NDArray[np.float64]
    """Exact match of each."""
    is_gold: NDArray[np.bool_]
    """Whether each stands in a paragraph that answers."""
    question: Asked
    """The question."""
    left_out: str
    """What was left out."""


def rows(asked: Iterable[Asked], left_out: str, read: int) -> list[Rows]:
    """Return the spans' features and how right they are."""
    made = []
    for each in asked:
        hits = each.hits[left_out][:read]
        places = {hit.passage.place for hit in hits}
        spans = [span for span in each.spans if span.passage.place in places]
        golds = each.answers if left_out == "nothing" else ()
        made.append(
            Rows(
                features(each.question, hits, spans),
                np.array([token_f1(span.text, golds) for span in spans]),
                np.array([exact_match(span.text, golds) for span in spans]),
                np.array([span.passage.article.id in each.gold for span in spans], bool),
                each,
                left_out,
            )
        )
    return made


def fit(work: Path, read: int) -> None:
    """Fit, and print the figures of the half that nothing was fitted on."""
    training = load(work / "training.pickle")
    present, gone = rows(training, "nothing", read), rows(training, "gold", read)
    weights = fit_weights(present, gone)
    named = ", ".join(f"{name} {w:.3f}" for name, w in zip(FEATURES, weights, strict=True))
    print(f"weights, from {len(training)} training questions: {named}")
    print(np.round(weights, 3).tolist())
    report("training", present, gone, weights)
    development = load(work / "development.pickle")
    halves = ([each for each in development if half(each.article) == side] for side in (0, 1))
    first, second = halves
    print(f"development: {len(first)} and {len(second)} questions")
    curve = fit_curve([*rows(first, "nothing", read), *rows(first, "gold", read)], weights)
    print(f"curve: slope {curve[0]:.4f}, intercept {curve[1]:.3f}")
    for name, side in (("fitted half", first), ("other half", second)):
        present = rows(side, "nothing", read)
        for left_out in ("gold", "article"):
            report(f"{name}, {left_out} gone", present, rows(side, left_out, read), weights, curve)


def load(path: Path) -> list[Asked]:
    """Read what was collected."""
    with path.open("rb") as stream:
        kept: list[Asked] = pickle.load(stream)
    return kept


def half(article: str) -> int:
    """Return which half of the development articles one falls in, by a hash of its name."""
    return hashlib.sha256(f"{SEED}/{article}".encode()).digest()[0] % 2


def fit_weights(present: Sequence[Rows], gone: Sequence[Rows]) -> NDArray[np.float64]:
    """Return the weights that make the right spans likeliest.

    A softmax over all spans of a question and "nothing", whose score is a weight of its own (a
    conditional logit, McFadden 1974): right are the spans of a gold paragraph with F1 enough, and
    "nothing" where there is none.
    """
    examples = [
        (each.features, (each.f1 >= RIGHT) & each.is_gold)
        for each in (*present, *gone)
        if len(each.features)
    ]

    def loss(weights: NDArray[np.float64]) -> float:
        total = 0.0
        for values, right in examples:
            scores = np.append(values @ weights[:-1], weights[-1])
            wanted = scores[:-1][right] if right.any() else scores[-1:]
            total += float(logsumexp(scores) - logsumexp(wanted))
        return total / len(examples)

    found = minimize(loss, np.ones(len(FEATURES) + 1), method="L-BFGS-B")
    return np.asarray(found.x[:-1], np.float64)


def best(every: Sequence[Rows], weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Return evidence, F1, exact match and whether in a gold paragraph of each best span."""
    found = []
    for each in every:
        if not len(each.features):
            found.append((-99.0, 0.0, 0.0, 0.0))
            continue
        sums = each.features @ weights
        top = int(np.argmax(sums))
        found.append((sums[top], each.f1[top], each.exact[top], float(each.is_gold[top])))
    columns = np.array(found).T
    return columns[0], columns[1], columns[2], columns[3]


def fit_curve(every: Sequence[Rows], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Return slope and intercept of a logistic curve from evidence to the share that is right.

    Platt scaling (Platt 1999). Isotonic regression over 20 groups was worse within the fitted half:
    fitted on half of its articles and measured on the rest, ten times over, its calibration error
    was .067 (Brier score .1232) to Platt's .062 (.1229), with an earlier reader .059 (.1295) to
    .049 (.1272); and its steps give whole stretches of evidence one probability.
    """
    evidence, f1, _, _ = best(every, weights)
    model = LogisticRegression(C=np.inf).fit(evidence[:, None], f1 >= RIGHT)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def report(
    name: str,
    present: Sequence[Rows],
    gone: Sequence[Rows],
    weights: NDArray[np.float64],
    curve: tuple[float, float] | None = None,
) -> None:
    """Print the figures."""
    evidence, f1, exact, gold = best(present, weights)
    without, *_ = best(gone, weights)
    scores = np.concatenate([evidence, without])
    is_present = np.concatenate([np.ones(len(evidence)), np.zeros(len(without))])
    line = f"{name}: hit@1 {gold.mean():.3f} EM {exact.mean():.3f} F1 {f1.mean():.3f}"
    line += f" AUROC {discrimination(scores, is_present):.3f}"
    if curve:
        sure = expit(curve[0] * scores + curve[1])
        right = np.concatenate([f1 >= RIGHT, np.zeros(len(without))]).astype(np.float64)
        line += f" ECE {calibration_error(sure, right):.3f} coverage@90 {coverage(sure, right):.3f}"
        for threshold in np.arange(0.1, 0.65, 0.05).round(2):
            claimed = sure >= threshold
            kept = (claimed & (right == 1)).sum() / max(1, (right == 1).sum())
            refused = 1 - claimed[len(evidence) :].mean()
            line += f"\n    from {threshold}: precision {right[claimed].mean():.3f}"
            line += f", keeps {kept:.3f} of the right, refuses {refused:.3f} of the gone"
            line += f", sum {kept + refused:.3f}"
    print(line)


if __name__ == "__main__":
    main()
