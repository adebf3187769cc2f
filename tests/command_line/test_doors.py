"""``qa mcp`` and ``qa serve`` as processes, asked by the official client and over HTTP."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from tests.command_line.articles import UNKNOWN, WHO
from tests.command_line.shell import NO_VARIABLES, Shell

pytestmark = pytest.mark.slow

NOISE = (
    "import os, sys, subprocess, warnings\n"
    "import qa.library\n"
    "opened = qa.library.Library.conversation\n"
    "def noisy(*given, **more):\n"
    "    print('printed')\n"
    "    os.write(1, b'written\\n')\n"
    "    subprocess.run(['echo', 'said by a program'])\n"
    "    warnings.warn('a warning')\n"
    "    return opened(*given, **more)\n"
    "qa.library.Library.conversation = noisy\n"
    "from qa.cli import main\n"
    "sys.argv = ['qa', 'mcp']\n"
    "main()\n"
)
"""Runs ``qa mcp`` with a library that prints in every way."""


def talk(transport: Any, work: Callable[[Client], Awaitable[None]], mode: str = "legacy") -> None:
    async def connected() -> None:
        async with Client(transport, mode=mode) as client:
            await work(client)

    asyncio.run(connected())


async def asked_and_checked(client: Client) -> None:
    """Ask, read and verify what was cited; ask what the articles do not say."""
    found = (await client.call_tool("ask", {"question": WHO})).structured_content
    assert found["status"] == "answered"
    assert "Ingrid Solheim" in found["answer"]
    assert (found["citations"][0]["line"], found["citations"][0]["page"]) == (3, None)
    reference = found["citations"][0]["reference"]
    checked = await client.call_tool("verify", {"references": [reference]})
    assert checked.structured_content["references"][0]["standing"] == "holds"
    part = await client.call_tool("read", {"article": reference, "limit": 100})
    assert part.structured_content["text"].startswith("Captain Ingrid Solheim commands")
    unknown = await client.call_tool("ask", {"question": UNKNOWN})
    assert (unknown.is_error, unknown.structured_content["status"]) == (False, "not_found")
    refused = await client.call_tool("ask", {"question": WHO, "language": "en"})
    assert refused.is_error
    assert len((await client.list_resources()).resources) > 5


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_an_agent_asks_over_stdio(qa: Shell, mode: str) -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "qa", "mcp"],
        env=qa.environment,
        cwd=qa.folder,
    )
    talk(server, asked_and_checked, mode)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_an_agent_asks_over_http(qa: Shell, mode: str) -> None:
    with running(qa, "mcp", "--http") as (address, headers):

        async def connected() -> None:
            async with httpx2.AsyncClient(headers=headers) as http:
                transport = streamable_http_client(address, http_client=http)
                async with Client(transport, mode=mode) as client:
                    await asked_and_checked(client)
            async with httpx2.AsyncClient() as http:
                assert (await http.post(address, json={})).status_code == 401
                rebound = {**headers, "Host": "evil.example"}
                assert (await http.post(address, json={}, headers=rebound)).status_code == 421
                page = {**headers, "Origin": "https://evil.example"}
                assert (await http.post(address, json={}, headers=page)).status_code == 421

        asyncio.run(connected())


def test_nothing_but_the_protocol_is_on_stdout(qa: Shell) -> None:
    """The client is no friend here: each line on stdout is read as it is."""
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}}
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": {**hello, "clientInfo": _named("test")}},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": _named("ask", arguments={"question": WHO})},
    ]
    lines = "".join(json.dumps({"jsonrpc": "2.0", **each}) + "\n" for each in messages)
    with subprocess.Popen(
        [sys.executable, "-c", NOISE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=qa.folder,
        env=qa.environment,
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(lines)
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        rest, said = process.stdout.read(), process.stderr.read()
    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[1]["result"]["structuredContent"]["status"] == "answered"
    assert (rest, process.returncode) == ("", 0)
    for noise in ("printed", "written", "said by a program", "a warning"):
        assert noise in said


def test_a_folder_is_indexed_and_only_its_articles_are_shown(fresh: Shell) -> None:
    (fresh.folder / "mine").mkdir()
    (fresh.folder / "mine" / "mayor.txt").write_text("The mayor of Grauburg is Anna Holm.\n")
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "qa", "mcp", "mine"],
        env=fresh.environment,
        cwd=fresh.folder,
    )

    async def work(client: Client) -> None:
        found = await client.call_tool("ask", {"question": "Who is the mayor of Grauburg?"})
        assert "Anna Holm" in found.structured_content["answer"]

    talk(server, work)


def test_a_script_asks_over_http(qa: Shell) -> None:
    with (
        running(qa, "serve") as (address, headers),
        httpx2.Client(base_url=address, headers=headers, timeout=60) as client,
    ):
        found = client.post("/ask", json={"question": WHO}).json()
        assert "Ingrid Solheim" in found["answer"]
        assert client.get("/health").json() == {"status": "ready"}
        assert client.get("/openapi.json").json()["openapi"] == "3.1.0"


@pytest.mark.parametrize("command", [("serve",), ("mcp", "--http")], ids=" ".join)
def test_ctrl_c_ends_a_server_without_an_error(qa: Shell, command: tuple[str, ...]) -> None:
    process = qa.start(*command, "--port", "0")
    assert process.stderr and b"127.0.0.1" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_a_client_that_has_gone_ends_the_server(qa: Shell) -> None:
    process = qa.start("mcp")
    assert process.stdin and process.stdout and process.stderr
    process.stdout.close()
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": _named("test")}
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.close()
    assert process.wait(60) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize(
    ("command", "missing", "extra"),
    [("mcp", "mcp", "mcp"), ("serve", "uvicorn", "serve")],
)
def test_a_missing_package_is_named(qa: Shell, command: str, missing: str, extra: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; sys.argv = ['qa', {command!r}]\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}from qa.cli import main; main()"],
        capture_output=True,
        text=True,
        check=False,
        env=qa.environment,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"qa: This needs more packages: pip install 'article-qa[{extra}]'\n"


@pytest.mark.parametrize("command", ["mcp", "serve"])
def test_without_a_library_the_reason_is_given(fresh: Shell, command: str) -> None:
    assert fresh(command).is_refusal()


@contextmanager
def running(qa: Shell, *command: str) -> "Iterator[tuple[str, dict[str, str]]]":
    """Run a server on a free port; yield its address, and the header with the token."""
    process = qa.start(*command, "--port", "0", variables=NO_VARIABLES)
    assert process.stderr
    try:
        found = re.match(r"(http://\S+) ", process.stderr.readline().decode())
        assert found
        token = (qa.home / "data" / "token").read_text(encoding="ascii").strip()
        yield found[1], {"Authorization": f"Bearer {token}"}
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _named(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "version": "1", **more}
