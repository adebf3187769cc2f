"""The results of ``qa eval`` → a table, JSON values, a file of wrong answers."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import UsageError

if TYPE_CHECKING:
    from ..evaluation.metrics import Estimate
    from ..evaluation.run import Outcome
    from ..evaluation.sets import LabelledSet
    from ..evaluation.targets import Without
    from ..render import Line

Outcomes = Sequence[Sequence["Outcome"]]
"""For each question its outcome, or two if it was asked twice."""


class Run(NamedTuple):
    """The result of asking all questions."""

    outcomes: Outcomes
    """The outcomes of each question."""
    articles: int | None
    """Number of articles that were asked; None if passages were given."""
    model: str
    """Name of the encoder."""
    reader: str | None
    """Name of the reader; None if nothing was read."""


def evaluation_values(
    labelled: "LabelledSet",
    run: Run,
    metrics: "Mapping[str, Estimate]",
    *,
    reading: bool,
    options: Mapping[str, object],
) -> dict[str, object]:
    """Return the metrics as JSON values; ``options`` are those that shaped them."""
    return {
        "version": 1,
        "file": str(labelled.path),
        "layout": labelled.layout.value,
        "mode": "reading" if reading else "open",
        "questions": len(run.outcomes),
        "answerable": _count_answerable(run),
        "articles": run.articles,
        "model": run.model,
        "reader": run.reader,
        **options,
        **{name: _rounded(estimate) for name, estimate in metrics.items()},
    }


def evaluation_lines(
    title: str, run: Run, metrics: "Mapping[str, Estimate]", without: "Without | None"
) -> "list[Line]":
    """Return the metrics as a table under a title."""
    from ..evaluation.metrics import METRICS

    counts = [f"{len(run.outcomes):,} questions"]
    if run.reader:
        counts.append(f"{_count_answerable(run):,} with an answer")
    if run.articles is not None:
        counts.append(f"{run.articles:,} articles")
    if without:
        left_out = "article" if without.value == "article" else "gold"
        counts.append(f"each asked twice, with its {left_out} and without")
    models = f"encoder {run.model}" + (f" · reader {run.reader}" if run.reader else "")
    lines: list[Line] = [[(title, "title")], [(" · ".join(counts), "text")], [(models, "note")], []]
    for name, estimate in metrics.items():
        numbers = [_number(name, value) for value in (estimate.value, estimate.low, estimate.high)]
        value, low, high = numbers
        lines.append(
            [
                (f"{name:<20}", "title"),
                (f"{value:>7}", "number"),
                (f"  {low:>6} to {high:<6}", "note"),
                (f"  {METRICS[name].about}", "text"),
            ]
        )
    return lines


def write_wrong(path: Path, outcomes: Outcomes) -> None:
    """Write the wrong outcomes as JSON lines, the most confident first. Raises UsageError."""
    wrong = [one for each in outcomes for one in each if one.is_wrong]
    wrong.sort(key=lambda one: -one.values.get("score", 0.0))
    try:
        with path.open("w", encoding="utf-8", errors="backslashreplace") as stream:
            for one in wrong:
                values: dict[str, Any] = {
                    "id": one.question.id,
                    "question": one.question.text,
                    "answers": list(one.question.answers),
                    **one.shown,
                }
                stream.write(json.dumps(values, ensure_ascii=False) + "\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def _count_answerable(run: Run) -> int:
    return sum(bool(each[0].question.answers) for each in run.outcomes)


def _number(name: str, value: float) -> str:
    if name.endswith("_ms"):
        return f"{value:,.1f}"
    return f"{value:.3f}".removeprefix("0")


def _rounded(estimate: "Estimate") -> dict[str, float]:
    values = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: round(value, 4) for name, value in values.items()}
