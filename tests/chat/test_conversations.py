"""Copying, exporting, judging, storing, continuing, renaming and deleting conversations."""

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot

from qa.chat.dialogs.conversations import ConversationList
from qa.chat.entries import Stage
from qa.chat.export import as_markdown
from qa.datatypes import Answer, AnswerKind, Status

from .conftest import (
    COMMANDED,
    MINERS,
    UNKNOWN,
    ScriptedLibrary,
    ask,
    chat,
    chat_of,
    drive,
    shown,
    until,
)


def test_copying_an_answer_with_its_reference(
    scripted: ScriptedLibrary, clipboard: list[str]
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: main.view.bottom.status == "copied")
        (text,) = clipboard
        assert text.startswith("Charles Bouchard\n— NATO is to close its Libya mission")
        assert "24 October 2011" in text
        assert text.endswith("libya.txt:3")
        assert pilot.app.clipboard == text  # by OSC 52 as well

    drive(chat(scripted), act)


def test_exporting(
    scripted: ScriptedLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await ask(pilot, UNKNOWN)
        await pilot.press("ctrl+s", "enter")
        await pilot.pause()
        (written,) = tmp_path.glob("qa-*.md")
        assert written.name.endswith("-who-commanded-the-operation-in-libya.md")
        text = written.read_text()
        assert f"## {COMMANDED}" in text
        assert "**Charles Bouchard**" in text
        assert "> Lieutenant-General Charles Bouchard commands the operation." in text
        assert "Not in the articles." in text
        await pilot.press("ctrl+s", "ctrl+u", *"talk.json", "enter")
        await pilot.pause()
        told = json.loads((tmp_path / "talk.json").read_text())
        assert [turn["question"] for turn in told["turns"]] == [COMMANDED, UNKNOWN]
        first = told["turns"][0]
        assert first["answer"] == "Charles Bouchard"
        assert first["citations"][0]["article"]["published"] == "2011-10-24"
        assert told["turns"][1]["status"] == "not_found"
        (tmp_path / "talk.json").write_text("mine")
        await pilot.press("ctrl+s", "ctrl+u", *"talk.json", "enter")
        assert "exists already; Enter again replaces it" in shown(pilot)
        assert (tmp_path / "talk.json").read_text() == "mine"
        await pilot.press("enter")
        await pilot.pause()
        assert json.loads((tmp_path / "talk.json").read_text())["version"] == 1
        await pilot.press("ctrl+s", "ctrl+u", *"no/where.md", "enter")
        assert "cannot be written" in shown(pilot)
        assert as_markdown(main.talk.entries) == text

    drive(chat(scripted), act)


def test_judging(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        (there,) = scripted.conversations()
        await pilot.press("ctrl+g")
        await until(pilot, lambda: scripted.turns(there.id)[0].verdict == "right")
        assert "✓ right" in shown(pilot)
        await pilot.press("tab", "tab", "minus")
        await until(pilot, lambda: scripted.turns(there.id)[0].verdict == "wrong")
        assert "✗ wrong" in shown(pilot)
        await pilot.press("minus")
        await until(pilot, lambda: scripted.turns(there.id)[0].verdict is None)
        assert "wrong" not in shown(pilot).replace("noted: wrong", "")
        assert main.view.bottom.status == "taken back"

    drive(chat(scripted), act)


def test_a_conversation_is_stored_and_continued(scripted: ScriptedLibrary) -> None:
    async def first(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await ask(pilot, MINERS)
        await pilot.press("ctrl+g")

    async def again(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await until(pilot, lambda: len(main.talk.entries) == 2)
        await pilot.pause()
        screen = shown(pilot)
        assert COMMANDED in screen
        assert "▌ 33" in screen
        assert "likely · [1]" in screen
        assert "✓ right" in screen
        assert "All 33 miners were lifted" in screen  # the source, open at its place
        await pilot.press("up")
        assert main.view.prompt.value == MINERS
        main.view.prompt.value = ""
        await ask(pilot, UNKNOWN)
        (there,) = scripted.conversations()
        assert there.turns == 3
        assert there.title == COMMANDED

    drive(chat(scripted), first)
    drive(chat(scripted, resume=True), again)


def test_a_continued_conversation_shows_all_that_was_shown(scripted: ScriptedLibrary) -> None:
    before: list[str] = []

    async def first(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await pilot.press("ctrl+l", *"2011", "enter")
        await ask(pilot, UNKNOWN)
        await pilot.press("alt+2")
        await pilot.pause()
        before.extend(shown(pilot).splitlines()[2:-3])

    async def again(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await until(pilot, lambda: len(main.talk.entries) == 2)
        await pilot.press("alt+2")
        await pilot.pause()
        assert shown(pilot).splitlines()[2:-3] == before
        assert any("searched: from 1 January 2011" in line for line in before)
        await pilot.press("alt+up", "alt+a")
        await until(pilot, lambda: "[3] Ambassadors 20%" in shown(pilot))

    drive(chat(scripted), first)
    drive(chat(scripted, resume=True), again)


def test_thanks_are_kept_and_are_not_judged(scripted: ScriptedLibrary) -> None:
    thanks = Answer(
        "thanks", "", Status.NOT_FOUND, 0.0, (), (), (), kind=AnswerKind.REMARK, remark="Welcome."
    )

    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: len(chat_of(pilot).main.talk.entries) == 1)
        await pilot.pause()
        assert "▌ Welcome." in shown(pilot)
        await pilot.press("ctrl+g")
        await pilot.pause()
        assert "right" not in shown(pilot)

    scripted.add_turn(scripted.start_conversation(), "thanks", thanks)
    drive(chat(scripted, resume=True), act)


def test_a_source_that_has_changed_since_is_marked_as_changed(
    scripted: ScriptedLibrary, newsroom: Path
) -> None:
    async def first(pilot: Pilot[None]) -> None:
        await ask(pilot, MINERS)

    async def again(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await until(pilot, lambda: len(main.talk.entries) == 1)
        await pilot.pause()
        assert "The article has changed since; this is what it said." in shown(pilot)
        assert main.view.source.article.text.startswith("All 33 miners were lifted")
        (newsroom / "chile.md").unlink()
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConversationList))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ConversationList))

    drive(chat(scripted), first)
    text = (newsroom / "chile.md").read_text()
    (newsroom / "chile.md").write_text(text.replace("All 33", "Some 31"))
    scripted.add(newsroom)
    drive(chat(scripted, resume=True), again)


def test_continuing_without_an_earlier_conversation(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await until(pilot, lambda: "There is no earlier conversation" in shown(pilot))
        await until(pilot, lambda: bool(main.talk.entries))  # the question from the command line

    drive(chat(scripted, resume=True, question=MINERS), act)


def test_listing_renaming_deleting_and_starting_conversations(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await ask(pilot, COMMANDED)
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert main.talk.entries == []
        assert "Ask your articles something." in shown(pilot)
        await ask(pilot, MINERS)
        assert len(scripted.conversations()) == 2
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConversationList))
        await pilot.pause()
        assert "1 question" in shown(pilot)
        await pilot.press("down", "r", "ctrl+u", *"[b]Libya", "enter")
        await until(pilot, lambda: scripted.conversations()[1].title == "[b]Libya")
        await until(pilot, lambda: "[b]Libya" in shown(pilot))
        await pilot.press("up", "d")
        assert "d again deletes it for good" in shown(pilot)
        assert len(scripted.conversations()) == 2
        await pilot.press("d")
        await until(pilot, lambda: len(scripted.conversations()) == 1)
        await until(pilot, lambda: MINERS not in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: [entry.question for entry in main.talk.entries] == [COMMANDED])
        assert main.talk.entries[0].stage is Stage.ANSWERED

    drive(chat(scripted), act, size=(120, 40))
