"""Starts `program.py`, which runs one process after another."""

import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

from tests.conftest import ROOT

OTHER_MODEL = "other"
"""Name of a second encoder."""

LONGEST_SECONDS = 120
"""Seconds without output after which a process is killed."""

START_SECONDS = 300
"""Seconds that the program may take for its imports on a busy machine."""

EXACT = 1_000_000
"""Number of vectors from which search is approximate; so many that it stays exact."""

SKETCHED = 100
"""Number of vectors from which search is approximate; so few that it is."""


@dataclass(slots=True)
class Ended:
    """A process that has ended."""

    status: int
    """Its exit code, or minus the signal that ended it."""
    said: list[Any] = field(default_factory=list)
    """The values that it reported."""
    out: str = ""
    """Its output."""
    err: str = ""
    """Its error output."""
    is_late: bool = False
    """Whether it was killed because it did not end in time."""

    @property
    def fault(self) -> str:
        """What is wrong with its end, whatever its job was; empty if nothing is."""
        if self.is_late:
            return f"it did not end in {LONGEST_SECONDS} s"
        if self.status < 0:
            return f"it died of {signal.Signals(-self.status).name}"
        for sign in ("Traceback (most recent call last)", "panicked at"):
            if sign in self.err:
                return f"a traceback: {last_line(self.err)}"
        return ""


class Processes:
    """The program, which forks one process at a time."""

    def __init__(self, work: Path, *, with_doubles: bool = True) -> None:
        self._with_doubles = with_doubles
        work.mkdir(parents=True, exist_ok=True)
        self.output = work / "printed"
        """Path of the last process's output, without the suffixes ``.out`` and ``.err``."""
        self._log = (work / "program.log").open("w", encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
        places = {"QA_HOME": str(work / "home"), "PYTHONPATH": str(ROOT)}
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "QA_THREADS"), "1")
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.hardening.program"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**kept, **places, **one},
            cwd=ROOT,
        )
        self._heard: queue.Queue[Any] = queue.Queue()
        self._hearing = Thread(target=self._hear, daemon=True)
        self._hearing.start()
        self._pid = 0
        if self._next(START_SECONDS) is None:
            raise RuntimeError(f"the program did not start; see {self._log.name}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the program."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        if self._pid:
            self.kill()
        self._program.stdin.close()
        self._program.wait(LONGEST_SECONDS)
        self._hearing.join(LONGEST_SECONDS)
        self._program.stdout.close()
        self._log.close()

    def start(
        self, name: str, values: dict[str, Any], *, rows: int = EXACT, go: Path | None = None
    ) -> int:
        """Fork a process for a job; return its id. With ``go``, it first waits for that file."""
        job = {"name": name, "values": values, "rows": rows, "output": str(self.output)}
        job["with_doubles"] = self._with_doubles
        assert self._program.stdin is not None
        self._program.stdin.write(json.dumps({**job, "go": str(go) if go else ""}) + "\n")
        self._program.stdin.flush()
        begun = self._next(LONGEST_SECONDS)
        if begun is None or "pid" not in begun:
            raise RuntimeError(f"the program is gone; see {self._log.name}")
        self._pid = int(begun["pid"])
        return self._pid

    def kill(self) -> None:
        """Kill the process if it is still running."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def end(self, seconds: float = LONGEST_SECONDS) -> Ended:
        """Wait until the process ends; kill it after some seconds without output."""
        said, is_late = [], False
        while True:
            value = self._next(seconds)
            if value is None:
                if is_late:
                    raise RuntimeError(f"the program is gone; see {self._log.name}")
                is_late = True
                self.kill()
            elif "ended" in value:
                break
            else:
                said.append(value)
        self._pid = 0
        out, err = (
            path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
            for path in (self.output.with_suffix(".out"), self.output.with_suffix(".err"))
        )
        return Ended(int(value["ended"]), said, out, err, is_late)

    def run(self, name: str, values: dict[str, Any], *, rows: int = EXACT) -> Ended:
        """Fork a process for a job and wait until it ends."""
        self.start(name, values, rows=rows)
        return self.end()

    def command(self, *words: str, rows: int = EXACT) -> Ended:
        """Run one command."""
        return self.run("command", {"words": words}, rows=rows)

    def commands(self, all_words: Sequence[Sequence[str]], *, rows: int = EXACT) -> list[Ended]:
        """Run commands one by one in a single process; return the end of each.

        If a command crashes the process, its end is the last.
        """
        done = self.run("commands", {"all_words": all_words}, rows=rows)
        results = [value for value in done.said if "code" in value]
        ended = [Ended(value["code"], [], value["out"], value["err"]) for value in results]
        if len(ended) < len(all_words):
            path = Path(f"{self.output}-{len(ended)}.err")
            if path.exists():
                done.err = path.read_text(encoding="utf-8", errors="replace")
            ended.append(done)
        return ended

    def _hear(self) -> None:
        assert self._program.stdout is not None
        for line in self._program.stdout:
            try:
                self._heard.put(json.loads(line))
            except ValueError:  # truncated by a kill, or empty
                continue

    def _next(self, seconds: float) -> Any:
        try:
            return self._heard.get(timeout=seconds)
        except queue.Empty:
            return None


def last_line(text: str) -> str:
    """Return the last line that is not empty."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else ""
