"""Watching folders: each burst of changes is told once."""

import threading
from pathlib import Path

import pytest

from qa.indexing import watch
from qa.indexing.watch import changes, top_folders


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
