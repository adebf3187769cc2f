"""Metrics over the outcomes of questions, each with a bootstrap interval.

Outcomes are columns by name, float64 ``(questions, conditions)``: a question that was asked twice,
with its gold articles and without them, has two conditions. NaN means that a column does not apply.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scores import area_under_curve

Column = NDArray[np.float64]

RESAMPLES = 1000
"""Number of bootstrap samples for an interval."""

PRECISION = 0.9
"""Precision that coverage must keep."""

BINS = 10
"""Bins of equal size in which confidence is compared with accuracy."""

NEAR_ENOUGH = 0.5
"""F1 against a gold answer from which an answer counts as right."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a metric, with its 95 % interval."""

    value: float
    """The value."""
    low: float
    """Lower end of the interval."""
    high: float
    """Upper end of the interval."""


@dataclass(frozen=True, slots=True)
class Metric:
    """How to compute a metric from columns."""

    compute: Callable[..., float]
    """Takes the columns it needs, flattened, without the rows that do not apply."""
    needs: tuple[str, ...]
    """Names of those columns."""
    about: str
    """What it measures, for the table."""


def mean(values: Column) -> float:
    """Return the mean; NaN if there are no values."""
    return float(values.mean()) if len(values) else float("nan")


def discrimination(scores: Column, answerable: Column) -> float:
    """Return how often a question with an answer scores above one without (AUROC)."""
    return area_under_curve(scores[answerable == 1], scores[answerable == 0])


def calibration_error(confidence: Column, right: Column, bins: int = BINS) -> float:
    """Return the expected calibration error over bins of equal mass (Nixon et al. 2019).

    Questions are sorted by confidence and cut into bins. The error of a bin is the distance between
    its mean confidence and its share of right answers; the result is their mean, weighted by the
    size of the bins. NaN without questions.
    """
    if not len(confidence):
        return float("nan")
    parts = np.array_split(np.argsort(confidence, kind="stable"), bins)
    gaps = [abs(float((confidence[part] - right[part]).sum())) for part in parts]
    return sum(gaps) / len(confidence)


def coverage(confidence: Column, right: Column, precision: float = PRECISION) -> float:
    """Return the largest share of questions that can be answered at this precision.

    The most confident are answered first; those of equal confidence are answered together. NaN
    without questions.
    """
    if not len(confidence):
        return float("nan")
    order = np.argsort(-confidence, kind="stable")
    counts = np.arange(1, len(order) + 1)
    is_precise = np.cumsum(right[order]) >= precision * counts - 1e-9
    is_last_of_equals = np.append(np.diff(confidence[order]) < 0, True)
    possible = counts[is_precise & is_last_of_equals]
    return float(possible.max() / len(order)) if len(possible) else 0.0


def percentile(share: float) -> Callable[[Column], float]:
    """Return a function that computes this percentile of values; NaN if there are none."""
    return lambda values: float(np.percentile(values, share)) if len(values) else float("nan")


def first_gold_rank(ranked: Sequence[str], gold: Mapping[str, int]) -> int:
    """Return the rank, from 1, of the first gold name in a ranking; 0 if there is none."""
    return next((rank for rank, name in enumerate(ranked, 1) if name in gold), 0)


def ndcg(ranked: Sequence[str], gold: Mapping[str, int], k: int = 10) -> float:
    """Return nDCG@k (Järvelin and Kekäläinen 2002); the gain is the grade.

    A name that is repeated in the ranking gains nothing more.
    """
    gain = 0.0
    seen: set[str] = set()
    for rank, name in enumerate(ranked[:k], 1):
        if name not in seen:
            seen.add(name)
            gain += gold.get(name, 0) / np.log2(rank + 1)
    grades = sorted(gold.values(), reverse=True)[:k]
    ideal = sum(grade / np.log2(rank + 1) for rank, grade in enumerate(grades, 1))
    return float(gain / ideal)


METRICS: Mapping[str, Metric] = {
    "hit@1": Metric(mean, ("hit@1",), "a right passage comes first"),
    "hit@5": Metric(mean, ("hit@5",), "… among the first five"),
    "hit@10": Metric(mean, ("hit@10",), "… among the first ten"),
    "mrr@10": Metric(mean, ("mrr@10",), "mean of one divided by its rank"),
    "ndcg@10": Metric(mean, ("ndcg@10",), "how near the ten are to the best order"),
    "retrieval_hit@1": Metric(mean, ("retrieval_hit@1",), "hit@1 before anything is read"),
    "em": Metric(mean, ("em",), "the likeliest answer is exactly a right one"),
    "f1": Metric(mean, ("f1",), "words it shares with a right one"),
    "auroc": Metric(
        discrimination, ("score", "answerable"), "scores questions with an answer above others"
    ),
    "ece": Metric(
        calibration_error, ("confidence", "right"), "mean error of the confidence; 0 is best"
    ),
    "coverage@90": Metric(
        coverage, ("confidence", "right"), "share answered, the surest first, while 90 % are right"
    ),
    "answered": Metric(mean, ("answered",), "share that is answered"),
    "weak": Metric(mean, ("weak",), "share that gets a weak answer"),
    "not_found": Metric(mean, ("not_found",), "share that is refused"),
    "shown_right": Metric(mean, ("shown_right",), "of those with an answer: shown, and right"),
    "answered_precision": Metric(mean, ("answered_precision",), "right among the answered"),
    "median_ms": Metric(percentile(50), ("milliseconds",), "milliseconds a question, median"),
    "p95_ms": Metric(percentile(95), ("milliseconds",), "… 95th percentile"),
}
"""All metrics, in the order in which they are shown."""


def estimate_all(
    columns: Mapping[str, Column], *, seed: int, resamples: int = RESAMPLES
) -> dict[str, Estimate]:
    """Return each metric that the columns allow, with a percentile bootstrap interval (Efron 1979).

    Questions are drawn with replacement, each with all its conditions; every metric gets the same
    draws. An interval is widened to include its value, because resampling biases some metrics, for
    example the calibration error.
    """
    values = {
        name: value
        for name, metric in METRICS.items()
        if all(need in columns for need in metric.needs)
        and not np.isnan(value := _compute(metric, columns))
    }
    questions = len(next(iter(columns.values()), ()))
    generator = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {name: [] for name in values}
    for _ in range(resamples):
        rows = generator.integers(0, questions, questions)
        sample = {name: column[rows] for name, column in columns.items()}
        for name, found in drawn.items():
            found.append(_compute(METRICS[name], sample))
    return {name: _estimate(value, drawn[name]) for name, value in values.items()}


def _compute(metric: Metric, columns: Mapping[str, Column]) -> float:
    needed = [columns[name].ravel() for name in metric.needs]
    applies = ~np.any(np.isnan(needed), axis=0)
    return metric.compute(*(column[applies] for column in needed))


def _estimate(value: float, drawn: Sequence[float]) -> Estimate:
    found = [each for each in drawn if not np.isnan(each)] or [value]
    low, high = np.percentile(found, (2.5, 97.5))
    return Estimate(value, min(value, float(low)), max(value, float(high)))
