"""The client of a language model's server, against one that fails in every way."""

import json
import socket
import threading
import time
from pathlib import Path

import pytest

from qa.errors import ServerError, UsageError
from qa.language_model import LanguageModel
from qa.writing.exchange import Limits
from qa.writing.server import Ended, HttpChatServer, Message
from tests.writing.scripted import (
    CERTIFICATE,
    DONE,
    USAGE,
    Play,
    Scripted,
    answer,
    event,
    head,
    refusal,
    said,
)

ASKED = [Message("system", "Be brief."), Message("user", "Where?")]
KEY = "sk-abc123"
PATIENT = Limits(first_seconds=20, next_seconds=20, whole_seconds=20)


def reply(server: HttpChatServer) -> tuple[str, Ended]:
    """The whole text, and how it ended."""
    *texts, ended = server.stream(ASKED, most_tokens=50)
    assert isinstance(ended, Ended)
    return "".join(text for text in texts if isinstance(text, str)), ended


def failure(play: Play, limits: Limits = PATIENT, name: str = "small") -> str:
    """The message about a server that plays this; its address is written as ADDRESS."""
    with Scripted(play) as server, pytest.raises(ServerError) as raised:
        reply(HttpChatServer(server.model(name), limits))
    message = str(raised.value)
    assert "\n" not in message
    return message.replace(server.address, "ADDRESS")


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a variable that holds a key."""
    monkeypatch.setenv("MY_KEY", KEY)
    return "MY_KEY"


# What is sent


def test_a_request_has_the_messages_and_nothing_of_the_person(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Scripted(answer("On the ", "hill.")) as server:
        assert reply(HttpChatServer(server.model("small", key))) == (
            "On the hill.",
            Ended("done", 70, 9),
        )
    [(headers, body)] = server.requests
    assert headers["line"] == "POST /v1/chat/completions HTTP/1.1"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["user-agent"] == "article-qa"
    assert set(headers) == {
        *("line", "host", "accept", "accept-encoding", "connection", "content-type"),
        *("content-length", "user-agent", "authorization"),
    }
    assert body == {
        "model": "small",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Where?"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "max_tokens": 50,
    }


def test_making_a_client_contacts_nobody() -> None:
    with Scripted(answer("Yes.")) as server:
        HttpChatServer(server.model())
    assert server.connections == 0


def test_proxies_and_netrc_of_the_environment_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Scripted(answer("Proxy.")) as proxy, Scripted(answer("Named.")) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.address.removesuffix("/v1"))
        assert reply(HttpChatServer(server.model()))[0] == "Named."
    assert proxy.connections == 0
    assert "authorization" not in server.requests[0][0]


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_refused(status: str, key: str) -> None:
    with Scripted(answer("Stolen.")) as other:
        to = f"{other.address}/chat/completions"
        with Scripted([head(status, Location=to)]) as server, pytest.raises(ServerError) as raised:
            reply(HttpChatServer(server.model("small", key)))
    assert str(raised.value) == f"{server.address} redirects to {to}, which qa does not follow."
    assert other.connections == 0


def test_a_key_does_not_cross_a_network_in_plain_text(key: str) -> None:
    with pytest.raises(UsageError, match="MY_KEY would cross the network") as raised:
        HttpChatServer(LanguageModel("http://192.0.2.7:8000/v1", "", key, 3_000, 1))
    assert KEY not in str(raised.value)
    HttpChatServer(LanguageModel("https://192.0.2.7:8000/v1", "", key, 3_000, 1))
    HttpChatServer(LanguageModel("http://[::1]:8000/v1", "", key, 3_000, 1))
    HttpChatServer(LanguageModel("http://192.0.2.7:8000/v1", "", "", 3_000, 1))


@pytest.mark.parametrize(
    ("value", "part"),
    [("", "must hold the key"), ("a b", "is not a key"), ("schlüssel", "is not a key")],
)
def test_a_variable_without_a_key_is_refused(
    value: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", value)
    with pytest.raises(UsageError, match=part):
        HttpChatServer(LanguageModel("http://127.0.0.1:1/v1", "", "MY_KEY", 3_000, 1))


def test_the_key_is_in_no_message_even_if_the_server_repeats_it(key: str) -> None:
    play = refusal("401 Unauthorized", f"Incorrect API key provided: {KEY}.")
    with Scripted(play) as server, pytest.raises(ServerError) as raised:
        reply(HttpChatServer(server.model("", key)))
    assert str(raised.value) == (
        f"{server.address} refuses the key in MY_KEY; QA_LLM_KEY=NAME names another "
        "variable: Incorrect API key provided: …."
    )


@pytest.mark.parametrize("before", [190, 195, 199])
def test_a_message_that_is_cut_holds_no_part_of_the_key(before: int, key: str) -> None:
    play = refusal("500 Internal Server Error", f"{'x' * before}\u200b{KEY[:4]}\u200b{KEY[4:]}")
    with Scripted(play) as server, pytest.raises(ServerError) as raised:
        reply(HttpChatServer(server.model("", key)))
    assert "sk" not in str(raised.value)


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
@pytest.mark.parametrize("before", [50, 190])
def test_a_reply_that_is_no_json_shows_no_part_of_the_key(kind: str, before: int, key: str) -> None:
    play = [head(kind=kind), f"data: {'x' * before} {KEY} is refused\n\n".encode()]
    with Scripted(play) as server, pytest.raises(ServerError, match="is not JSON") as raised:
        reply(HttpChatServer(server.model("", key)))
    assert KEY[:2] not in str(raised.value)


def test_a_parameter_that_a_server_refuses_is_left_out() -> None:
    def without(parameter: str) -> Play:
        error = {"error": {"message": "Unsupported parameter", "param": parameter}}
        return [head("400 Bad Request", "application/json"), json.dumps(error).encode()]

    plays = without("max_tokens"), without("temperature"), answer("On the hill.")
    with Scripted(*plays) as server:
        assert reply(HttpChatServer(server.model()))[0] == "On the hill."
    last = server.requests[-1][1]
    assert (last["max_completion_tokens"], server.connections) == (50, 3)
    assert not {"max_tokens", "temperature"} & set(last)
    assert "failed with status 400" in failure(without("messages"))


# What comes back


@pytest.mark.parametrize(
    ("play", "wanted"),
    [
        ([head(), said("Ye"), said("s."), said("", "stop"), DONE], Ended("done")),
        ([head(), said("Yes."), DONE], Ended("done")),
        ([head(), said("Yes."), said("", "stop"), USAGE], Ended("done", 70, 9)),
        ([head(), said("Yes."), said("", "length"), DONE], Ended("length")),
        ([head(), said("<thi"), said("nk>No?</think>Yes."), DONE], Ended("done")),
        ([head(), event({"choices": []}), said("Yes.", "stop")], Ended("done")),
        (
            [
                head(kind="application/json"),
                b'{"choices":[{"message":{"content":"Yes."},"finish_reason":"stop"}]}',
            ],
            Ended("done"),
        ),
        ([head(), said("Yes.").replace(b"\n", b"\r\n"), DONE], Ended("done")),
    ],
    ids=["usual", "no reason", "no DONE", "length", "thoughts", "no choice", "whole", "CRLF"],
)
def test_an_answer_is_read_in_each_form_that_servers_have(play: Play, wanted: Ended) -> None:
    with Scripted(play) as server:
        assert reply(HttpChatServer(server.model())) == ("Yes.", wanted)


def test_a_reply_cut_into_single_bytes_is_the_same() -> None:
    raw = json.dumps({"choices": [{"delta": {"content": "Zürich — 東京 🙂 "}}]}, ensure_ascii=False)
    whole = f"data: {raw}\n\n: a comment\n\n".encode() + said("[1].", "stop") + DONE
    single = [head(), *(whole[at : at + 1] for at in range(len(whole)))]
    with Scripted(single) as server:
        assert reply(HttpChatServer(server.model()))[0] == "Zürich — 東京 🙂 [1]."


def test_a_character_that_json_cuts_into_two_pieces_is_joined() -> None:
    with Scripted([head(), said("A \ud83d"), said("\ude42."), DONE]) as server:
        assert reply(HttpChatServer(server.model()))[0] == "A 🙂."


def test_pieces_come_as_they_are_sent() -> None:
    go_on = threading.Event()

    def wait(_: socket.socket) -> None:
        go_on.wait(10)

    play: Play = [head(), said("First. "), wait, said("Last."), DONE]
    with Scripted(play) as server:
        stream = HttpChatServer(server.model()).stream(ASKED, most_tokens=50)
        assert next(stream) == "First. "
        go_on.set()
        assert list(stream) == ["Last.", Ended("done")]


# Failures


@pytest.mark.parametrize(
    ("play", "message"),
    [
        (
            refusal("401 Unauthorized", "No key"),
            "ADDRESS wants a key; QA_LLM_KEY=NAME names the variable that holds it: No key",
        ),
        (refusal("403 Forbidden", "Not here"), "ADDRESS forbids this (403): Not here"),
        (
            refusal("404 Not Found", 'model "small" not found, try pulling it first'),
            'ADDRESS has no model small (--llm-model): model "small" not found, try pulling it '
            "first",
        ),
        (
            refusal("404 Not Found", "File Not Found"),
            "ADDRESS is no OpenAI-compatible server; most end in /v1: File Not Found",
        ),
        (
            refusal("429 Too Many Requests", "Slow down", Retry_After="20"),
            "ADDRESS has had too many requests (429); it asks to wait 20 s: Slow down",
        ),
        (
            refusal("400 Bad Request", "This model's maximum context length is 4096 tokens."),
            "The passages are too long for the model; QA_LLM_TOKENS, now 3000, sets how much is "
            "sent: This model's maximum context length is 4096 tokens.",
        ),
        (refusal("500 Internal Server Error"), "ADDRESS failed with status 500."),
        (
            [head("502 Bad Gateway", "text/html"), b"<html><h1>Bad Gateway</h1></html>"],
            "ADDRESS answers with a web page (status 502), not as a language model's server; most "
            "addresses end in /v1.",
        ),
        (
            [head(kind="text/html"), b"<!doctype html><p>Ollama is running"],
            "ADDRESS answers with a web page (status 200), not as a language model's server; most "
            "addresses end in /v1.",
        ),
        (
            [head(kind="text/plain"), b"Ollama is running"],
            "The reply is no answer of a language model; most addresses end in /v1.",
        ),
        ([head(), b'data: {"choices": [{\n\n'], "The reply is not JSON, or was cut off: {…"),
        ([head(), event(["Yes."])], "ADDRESS failed while it wrote."),
        (
            [head(), event({"hits": 3})],
            "The reply is JSON, but no answer of a language model.",
        ),
        (
            [head(), said("It is"), event({"error": {"message": "CUDA out of memory"}})],
            "ADDRESS failed while it wrote: CUDA out of memory",
        ),
        ([head(), said("It is")], "ADDRESS broke off in the middle."),
        ([head(), said("Zürich")[:-20]], "The reply is not JSON, or was cut off: …"),
        ([head(), said("", "stop"), DONE], "small at HOST returned an empty answer."),
        (
            [head(), said("", "length"), DONE],
            "small at HOST spent its tokens on thinking and wrote no answer; try another model.",
        ),
        (
            [head(), said("", "content_filter"), DONE],
            "ADDRESS withheld its answer (its filter).",
        ),
        ([head(), event({"choices": [], "error": "busy"})], "ADDRESS failed while it wrote: busy"),
    ],
)
def test_each_failure_is_one_line(play: Play, message: str) -> None:
    found = failure(play)
    start, cut, _ = message.partition("…")
    if cut:
        assert found.startswith(start)
        return
    if "HOST" in message:
        found = f"small at HOST {found.split(' ', 3)[3]}"
    assert found == message


@pytest.mark.parametrize(
    "play",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", said("It is")],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n"],
        [b"not HTTP at all\r\n\r\n"],
        [],
    ],
    ids=["length", "chunk", "no HTTP", "nothing"],
)
def test_a_broken_connection_is_named(play: Play) -> None:
    assert failure(play).startswith("ADDRESS broke the connection off")


def test_a_message_of_a_server_cannot_control_the_terminal() -> None:
    found = failure(refusal("500 Internal Server Error", "\x1b[2J\u202eHa\r\n" + "ha " * 999))
    assert found.startswith("ADDRESS failed with status 500: Ha ha ha")
    assert len(found) < 300
    assert found.isprintable()


def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    with pytest.raises(ServerError) as raised:
        reply(HttpChatServer(LanguageModel(address, "", "", 3_000, 9)))
    assert str(raised.value) == f"Nothing listens at {address}: is the server running?"


def test_an_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(
        ServerError, match=r"host models\.invalid is unknown, or there is no network"
    ):
        reply(HttpChatServer(LanguageModel("http://models.invalid/v1", "", "", 3_000, 9)))


def test_a_certificate_must_be_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(answer("Yes."), tls=True) as server:
        with pytest.raises(ServerError) as raised:
            reply(HttpChatServer(server.model()))
        assert "is not trusted (self" in str(raised.value)
        assert not server.requests
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        assert reply(HttpChatServer(server.model()))[0] == "Yes."


def test_https_to_a_server_without_it() -> None:
    def garbage(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            client, _ = listening.accept()
            with client:
                client.recv(1_000)
                garbage(client)

        thread = threading.Thread(target=serve)
        thread.start()
        address = f"https://127.0.0.1:{listening.getsockname()[1]}/v1"
        with pytest.raises(ServerError, match=r"does not speak https \(.+\); try http"):
            reply(HttpChatServer(LanguageModel(address, "", "", 3_000, 9)))
        thread.join(10)


# Limits


@pytest.mark.parametrize(
    ("steps", "limits", "reason"),
    [
        ([], {"first_seconds": 0.2}, "sent no word in 0 s; QA_LLM_TIMEOUT sets how long"),
        ([head()], {"first_seconds": 0.2}, "sent no word in 0 s"),
        ([head(), b": ping\n\n", said("")], {"first_seconds": 0.2}, "sent no word in 0 s"),
        ([head(), said("It is")], {"next_seconds": 0.2}, "fell silent for 0 s in the middle"),
        ([head(), said("It is")], {"whole_seconds": 0.4}, "did not finish in 0 s"),
    ],
)
def test_a_server_that_falls_silent_is_left(
    steps: list[bytes], limits: dict[str, float], reason: str
) -> None:
    with Scripted([]) as server:
        server._plays = ([*steps, server.until_left],)
        client = HttpChatServer(server.model(), Limits(**limits))  # type: ignore[arg-type]
        with pytest.raises(ServerError, match=reason):
            reply(client)
        assert server.left.wait(10)


def test_comments_are_no_words() -> None:
    def ping(client: socket.socket) -> None:
        while True:
            client.sendall(b": ping\n\n")
            time.sleep(0.01)

    with Scripted([head(), ping]) as server:
        with pytest.raises(ServerError, match="sent no word"):
            reply(HttpChatServer(server.model(), Limits(first_seconds=0.3)))
        assert server.left.wait(10)


def test_a_caller_may_be_slow() -> None:
    with Scripted(answer("It ", "is ", "so.")) as server:
        limits = Limits(first_seconds=20, next_seconds=0.2)
        client = HttpChatServer(server.model(), limits)
        texts = []
        for text in client.stream(ASKED, most_tokens=9):
            texts.append(text)
            time.sleep(0.3)
    assert texts == ["It ", "is ", "so.", Ended("done", 70, 9)]


def test_a_flood_is_ended() -> None:
    def flood(client: socket.socket) -> None:
        while True:
            client.sendall(b"x" * 10_000)

    with Scripted([head(), flood]) as server:
        with pytest.raises(ServerError, match="sent more than any answer is long"):
            reply(HttpChatServer(server.model(), Limits(most_bytes=100_000)))
        assert server.left.wait(10)


def test_a_flood_of_words_is_ended() -> None:
    def flood(client: socket.socket) -> None:
        while True:
            client.sendall(said("word ") * 100)

    with Scripted([head(), flood]) as server:
        with pytest.raises(ServerError, match="sent more than any answer is long"):
            reply(HttpChatServer(server.model(), Limits(most_bytes=100_000)))
        assert server.left.wait(10)


# Leaving


@pytest.mark.parametrize("steps", [[], [head()], [head(), said("It is ")]], ids=len)
def test_setting_the_event_ends_the_connection(steps: list[bytes]) -> None:
    cancelled = threading.Event()
    with Scripted([]) as server:
        server._plays = ([*steps, server.until_left],)

        def cancel() -> None:
            server.asked.wait(10)
            time.sleep(0.1)
            cancelled.set()

        thread = threading.Thread(target=cancel)
        thread.start()
        stream = HttpChatServer(server.model()).stream(ASKED, most_tokens=9, cancelled=cancelled)
        assert list(stream)[-1] == Ended("cancelled")
        assert server.left.wait(10)
        thread.join(10)


def test_closing_the_iterator_ends_the_connection() -> None:
    with Scripted([]) as server:
        server._plays = ([head(), said("It is "), server.until_left],)
        stream = HttpChatServer(server.model()).stream(ASKED, most_tokens=9)
        assert next(stream) == "It is "
        stream.close()
        assert server.left.wait(10)


def test_a_look_up_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked, cancelled = threading.Event(), threading.Event(), threading.Event()

    def hang(*_: object, **__: object) -> None:
        asked.set()
        found.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    server = HttpChatServer(LanguageModel("http://models.invalid/v1", "", "", 3_000, 9))
    stream = server.stream(ASKED, most_tokens=9, cancelled=cancelled)

    def cancel() -> None:
        asked.wait(10)
        cancelled.set()

    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        assert list(stream) == [Ended("cancelled")]
        limits = Limits(connect_seconds=0.1)
        slow = HttpChatServer(LanguageModel("http://models.invalid/v1", "", "", 3_000, 9), limits)
        with pytest.raises(ServerError, match="its name is not found in time"):
            reply(slow)
    finally:
        found.set()
        thread.join(10)
