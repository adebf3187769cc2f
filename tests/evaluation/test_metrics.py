"""Each metric against a value worked out by hand, and the properties of the intervals."""

import numpy as np
import pytest

from qa.evaluation.metrics import (
    METRICS,
    calibration_error,
    coverage,
    discrimination,
    estimate_all,
    first_gold_rank,
    mean,
    ndcg,
    percentile,
)


def column(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(values, np.float64)


def test_first_gold_rank() -> None:
    assert first_gold_rank(["a", "b", "c"], {"b": 1, "c": 1}) == 2
    assert first_gold_rank(["a", "b"], {"z": 1}) == 0
    assert first_gold_rank([], {"z": 1}) == 0


def test_ndcg_by_hand() -> None:
    # Gain 1/log2(3) + 1/log2(4) = 0.63093 + 0.5; ideal 1 + 0.63093.
    assert ndcg(["x", "a", "b"], {"a": 1, "b": 1}) == pytest.approx(1.13093 / 1.63093, abs=1e-5)
    # Graded: gain 1 + 2 × 0.63093, ideal 2 + 0.63093.
    assert ndcg(["b", "a"], {"a": 2, "b": 1}) == pytest.approx(2.26186 / 2.63093, abs=1e-5)
    assert ndcg(["a", "b"], {"a": 2, "b": 1}) == 1
    assert ndcg(["a", "a", "b"], {"a": 1, "b": 1}) == pytest.approx(1.5 / 1.63093, abs=1e-5)
    assert ndcg(["x", "a"], {"a": 1}, k=1) == 0
    # The ideal of k=1 has one gold name.
    assert ndcg(["a"], {"a": 1, "b": 1}, k=1) == 1
    assert ndcg(["x"], {"no such": 1}) == 0


def test_the_mean_of_no_values_is_nan() -> None:
    assert mean(column(1, 0, 0, 1)) == 0.5
    assert np.isnan(mean(column()))


def test_discrimination_by_hand() -> None:
    # Of the four pairs 3 > 1, 3 > 2, 2 > 1 and 2 = 2, three and a half are won.
    assert discrimination(column(3, 2, 2, 1), column(1, 1, 0, 0)) == 3.5 / 4
    assert discrimination(column(float("-inf"), 1), column(0, 1)) == 1
    assert np.isnan(discrimination(column(1, 2), column(1, 1)))


def test_calibration_error_by_hand() -> None:
    confidence, right = column(0.9, 0.1, 0.8, 0.2), column(1, 0, 1, 1)
    # Bins (.1 .2 | .8 .9): |.15 - .5| and |.85 - 1|, with weights of one half.
    assert calibration_error(confidence, right, bins=2) == pytest.approx(0.25)
    assert calibration_error(confidence, right, bins=1) == pytest.approx(0.25)
    # More bins than questions, so one question in each: (.1 + .1 + .2 + .8) / 4.
    assert calibration_error(confidence, right) == pytest.approx(0.3)
    assert calibration_error(column(1, 0), column(1, 0)) == 0
    # Three questions in bins of two and one: (2 × |.2 - .5| + |.9 - 1|) / 3.
    three = calibration_error(column(0.1, 0.3, 0.9), column(0, 1, 1), bins=2)
    assert three == pytest.approx((2 * 0.3 + 0.1) / 3)


def test_coverage_by_hand() -> None:
    confidence, right = column(0.6, 0.9, 0.7, 0.8), column(1, 1, 0, 1)
    assert coverage(confidence, right) == 0.5
    assert coverage(confidence, right, precision=0.75) == 1
    assert coverage(column(0.9, 0.8), column(0, 1)) == 0
    nine_of_ten = np.arange(10, 0, -1) / 10, column(*[1] * 9, 0)
    assert coverage(*nine_of_ten) == 1  # exactly 90 % is enough
    # Precision may fall below 90 % and rise again.
    assert coverage(np.arange(20, 0, -1) / 20, column(1, 0, *[1] * 18)) == 1


def test_questions_of_equal_confidence_are_answered_together() -> None:
    assert coverage(column(0.9, 0.5, 0.5), column(1, 1, 0)) == pytest.approx(1 / 3)
    assert coverage(column(0.9, 0.5, 0.5), column(1, 0, 1)) == pytest.approx(1 / 3)
    assert coverage(column(0.5, 0.5), column(1, 0)) == 0


def test_percentiles_by_hand() -> None:
    values = column(*range(1, 22))
    assert percentile(50)(values) == 11
    assert percentile(95)(values) == 20
    assert np.isnan(percentile(50)(column()))


def test_only_metrics_with_columns_are_computed() -> None:
    ones = np.ones((3, 1))
    assert list(estimate_all({"f1": ones, "milliseconds": ones}, seed=0, resamples=5)) == [
        "f1",
        "median_ms",
        "p95_ms",
    ]
    nothing = np.full((3, 1), np.nan)
    assert estimate_all({"hit@1": nothing}, seed=0, resamples=5) == {}
    # AUROC needs questions without an answer.
    assert estimate_all({"score": ones, "answerable": ones}, seed=0, resamples=5) == {}


def test_every_metric_has_its_own_description() -> None:
    assert len({metric.about for metric in METRICS.values()}) == len(METRICS)


def test_nan_is_left_out_of_a_metric() -> None:
    found = estimate_all(
        {"em": np.array([[1, np.nan], [0, np.nan], [1, 1.0]])}, seed=0, resamples=5
    )
    assert found["em"].value == 0.75


def test_intervals_depend_on_the_seed() -> None:
    columns = {"f1": np.random.default_rng(1).random((50, 1))}
    first = estimate_all(columns, seed=4)
    assert first == estimate_all(columns, seed=4)
    assert first != estimate_all(columns, seed=5)
    assert first["f1"].value == estimate_all(columns, seed=5)["f1"].value


def test_an_interval_has_the_expected_width() -> None:
    """The standard error of one half over 400 questions is 0.025."""
    found = estimate_all({"hit@1": np.repeat([[0.0], [1.0]], 200, axis=0)}, seed=0)["hit@1"]
    assert found.value == 0.5
    assert found.low == pytest.approx(0.5 - 1.96 * 0.025, abs=0.008)
    assert found.high == pytest.approx(0.5 + 1.96 * 0.025, abs=0.008)


def test_a_question_is_drawn_with_all_its_conditions() -> None:
    """Each is answered in one of two conditions, so every draw gives one half."""
    paired = {"answered": np.array([[1.0, 0.0]] * 7 + [[0.0, 1.0]] * 3)}
    found = estimate_all(paired, seed=0)["answered"]
    assert (found.low, found.value, found.high) == (0.5, 0.5, 0.5)
    alone = {"answered": paired["answered"].reshape(-1, 1)}
    assert estimate_all(alone, seed=0)["answered"].low < 0.5


def test_all_metrics_use_the_same_draws() -> None:
    hits = np.array([[1.0], [0.0], [0.0], [1.0], [0.0]])
    found = estimate_all({"hit@1": hits, "em": hits, "f1": 1 - hits}, seed=0)
    assert found["hit@1"] == found["em"]
    assert found["f1"].low == pytest.approx(1 - found["em"].high)


def test_an_interval_contains_its_value() -> None:
    """Resampling makes a calibration error larger, most of all that of a perfect curve."""
    confidence = np.linspace(0, 1, 40).reshape(-1, 1)
    right = (np.arange(40) % 2).astype(np.float64).reshape(-1, 1)
    found = estimate_all({"confidence": confidence, "right": right}, seed=0)["ece"]
    assert found.low <= found.value <= found.high
    assert found.low < found.high


def test_draws_without_a_value_are_ignored() -> None:
    score, answerable = column(3, 2, 1).reshape(-1, 1), column(1, 1, 0).reshape(-1, 1)
    found = estimate_all({"score": score, "answerable": answerable}, seed=0)["auroc"]
    assert (found.low, found.value, found.high) == (1, 1, 1)
