"""The benchmarks run through, and the libraries that they grow are what indexing would make."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qa.library import Library
from tests.benchmarks import growing
from tests.benchmarks.__main__ import PARTS
from tests.conftest import ROOT

TEXT = (
    "President Vorin of Kessland met 35 ministers in Dolmar on Monday. The talks about water "
    "lasted until 2011, said President Vorin. Many people of Dolmar went home early that night."
)


@pytest.fixture
def indexed(library: Library, tmp_path: Path) -> Library:
    """A library of a few short articles, each of several passages."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_text(f"Kessland in {1990 + number}\n\n{TEXT * 3}\n")
    library.add(folder)
    return library


def test_a_grown_library_is_what_indexing_its_files_would_make(
    indexed: Library, encoders: object, tmp_path: Path
) -> None:
    made = growing.grow(indexed.folder, tmp_path / "grown", 60)
    with Library.open(made) as library:
        _, articles, passages = library._store.count()
        assert passages >= 60
        report = library.add(tmp_path / "grown" / "articles")
        assert (report.unchanged, report.new, report.changed) == (articles, 0, 0)
        for path in (tmp_path / "grown" / "articles").rglob("*.json"):
            path.write_bytes(path.read_bytes().replace(b"{", b"{ ", 1))  # their words are compared
        report = library.add(tmp_path / "grown" / "articles")
        assert (report.unchanged, report.new, report.changed) == (articles, 0, 0)
        assert not library.check()
        assert not library.differing_vectors()


def test_growing_goes_on_where_it_was(indexed: Library, encoders: object, tmp_path: Path) -> None:
    growing.grow(indexed.folder, tmp_path / "twice", 20)
    growing.grow(indexed.folder, tmp_path / "twice", 60)
    growing.grow(indexed.folder, tmp_path / "once", 60)
    contents = []
    for name in ("once", "twice"):
        with Library.open(tmp_path / name / "library") as library:
            store = library._store
            stored = store.articles(row.id for row in library.articles())
            vectors = np.concatenate([rows for _, rows in store.embeddings_after(0, 64)])
            contents.append(([stored[number].text for number in sorted(stored)], vectors.tolist()))
    once, twice = contents
    assert once == twice
    assert len(set(once[0])) > len(once[0]) // 2  # the five originals are of one text


@pytest.mark.slow
def test_every_benchmark_runs_through_in_short(
    session_home: Path, real_encoder: object, real_reader: object, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "--short", "--work", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads((tmp_path / "results.json").read_text())["rows"]
    assert {row["part"] for row in rows} == set(PARTS) - {"quality"}
    table = (tmp_path / "results.md").read_text()
    assert all(row["what"] in table for row in rows)
    picture = (tmp_path / "growth.svg").read_text()
    assert picture.count("<polyline") == len(
        {row["what"].partition(": ")[2] for row in rows if row["part"] == "growth"}
    )
