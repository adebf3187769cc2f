"""The table of actions: keys, bottom row, palette and help agree."""

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.pilot import Pilot
from textual.widgets import OptionList

from qa.chat.actions import ACTIONS, written_key
from qa.chat.app import ChatApp
from qa.chat.bindings import PALETTE, article_bindings, screen_bindings
from qa.chat.dialogs.help import HelpScreen, help_text
from qa.chat.screen import ChatScreen

from .conftest import COMMANDED, MINERS, ScriptedLibrary, ask, chat, chat_of, drive, shown, until

NARROWEST = 66
"""Columns of the help in a terminal of 80 columns."""


def test_every_action_exists_and_no_key_is_bound_twice() -> None:
    for action in ACTIONS:
        namespace, _, name = action.call.partition(".")
        owner = {"app": ChatApp, "screen": ChatScreen}[namespace]
        assert callable(getattr(owner, f"action_{name}"))
        assert action.keys or action.article_keys
        assert action.help.endswith(".")
    for bindings in (screen_bindings(), article_bindings()):
        keys = [binding.key for binding in bindings]
        assert len(keys) == len(set(keys))


def test_the_palette_has_every_action_but_itself_and_the_way_back() -> None:
    names = [action.name for action in PALETTE]
    assert sorted(names) == sorted({action.name for action in ACTIONS} - {"palette", "back"})


def test_the_help_lists_every_action_with_its_keys() -> None:
    text = help_text().plain
    assert max(len(line) for line in text.splitlines() if line.startswith("  ")) <= NARROWEST
    words = " ".join(text.split())
    for action in ACTIONS:
        assert action.title in text
        assert action.help in words
        for key in (*action.keys, *action.article_keys):
            assert written_key(key) in text


@pytest.mark.parametrize(
    ("key", "written"),
    [("ctrl+p", "^P"), ("f1", "F1"), ("alt+right", "Alt-→"), ("f", "f"), ("escape", "Esc")],
)
def test_keys_are_written_as_people_write_them(key: str, written: str) -> None:
    assert written_key(key) == written


def test_alt_with_a_digit_works_in_old_terminals(
    scripted: ScriptedLibrary,
) -> None:
    chat(scripted)
    parser = XTermParser()
    pressed = [*parser.feed("\x1b2"), *parser.feed("")]
    assert [event.key for event in pressed if isinstance(event, events.Key)] == ["alt+2"]
    typed = [event for event in XTermParser().feed("£") if isinstance(event, events.Key)]
    assert [event.character for event in typed] == ["£"]


def test_help_opens_and_closes(scripted: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("f1")
        assert isinstance(pilot.app.screen, HelpScreen)
        assert "Marks on answers" in help_text().plain
        assert "Open a source" in shown(pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ChatScreen)

    drive(chat(scripted), act)


def test_the_palette_offers_possible_actions_and_runs_them(
    scripted: ScriptedLibrary, clipboard: list[str]
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+p")
        await pilot.pause(0.4)
        assert "Add articles" in shown(pilot)
        assert "Copy the answer" not in shown(pilot)  # there is none yet
        options = pilot.app.screen.query_one(OptionList).options
        titles = [str(option.prompt).split("  ")[0] for option in options]
        assert titles[:2] == ["Articles and stories", "Timeline"]
        assert titles[-2:] == ["Help", "Quit"]
        await pilot.press("escape")
        await ask(pilot, COMMANDED)
        await pilot.press("ctrl+p")
        await pilot.press(*"copy")
        await until(pilot, lambda: "Copy the answer with its source" in shown(pilot))
        await pilot.pause(0.4)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: bool(clipboard))

    drive(chat(scripted), act, size=(120, 40))


def test_the_bottom_row_shows_possible_actions_and_can_be_clicked(
    scripted: ScriptedLibrary, clipboard: list[str]
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        assert "^Y copy" not in shown(pilot)
        assert "1…9 source" not in shown(pilot)
        await ask(pilot, MINERS)
        last = shown(pilot).splitlines()[-1]
        assert "^Y copy" in last
        assert "Alt-1…9 source" in last
        await pilot.click(offset=(last.index("^Y"), pilot.app.size.height - 1))
        await until(pilot, lambda: bool(clipboard))
        await pilot.click(offset=(pilot.app.size.width - 5, 0))  # the scope, in the top row
        await pilot.pause()
        assert "Search only some articles" in shown(pilot)
        await pilot.press("escape")
        assert main.is_current
        await pilot.press("tab", "tab")  # to the article
        last = shown(pilot).splitlines()[-1]
        assert "1…9 source" in last
        assert "Alt" not in last

    drive(chat(scripted), act, size=(150, 30))


def test_leaving(scripted: ScriptedLibrary) -> None:
    app = chat(scripted)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+q")

    drive(app, act)
    assert app.return_code == 0
