"""Suggested questions in the welcome: shown, asked by key and by mouse, gone when not apt."""

from typing import Any

import pytest
from textual.pilot import Pilot

from qa.chat.widgets.conversation import Welcome
from qa.datatypes import Scope

from .conftest import COMMANDED, MINERS, ScriptedLibrary, ask, chat, chat_of, drive, shown, until


@pytest.fixture
def suggesting(scripted: ScriptedLibrary) -> ScriptedLibrary:
    """The library with two suggestions."""
    scripted.suggestions = (COMMANDED, MINERS)
    return scripted


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the suggestions are shown."""
    await until(pilot, lambda: "For example:" in shown(pilot))


def test_the_welcome_shows_them_in_place_of_titles(suggesting: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await settled(pilot)
        text = shown(pilot)
        assert f"Alt-1  {COMMANDED}" in text
        assert f"Alt-2  {MINERS}" in text
        assert "The newest of" not in text

    drive(chat(suggesting), act)


def test_a_key_asks_one_and_the_history_has_it(suggesting: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await settled(pilot)
        await pilot.press("alt+3")
        assert main.talk.entries == []
        await pilot.press("alt+2")
        await until(pilot, lambda: bool(main.talk.entries and main.talk.entries[0].answer))
        assert [entry.question for entry in main.talk.entries] == [MINERS]
        await pilot.press("up")
        assert main.view.prompt.value == MINERS
        await pilot.press("alt+1")  # now it opens the first source
        assert len(main.talk.entries) == 1

    drive(chat(suggesting), act)


def test_a_click_asks_one(suggesting: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await settled(pilot)
        rows = shown(pilot).splitlines()
        row = next(at for at, text in enumerate(rows) if COMMANDED in text)
        await pilot.click(offset=(rows[row].index(COMMANDED) + 4, row))
        await until(pilot, lambda: bool(main.talk.entries))
        assert main.talk.entries[0].question == COMMANDED

    drive(chat(suggesting), act)


def test_they_are_for_the_filter_that_they_were_found_with(suggesting: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await settled(pilot)
        main.set_scope(Scope(source="*wire*"))
        await until(pilot, lambda: main.talk.articles == 1)
        assert "For example:" not in shown(pilot)
        main.set_scope(Scope())
        await until(pilot, lambda: "For example:" in shown(pilot))

    drive(chat(suggesting), act)


def test_a_new_conversation_begins_with_them_again(suggesting: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await ask(pilot, MINERS)
        assert not chat_of(pilot).main.query_one(Welcome).display
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "For example:" in shown(pilot))

    drive(chat(suggesting), act)


def test_a_long_one_goes_on_below_its_beginning(suggesting: ScriptedLibrary) -> None:
    long = (
        "Who held a vote in her classroom concerning the removal of a boy of five from the school?"
    )
    suggesting.script[long] = suggesting.script[COMMANDED]
    suggesting.suggestions = (long,)

    async def act(pilot: Pilot[None]) -> None:
        await settled(pilot)
        rows = shown(pilot).splitlines()
        at = next(place for place, text in enumerate(rows) if "Alt-1" in text)
        assert rows[at].index("Who") == len(rows[at + 1]) - len(rows[at + 1].lstrip())

    drive(chat(suggesting), act, size=(80, 24))


def test_nothing_is_said_when_they_cannot_be_found(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no reader")

    monkeypatch.setattr(scripted, "suggested_questions", fail)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.pause(0.2)
        assert "The newest of 3:" in shown(pilot)
        assert not pilot.app._notifications

    drive(chat(scripted), act)
