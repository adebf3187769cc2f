"""strace: lists the system calls of a process on a library, and makes chosen ones fail."""

import random
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .processes import EXACT, LONGEST_SECONDS, Ended, Processes, last_line

TRACED = (
    *("write", "writev", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate"),
    *("openat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat"),
    *("link", "linkat", "read", "pread64"),
)
"""System calls that change or read a library's files, on any processor."""

READING = frozenset({"read", "pread64"})
"""System calls that change nothing."""

_LINE = re.compile(r"(\d+)\s+(\w+)\((.*)")
_CHANGES = re.compile(r"O_CREAT|O_WRONLY|O_RDWR")


@dataclass(frozen=True, slots=True)
class Call:
    """A system call of a process on a relevant file."""

    name: str
    """Its name."""
    place: int
    """Its position among its thread's calls of that name, from 1."""
    changes: bool
    """Whether it may change a file."""


def chosen(calls: Sequence[Call], chance: random.Random) -> Call:
    """Return a random call; all names are equally likely, however often they are called."""
    names = sorted({(call.name, call.changes) for call in calls})
    name = chance.choice(names)
    return chance.choice([call for call in calls if (call.name, call.changes) == name])


def why_not(processes: Processes, work: Path) -> str:
    """Return why tracing is impossible here; empty if it is possible."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    values = {"words": ["--version"]}
    _, tracer_said = run(processes, work, "command", values, ["trace=openat"])
    return tracer_said


def run(
    processes: Processes,
    work: Path,
    job: str,
    values: dict[str, Any],
    expressions: Sequence[str],
    *,
    rows: int = EXACT,
) -> tuple[Ended, str]:
    """Run a job under strace with these expressions; return its end, and why tracing failed.

    The traced calls are written to ``work / "trace"``.
    """
    with tempfile.TemporaryDirectory(dir=work) as folder:
        go = Path(folder, "go")
        pid = processes.start(job, values, rows=rows, go=go)
        told = [word for expression in expressions for word in ("-e", expression)]
        strace = shutil.which("strace") or "strace"
        with subprocess.Popen(
            [strace, "-f", "-y", "-o", str(work / "trace"), *told, "-p", str(pid)],
            stderr=subprocess.PIPE,
            text=True,
        ) as tracer:
            assert tracer.stderr is not None
            first = tracer.stderr.readline()
            go.touch()
            done = processes.end()
            try:
                tracer.wait(LONGEST_SECONDS)
            except subprocess.TimeoutExpired:
                tracer.kill()
            rest = tracer.stderr.read()
        said = "" if "attached" in first else last_line(first + rest) or "strace said nothing"
        return done, said


def calls_on(
    processes: Processes, work: Path, job: str, values: dict[str, Any], folders: Sequence[Path]
) -> list[Call]:
    """Run a job without faults; return its calls on files in the folders."""
    wanted = ",".join(f"?{name}" for name in TRACED)
    run(processes, work, job, values, [f"trace={wanted}"])
    counts: Counter[tuple[str, str]] = Counter()
    found = []
    for line in (work / "trace").read_text(encoding="utf-8", errors="replace").splitlines():
        match = _LINE.match(line)
        if match is None:
            continue  # the end of a call that another thread's call interrupted
        thread, name, rest = match.groups()
        counts[thread, name] += 1
        if any(str(folder) in rest for folder in folders):
            changes = name not in READING and (name != "openat" or bool(_CHANGES.search(rest)))
            found.append(Call(name, counts[thread, name], changes))
    return found
