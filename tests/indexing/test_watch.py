"""Watching folders: each burst of changes is told once."""

import threading
from pathlib import Path
from unittest.mock import Mock

import pytest

from qa.cli.index import _watch
from qa.errors import UsageError
from qa.indexing import watch
from qa.indexing.watch import changes, library_folders, top_folders


def test_top_folders_hold_all_files_without_repeats() -> None:
    files = ["/a/b/1.txt", "/a/2.txt", "/ab/3.txt", "/c/d/4.txt", "/c/d/5.txt"]
    assert top_folders(files) == ["/a", "/ab", "/c/d"]
    assert top_folders(["/1.txt", "/a/2.txt"]) == ["/"]
    assert top_folders([]) == []


def test_changes_are_told_and_hidden_files_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "QUIET_MILLISECONDS", 50)
    stop = threading.Event()
    told: list[None] = []
    heard = threading.Event()

    def listen() -> None:
        for one in changes([str(tmp_path)], stop):
            told.append(one)
            heard.set()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        for number in range(100):  # until the watch has begun
            (tmp_path / ".hidden").write_text(str(number))
            (tmp_path / "a.txt").write_text(f"Text {number}.")
            if heard.wait(0.2):
                break
        assert told
    finally:
        stop.set()
        listener.join(30)
    assert not listener.is_alive()


def test_the_home_folder_is_not_watched_for_new_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "news" / "old").mkdir(parents=True)
    files = [tmp_path / "a.txt", tmp_path / "news" / "b.txt", tmp_path / "news" / "old" / "c.txt"]
    assert library_folders([*map(str, files), "/gone/d.txt"]) == [str(tmp_path / "news")]


def test_a_watch_needs_a_folder_that_is_there() -> None:
    library = Mock(known_files=lambda: ["/gone/a.txt"])
    with pytest.raises(UsageError, match="no folder to watch"):
        _watch(library, [], prune=False, share=0.5, as_json=False)


def test_what_a_library_writes_among_its_articles_is_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "QUIET_MILLISECONDS", 0)
    monkeypatch.setattr(watch, "STEP_MILLISECONDS", 50)
    library = tmp_path / "library"
    library.mkdir()
    stop = threading.Event()
    told = changes([str(tmp_path)], stop, skip=library)
    next(told)
    (library / "library.sqlite").write_text("pages")
    done = threading.Event()

    def later() -> None:
        done.wait(0.5)
        done.set()
        (tmp_path / "a.txt").write_text("Text.")

    writer = threading.Thread(target=later)
    writer.start()
    next(told)
    assert done.is_set()
    writer.join()
    stop.set()
    assert list(told) == []


def test_a_file_that_is_saved_under_its_old_name_is_watched_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "QUIET_MILLISECONDS", 50)
    monkeypatch.setattr(watch, "STEP_MILLISECONDS", 50)
    file, draft = tmp_path / "a.txt", tmp_path / ".draft"
    file.write_text("One.")
    stop = threading.Event()
    heard = threading.Semaphore(0)

    def listen() -> None:
        for _ in changes([str(file)], stop):
            heard.release()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        assert heard.acquire(timeout=20)
        for text in ("Two.", "Three.", "Four."):
            draft.write_text(text)
            draft.replace(file)
            assert heard.acquire(timeout=20)
        (tmp_path / "b.txt").write_text("Another file.")
        assert not heard.acquire(timeout=1)
    finally:
        stop.set()
        listener.join(20)
