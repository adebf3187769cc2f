"""The results of a harness."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """The results of one harness."""

    name: str
    """Name of the harness."""
    tried: int = 0
    """Number of tries."""
    held: int = 0
    """Number of tries without a failure."""
    failures: list[str] = field(default_factory=list)
    """The failures, a line each, with what is needed to reproduce them."""
    seconds: float = 0.0
    """Total time."""
    kinds: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Tries, and tries without a failure, by kind."""
    notes: list[str] = field(default_factory=list)
    """Other remarks, a line each, such as what was skipped and why."""

    def count(self, kind: str, failure: str = "") -> None:
        """Count a try of a kind; without ``failure`` it succeeded."""
        tried, held = self.kinds.get(kind, (0, 0))
        self.kinds[kind] = tried + 1, held + (not failure)
        self.tried += 1
        self.held += not failure
        if failure:
            self.failures.append(f"{kind}: {failure}")

    def add(self, other: "Tally") -> None:
        """Add the tally of a part of the harness that ran in parallel."""
        self.tried += other.tried
        self.held += other.held
        self.failures += other.failures
        self.notes += other.notes
        for kind, (tried, held) in other.kinds.items():
            before = self.kinds.get(kind, (0, 0))
            self.kinds[kind] = before[0] + tried, before[1] + held


def timed(run: Callable[[], Tally]) -> Tally:
    """Run a harness and return its tally with the time it took."""
    started = time.monotonic()
    tally = run()
    tally.seconds = time.monotonic() - started
    return tally


def table(tallies: list[Tally]) -> str:
    """Return the results as a table, with a line for each kind of try."""
    head = ("harness", "what was tried", "tried", "held", "failed", "seconds")
    rows = [head]
    for tally in tallies:
        for kind, (tried, held) in sorted(tally.kinds.items()):
            rows.append((tally.name, kind, f"{tried:,}", f"{held:,}", f"{tried - held:,}", ""))
        failed = max(tally.tried - tally.held, len(tally.failures))
        totals = f"{tally.tried:,}", f"{tally.held:,}", f"{failed:,}", f"{tally.seconds:,.1f}"
        rows.append((tally.name, "all", *totals))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def told(tally: Tally) -> list[str]:
    """Return a harness's notes and failures, a line each."""
    notes = [f"{tally.name}: {note}" for note in tally.notes]
    return notes + [f"FAILED {tally.name}: {failure}" for failure in tally.failures]
