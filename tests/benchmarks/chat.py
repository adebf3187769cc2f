"""How fast the chat is: start to usable prompt, passages and answer after Enter, longest freeze.

    python -m tests.benchmarks.chat [--library NAME|PATH] [--questions N] [--runs N]

Needs a library; without one, makes one of the sample articles. The start is timed in new processes
from the command to the first prompt that takes a key; the rest in one warm process, over sample
questions, as a person at the question line would see it. The event loop's gaps are measured by a
task that wakes every 5 ms. Prints medians and worst cases beside the floors.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from qa.chat.app import ChatApp
from qa.library import Library

SEEDS = Path(__file__).resolve().parents[2] / "seeds"

PROGRAM = """
import asyncio, sys, time
import qa.cli
import qa.cli.chatting
from qa.chat.app import ChatApp

def opened():
    from qa.library import Library
    return Library.open(sys.argv[1])

async def run():
    app = ChatApp(opened)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("a")
        assert app.main.prompt.value == "a"
        print(time.time())
        app.desk.leaving.set()

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
        _show("start to usable prompt", starts, 1000)
        passages, answers, gaps = asyncio.run(_ask(folder, _questions(given.questions)))
        _show("passages after Enter", passages, 150)
        _show("answer after Enter", answers, 700)
        _show("event loop's longest gap, each question", gaps, 50)


def _start(folder: str) -> float:
    """Milliseconds from the command to a prompt that has taken a key."""
    started = time.time()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, folder], capture_output=True, text=True, check=True
    )
    return (float(done.stdout.split()[-1]) - started) * 1000


async def _ask(folder: str, questions: list[str]) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds from Enter to passages and to answer, and the longest gap while waiting."""
    app = ChatApp(lambda: Library.open(folder))
    passages: list[float] = []
    answers: list[float] = []
    gaps: list[float] = []
    async with app.run_test(size=(120, 40)) as pilot:
        main = app.main
        while main.bottom.status.startswith("loading") or main.articles is None:
            await pilot.pause(0.05)
        for number, question in enumerate(questions):
            main.prompt.value = question
            await pilot.pause()
            longest = [0.0]
            watch = asyncio.create_task(_watch(longest))
            started = time.perf_counter()
            main.prompt.post_message(main.prompt.Submitted(main.prompt, question))
            found = 0.0
            while len(main.entries) <= number or main.entries[number].is_pending:
                if not found and len(main.entries) > number and main.entries[number].hits:
                    found = (time.perf_counter() - started) * 1000
                await asyncio.sleep(0.001)
            answered = (time.perf_counter() - started) * 1000
            await pilot.pause()  # until it is drawn
            watch.cancel()
            if number:  # the first warms up
                passages.append(found or answered)
                answers.append(answered)
                gaps.append(longest[0])
        app.desk.leaving.set()
    return passages, answers, gaps


async def _watch(longest: list[float]) -> None:
    """Note the event loop's longest wait beyond what was asked for, in ms, until cancelled."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        longest[0] = max(longest[0], (time.perf_counter() - before - 0.005) * 1000)


def _questions(count: int) -> list[str]:
    lines = (SEEDS / "questions.jsonl").read_text("utf-8").splitlines()
    return [str(json.loads(line)["question"]) for line in lines[: count + 1]]


def _show(what: str, values: list[float], floor: float) -> None:
    middle, worst = statistics.median(values), max(values)
    kept = "kept" if worst <= floor else "kept by the median" if middle <= floor else "missed"
    print(f"{what:<40} median {middle:7.0f} ms   worst {worst:7.0f} ms   ≤ {floor} {kept}")


if __name__ == "__main__":
    main()
