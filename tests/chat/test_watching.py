"""Watching: files are indexed as they change, while the chat goes on."""

import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from qa.chat import watching
from qa.chat.watching import BUSY, news
from qa.errors import LibraryBusyError
from qa.indexing import watch

from .conftest import ScriptedLibrary, ask, chat, chat_of, drive, shown, until


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell changes soon, and try again soon."""
    monkeypatch.setattr(watch, "QUIET_MILLISECONDS", 50)
    monkeypatch.setattr(watch, "STEP_MILLISECONDS", 50)
    monkeypatch.setattr(watching, "BUSY_SECONDS", 0.1)


def test_new_and_changed_articles_are_counted_in_words() -> None:
    assert news(3, 0) == "3 new articles"
    assert news(0, 1) == "1 changed article"
    assert news(1_200, 2) == "1,200 new and 2 changed articles"
    assert news(0, 0) == ""


def test_a_new_file_is_indexed_and_the_next_question_sees_it(
    scripted: ScriptedLibrary, newsroom: Path
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press("f7")
        await until(pilot, lambda: "3 articles · watching" in shown(pilot))
        (newsroom / "harbour.txt").write_text("The harbour was reopened on Friday.\n")
        await until(pilot, lambda: main.view.bottom.status == "1 new article")
        await until(pilot, lambda: "4 articles · watching" in shown(pilot))
        await ask(pilot, "What was reopened at the harbour?")
        assert "harbour.txt" in main.talk.entries[0].places[0].path
        (newsroom / "harbour.txt").write_text("The harbour was closed again on Saturday.\n")
        await until(pilot, lambda: main.view.bottom.status == "1 changed article")
        (newsroom / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
        await until(pilot, lambda: main.view.bottom.status.startswith("not read: broken.pdf: "))
        await pilot.press("f7")
        await until(pilot, lambda: "watching" not in shown(pilot).splitlines()[0])
        assert not main.talk.indexing

    drive(chat(scripted), act)


def test_the_command_line_can_ask_for_it(scripted: ScriptedLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()

    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "watching" in shown(pilot).splitlines()[0])
        (folder / "new.txt").write_text("The bridge was painted green.\n")
        await until(pilot, lambda: "4 articles · watching" in shown(pilot))

    drive(chat(scripted, watch=True, index=[str(folder)]), act)


def test_another_writer_is_waited_for_with_one_quiet_notice(
    scripted: ScriptedLibrary, newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, tries, said = scripted.add, [0], list[str]()

    def busy(*paths: Any, **given: Any) -> Any:
        tries[0] += 1
        if tries[0] < 4:
            raise LibraryBusyError("Another qa is writing.")
        return add(*paths, **given)

    monkeypatch.setattr(scripted, "add", busy)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        monkeypatch.setattr(main.view.bottom, "say", said.append)
        (newsroom / "harbour.txt").write_text("The harbour was reopened on Friday.\n")
        await pilot.press("f7")
        await until(pilot, lambda: "4 articles · watching" in shown(pilot))
        assert said == ["watching for new and changed files", BUSY, "1 new article"]

    drive(chat(scripted), act)


def test_a_library_without_folders_says_so(empty: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("f7")
        await until(pilot, lambda: "no folder to watch" in chat_of(pilot).main.view.bottom.status)

    drive(chat(empty), act)


def test_the_key_pressed_twice_before_it_began_watches_not_at_all(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, folders, runs = threading.Event(), watch.library_folders, list[int]()

    def slowly(files: Any) -> list[str]:
        runs.append(1)
        gate.wait(timeout=30)
        return folders(files)

    monkeypatch.setattr(watching, "library_folders", slowly)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press("f7", "f7")
        gate.set()
        await until(pilot, lambda: main.view.bottom.status == "no longer watching")
        assert (len(runs), main.talk.is_watching) == (1, False)
        await pilot.press("f7")
        await until(pilot, lambda: "watching" in shown(pilot).splitlines()[0])

    drive(chat(scripted), act)
