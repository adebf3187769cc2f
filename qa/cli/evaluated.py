"""What ``qa eval`` found → a table, JSON values, a file of what went wrong."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import UsageError

if TYPE_CHECKING:
    from ..evaluation.figures import Figure
    from ..evaluation.run import Outcome
    from ..evaluation.sets import LabelledSet
    from ..evaluation.targets import Without
    from ..render import Line

Outcomes = Sequence[Sequence["Outcome"]]


class Run(NamedTuple):
    """What came of it all."""

    outcomes: Outcomes
    """What came of each question."""
    articles: int | None
    """How many articles were asked; None when passages were given."""
    model: str
    """Encoder in use."""
    reader: str | None
    """Reader in use; None when nothing was read."""


def evaluation_values(
    labelled: "LabelledSet",
    run: Run,
    found: "Mapping[str, Figure]",
    *,
    reading: bool,
    asked: Mapping[str, object],
) -> dict[str, object]:
    """Return the figures as JSON values; ``asked`` are the options that shaped them."""
    return {
        "version": 1,
        "file": str(labelled.path),
        "layout": labelled.layout.value,
        "mode": "reading" if reading else "open",
        "questions": len(run.outcomes),
        "answerable": sum(bool(each[0].question.answers) for each in run.outcomes),
        "articles": run.articles,
        "model": run.model,
        "reader": run.reader,
        **asked,
        **{name: _rounded(figure) for name, figure in found.items()},
    }


def evaluation_lines(
    file: str, run: Run, found: "dict[str, Figure]", without: "Without | None"
) -> "list[Line]":
    """Return the figures for a person to read."""
    from ..evaluation.figures import MEASURES

    answerable = sum(bool(each[0].question.answers) for each in run.outcomes)
    counts = [f"{len(run.outcomes):,} questions"]
    if run.reader:
        counts.append(f"{answerable:,} with an answer")
    if run.articles is not None:
        counts.append(f"{run.articles:,} articles")
    if without:
        left_out = "article" if without.value == "article" else "gold"
        counts.append(f"each asked twice, with its {left_out} and without")
    models = f"encoder {run.model}" + (f" · reader {run.reader}" if run.reader else "")
    lines: list[Line] = [[(file, "title")], [(" · ".join(counts), "text")], [(models, "note")], []]
    for name, figure in found.items():
        numbers = [_number(name, value) for value in (figure.value, figure.low, figure.high)]
        value, low, high = numbers
        lines.append(
            [
                (f"{name:<20}", "title"),
                (f"{value:>7}", "number"),
                (f"  {low:>6} to {high:<6}", "note"),
                (f"  {MEASURES[name].about}", "text"),
            ]
        )
    return lines


def _number(name: str, value: float) -> str:
    if name.endswith("_ms"):
        return f"{value:,.1f}"
    return f"{value:.3f}".removeprefix("0")


def _rounded(figure: "Figure") -> dict[str, float]:
    values = {"value": figure.value, "low": figure.low, "high": figure.high}
    return {name: round(value, 4) for name, value in values.items()}


def write_wrong(path: Path, outcomes: "Outcomes") -> None:
    """Write what went wrong, the surest first, as JSON lines."""
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
