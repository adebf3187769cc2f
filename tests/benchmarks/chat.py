"""How fast the chat is: start to usable prompt, passages and answer after Enter, longest freeze.

    python -m tests.benchmarks.chat [--library NAME|PATH] [--questions N] [--runs N]

Needs a library; without one, makes one of the sample articles. The start is timed in new processes
from the command to the first prompt that takes a key; the rest in one warm process, over sample
questions, as a person at the question line would see it. The event loop's gaps are measured by a
task that wakes every 5 ms. Prints medians and worst cases beside the floors. On a machine that is
busy with other things the processor times say more.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from qa.chat.app import ChatApp
from qa.library import Library

SEEDS = Path(__file__).resolve().parents[2] / "seeds"

PROGRAM = """
import asyncio, sys, time
import qa.cli
import qa.cli.chat
from qa.chat.app import ChatApp

def opened():
    from qa.library import Library
    return Library.open(sys.argv[1])

async def run():
    app = ChatApp(opened)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("a")
        assert app.main.view.prompt.value == "a"
        print(time.time(), time.process_time())
        app.backend.leave()

asyncio.run(run())
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", help="a library's folder; else the sample articles")
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = given.library or str(Path(work) / "library")
        if not given.library:
            with Library.open(folder) as library:
                library.add(SEEDS)
        starts = [_start(folder) for _ in range(given.runs)]
        _show("start to usable prompt", [wall for wall, _ in starts], 1000)
        _show("  of it processor time", [own for _, own in starts], 1000)
        asked = asyncio.run(_ask(folder, _questions(given.questions)))
        _show("passages after Enter", [each.passages for each in asked], 150)
        _show("answer after Enter", [each.answer for each in asked], 700)
        _show("  of it processor time, all threads", [each.own for each in asked], 700)
        _show("event loop's longest gap", [each.gap for each in asked], 50)
        _show("  of it processor time, its own thread", [each.own_gap for each in asked], 50)


@dataclass(slots=True)
class Asked:
    """What one question took, in milliseconds."""

    passages: float = 0.0
    """From Enter to the passages."""
    answer: float = 0.0
    """From Enter to the answer."""
    own: float = 0.0
    """Processor time until then, of all threads."""
    gap: float = 0.0
    """The longest that the event loop did not answer."""
    own_gap: float = 0.0
    """The most processor time that its thread used in one go."""


def _start(folder: str) -> tuple[float, float]:
    """Milliseconds from the command to a prompt that has taken a key: all, and processor time."""
    started = time.time()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, folder], capture_output=True, text=True, check=True
    )
    ended, own = map(float, done.stdout.split()[-2:])
    return (ended - started) * 1000, own * 1000


async def _ask(folder: str, questions: list[str]) -> list[Asked]:
    """Ask the questions one after the other; the first warms up and is left out."""
    app = ChatApp(lambda: Library.open(folder))
    asked: list[Asked] = []
    async with app.run_test(size=(120, 40)) as pilot:
        main = app.main
        while not main.talk.is_prepared or main.talk.articles is None:
            await pilot.pause(0.05)
        for number, question in enumerate(questions):
            main.view.prompt.value = question
            await pilot.pause()
            asked.append(took := Asked())
            watch = asyncio.create_task(_watch(took))
            started, own = time.perf_counter(), time.process_time()
            main.view.prompt.post_message(main.view.prompt.Entered(question, verbatim=False))
            while len(main.talk.entries) <= number or main.talk.entries[number].is_pending:
                if (
                    not took.passages
                    and len(main.talk.entries) > number
                    and main.talk.entries[number].hits
                ):
                    took.passages = (time.perf_counter() - started) * 1000
                await asyncio.sleep(0.001)
            took.answer = (time.perf_counter() - started) * 1000
            took.own = (time.process_time() - own) * 1000
            took.passages = took.passages or took.answer
            await pilot.pause()  # until it is drawn
            watch.cancel()
        app.backend.leave()
    return asked[1:]


async def _watch(took: Asked) -> None:
    """Note the event loop's longest gap beyond what was asked for, until cancelled."""
    while True:
        before, own = time.perf_counter(), time.thread_time()
        await asyncio.sleep(0.005)
        took.gap = max(took.gap, (time.perf_counter() - before - 0.005) * 1000)
        took.own_gap = max(took.own_gap, (time.thread_time() - own) * 1000)


def _questions(count: int) -> list[str]:
    lines = (SEEDS / "questions.jsonl").read_text("utf-8").splitlines()
    return [str(json.loads(line)["question"]) for line in lines[: count + 1]]


def _show(what: str, values: list[float], floor: float) -> None:
    middle, worst = statistics.median(values), max(values)
    kept = "kept" if worst <= floor else "kept by the median" if middle <= floor else "missed"
    print(f"{what:<40} median {middle:7.0f} ms   worst {worst:7.0f} ms   ≤ {floor} {kept}")


if __name__ == "__main__":
    main()
