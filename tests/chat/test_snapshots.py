"""Pictures of the screen, compared with stored ones.

After an intended change run ``QA_SNAPSHOTS=write pytest tests/chat/test_snapshots.py`` and look at
each picture before you commit it. A picture that differs is written beside the stored one as
``.new``.
"""

import os
import re
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.writing.scripted import Scripted, answer

from .conftest import (
    COMMANDED,
    MINERS,
    UNKNOWN,
    WEAK,
    ScriptedLibrary,
    ask,
    chat,
    chat_of,
    drive,
    until,
)
from .test_written import SAID, served, write

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "snapshots"


def compare(app: App[None], name: str) -> None:
    """Compare the screen with the stored picture of a name."""
    # Rich puts a hash of the text into the names of its styles.
    taken = re.sub(r"terminal-\d+", "terminal", app.export_screenshot(title="qa"))
    stored = FOLDER / f"{name}.svg"
    if os.environ.get("QA_SNAPSHOTS") == "write":
        stored.write_text(taken, encoding="utf-8")
        return
    if taken != stored.read_text(encoding="utf-8"):
        stored.with_suffix(".svg.new").write_text(taken, encoding="utf-8")
        pytest.fail(f"{stored.name} differs from the screen; see {stored.name}.new")


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stop the cursor from blinking, and show relative paths."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("textual.widgets.Input._toggle_cursor", lambda self: None)


async def settle(pilot: Pilot[None]) -> None:
    """Clear the last remark and draw the last row."""
    main = chat_of(pilot).main
    main.view.bottom.say("")
    await pilot.pause(0.1)
    main.view.prompt._cursor_visible = True
    await pilot.pause()


def test_empty(empty: ScriptedLibrary) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await settle(pilot)
        compare(pilot.app, "empty")

    drive(chat(empty), act, size=(110, 26))


def test_a_conversation(empty: ScriptedLibrary, newsroom: Path) -> None:
    empty.add(Path("newsroom"))

    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await ask(pilot, WEAK)
        await ask(pilot, MINERS)
        await pilot.press("ctrl+g", "alt+up", "alt+up", "alt+a")
        await settle(pilot)
        compare(pilot.app, "conversation")

    drive(chat(empty), act, size=(120, 32))


def test_a_conversation_in_the_light_theme(empty: ScriptedLibrary, newsroom: Path) -> None:
    empty.add(Path("newsroom"))
    app = chat(empty)
    app.theme = "qa-light"

    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await settle(pilot)
        compare(pilot.app, "light")

    drive(app, act, size=(110, 26))


def test_not_found_in_the_terminals_16_colours(empty: ScriptedLibrary, newsroom: Path) -> None:
    empty.add(Path("newsroom"))
    app = chat(empty)
    app.theme = "ansi-dark"

    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await ask(pilot, UNKNOWN)
        await pilot.press("alt+up")
        await settle(pilot)
        compare(pilot.app, "sixteen-colours")

    drive(app, act, size=(110, 28))


def test_narrow(empty: ScriptedLibrary, newsroom: Path) -> None:
    empty.add(Path("newsroom"))

    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await pilot.press("alt+1")
        await settle(pilot)
        compare(pilot.app, "narrow")

    drive(chat(empty), act, size=(72, 24))


@pytest.mark.parametrize("theme", ["qa-dark", "qa-light"])
def test_a_written_answer(
    empty: ScriptedLibrary, newsroom: Path, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    empty.add(Path("newsroom"))
    monkeypatch.setattr("qa.writing.server.HttpChatServer.name", "small at 127.0.0.1:8080")

    async def act(pilot: Pilot[None]) -> None:
        await ask(pilot, COMMANDED)
        await write(pilot)
        await pilot.press("alt+4")
        await settle(pilot)
        compare(pilot.app, f"written-{theme.removeprefix('qa-')}")

    with Scripted(answer(*SAID)) as server:
        app = served(empty, server)
        app.theme = theme
        drive(app, act, size=(120, 32))


def test_a_failure(scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    from qa.errors import ModelMismatchError

    error = (
        "The library in seeds was made by words, not other. "
        "To embed it again: qa index --reembed --model other"
    )

    def fail(*_: object, **__: object) -> None:
        raise ModelMismatchError(error)

    monkeypatch.setattr(scripted, "ask", fail)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        main.view.prompt.value = MINERS
        await pilot.press("enter")
        await until(pilot, lambda: bool(main.talk.entries[0].error))
        await settle(pilot)
        compare(pilot.app, "failure")

    drive(chat(scripted), act, size=(110, 20))
