"""Killed at any moment, a library is whole: each batch wholly in or wholly out."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from qa.storage.index import LiveVectors
from qa.storage.store import Store

KILLS = 8
FILES = 90
HERE = Path(__file__).parent
HOLDS_THE_TABLE = Callable[[LiveVectors, Store], None]


def start(folder: Path, library: Path) -> "subprocess.Popen[str]":
    program = subprocess.Popen(
        [sys.executable, str(HERE / "index_in_small_batches.py"), str(folder), str(library)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent.parent)},
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "begins\n"
    return program


def write(folder: Path, index: int, version: int) -> None:
    filling = "so it was said and so it was written down " * 3
    sentences = [f"Part {part} of {index} in version {version}, {filling}." for part in range(4)]
    (folder / f"{index:03}.txt").write_text(" ".join(sentences) + "\n")


def test_killed_at_random_moments(tmp_path: Path, holds_the_table: HOLDS_THE_TABLE) -> None:
    folder, library = tmp_path / "articles", tmp_path / "library"
    folder.mkdir()
    for index in range(FILES):
        write(folder, index, 0)
    versions = dict.fromkeys(range(FILES), 0)
    chance = random.Random(20)
    interrupted = 0
    for kill in range(1, KILLS + 1):
        program = start(folder, library)
        time.sleep(chance.uniform(0.0, 0.4))
        program.kill()
        rest, _ = program.communicate()
        interrupted += rest == ""
        store = Store(library, create=False)
        assert store.check() == []
        compare = "INSERT INTO full_text (full_text, rank) VALUES ('integrity-check', 1)"
        store.connection().execute(compare)
        if store.facts():
            holds_the_table(LiveVectors(store, 64), store)
        # An article is there with all its passages or not at all.
        assert {row.passages for row in store.article_rows()} <= {8}
        store.close()
        for index in chance.sample(range(FILES), 10):
            versions[index] = kill
            write(folder, index, kill)
    assert interrupted > KILLS // 2, "most kills must come in the middle to prove anything"

    program = start(folder, library)
    rest, _ = program.communicate(timeout=60)
    assert (program.returncode, rest) == (0, "done\n")
    store = Store(library, create=False)
    assert store.check() == []
    holds_the_table(LiveVectors(store, 64), store)
    assert store.count() == (FILES, FILES, FILES * 8)
    assert all(file.digest for file in store.files().values())
    articles = store.articles(row.id for row in store.article_rows())
    for article in articles.values():
        index = int(Path(article.source).stem)
        assert f"Part 3 of {index} in version {versions[index]}," in article.text
    store.close()
