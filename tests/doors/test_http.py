"""The HTTP server and its guard, asked in this process, with doubles for the models."""

import asyncio
import json
import os
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from jsonschema import Draft202012Validator

from qa.doors import guard, http_server
from qa.doors import service as services
from qa.doors.guard import Guard, listen, token, token_file
from qa.doors.http_server import OPEN_PATHS, make_app, openapi
from qa.doors.service import Service
from qa.errors import UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

BASE = "http://127.0.0.1:8223"
TOKEN = {"Authorization": "Bearer secret"}
WHO = "Who chose a president in France?"


def talk(served: Service, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """Return what a client of the app behind its guard gets."""

    async def connected() -> Any:
        guarded = Guard(make_app(served), 8223, "secret", OPEN_PATHS)
        transport = httpx2.ASGITransport(guarded)
        async with httpx2.AsyncClient(transport=transport, base_url=BASE, headers=TOKEN) as client:
            return await work(client)

    return asyncio.run(connected())


def post(served: Service, path: str, **more: Any) -> Any:
    return talk(served, lambda client: client.post(path, **more))


@contextmanager
def serving(app: "ASGIApp") -> Iterator[tuple[str, int]]:
    """Serve an app as the doors do; yield its address."""
    server, listening = guard.make_server(app), listen(0)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()


async def _slow(scope: "Scope", receive: "Receive", send: "Send") -> None:
    """An app that answers after longer than a head may take."""
    if scope["type"] == "http":
        await asyncio.sleep(0.4)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})


def test_an_answer_comes_as_json(service: Service) -> None:
    response = post(service, "/ask", json={"question": WHO})
    assert response.status_code == 200
    assert response.json()["status"] == "answered"
    assert response.json()["citations"][0]["sentence"] == "Voters in France chose a president."


def test_the_document_describes_what_the_tools_return(service: Service) -> None:
    document = talk(service, lambda client: client.get("/openapi.json")).json()
    assert document == json.loads(json.dumps(openapi()))
    for path, arguments in (
        ("/ask", {"question": WHO}),
        ("/search", {"query": "ash"}),
        ("/read", {"article": "volcano.txt"}),
        ("/overview", {}),
        ("/verify", {"references": ["nowhere.txt#0-5@0123456789ab"]}),
    ):
        operation = document["paths"][path]["post"]
        sent = operation["requestBody"]["content"]["application/json"]["schema"]
        given = operation["responses"]["200"]["content"]["application/json"]["schema"]
        for schema, value in (
            (sent, arguments),
            (given, post(service, path, json=arguments).json()),
        ):
            whole = {**schema, "components": document["components"]}
            Draft202012Validator(whole).validate(value)


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"{", 400, "not JSON"),
        (b"[1]", 400, "the arguments: input should be a valid dictionary"),
        (b'{"question": "\\ud800"}', 400, "not JSON"),
        (b'{"question": "x", "foo": 1}', 400, "there is no parameter 'foo'"),
        (b"[" * 100_000, 400, "not JSON"),
        (b"x" * 600_000, 413, "at most 524288 bytes"),
        (json.dumps({f"{n}{'x' * 500}": n for n in range(900)}).encode(), 400, "no parameter '0x"),
    ],
    ids=["cut", "list", "surrogate", "unknown", "deep", "large", "many"],
)
def test_a_request_that_makes_no_sense_is_refused_in_one_line(
    service: Service, body: bytes, status: int, says: str
) -> None:
    response = post(service, "/ask", content=body)
    assert response.status_code == status
    assert says in response.json()["error"]
    assert len(response.content) < 500


def test_other_paths_and_methods_are_refused(service: Service) -> None:
    assert post(service, "/shout").status_code == 404
    assert talk(service, lambda client: client.get("/ask")).status_code == 405


def test_a_request_without_the_token_is_refused(service: Service) -> None:
    for given in ("", "Bearer wrong", "secret", "Bearer secret "):
        response = post(service, "/ask", json={"question": WHO}, headers={"Authorization": given})
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
        assert str(token_file()) in response.json()["error"]


@pytest.mark.parametrize("path", sorted(OPEN_PATHS))
def test_what_tells_nothing_of_the_articles_needs_no_token(service: Service, path: str) -> None:
    response = talk(service, lambda client: client.get(path, headers={"Authorization": ""}))
    assert response.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example:8223"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:80"},
        {"Origin": "https://evil.example"},
        {"Origin": BASE},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_another_host_or_a_web_page_is_refused(service: Service, headers: dict[str, str]) -> None:
    assert post(service, "/overview", headers=headers).status_code == 421
    response = talk(service, lambda client: client.get("/health", headers=headers))
    assert response.status_code == 421


def test_many_clients_get_what_one_gets(service: Service) -> None:
    questions = [WHO, "What closed the airports of Europe?", "Where did a volcano erupt?"] * 8

    async def work(client: Any) -> list[Any]:
        async def ask(question: str) -> Any:
            return (await client.post("/ask", json={"question": question})).json()

        return [await asyncio.gather(*map(ask, questions)), [await ask(q) for q in questions]]

    together, alone = talk(service, work)
    assert together == alone


def test_too_many_at_once_are_told_to_come_back(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_WAITING", 2)
    begun, go_on = Event(), Event()

    async def work(client: Any) -> None:
        def block() -> None:
            begun.set()
            go_on.wait(30)

        running = [asyncio.ensure_future(service.run(block)) for _ in range(2)]
        await asyncio.to_thread(begun.wait)
        busy = await client.post("/overview")
        assert (busy.status_code, busy.headers["retry-after"]) == (503, "2")
        go_on.set()
        await asyncio.gather(*running)
        assert (await client.post("/overview")).status_code == 200

    talk(service, work)


def test_what_takes_too_long_is_given_up(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "REQUEST_SECONDS", 0.05)
    go_on = Event()
    monkeypatch.setattr(service.shelf.library, "articles", lambda scope: go_on.wait(30) and [])
    response = post(service, "/overview")
    go_on.set()
    assert (response.status_code, response.json()["error"]) == (504, "That took too long.")


def test_health_says_whether_the_models_are_loaded(service: Service) -> None:
    def health() -> Any:
        return talk(service, lambda client: client.get("/health")).json()

    assert health() == {"status": "ready"}
    service._ready.clear()
    assert health() == {"status": "preparing"}


def test_the_token_is_kept_in_a_file_for_its_owner_alone(home: Path) -> None:
    first = token()
    assert len(first) == 32
    assert token() == first
    assert token_file().read_text() == f"{first}\n"
    assert stat.S_IMODE(token_file().stat().st_mode) == 0o600
    token_file().unlink()
    assert token() != first


def test_a_token_that_others_can_read_is_not_used(home: Path) -> None:
    token()
    os.chmod(token_file(), 0o644)
    with pytest.raises(UsageError, match="Others can read the token in "):
        token()


@pytest.mark.parametrize("content", [b"", b"\n", b"short\n", b"\xff" * 40, b"a b" * 20])
def test_a_file_without_a_token_is_not_used(home: Path, content: bytes) -> None:
    token()
    token_file().write_bytes(content)
    with pytest.raises(UsageError, match="holds no token"):
        token()


def test_doors_that_start_at_once_have_one_token(home: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: token(), range(8)))
    assert made == {token_file().read_text().strip()}
    assert [each.name for each in token_file().parent.iterdir()] == ["token"]


@pytest.mark.parametrize("begun", [b"", b"POST /ask HTTP/1.1\r\nHos"])
def test_a_client_that_sends_no_whole_head_is_left(
    monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(guard, "HEAD_SECONDS", 0.2)
    with (
        serving(_slow) as address,
        socket.create_connection(address, timeout=8) as client,
    ):
        client.sendall(begun)
        assert client.recv(1_000) == b""


def test_a_client_that_thinks_between_requests_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "HEAD_SECONDS", 0.2)
    with serving(_slow) as address, httpx2.Client(base_url="http://{}:{}".format(*address)) as one:
        assert [one.get("/").text for _ in range(2)] == ["done", "done"]


def test_a_client_that_leaves_is_no_fault(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
    with serving(make_app(service)) as address:
        with socket.create_connection(address, timeout=30) as client:
            client.sendall(head.encode())
        assert httpx2.get("http://{}:{}/health".format(*address)).json() == {"status": "ready"}
    assert capsys.readouterr().err == ""


def test_a_fault_is_told_once(
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(service.shelf.library, "articles", lambda scope: 1 // 0)
    with serving(make_app(service)) as address:
        response = httpx2.post("http://{}:{}/overview".format(*address))
    assert response.json() == {"error": "The request failed; the server's output says why."}
    assert response.status_code == 500
    assert f"{capsys.readouterr().err}{caplog.text}".count("ZeroDivisionError: ") == 1


def test_a_port_in_use_is_named() -> None:
    with listen(0) as listening:
        assert listening.getsockname()[0] == guard.ADDRESS
        with pytest.raises(UsageError, match=r"cannot be used: Address .* in use\. Try --port\.$"):
            listen(listening.getsockname()[1])
