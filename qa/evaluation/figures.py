"""Figures from the outcomes of questions, each with a bootstrap interval.

Outcomes come as columns by name, float64 ``(questions, conditions)``: a question that was asked
twice, with its gold and without, has two conditions. NaN stands where a column does not apply.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scores import area_under_curve

Column = NDArray[np.float64]

RESAMPLES = 1000
"""Times that the questions are drawn anew for an interval."""

PRECISION = 0.9
"""What answers must keep to while coverage is counted."""

BINS = 10
"""Groups, equal in number, in which confidence is compared with what came of it."""

NEAR_ENOUGH = 0.5
"""F1 against a gold answer from which an answer counts as right."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and how far chance may have moved it."""

    value: float
    """The figure."""
    low: float
    """Lower end of the 95 % interval."""
    high: float
    """Upper end."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How a figure comes out of columns."""

    compute: Callable[..., float]
    """From the columns it needs, flat and without what does not apply, to the figure."""
    needs: tuple[str, ...]
    """Names of those columns."""
    about: str
    """What it says, for a person."""


def mean(values: Column) -> float:
    """Return the mean; NaN of nothing."""
    return float(values.mean()) if len(values) else float("nan")


def discrimination(scores: Column, answerable: Column) -> float:
    """Return how often a question with an answer scores above one without (AUROC)."""
    return area_under_curve(scores[answerable == 1], scores[answerable == 0])


def calibration_error(confidence: Column, right: Column, bins: int = BINS) -> float:
    """Return the expected calibration error over bins of equal mass (Nixon et al. 2019).

    Questions are sorted by confidence and cut into bins; the distance between mean confidence and
    share of right answers is averaged over them, each weighing as much as it holds.
    """
    if not len(confidence):
        return float("nan")
    parts = np.array_split(np.argsort(confidence, kind="stable"), bins)
    gaps = [abs(float((confidence[part] - right[part]).sum())) for part in parts]
    return sum(gaps) / len(confidence)


def coverage(confidence: Column, right: Column, precision: float = PRECISION) -> float:
    """Return the largest share of questions that can be answered at that precision.

    The surest are answered first; those that are equally sure are answered together.
    """
    if not len(confidence):
        return float("nan")
    order = np.argsort(-confidence, kind="stable")
    counts = np.arange(1, len(order) + 1)
    is_precise = np.cumsum(right[order]) >= precision * counts - 1e-9
    is_last_of_its_kind = np.append(np.diff(confidence[order]) < 0, True)
    possible = counts[is_precise & is_last_of_its_kind]
    return float(possible.max() / len(order)) if len(possible) else 0.0


def percentile(share: float) -> Callable[[Column], float]:
    """Return a function to that percentile of values."""
    return lambda values: float(np.percentile(values, share)) if len(values) else float("nan")


def first_place(ranked: Sequence[str], gold: Mapping[str, int]) -> int:
    """Return the place, from 1, of the first gold name in a ranking; 0 when there is none."""
    return next((place for place, name in enumerate(ranked, 1) if name in gold), 0)


def ndcg(ranked: Sequence[str], gold: Mapping[str, int], k: int = 10) -> float:
    """Return nDCG@k (Järvelin and Kekäläinen 2002), gain being the grade.

    A name that comes again gains nothing more.
    """
    gain = 0.0
    seen: set[str] = set()
    for place, name in enumerate(ranked[:k], 1):
        if name not in seen:
            seen.add(name)
            gain += gold.get(name, 0) / np.log2(place + 1)
    grades = sorted(gold.values(), reverse=True)[:k]
    ideal = sum(grade / np.log2(place + 1) for place, grade in enumerate(grades, 1))
    return float(gain / ideal)


MEASURES: Mapping[str, Measure] = {
    "hit@1": Measure(mean, ("hit@1",), "a right passage comes first"),
    "hit@5": Measure(mean, ("hit@5",), "… among the first five"),
    "hit@10": Measure(mean, ("hit@10",), "… among the first ten"),
    "mrr@10": Measure(mean, ("mrr@10",), "one divided by its place, on average"),
    "ndcg@10": Measure(mean, ("ndcg@10",), "how near the ten are to the best order"),
    "retrieval_hit@1": Measure(mean, ("retrieval_hit@1",), "hit@1 before anything is read"),
    "em": Measure(mean, ("em",), "the likeliest answer is exactly a right one"),
    "f1": Measure(mean, ("f1",), "words it shares with a right one"),
    "auroc": Measure(
        discrimination, ("score", "answerable"), "scores questions with an answer above others"
    ),
    "ece": Measure(
        calibration_error, ("confidence", "right"), "confidence is off by, on average; 0 is best"
    ),
    "coverage@90": Measure(
        coverage, ("confidence", "right"), "share answered while 90 % are right, the surest first"
    ),
    "answered": Measure(mean, ("answered",), "share that is answered"),
    "weak": Measure(mean, ("weak",), "share that gets a weak answer"),
    "not_found": Measure(mean, ("not_found",), "share that is refused"),
    "shown_right": Measure(mean, ("shown_right",), "of those with an answer: shown, and right"),
    "answered_precision": Measure(mean, ("answered_precision",), "right among the answered"),
    "median_ms": Measure(percentile(50), ("milliseconds",), "milliseconds a question, median"),
    "p95_ms": Measure(percentile(95), ("milliseconds",), "… 95th percentile"),
}
"""All figures, in the order in which they are shown."""


def figures(
    columns: Mapping[str, Column], *, seed: int, resamples: int = RESAMPLES
) -> dict[str, Figure]:
    """Return the figures that the columns allow, with percentile bootstrap intervals (Efron 1979).

    Questions are drawn with replacement, each with all its conditions, the same ones for every
    figure. An interval is widened to hold its value where drawing anew shifts a figure, as it does
    the calibration error.
    """
    values = {
        name: value
        for name, measure in MEASURES.items()
        if all(need in columns for need in measure.needs)
        and not np.isnan(value := _compute(measure, columns))
    }
    questions = len(next(iter(columns.values()), ()))
    chance = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {name: [] for name in values}
    for _ in range(resamples):
        rows = chance.integers(0, questions, questions)
        again = {name: column[rows] for name, column in columns.items()}
        for name, found in drawn.items():
            found.append(_compute(MEASURES[name], again))
    return {name: _figure(value, drawn[name]) for name, value in values.items()}


def _compute(measure: Measure, columns: Mapping[str, Column]) -> float:
    needed = [columns[name].ravel() for name in measure.needs]
    applies = ~np.any(np.isnan(needed), axis=0)
    return measure.compute(*(column[applies] for column in needed))


def _figure(value: float, drawn: Sequence[float]) -> Figure:
    found = [again for again in drawn if not np.isnan(again)] or [value]
    low, high = np.percentile(found, (2.5, 97.5))
    return Figure(value, min(value, float(low)), max(value, float(high)))
