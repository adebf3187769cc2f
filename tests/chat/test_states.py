"""Empty, busy and failing: the chat says what is going on and what to do."""

import asyncio
import json
import re
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from qa.chat import web
from qa.chat.app import ChatApp
from qa.chat.preferences import remembered_theme
from qa.chat.talk import LEAVING
from qa.chat.themes import first_theme
from qa.datatypes import Scope
from qa.errors import ModelMismatchError, UsageError
from qa.library import Library

from .conftest import (
    COMMANDED,
    MINERS,
    ScriptedLibrary,
    ask,
    chat,
    chat_of,
    drive,
    shown,
    until,
)


def test_an_empty_library_asks_for_a_path_then_for_questions(
    empty: ScriptedLibrary, newsroom: Path
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        assert "No articles here yet." in shown(pilot)
        assert "a file or folder with articles" in shown(pilot)
        main.view.prompt.value = "nowhere"
        await pilot.press("enter")
        await until(pilot, lambda: "nowhere" in shown(pilot))
        main.view.prompt.value = str(newsroom)
        await pilot.press("enter")
        await until(pilot, lambda: main.talk.articles == 3)
        await until(pilot, lambda: "3 new · 0 changed" in shown(pilot))
        assert "3 articles" in shown(pilot)
        assert "ask about your articles" in shown(pilot)
        await ask(pilot, MINERS)
        assert "likely" in shown(pilot)

    drive(chat(empty), act)


def test_asking_works_during_indexing(
    scripted: ScriptedLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = tmp_path / "more"
    more.mkdir()
    (more / "new.txt").write_text("The harbour was reopened on Friday after repairs.\n")
    gate = threading.Event()
    add = scripted.add

    def slowly(*paths: Any, **given: Any) -> Any:
        given["progress"](1, 4, add())
        gate.wait(timeout=30)
        return add(*paths, **given)

    monkeypatch.setattr(scripted, "add", slowly)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        await pilot.press("f5")
        await pilot.press("enter")
        assert "Type a file or folder." in shown(pilot)
        await pilot.press(*str(more), "enter")
        await until(pilot, lambda: main.view.bottom.status == "indexing 25% · 0 articles")
        await ask(pilot, COMMANDED)
        assert "sure" in shown(pilot)
        gate.set()
        await until(pilot, lambda: main.talk.articles == 4)

    drive(chat(scripted), act)


def test_paths_of_the_command_line_are_indexed_at_once(
    empty: ScriptedLibrary, newsroom: Path
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: chat_of(pilot).main.talk.articles == 3)

    drive(chat(empty, index=[str(newsroom)]), act)


def test_the_header_counts_while_the_first_articles_come_in(
    empty: ScriptedLibrary, newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    add = empty.add

    first = threading.Event()

    def slowly(*paths: Any, **given: Any) -> Any:
        first.wait(timeout=30)
        given["progress"](1, 3, add(newsroom / "chile.md"))
        gate.wait(timeout=30)
        return add(*paths, **given)

    monkeypatch.setattr(empty, "add", slowly)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        main.view.prompt.value = str(newsroom)
        await pilot.press("enter")
        await until(pilot, lambda: "The articles are being read." in shown(pilot))
        await pilot.press(*"Who?", "enter")
        await until(pilot, lambda: "not there yet" in main.view.bottom._remark)
        assert main.view.prompt.value == "Who?"  # not taken for a path
        first.set()
        await until(pilot, lambda: "1 article " in shown(pilot).splitlines()[0])
        assert main.view.bottom.status == "indexing 33% · 1 article"
        await ask(pilot, MINERS)  # it can be asked already
        assert "likely" in shown(pilot)
        gate.set()
        await until(pilot, lambda: "3 articles" in shown(pilot).splitlines()[0])

    drive(chat(empty), act)


def test_models_load_while_the_person_types(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    loaded = scripted.encoder

    def slowly(library: Library) -> Any:
        gate.wait(timeout=30)
        return loaded

    monkeypatch.setattr(ScriptedLibrary, "encoder", property(slowly))
    app = chat(scripted)

    async def run() -> None:
        async with app.run_test(size=(120, 30)) as pilot:
            await until(pilot, lambda: "loading the models …" in shown(pilot))
            await pilot.press(*MINERS, "enter")
            await until(pilot, lambda: "looking …" in shown(pilot))
            assert app.main.talk.entries[0].is_pending
            gate.set()
            await until(pilot, lambda: "likely" in shown(pilot))

    asyncio.run(run())


def test_a_model_mismatch_shows_the_command_that_fixes_it(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = "The library was made by other. To embed it again: qa index --reembed --model words"

    def mismatch(library: Library) -> Any:
        raise ModelMismatchError(error)

    monkeypatch.setattr(ScriptedLibrary, "encoder", property(mismatch))
    monkeypatch.setattr("qa.answering.session.Session.encoder", property(mismatch))

    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "This library cannot be used as it is." in shown(pilot))
        assert "qa index --reembed --model words" in " ".join(shown(pilot).split())
        await pilot.press(*MINERS, "enter")
        await until(pilot, lambda: bool(chat_of(pilot).main.talk.entries[0].error))
        assert "--reembed" in chat_of(pilot).main.talk.entries[0].error

    drive(chat(scripted), act)


def test_leaving_does_not_wait_for_a_library_that_never_opens(scripted: ScriptedLibrary) -> None:
    backend = ChatApp(lambda: scripted).backend  # nothing opens the library
    adding = threading.Thread(target=lambda: backend.add(["news"], Scope()), daemon=True)
    adding.start()
    adding.join(0.2)
    assert adding.is_alive()
    backend.leave()
    adding.join(10)
    assert not adding.is_alive()


def test_leaving_while_indexing_says_what_it_waits_for(
    scripted: ScriptedLibrary, newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    add = scripted.add

    def slowly(*paths: Any, **given: Any) -> Any:
        gate.wait(timeout=30)
        given["progress"](1, 4, add())
        raise AssertionError("indexing went on after the person left")

    monkeypatch.setattr(scripted, "add", slowly)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        main.add_articles(str(newsroom))
        await pilot.press("ctrl+q")
        assert main.view.bottom.status == LEAVING
        assert LEAVING in shown(pilot)
        await pilot.press("ctrl+q")  # again: it still waits
        assert pilot.app.return_code is None
        gate.set()
        await until(pilot, lambda: pilot.app.return_code == 0)

    drive(chat(scripted), act)


def test_a_library_that_cannot_be_opened(tmp_path: Path, home: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    app = ChatApp(lambda: Library.open(tmp_path / "file" / "library"))

    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "This library cannot be used as it is." in shown(pilot))
        assert "cannot hold a library" in " ".join(shown(pilot).replace("│", "").split())
        await pilot.press("a", "enter")
        await until(pilot, lambda: "could not be opened" in shown(pilot))

    drive(app, act)


def test_an_error_while_answering_is_shown(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ValueError("[/foo] all is [b lost")

    monkeypatch.setattr(scripted, "ask", broken)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        main.view.prompt.value = MINERS
        await pilot.press("enter")
        await until(pilot, lambda: "[/foo] all is [b lost" in shown(pilot))
        await pilot.press("f2")
        await pilot.press("escape", "h", "i")
        assert main.view.prompt.value == "hi"

    drive(chat(scripted), act)


def test_a_turn_that_cannot_be_stored_is_reported_and_still_shown(
    scripted: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Any:
        raise UsageError("the disk is full")

    monkeypatch.setattr(scripted, "add_turn", full)

    async def act(pilot: Pilot[None]) -> None:
        main = chat_of(pilot).main
        main.view.prompt.value = MINERS
        await pilot.press("enter")
        await until(pilot, lambda: "Not stored: the disk is full" in shown(pilot))
        assert "likely" in shown(pilot)
        await pilot.press("ctrl+g")
        assert main.view.bottom.status == "this answer is not stored yet"

    drive(chat(scripted), act)


def test_the_theme_is_remembered(scripted: ScriptedLibrary, home: Path) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert pilot.app.theme == "qa-dark"
        await pilot.press("down")
        await until(pilot, lambda: pilot.app.theme == "qa-light")  # shown before it is chosen
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.theme == "qa-dark")
        assert remembered_theme() is None
        await pilot.press("ctrl+t", *"qa-l")
        await until(pilot, lambda: pilot.app.theme == "qa-light")
        await pilot.press("enter")
        await until(pilot, lambda: remembered_theme() == "qa-light")
        assert pilot.app.theme == "qa-light"

    drive(chat(scripted), act)
    assert ChatApp(lambda: scripted).theme == "qa-light"
    (home / "data" / "chat.json").write_text(json.dumps({"theme": "gone"}))
    assert ChatApp(lambda: scripted).theme in {"qa-dark", "qa-light", "ansi-dark", "ansi-light"}
    (home / "data" / "chat.json").write_text("[")
    assert remembered_theme() is None


def test_the_first_theme_fits_the_terminal() -> None:
    assert first_theme({}, "truecolor") == "qa-dark"
    assert first_theme({"COLORFGBG": "0;15"}, "truecolor") == "qa-light"
    assert first_theme({"COLORFGBG": "15;0"}, "256") == "qa-dark"
    assert first_theme({"COLORFGBG": "0;15"}, "standard") == "ansi-light"
    assert first_theme({}, "standard") == "ansi-dark"


def test_without_textual_serve_the_error_names_the_command_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    with pytest.raises(UsageError, match=r"pip install 'article-qa\[web\]'"):
        web.make_server("qa chat", 8222)


def test_the_page_asks_nothing_of_another_host_and_takes_the_focus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("textual_serve")
    from aiohttp.test_utils import make_mocked_request

    server = web.make_server("qa chat", 8222)
    printed: list[str] = []
    monkeypatch.setattr(server.console, "print", lambda text, **_: printed.append(text))

    async def visit() -> str:
        app = await server._make_app()
        await server.on_startup(app)
        path = "/?" + printed[0].partition("?")[2].split()[0]
        request = make_mocked_request("GET", path, headers={"Host": "127.0.0.1:8222"}, app=app)
        app.freeze()
        response: Any = await server.handle_index(request)
        return str(response.text)

    page = asyncio.run(visit())
    asked = re.findall(r'(?:src|href|url)\W{1,3}((?:https?:)?//[^/"]+)', page)
    assert set(asked) == {"http://127.0.0.1:8222"}
    assert "font-face" not in page
    assert '<link rel="icon" href="data:image/svg+xml,' in page
    assert ".focus()" in page


def test_in_a_browser_only_the_own_page_can_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("textual_serve")
    from aiohttp import web as http
    from aiohttp.test_utils import make_mocked_request

    server = web.make_server("qa chat", 8222)
    assert (server.host, server.port) == ("127.0.0.1", 8222)

    async def visit(headers: dict[str, str], path: str) -> None:
        request = make_mocked_request("GET", path, headers=headers)
        handler = server.handle_websocket if path == "/ws" else server.handle_index
        await handler(request)

    printed: list[str] = []
    monkeypatch.setattr(server.console, "print", lambda text, **_: printed.append(text))
    asyncio.run(server.on_startup(http.Application()))
    token = printed[0].partition("token=")[2].split()[0]
    assert len(token) >= 24
    own = {"Host": "127.0.0.1:8222"}
    page = {**own, "Origin": "http://127.0.0.1:8222"}
    for headers, path in (
        ({"Host": "evil.example:8222"}, f"/?token={token}"),
        ({**own, "Origin": "http://evil.example", "Cookie": f"qa-8222={token}"}, "/ws"),
        ({**own, "Cookie": f"qa-8222={token}"}, "/ws"),
        (own, "/"),
        (own, f"/?token={token[:-1]}"),
        (page, "/ws"),
        ({**page, "Cookie": "qa-8222=guess"}, "/ws"),
    ):
        with pytest.raises(http.HTTPForbidden):
            asyncio.run(visit(headers, path))
