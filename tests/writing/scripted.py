"""A server on loopback that plays a script, and keeps what it was sent."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from qa.language_model import LanguageModel

Step = bytes | Callable[[socket.socket], None]
Play = Sequence[Step]

CERTIFICATE = Path(__file__).with_name("certificate.pem")
"""Key and certificate for 127.0.0.1, of nobody's authority. Made for these tests."""


class Scripted:
    """Plays one script for each connection, the last one again and again."""

    def __init__(self, *plays: Play, tls: bool = False) -> None:
        self._plays = plays
        self._context: ssl.SSLContext | None = None
        if tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(CERTIFICATE)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.requests: list[tuple[Mapping[str, str], Any]] = []
        """The headers, in lower case, and the JSON body of each request; ``line`` is its first."""
        self.connections = 0
        """How many were accepted."""
        self.left = threading.Event()
        """Set when a client ended a connection before the script did."""
        self.asked = threading.Event()
        """Set when the first request has come."""
        scheme = "https" if tls else "http"
        self.address = f"{scheme}://127.0.0.1:{self._listening.getsockname()[1]}/v1"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(10)

    def model(self, name: str = "", key: str = "", budget: int = 3_000) -> LanguageModel:
        """The settings that name this server."""
        return LanguageModel(self.address, name, key, budget, 30)

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        self._threads.append(threading.Thread(target=target, args=arguments))
        self._threads[-1].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            play = self._plays[min(self.connections, len(self._plays) - 1)]
            self.connections += 1
            self._start(self._serve, client, play)

    def _serve(self, client: socket.socket, play: Play) -> None:
        client.settimeout(10)
        with suppress(OSError), client:
            if self._context is not None:
                client = self._context.wrap_socket(client, server_side=True)
            with client:
                self.requests.append(_read(client))
                self.asked.set()
                for step in play:
                    if isinstance(step, bytes):
                        client.sendall(step)
                    else:
                        step(client)
                client.shutdown(socket.SHUT_WR)
                return
        self.left.set()

    def until_left(self, client: socket.socket) -> None:
        """A step: wait until the client ends the connection."""
        while client.recv(1_000):
            pass
        self.left.set()


def _read(client: socket.socket) -> tuple[Mapping[str, str], Any]:
    """The headers and the body of a request."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += client.recv(65_536) or _gone()
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
    while len(body) < int(headers["content-length"]):
        body += client.recv(65_536) or _gone()
    return {"line": line, **headers}, json.loads(body)


def _gone() -> bytes:
    raise ConnectionError


def head(status: str = "200 OK", kind: str = "text/event-stream", **headers: str) -> bytes:
    """The head of a reply that ends with the connection."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Connection: close\r\n\r\n".encode()


def refusal(status: str, message: str = "", **headers: str) -> Play:
    """A reply with a status and OpenAI's error object."""
    body = json.dumps({"error": {"message": message, "type": "some_error", "code": None}})
    return [head(status, "application/json", **headers), body.encode()]


def event(value: object) -> bytes:
    """A server-sent event with a JSON value."""
    return f"data: {json.dumps(value)}\n\n".encode()


def said(text: str, finish: str | None = None) -> bytes:
    """An event with a piece of an answer."""
    delta = {"content": text} if text else {}
    return event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


USAGE = event({"choices": [], "usage": {"prompt_tokens": 70, "completion_tokens": 9}})
DONE = b"data: [DONE]\n\n"


def answer(*texts: str) -> Play:
    """A whole answer, as servers stream it."""
    return [head(), *map(said, texts), said("", "stop"), USAGE, DONE]
