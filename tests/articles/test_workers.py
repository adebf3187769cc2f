"""Reading in other processes: in order, ahead, and past files that break them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qa.articles import workers
from qa.articles.found import FoundFile, Problem, ReadArticle
from qa.articles.workers import Workers

READER = """
import os, sys, time
import qa.articles.worker as worker
from qa.articles.build import build_article
from qa.articles.found import ReadArticle

def read(found):
    if "crash" in found.name:
        yield ReadArticle(1, build_article(found.name, "Before the crash."))
        os.abort()
    if "hang" in found.name:
        time.sleep(600)
    if "huge" in found.name:
        bytearray(4 * worker.MEMORY_BYTES)
    for record in range(1, 1 + found.size_bytes):
        yield ReadArticle(record, build_article(f"{found.name}#{record}", f"Text {record}."))

worker.read_articles = read
worker.serve(int(sys.argv[2]))
"""


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch) -> None:
    start = "import json, sys; sys.path[:] = json.loads(sys.argv[1])\n"
    monkeypatch.setattr(workers, "_CODE", start + READER)


def file(name: str, articles: int = 1) -> FoundFile:
    return FoundFile(f"/{name}", name, articles, 0)


def sources(read: Iterator[ReadArticle | Problem]) -> list[str]:
    return [one.reason if isinstance(one, Problem) else one.article.source for one in read]


def test_files_are_read_in_order_and_ahead() -> None:
    files = [file(f"{number}.pdf", articles=2) for number in range(9)]
    with closing(Workers(files, count=2)) as reader:
        read = [sources(reader.read(found)) for found in files]
    assert read == [[f"{number}.pdf#1", f"{number}.pdf#2"] for number in range(9)]


def test_files_that_nobody_asks_for_are_passed_over() -> None:
    files = [file(f"{number}.pdf", articles=500) for number in range(6)]
    with closing(Workers(files, count=1)) as reader:
        assert len(sources(reader.read(files[0]))) == 500
        assert len(sources(reader.read(files[5]))) == 500
        assert sources(reader.read(file("other.pdf"))) == ["other.pdf#1"]


def test_a_file_out_of_order_leaves_what_was_read_ahead() -> None:
    files = [file(f"{number}.pdf", articles=200) for number in range(8)]
    with closing(Workers(files, count=2)) as reader:
        for number, found in enumerate(files):
            assert len(sources(reader.read(found))) == 200
            assert sources(reader.read(file(f"page{number}"))) == [f"page{number}#1"]
        assert len(reader._all) == 3


def test_a_process_that_cannot_start_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("qa.articles.workers.subprocess.Popen", refuse)
    with closing(Workers(count=1)) as reader:
        assert sources(reader.read(file("a.pdf"))) == ["cannot allocate memory"]


def test_a_crash_is_a_problem_of_its_file() -> None:
    with closing(Workers(count=1)) as reader:
        first, broken = reader.read(file("crash.pdf"))
        assert isinstance(first, ReadArticle)
        assert isinstance(broken, Problem)
        assert (broken.source, broken.cut_short) == ("crash.pdf", True)
        assert broken.reason == "reading it broke down: it is damaged, or needs too much memory"
        assert sources(reader.read(file("sound.pdf"))) == ["sound.pdf#1"]


def test_too_much_memory_is_a_problem_of_its_file() -> None:
    with closing(Workers(count=1)) as reader:
        assert "too much memory" in sources(reader.read(file("huge.pdf")))[0]
        assert sources(reader.read(file("sound.pdf"))) == ["sound.pdf#1"]


def test_too_much_time_is_a_problem_of_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SECONDS", 1.5)
    with closing(Workers(count=1)) as reader:
        assert sources(reader.read(file("hang.pdf"))) == ["takes more than 2 seconds to read"]
        assert sources(reader.read(file("sound.pdf"))) == ["sound.pdf#1"]


def test_closing_ends_the_processes_and_forgets_what_was_read_ahead(tmp_path: Path) -> None:
    files = [file(f"{number}.pdf", articles=1000) for number in range(4)]
    with closing(Workers(files, count=2)) as reader:
        assert isinstance(next(reader.read(files[0])), ReadArticle)
    assert all(process.is_over for process in reader._all)
