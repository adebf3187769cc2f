"""What a harness tried, what held, and what did not."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """The outcome of one harness."""

    name: str
    """The harness."""
    tried: int = 0
    """How many things were tried."""
    held: int = 0
    """How many of them went as they must."""
    failures: list[str] = field(default_factory=list)
    """A line each: what failed, and what is needed to repeat it."""
    seconds: float = 0.0
    """How long it all took."""
    kinds: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How many of each kind were tried, and how many held."""
    notes: list[str] = field(default_factory=list)
    """What else there is to say, a line each: what was passed over, and why."""

    def count(self, kind: str, failure: str = "") -> None:
        """Count one try of a kind; it held unless there is a failure to tell of."""
        tried, held = self.kinds.get(kind, (0, 0))
        self.kinds[kind] = tried + 1, held + (not failure)
        self.tried += 1
        self.held += not failure
        if failure:
            self.failures.append(f"{kind}: {failure}")

    def add(self, other: "Tally") -> None:
        """Take in what another part of the same harness counted; its time ran beside this one's."""
        self.tried += other.tried
        self.held += other.held
        self.failures += other.failures
        self.notes += other.notes
        for kind, (tried, held) in other.kinds.items():
            before = self.kinds.get(kind, (0, 0))
            self.kinds[kind] = before[0] + tried, before[1] + held


def timed(run: Callable[[], Tally]) -> Tally:
    """Return what a run counts, with its time."""
    started = time.monotonic()
    tally = run()
    tally.seconds = time.monotonic() - started
    return tally


def table(tallies: list[Tally]) -> str:
    """Return the outcomes as a table, a line for each kind of thing that was tried."""
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
