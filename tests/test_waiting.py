"""Asking beside a process that writes: the first batch is waited for, and nothing longer."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from qa.errors import LibraryBusyError, LibraryError, LibraryReadOnlyError
from qa.storage.database import LOCK
from qa.storage.live_text import FOLDER

if TYPE_CHECKING:
    from qa.library import Library


def test_a_first_question_waits_for_the_first_batch(
    open_library: Callable[[], "Library"], articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = open_library(), open_library()
    found: list[int] = []
    monkeypatch.setattr("qa.storage.lock.is_locked", lambda folder: True)
    asking = threading.Thread(target=lambda: found.append(len(reader.search("volcano"))))
    asking.start()
    time.sleep(0.5)
    assert found == []
    writer.add(articles)
    asking.join(20)
    assert found == [2]


def test_nobody_waits_for_articles_that_nobody_adds(library: "Library") -> None:
    started = time.monotonic()
    with pytest.raises(LibraryError, match="no articles"):
        library.search("volcano")
    assert time.monotonic() - started < 5


def test_the_full_text_is_looked_for_again_while_another_writes(
    open_library: Callable[[], "Library"], articles: Path
) -> None:
    writer, reader = open_library(), open_library()
    writer.add(articles)
    hidden = writer.folder / "hidden"
    (writer.folder / FOLDER).rename(hidden)
    found: list[int] = []
    with FileLock(writer.folder / LOCK):
        asking = threading.Thread(target=lambda: found.append(len(reader.search("volcano"))))
        asking.start()
        time.sleep(0.5)
        hidden.rename(writer.folder / FOLDER)
        asking.join(10)
        assert found == [2], "the lock is still held"


def test_what_cannot_be_written_is_said(
    library: "Library", articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(articles)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(LibraryReadOnlyError, match="read-only file system"):
        library.add(articles)
    assert not issubclass(LibraryReadOnlyError, LibraryBusyError)


def test_a_full_disk_does_not_keep_anyone_from_asking(
    open_library: Callable[[], "Library"], articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_library().add(articles)
    library = open_library()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qa.storage.live_text.LiveText.publish", refuse)
    for path in sorted((library.folder / FOLDER).iterdir()):
        path.unlink()
    (library.folder / FOLDER).rmdir()
    assert [hit.why.bm25 is not None for hit in library.search("volcano")].count(True) == 1


def test_passages_that_there_was_no_time_for_are_told(
    library: "Library", articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.render import answer_lines, answer_values

    library.add(articles)
    read = library.reader.read

    def hurried(question: str, passages: list, seconds: float, late: list) -> list:  # type: ignore[type-arg]
        late.extend(passages[1:])
        return read(question, passages[:1])

    monkeypatch.setattr(library.reader, "read", hurried)
    answer = library.ask("Where did a volcano erupt in Iceland?")
    assert answer.unread == 1
    assert answer_values(answer)["unread"] == 1
    text = "\n".join("".join(piece for piece, _ in line) for line in answer_lines(answer, None))
    assert "1 passage was not read" in text
