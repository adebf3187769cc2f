"""Measures qa against its rivals and its floors, and writes down what it found.

    QA_DATA=… python -m tests.benchmarks --work FOLDER [--library INDEXED] [--only PART,…]
    python -m tests.benchmarks --work FOLDER --short

Writes FOLDER/results.json, FOLDER/results.md and FOLDER/growth.svg. Ours and the rival's are run in
turn; given are the median, in brackets the quartiles, and the ratio round by round. What is
measured again replaces its figures and leaves the others: sizes can be run one by one. With --short
everything is tiny, made of the sample articles, and only shows that nothing is broken.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from . import asking, encoding, sizes
from .drawing import draw
from .measuring import Row, Spread, machine
from .prepared import Prepared, prepare

PARTS: dict[str, Callable[[Prepared], list[Row]]] = {
    "cold": asking.cold,
    "commands": asking.commands,
    "warm": asking.warm,
    "encoding": encoding.encoding,
    "quality": encoding.quality,
    "largest": sizes.largest,
    "growth": sizes.growth,
}


def main() -> None:
    """Run the parts that were asked for, and report after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for libraries and figures")
    parser.add_argument("--library", type=Path, help="an indexed library of the Wikinews articles")
    parser.add_argument("--sizes", type=_numbers, help="passages of the grown libraries")
    parser.add_argument("--rounds", type=int, help="how often each process is run")
    parser.add_argument("--only", type=_parts, default=list(PARTS), metavar=",".join(PARTS))
    parser.add_argument("--short", action="store_true", help="tiny, to see that nothing is broken")
    given = parser.parse_args()
    prepared = prepare(given.work, given.library, given.sizes, given.rounds, is_short=given.short)
    kept = given.work / "results.json"
    before = json.loads(kept.read_text(encoding="utf-8"))["rows"] if kept.exists() else []
    rows = {part: [Row.from_values(row) for row in before if row["part"] == part] for part in PARTS}
    for part in given.only:
        print(f"{part} …", flush=True)
        new = PARTS[part](prepared)
        again = {row.what for row in new}
        rows[part] = [row for row in rows[part] if row.what not in again] + new
        for row in new:
            print("  " + " · ".join(cell for cell in cells(row) if cell), flush=True)
        everything = [row for some in rows.values() for row in some]
        facts = {"machine": machine(), "rows": [row.values for row in everything]}
        kept.write_text(json.dumps(facts, indent=1, ensure_ascii=False), encoding="utf-8")
        kept.with_suffix(".md").write_text(table(everything), encoding="utf-8")
        if panels := sizes.curves(everything):
            (given.work / "growth.svg").write_text(draw(panels), encoding="utf-8")


def table(rows: Sequence[Row]) -> str:
    """Return the figures as Markdown."""
    lines = [f"- {name}: {value}" for name, value in machine().items()]
    lines += ["", "| what | ours | theirs | ratio | floor | kept |", "|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def cells(row: Row) -> tuple[str, ...]:
    """Return what the table shows of a row."""
    kept = {True: "yes", False: "**no**", None: ""}[row.is_met]
    return (
        row.what,
        _shown(row.ours, row.unit),
        _shown(row.theirs, row.unit),
        _shown(row.ratio, "×"),
        row.floor,
        kept,
    )


def _shown(spread: Spread | None, unit: str) -> str:
    if spread is None:
        return ""
    median = f"{_number(spread.median)} {unit}".strip()
    if spread.count == 1:
        return median
    late = f", 95 %: {_number(spread.late)}" if spread.count > 20 else ""
    return f"{median} ({_number(spread.low)}–{_number(spread.high)}{late})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _parts(text: str) -> list[str]:
    wanted = text.split(",")
    if unknown := [part for part in wanted if part not in PARTS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]} is none of {', '.join(PARTS)}")
    return [part for part in PARTS if part in wanted]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


if __name__ == "__main__":
    main()
