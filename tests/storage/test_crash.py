"""After a kill at any moment, each batch is stored completely or not at all."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qa.storage.live_text import LiveText
from qa.storage.live_vectors import LiveVectors
from qa.storage.store import Store
from qa.storage.vector_files import saved_sketch_facts

pytestmark = pytest.mark.slow

KILLS = 8
FILES = 60
CHANGED = 15
MOST_BATCHES = CHANGED * 8 // 20
"""The least number of batches of 20 passages in a run; each article has 8 passages."""
HERE = Path(__file__).parent
HoldsTheTable = Callable[[LiveVectors, Store], None]


class Runs:
    """The indexing program, with a process for each run."""

    def __init__(self, program: "subprocess.Popen[str]") -> None:
        assert program.stdin is not None
        assert program.stdout is not None
        self.given, self.said = program.stdin, program.stdout

    def start(self) -> int:
        """Start a run; return its process id."""
        self.given.write("go\n")
        self.given.flush()
        return int(self.said.readline())

    def batches(self, count: int) -> None:
        """Wait until this many batches are stored."""
        for _ in range(count):
            assert self.said.readline() == "batch\n"

    def status(self) -> int:
        """Wait until the run ends; return its exit status."""
        for line in self.said:
            if line.startswith("ended"):
                return int(line.split()[1])
        raise AssertionError("the program is gone")


@contextmanager
def running(folder: Path, library: Path, approximate_rows: int) -> Iterator[Runs]:
    program = str(HERE / "index_in_small_batches.py")
    with subprocess.Popen(
        [sys.executable, program, str(folder), str(library), str(approximate_rows)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent.parent), "OMP_NUM_THREADS": "1"},
    ) as running_program:
        yield Runs(running_program)


def write(folder: Path, index: int, version: int) -> None:
    filling = "so it was said and so it was written down " * 3
    sentences = [f"Part {part} of {index} in version {version}, {filling}." for part in range(4)]
    (folder / f"{index:03}.txt").write_text(" ".join(sentences) + "\n")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked, as imports take long")
@pytest.mark.parametrize("approximate_rows", [100, 10**6], ids=["approximate", "exact"])
def test_killed_at_random_moments(
    tmp_path: Path, holds_the_table: HoldsTheTable, approximate_rows: int
) -> None:
    folder, library = tmp_path / "articles", tmp_path / "library"
    folder.mkdir()
    for index in range(FILES):
        write(folder, index, 0)
    versions = dict.fromkeys(range(FILES), 0)
    chance = random.Random(20)
    interrupted = 0
    with running(folder, library, approximate_rows) as runs:
        for kill in range(1, KILLS + 1):
            run = runs.start()
            runs.batches(chance.randrange(MOST_BATCHES))
            time.sleep(chance.uniform(0.0, 0.03))
            os.kill(run, signal.SIGKILL)
            interrupted += runs.status() == -signal.SIGKILL
            store = Store(library, create=False)
            assert store.check() == []
            holds_the_table(LiveVectors(store), store)
            assert LiveText(store).differences() == 0
            # An article has all its passages or is missing.
            counts = store.passage_counts()
            assert counts == dict.fromkeys((row.id for row in store.article_rows()), 8)
            store.close()
            for index in chance.sample(range(FILES), CHANGED):
                versions[index] = kill
                write(folder, index, kill)
        assert interrupted > KILLS // 2, "most kills must interrupt a run"
        runs.start()
        assert runs.status() == 0
    store = Store(library, create=False)
    assert store.check() == []
    holds_the_table(LiveVectors(store), store)
    assert LiveText(store).differences() == 0
    assert (saved_sketch_facts(store) is not None) == (approximate_rows == 100)
    assert store.count() == (FILES, FILES, FILES * 8)
    assert all(file.digest and file.is_whole for file in store.files().values())
    articles = store.articles(row.id for row in store.article_rows())
    for article in articles.values():
        index = int(Path(article.source).stem)
        assert f"Part 3 of {index} in version {versions[index]}," in article.text
    store.close()
