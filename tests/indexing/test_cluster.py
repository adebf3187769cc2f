"""Indexing on a Ray cluster: its stages on plain values, and a real cluster of this machine."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from qa.articles.found import FoundFile
from qa.articles.walk import walk
from qa.errors import ModelMismatchError, UsageError
from qa.indexing import cluster
from qa.indexing.changes import Change, PutArticle, PutFile
from qa.indexing.cluster import Cluster, EmbeddedArticle, EmbedRows, read_rows
from qa.indexing.plan import FileToRead

if TYPE_CHECKING:
    from qa.library import Library
    from tests.doubles import WordEncoder


@pytest.fixture
def opened(word_encoder: "WordEncoder", monkeypatch: pytest.MonkeyPatch) -> "WordEncoder":
    """The encoder that every machine of the cluster opens."""
    monkeypatch.setattr(cluster, "open_encoder", lambda name, device: word_encoder)
    return word_encoder


def rows_of(path: Path) -> list[dict[str, Any]]:
    """What a task reads in the files under a path."""
    found = [each for each in walk([str(path)]) if isinstance(each, FoundFile)]
    files = [FileToRead(each, None) for each in found]
    return [
        row for file in files for row in read_rows({"file": pickle.dumps((file, (), frozenset()))})
    ]


def embedded(rows: list[dict[str, Any]], encoder: "WordEncoder") -> list[Change]:
    columns = {"change": [row["change"] for row in rows], "bytes": [row["bytes"] for row in rows]}
    changed = EmbedRows("words", encoder.fingerprint, None)(columns)
    assert changed["bytes"] == columns["bytes"]
    return [pickle.loads(each) for each in changed["change"]]


def test_a_task_ends_each_file_with_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ash fell on Hekla.")
    (tmp_path / "b.jsonl").write_text('{"text": "Snow."}\n{"text": "Rain."}\n')
    rows = rows_of(tmp_path)
    kinds = [type(pickle.loads(row["change"])) for row in rows]
    assert kinds == [PutArticle, PutFile, PutArticle, PutArticle, PutFile]
    assert [row["bytes"] for row in rows] == [0, 18, 0, 0, 36]


def test_an_actor_splits_and_embeds_as_this_machine_does(
    tmp_path: Path, opened: "WordEncoder"
) -> None:
    (tmp_path / "a.txt").write_text("Ash fell on Hekla. The road is closed.")
    article, file = embedded(rows_of(tmp_path), opened)
    assert isinstance(article, EmbeddedArticle)
    assert isinstance(file, PutFile)
    assert article.split(opened) is article
    assert article.vectors is not None
    assert np.array_equal(article.vectors, opened.encode(article.passages, "passage"))


def test_another_version_of_the_model_is_refused(opened: "WordEncoder") -> None:
    with pytest.raises(ModelMismatchError, match="words"):
        EmbedRows("words", "another", None)


def test_the_library_writes_what_the_cluster_embedded(
    tmp_path: Path, library: "Library", opened: "WordEncoder", monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("Ash fell on Hekla.")

    def changes(self: Cluster, files: list[Any], damaged: Any) -> Iterator[tuple[Change, int]]:
        assert (self.address, self.model) == ("local", "words")
        for item in files:
            rows = list(read_rows({"file": pickle.dumps((*item, damaged))}))
            yield from zip(embedded(rows, opened), (row["bytes"] for row in rows), strict=True)

    monkeypatch.setattr(Cluster, "changes", changes)
    told: list[tuple[int, int]] = []
    progress = lambda done, total, report: told.append((done, total))  # noqa: E731
    assert library.add(folder, on="local", progress=progress).new == 1
    assert library.search("Hekla")[0].passage.text == "Ash fell on Hekla."
    assert library.add(folder, on="local").unchanged == 1


def test_without_ray_a_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    file: Any = None
    with pytest.raises(UsageError, match=r"pip install 'article-qa\[ray\]'"):
        next(Cluster("local", "words", "").changes([(file, ())]))


def start(*words: str) -> "subprocess.Popen[str]":
    """Start a command of qa that uses a cluster of this machine with two processors."""
    return subprocess.Popen(
        [sys.executable, "-m", "qa", *words],
        env={**os.environ, "QA_THREADS": "2"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def report_of(process: "subprocess.Popen[str]") -> dict[str, Any]:
    out, error = process.communicate(timeout=240)
    assert process.returncode == 0, error
    report: dict[str, Any] = json.loads(out)
    return report


def actors_of(parent: int) -> list[int]:
    """The processes of Ray's embedding actors below a process."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text()
                names[int(entry.name)] = (entry / "cmdline").read_text()
            except OSError:  # it has ended
                continue
            parents[int(entry.name)] = int(status.rpartition(")")[2].split()[1])

    def is_below(process: int) -> bool:
        while process and process != parent:
            process = parents.get(process, 0)
        return process == parent

    return [each for each, name in names.items() if "EmbedRows" in name and is_below(each)]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for Ray's processes in /proc")
def test_a_lost_actor_loses_nothing(tmp_path: Path, home: Path, real_encoder: object) -> None:
    pytest.importorskip("ray", reason="the extra ray is not installed")
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(200):
        text = " ".join(f"Ship {number} left port {place} on time." for place in range(60))
        (folder / f"{number}.txt").write_text(f"Ship {number} sails\n\n{text}")
    words = ("index", "--library", str(tmp_path / "library"), "--json", "--on", "local")
    running = start(*words, str(folder))
    until = time.monotonic() + 120
    while not (actors := actors_of(running.pid)) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1)
    os.kill(actors[0], signal.SIGKILL)
    report = report_of(running)
    assert (report["new"], report["failed"]) == (200, [])
    assert (again := report_of(start(*words, str(folder))))["unchanged"] == 200
    assert again["passages"] == 0

    from qa.library import Library

    with Library.open(tmp_path / "library") as library:
        assert len({row.title for row in library.articles()}) == 200
        assert library.search("Ship 77", k=1)[0].passage.article.title == "Ship 77 sails"
        assert not library.check()
