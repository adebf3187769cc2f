"""The MCP server, asked by the official client: in this process, with doubles for the models."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Event
from typing import Any, Literal

import pytest
from jsonschema import Draft202012Validator
from mcp import Client, MCPError
from mcp_types import CallToolResult

from qa.doors import mcp_server
from qa.doors import service as services
from qa.doors.mcp_server import make_server
from qa.doors.service import Service
from qa.doors.tools import Shelf
from qa.library import Library

Mode = Literal["legacy", "auto"]
WHO = "Who chose a president in France?"


def talk(served: Service, work: Callable[[Client], Awaitable[Any]], mode: Mode = "legacy") -> Any:
    """Return what a client gets; it speaks the older protocol with a handshake, or the newer."""

    async def connected() -> Any:
        async with Client(make_server(served), mode=mode) as client:
            return await work(client)

    return asyncio.run(connected())


def called(served: Service, name: str, **arguments: Any) -> CallToolResult:
    result = talk(served, lambda client: client.call_tool(name, arguments))
    assert isinstance(result, CallToolResult)
    return result


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_client_gets_an_answer_that_fits_the_schema(service: Service, mode: Mode) -> None:
    async def work(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools) == ["ask", "search", "read", "overview", "verify"]
        result = await client.call_tool("ask", {"question": WHO})
        assert not result.is_error
        assert result.structured_content["status"] == "answered"
        schema = tools["ask"].output_schema
        assert schema
        Draft202012Validator(schema).validate(result.structured_content)

    talk(service, work, mode)


def test_the_text_of_a_result_is_its_json(service: Service) -> None:
    import json

    result = called(service, "overview")
    assert json.loads(result.content[0].text) == result.structured_content  # type: ignore[union-attr]


def test_the_tools_say_that_they_only_read(service: Service) -> None:
    for tool in talk(service, lambda client: client.list_tools()).tools:
        hints = tool.annotations
        assert (hints.read_only_hint, hints.destructive_hint) == (True, False)
        assert (hints.idempotent_hint, hints.open_world_hint) == (True, False)
        assert tool.input_schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("ask", {"question": WHO, "foo": 1}, "there is no parameter 'foo'"),
        ("read", {"article": "nowhere"}, "No article is called nowhere"),
        ("verify", {"references": ["x"]}, "x is not a reference"),
        ("shout", {}, "There is no tool 'shout'; there are ask, search,"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_an_error_of_the_tool(
    service: Service, name: str, arguments: dict[str, Any], says: str
) -> None:
    result = called(service, name, **arguments)
    assert result.is_error
    assert says in result.content[0].text  # type: ignore[union-attr]


def test_a_fault_of_ours_is_an_error_without_a_traceback(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.shelf.library, "articles", lambda scope: 1 // 0)
    result = called(service, "overview")
    assert result.is_error
    assert result.content[0].text.startswith("ZeroDivisionError: ")  # type: ignore[union-attr]


def test_every_article_is_a_resource(
    service: Service, monkeypatch: pytest.MonkeyPatch, articles: Path
) -> None:
    monkeypatch.setattr(mcp_server, "PAGE", 1)

    async def work(client: Client) -> None:
        first = await client.list_resources()
        assert first.next_cursor == "1"
        second = await client.list_resources(cursor=first.next_cursor)
        assert second.next_cursor is None
        assert [Path(each.name).name for each in (*first.resources, *second.resources)] == [
            "election.txt",
            "volcano.txt",
        ]
        [content] = (await client.read_resource(second.resources[0].uri)).contents
        assert content.text == (articles / "volcano.txt").read_text()  # type: ignore[union-attr]
        [template] = (await client.list_resource_templates()).resource_templates
        assert template.uri_template == "qa://article/{id}"
        for uri in ("qa://article/999", "qa://article/x", "file:///etc/passwd"):
            with pytest.raises(MCPError):
                await client.read_resource(uri)
        with pytest.raises(MCPError, match="There is no page 'x'"):
            await client.list_resources(cursor="x")

    talk(service, work)


def test_a_resource_is_the_article_with_its_number_and_no_other(
    service: Service, articles: Path
) -> None:
    (articles / "2023").write_text("The fair of Grauburg opened.\n")
    service.shelf.library.add(articles)
    assert "fair" in called(service, "read", article="2023").structured_content["text"]

    async def work(client: Client) -> None:
        for uri in ("qa://article/2023", "qa://article/\u0661"):
            with pytest.raises(MCPError):
                await client.read_resource(uri)

    talk(service, work)


def test_a_question_waits_for_articles_that_are_being_indexed(
    open_library: Callable[[], Library], articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, go_on = open_library(), Event()
    add = library.add
    monkeypatch.setattr(library, "add", lambda *a, **b: (go_on.wait(30), add(*a, **b))[1])
    monkeypatch.setattr(services, "PROGRESS_SECONDS", 0.0)
    served = Service(Shelf(library), [str(articles)])
    said: list[str | None] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        said.append(message)
        go_on.set()

    async def work(client: Client) -> None:
        early = await client.call_tool("overview", {})
        assert early.structured_content["notes"] == ["The articles are being indexed."]
        result = await client.call_tool("ask", {"question": WHO}, progress_callback=hear)
        assert result.structured_content["status"] == "answered"
        assert said[0] == "The articles are being indexed"

    talk(served, work)
    served.close()


def test_a_question_waits_only_so_long_and_says_what_is_missing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "WAIT_SECONDS", 0.0)
    service._ready.clear()
    service._indexing, service._state = True, "The articles are being indexed, 12% done"
    result = called(service, "ask", question=WHO)
    assert result.structured_content["status"] == "answered"
    assert result.structured_content["notes"] == ["The articles are being indexed, 12% done."]
    service._indexing = False


def test_files_that_could_not_be_read_are_noted(
    open_library: Callable[[], Library], articles: Path
) -> None:
    (articles / "broken.json").write_text('{"title": ')
    served = Service(Shelf(open_library()), [str(articles)])
    served.start()
    assert served._ready.wait(30)
    notes = called(served, "overview").structured_content["notes"]
    assert notes[0].startswith("1 files or records could not be read, such as ")
    served.close()


def test_a_cancelled_call_that_has_not_begun_is_dropped(service: Service) -> None:
    begun, go_on, ran = Event(), Event(), []

    async def work() -> None:
        def block() -> None:
            begun.set()
            go_on.wait(30)

        running = [asyncio.ensure_future(service.run(block)) for _ in range(2)]
        await asyncio.to_thread(begun.wait)
        waiting = asyncio.ensure_future(service.run(lambda: ran.append(1)))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        go_on.set()
        await asyncio.gather(*running)
        assert await service.run(lambda: 5) == 5

    asyncio.run(work())
    assert ran == []
    assert service._waiting == 0
