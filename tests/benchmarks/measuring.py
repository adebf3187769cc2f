"""What all benchmarks share: repeated values with their spread, processes, rows of the table."""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from qa import settings

PACKAGES = ("faiss-cpu", "numpy", "onnxruntime", "sentence-transformers", "tokenizers", "torch")

LAUNCHER = """
import json, os, sys, time
started = time.perf_counter()
_, status, usage = os.wait4(os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ), 0)
seconds = time.perf_counter() - started
peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
facts = [seconds, usage.ru_utime + usage.ru_stime, peak, os.waitstatus_to_exitcode(status)]
json.dump(facts, open(sys.argv[1], "w"))
"""
"""Runs a command and notes what it took. A process of its own: on Linux a child's peak memory is at
least what its parent held when it was started."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Repeated values of one thing, in one unit."""

    median: float
    """The middle one."""
    low: float
    """First quartile."""
    high: float
    """Third quartile."""
    late: float
    """95th percentile."""
    count: int
    """How many there were."""

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Sum the values up."""
        low, median, high, late = np.percentile(np.array(values, float), (25, 50, 75, 95))
        return cls(float(median), float(low), float(high), float(late), len(values))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report."""

    part: str
    """Which benchmark gave it."""
    what: str
    """What was measured, in words."""
    unit: str
    """Unit of ours and theirs, as ``s`` or ``ms``."""
    ours: Spread
    """Ours."""
    theirs: Spread | None = None
    """The rival's, in the same unit, from the same run."""
    ratio: Spread | None = None
    """Of theirs to ours round by round, or another comparison that ``what`` names."""
    floor: str = ""
    """What was asked for, in words."""
    is_met: bool | None = None
    """Whether it is kept; None where nothing was asked."""

    @property
    def values(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Row":
        """Undo ``values``."""
        spreads = {
            name: Spread(**values[name]) if values[name] else None
            for name in ("ours", "theirs", "ratio")
        }
        return cls(**{**values, **spreads})


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process took."""

    seconds: float
    """Wall time, its start included."""
    processor_seconds: float
    """Processor time of all its threads."""
    peak_mb: float
    """Most memory that it held, in 10⁶ bytes."""


def run(command: Sequence[str], allowed: Sequence[int] = (0,)) -> Ran:
    """Run a command to its end; end the program when it leaves with another code."""
    environment = {**os.environ, **settings.OFFLINE_VARIABLES}
    with tempfile.NamedTemporaryFile("r") as taken:
        launcher = [sys.executable, "-ISc", LAUNCHER, taken.name, *command]
        done = subprocess.run(launcher, check=False, capture_output=True, env=environment)
        seconds, processor_seconds, peak_bytes, code = json.load(taken)
    if code not in allowed:
        raise SystemExit(f"{' '.join(command)[:200]} failed:\n{done.stderr.decode()}")
    return Ran(seconds, processor_seconds, peak_bytes / 1e6)


def qa(*arguments: str | Path) -> list[str]:
    """Return the command that runs qa with these arguments."""
    return [sys.executable, "-m", "qa", *map(str, arguments)]


def ask(question: str, library: Path) -> list[str]:
    """Return the command that asks one question."""
    return qa("ask", question, "--library", library)


def alternate(rounds: int, works: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Measure each in turn, so many times over; of several rounds the first is dropped."""
    values: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            values[name].append(work())
    return {name: some[1:] or some for name, some in values.items()}


def milliseconds(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Return how long each of the texts takes."""
    taken = []
    for text in texts:
        started = time.perf_counter()
        work(text)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Return the spread of one over the other, round by round."""
    return Spread.of([a / b for a, b in zip(above, below, strict=True)])


def machine() -> dict[str, str]:
    """Return what the figures were taken on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "processors": str(settings.threads()),
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def _processor() -> str:
    """The processor's name and what it can do that matters here."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = {
        name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    flags = facts.get("flags", "").split()
    known = [flag for flag in ("avx2", "avx512f", "avx512_vnni", "avx_vnni") if flag in flags]
    return f"{facts.get('model name', platform.machine())} ({', '.join(known)})"
