"""The confidence of answers: collect what evidence there is, fit what weighs it.

    python -m tests.benchmarks.fit_reader collect --work DIR [--reader FOLDER]
    python -m tests.benchmarks.fit_reader fit --work DIR

``collect`` asks questions whose articles the reader never saw, as they are and with what answers
them gone, and keeps the hits and spans:

- *asked*: questions asked before the article was seen, and near misses, in one library of
  ``LARGE`` articles and again in libraries of ``SMALL``;
- *news*: questions written on passages of news, in the large library;
- *pairs*: people's adversarial questions and the answerable ones they were made from;
- *shifts*: questions on encyclopedic paragraphs, over all of SQuADShifts and the next;
- *development*: questions of SQuAD 2.0, answerable and not.

``fit`` halves every set by article. It fits weights and curve on one half, each set counting alike,
takes the thresholds by their rule, and prints figures of the other half. It prints what
qa/answering/evidence.py and answer.py state.
"""

import argparse
import hashlib
import pickle
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logsumexp
from sklearn.linear_model import LogisticRegression

from qa.answering.answer import READ_PASSAGES, WEAK, claim
from qa.answering.evidence import (
    FEATURES,
    features,
    folded,
    margins,
    sentence_places,
    sentences_of,
)
from qa.datatypes import AnswerKind, Status
from qa.evaluation.metrics import calibration_error, coverage, discrimination
from qa.scores import exact_match, holds_answer, normalize_answer, token_f1

from .evidence import SEED, Asked, collect_news, collect_pairs, collect_paragraphs

RIGHT = 0.5
"""F1 from which an answer is right."""
CLAIMED_RIGHT, WEAK_RIGHT = 0.8, 0.4
"""Least share of the words that are claimed that is right, and of the weak sentences that holds the
answer."""

GRID = np.arange(0.05, 0.96, 0.01)
"""Confidences that are tried as thresholds."""


Curve = tuple[float, float, float]
"""Slopes of evidence and of margin, and the intercept."""


def main() -> None:
    """Collect or fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=["collect", "fit"])
    parser.add_argument("--work", type=Path, required=True, help="folder for what is kept")
    parser.add_argument("--reader", help="reader by name or folder (default: the default one)")
    parser.add_argument("--count", type=int, default=600, help="questions of each set")
    parser.add_argument("--development", type=int, default=1500, help="development questions")
    parser.add_argument("--read", type=int, default=READ_PASSAGES, help="passages read")
    given = parser.parse_args()
    if given.step == "collect":
        given.work.mkdir(parents=True, exist_ok=True)
        collect_news(given.work, given.reader, given.count)
        collect_pairs(given.work, given.reader, given.count)
        collect_paragraphs(given.work, given.reader, given.count, given.development)
    else:
        fit(given.work, given.read)


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
    holds: NDArray[np.bool_]
    """Whether each is right, or its sentence holds a right answer."""
    words: list[str]
    """The words of each, folded."""
    sentences: list[tuple[str, int, int]]
    """The place of the sentence of each."""
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
        wanted = [normalize_answer(gold) for gold in golds]
        sentences = sentences_of(spans)
        f1 = np.array([token_f1(span.text, golds) for span in spans])
        is_gold = np.array([span.passage.article.id in each.gold for span in spans], bool)
        held = [
            holds_answer(normalize_answer(span.passage.article.text[start:end]), wanted)
            for span, (start, end) in zip(spans, sentences, strict=True)
        ]
        made.append(
            Rows(
                features(each.question, hits, spans, sentences),
                f1,
                np.array([exact_match(span.text, golds) for span in spans]),
                is_gold,
                (f1 >= RIGHT) | (is_gold & np.array(held, bool)),
                [folded(span.text) for span in spans],
                sentence_places(spans, sentences),
                each,
                left_out,
            )
        )
    return made


SETS = ("asked-large", "asked-small", "news", "pairs", "shifts", "development")


def fit(work: Path, read: int) -> None:
    """Fit, and print the figures of the half that nothing was fitted on."""
    fitted: dict[str, list[Rows]] = {}
    others: dict[str, list[Rows]] = {}
    for name in SETS:
        asked = load(work / f"{name}.pickle")
        for side, into in ((0, fitted), (1, others)):
            chosen = [each for each in asked if half(each.article) == side]
            into[name] = rows(chosen, "nothing", read)
            # As many questions without an answer as with one, of whatever kind they are.
            spare = sum(bool(each.answers) for each in chosen) * 2 - len(chosen)
            gone = rows([each for each in chosen if each.answers], "gold", read)
            into[name] += random.Random(SEED).sample(gone, max(0, min(spare, len(gone))))
    weights = fit_weights(fitted)
    print("weights", dict(zip(FEATURES, np.round(weights, 3).tolist(), strict=True)))
    curve = fit_curve(fitted, weights)
    print(f"curve: slope {curve[0]:.4f}, of margin {curve[1]:.4f}, intercept {curve[2]:.3f}")
    held = fit_sentence_curve(fitted, weights)
    print(f"sentence curve: slope {held[0]:.4f}, of margin {held[1]:.4f}, intercept {held[2]:.3f}")
    claimed = claimed_from(fitted, weights, curve)
    weak = weak_sentences_from(fitted, weights, curve, held)
    print(f"thresholds: words answered {claimed:.2f}, sentences weak {weak:.2f}")
    for which, halves in (("fitted", fitted), ("other", others)):
        for name, every in [*halves.items(), ("all", [r for e in halves.values() for r in e])]:
            report(f"{which} half, {name}", every, weights, curve, claimed)
        report_shown(f"{which} half, with sentences", halves, weights, curve, held)


def sizes(every: dict[str, list[Rows]]) -> NDArray[np.float64]:
    """Return a weight for each question such that each set counts alike, with a mean of 1."""
    total = sum(map(len, every.values()))
    return np.concatenate(
        [np.full(len(each), total / len(every) / max(1, len(each))) for each in every.values()]
    )


def claimed_from(every: dict[str, list[Rows]], weights: NDArray[np.float64], curve: Curve) -> float:
    """Return the lowest confidence from which enough of the words are right to be claimed."""
    flat = [row for each in every.values() for row in each]
    evidence, margin, f1, _, _ = best(flat, weights)
    sure, right, counts = confidence(evidence, margin, curve), f1 >= RIGHT, sizes(every)
    found = (
        float(least)
        for least in GRID
        if (sure >= least).any()
        and np.average(right[sure >= least], weights=counts[sure >= least]) >= CLAIMED_RIGHT
    )
    return next(found, 0.95)


def weak_sentences_from(
    every: dict[str, list[Rows]],
    weights: NDArray[np.float64],
    curve: Curve,
    sentence_curve: Curve,
) -> float:
    """Return the lowest confidence from which enough of the weak sentences hold the answer."""
    sure, held, holds = confidences(every, weights, curve, sentence_curve)
    counts = sizes(every)
    for least in GRID:
        claims = [claim(*both, least) for both in zip(sure.tolist(), held.tolist(), strict=True)]
        weak = np.array([each == (AnswerKind.SENTENCE, Status.WEAK) for each in claims])
        if weak.any() and np.average(holds[weak], weights=counts[weak]) >= WEAK_RIGHT:
            return float(least)
    return 0.95


def confidences(
    every: dict[str, list[Rows]],
    weights: NDArray[np.float64],
    curve: Curve,
    sentence_curve: Curve,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return the confidence of words and of sentence, and whether that holds the answer."""
    flat = [row for each in every.values() for row in each]
    evidence, margin, *_ = best(flat, weights)
    sure = confidence(evidence, margin, curve)
    evidence, margin, holds = best_sentences(flat, weights)
    return sure, np.maximum(confidence(evidence, margin, sentence_curve), sure), holds


def load(path: Path) -> list[Asked]:
    """Read what was collected."""
    with path.open("rb") as stream:
        kept: list[Asked] = pickle.load(stream)
    return kept


def half(article: str) -> int:
    """Return which half of the development articles one falls in, by a hash of its name."""
    return hashlib.sha256(f"{SEED}/{article}".encode()).digest()[0] % 2


def fit_weights(every: dict[str, list[Rows]]) -> NDArray[np.float64]:
    """Return the weights that make the right spans likeliest.

    A softmax over all spans of a question and "nothing", whose score is a weight of its own (a
    conditional logit, McFadden 1974): right are the spans of a gold article with F1 enough, and
    "nothing" where there is none.
    """
    examples = [
        (each.features, (each.f1 >= RIGHT) & each.is_gold, count)
        for each, count in zip(
            (row for part in every.values() for row in part), sizes(every), strict=True
        )
        if len(each.features)
    ]

    def loss(weights: NDArray[np.float64]) -> float:
        total = 0.0
        for values, right, count in examples:
            scores = np.append(values @ weights[:-1], weights[-1])
            wanted = scores[:-1][right] if right.any() else scores[-1:]
            total += count * float(logsumexp(scores) - logsumexp(wanted))
        return total / len(examples)

    found = minimize(loss, np.ones(len(FEATURES) + 1), method="L-BFGS-B")
    return np.asarray(found.x[:-1], np.float64)


def best(every: Sequence[Rows], weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Return evidence, margin, F1, exact match and whether in a gold article of each best span."""
    found = []
    for each in every:
        if not len(each.features):
            found.append((-99.0, 0.0, 0.0, 0.0, 0.0))
            continue
        sums = each.features @ weights
        top = int(np.argmax(sums))
        margin = float(margins(each.words, sums)[top])
        right = each.f1[top], each.exact[top], float(each.is_gold[top])
        found.append((sums[top], margin, *right))
    return tuple(np.array(found).T)


def confidence(
    evidence: NDArray[np.float64], margin: NDArray[np.float64], curve: Curve
) -> NDArray[np.float64]:
    """Return the probability that each is right."""
    found: NDArray[np.float64] = expit(curve[0] * evidence + curve[1] * margin + curve[2])
    return found


def fit_sentence_curve(every: dict[str, list[Rows]], weights: NDArray[np.float64]) -> Curve:
    """Return the curve to the share of best spans whose sentence holds the answer."""
    flat = [row for each in every.values() for row in each]
    evidence, margin, holds = best_sentences(flat, weights)
    return platt(evidence, margin, holds, sizes(every))


def platt(
    evidence: NDArray[np.float64],
    margin: NDArray[np.float64],
    right: NDArray[np.bool_],
    counts: NDArray[np.float64],
) -> Curve:
    """Return the logistic curve from evidence and margin to what is right."""
    model = LogisticRegression(C=np.inf)
    model.fit(np.stack([evidence, margin], 1), right, sample_weight=counts)
    return float(model.coef_[0, 0]), float(model.coef_[0, 1]), float(model.intercept_[0])


def best_sentences(
    every: Sequence[Rows], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return each best span's evidence, margin over another sentence, and whether its own holds."""
    found = []
    for each in every:
        if not len(each.features):
            found.append((-99.0, 0.0, False))
            continue
        sums = each.features @ weights
        top = int(np.argmax(sums))
        found.append((sums[top], margins(each.sentences, sums)[top], each.holds[top]))
    evidence, margin, holds = np.array(found, np.float64).T
    return evidence, margin, holds.astype(bool)


def fit_curve(every: dict[str, list[Rows]], weights: NDArray[np.float64]) -> Curve:
    """Return the logistic curve from evidence and margin to the share that is right.

    Platt scaling (Platt 1999), of two values. Isotonic regression of the first, over 20 groups, was
    worse within the fitted half with two earlier readers (calibration error .067 to .062, .059 to
    .049), and its steps give whole stretches of evidence one probability. The margin took AUROC of
    right against wrong on the other half from .851 to .862, the Brier score from .151 to .146.
    """
    flat = [row for each in every.values() for row in each]
    evidence, margin, f1, _, _ = best(flat, weights)
    return platt(evidence, margin, f1 >= RIGHT, sizes(every))


def report_shown(
    name: str,
    every: dict[str, list[Rows]],
    weights: NDArray[np.float64],
    curve: Curve,
    sentence_curve: Curve,
) -> None:
    """Print what a person is shown with the thresholds in force, each set counting alike."""
    flat = [row for each in every.values() for row in each]
    sure, held, holds = confidences(every, weights, curve, sentence_curve)
    claims = [claim(*both) for both in zip(sure.tolist(), held.tolist(), strict=True)]
    kind = np.array([each.value for each, _ in claims])
    status = np.array([each.value for _, each in claims])
    there = np.array([row.left_out == "nothing" and bool(row.question.answers) for row in flat])
    silent, counts = silent_ones(every), sizes(every)
    shown, answered = status != Status.NOT_FOUND, status == Status.ANSWERED

    def weighted(chosen: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
        return float((chosen * counts)[among].sum() / max(counts[among].sum(), 1e-9))

    weak_sentences = (status == Status.WEAK) & (kind == AnswerKind.SENTENCE)
    brier = float(np.average((held - holds) ** 2, weights=counts))
    print(
        f"{name}: shown and holds the answer {weighted(shown & holds, there):.3f};"
        f" claimed {weighted(answered, np.ones(len(flat), bool)):.3f},"
        f" right {weighted(holds, answered):.3f};"
        f" weak sentences right {weighted(holds, weak_sentences):.3f};"
        f" silent: refused {weighted(~shown, silent):.3f},"
        f" or a weak sentence alone {weighted(~shown | weak_sentences, silent):.3f},"
        f" not claimed {weighted(~answered, silent):.3f}; Brier {brier:.3f}"
    )


def silent_ones(every: dict[str, list[Rows]]) -> NDArray[np.bool_]:
    """Return which questions were asked before the article was seen, and are not answered by it."""
    return np.array(
        [
            name.startswith("asked") and row.left_out == "nothing" and not row.question.answers
            for name, each in every.items()
            for row in each
        ]
    )


def report(
    name: str,
    every: Sequence[Rows],
    weights: NDArray[np.float64],
    curve: Curve,
    claimed: float,
) -> None:
    """Print the figures of a set: those of retrieval and reading of what has an answer there."""
    evidence, margin, f1, exact, gold = best(every, weights)
    there = np.array([each.left_out == "nothing" and bool(each.question.answers) for each in every])
    sure, right = confidence(evidence, margin, curve), (f1 >= RIGHT).astype(np.float64)
    shown = sure >= WEAK
    print(
        f"{name}: {there.sum()} with an answer, {(~there).sum()} without;"
        f" hit@1 {gold[there].mean():.3f} EM {exact[there].mean():.3f} F1 {f1[there].mean():.3f}"
        f" right {right[there].mean():.3f} AUROC {discrimination(evidence, there * 1.0):.3f}"
        f" ECE {calibration_error(sure, right):.3f} coverage@90 {coverage(sure, right):.3f}\n"
        f"    claimed {(sure >= claimed).mean():.3f}, right {share(right, sure >= claimed):.3f};"
        f" weak {(shown & (sure < claimed)).mean():.3f},"
        f" right {share(right, shown & (sure < claimed)):.3f};"
        f" shown right {(right * shown)[there].mean():.3f} of those with an answer;"
        f" refused {1 - shown[~there].mean():.3f},"
        f" not claimed {1 - (sure >= claimed)[~there].mean():.3f} of those without"
    )


def share(right: NDArray[np.float64], among: NDArray[np.bool_]) -> float:
    """Return the share that is right, or nan where there is none."""
    return float(right[among].mean()) if among.any() else float("nan")


if __name__ == "__main__":
    main()
