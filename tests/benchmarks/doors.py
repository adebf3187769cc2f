"""How soon `qa mcp` answers, and how many questions a second `qa serve` takes.

    python -m tests.benchmarks.doors --library INDEXED [--rounds 7] [--clients 8]

Prints the time from the start of `qa mcp` to its handshake and to its first answer, beside `qa ask`
as a process; on a busy machine the processor time says more. Then, for `qa serve`: questions a
second, and milliseconds of each, from one client and from several at once; the most memory that it
held; and how many answers differed between the two. The questions are those on the sample articles,
which other libraries mostly refuse.
"""

import argparse
import http.client
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa import settings
from tests.conftest import ROOT

from .measuring import Spread, ask, qa, run

QUESTION = "Who commands NATO's Libya operation?"


def main() -> None:
    """Measure both doors."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, required=True, help="an indexed library")
    parser.add_argument("--rounds", type=int, default=7, help="how often each process is started")
    parser.add_argument("--clients", type=int, default=8, help="how many ask at once")
    given = parser.parse_args()
    works: dict[str, Callable[[], tuple[float, float]]] = {
        "qa mcp, start to handshake": lambda: until_answered(given.library, 1),
        "qa mcp, start to first answer": lambda: until_answered(given.library, 2),
        "qa ask, whole process": lambda: asked_once(given.library),
    }
    for what, work in works.items():
        taken = [work() for _ in range(given.rounds)]
        _print(what, Spread.of([seconds for seconds, _ in taken]), "s")
        _print("  processor time", Spread.of([used for _, used in taken]), "s")
    load(given.library, given.clients)


def asked_once(library: Path) -> tuple[float, float]:
    """Return the seconds that `qa ask` takes, and those of the processors."""
    ran = run(ask(QUESTION, library), (0, 1))
    return ran.seconds, ran.processor_seconds


def until_answered(library: Path, number: int) -> tuple[float, float]:
    """Return the seconds from the start of `qa mcp` to its answer with a number.

    Also those that the processors have worked for it by then.
    """
    client = {"name": "benchmark", "version": "1"}
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    asked = {"name": "ask", "arguments": {"question": QUESTION}}
    messages: list[dict[str, object]] = [
        {"id": 1, "method": "initialize", "params": hello},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": asked},
    ]
    lines = [json.dumps({"jsonrpc": "2.0", **message}) + "\n" for message in messages]
    started = time.perf_counter()
    with subprocess.Popen(
        qa("mcp", "--library", library),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin and process.stdout
        process.stdin.write("".join(lines if number == 2 else lines[:1]))
        process.stdin.flush()
        while json.loads(process.stdout.readline()).get("id") != number:
            pass
        seconds = time.perf_counter() - started
        times = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        process.stdin.close()
    return seconds, sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def load(library: Path, clients: int) -> None:
    """Ask `qa serve` the same questions, one after the other and then several at once."""
    lines = (ROOT / "seeds" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    token = ""
    with serving(library) as (port, process):
        token = (settings.folders().data / "token").read_text(encoding="ascii").strip()
        client = Client(port, token)
        client.ask(QUESTION)  # the models are loaded
        alone, taken, seconds = asked(port, token, questions, 1)
        _print("qa serve, one client", Spread.of(taken), "ms", len(questions) / seconds)
        together, taken, seconds = asked(port, token, questions, clients)
        _print(f"qa serve, {clients} clients", Spread.of(taken), "ms", len(questions) / seconds)
        peak = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    print(f"most memory: {int(peak[1]) / 1024:.0f} MiB" if peak else "most memory: unknown")
    differ = sum(one != other for one, other in zip(alone, together, strict=True))
    print(f"answers that differ: {differ} of {len(questions)}")


class Client:
    """A connection that asks."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, question: str) -> tuple[Any, float]:
        """Return the answer, and the milliseconds that it took."""
        started = time.perf_counter()
        self._connection.request("POST", "/ask", json.dumps({"question": question}), self._headers)
        response = self._connection.getresponse()
        body = json.loads(response.read())
        if response.status != 200:
            raise SystemExit(f"{response.status}: {body}")
        return body, (time.perf_counter() - started) * 1000


def asked(
    port: int, token: str, questions: Sequence[str], clients: int
) -> tuple[list[Any], list[float], float]:
    """Return the answers in order, the milliseconds of each, and the seconds for all."""

    def some(first: int) -> list[tuple[int, Any, float]]:
        client = Client(port, token)
        numbers = range(first, len(questions), clients)
        return [(number, *client.ask(questions[number])) for number in numbers]

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        found = sorted(
            (each for part in pool.map(some, range(clients)) for each in part),
            key=lambda each: each[0],
        )
    seconds = time.perf_counter() - started
    return [answer for _, answer, _ in found], [taken for _, _, taken in found], seconds


@contextmanager
def serving(library: Path) -> "Iterator[tuple[int, subprocess.Popen[str]]]":
    """Run `qa serve` on a free port."""
    command = qa("serve", "--port", "0", "--library", library)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        found = re.search(r"127\.0\.0\.1:(\d+)", process.stderr.readline())
        if not found:
            raise SystemExit("qa serve did not start")
        try:
            yield int(found[1]), process
        finally:
            process.terminate()


def _print(what: str, spread: Spread, unit: str, rate: float | None = None) -> None:
    per_second = "" if rate is None else f", {rate:.1f} questions/s"
    print(f"{what}: {spread.median:.2f} {unit}, 95 % in {spread.late:.2f} {unit}{per_second}")


if __name__ == "__main__":
    main()
