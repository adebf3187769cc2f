"""The client of a language model's server: any that speaks OpenAI's chat completions.

What is sent, and to whom: the messages, to the one address that the person named, with the key that
belongs to that address. Redirects are refused and the proxies of the environment are not used, so
no third machine sees either. A key is not sent over plain http, except to this machine.
"""

import json
import os
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from ..errors import UsageError
from ..language_model import LanguageModel, is_loopback
from .exchange import Exchange, Head, Limits, StoppedError
from .failures import Failures, detail_of_body
from .replies import Chunk, chunks_of, joined_surrogates, without_thoughts

ERROR_BYTES = 64_000
"""How much of a refusal is read."""

MOST_TRIES = 4
"""A request is sent again without a parameter that the server refuses; there are three of them."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a language model."""

    role: Literal["system", "user"]
    """Who says it: the program, or the person."""
    text: str
    """What it says."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a reply ended; the last that `ChatServer.stream` yields."""

    why: Literal["done", "length", "cancelled"]
    """``length``: at the most tokens that were asked for."""
    prompt_tokens: int | None = None
    """Tokens of the prompt, as the server counted them; None if it does not say."""
    tokens: int | None = None
    """Tokens of the reply; None if the server does not say."""


class ChatServer(Protocol):
    """Something that replies to messages, piece by piece."""

    @property
    def name(self) -> str:
        """What to call it, such as ``qwen3:4b at 127.0.0.1:11434``."""
        ...

    @property
    def budget_tokens(self) -> int:
        """Most tokens of a prompt."""
        ...

    def stream(
        self,
        messages: Sequence[Message],
        *,
        most_tokens: int,
        cancelled: threading.Event | None = None,
    ) -> Generator[str | Ended, None, None]:
        """Yield the reply in pieces, as they come, and then how it ended.

        Setting ``cancelled`` from any thread, or closing the iterator, ends the connection within
        a tenth of a second. Raises ServerError if the server fails in any way.
        """
        ...


class HttpChatServer:
    """A server at an address. Making one contacts nobody."""

    def __init__(self, server: LanguageModel, limits: Limits | None = None) -> None:
        """Raise UsageError if its key cannot be read, or would be readable on its way."""
        self._server = server
        self._limits = limits or Limits.of(server)
        self._key = _key_of(server)
        self._failures = Failures(server, self._key)

    @property
    def name(self) -> str:
        """The model's name, if one is known, and the host."""
        host = urlsplit(self._server.address).netloc
        return f"{self._server.model} at {host}" if self._server.model else host

    @property
    def budget_tokens(self) -> int:
        """Most tokens of a prompt."""
        return self._server.budget_tokens

    def stream(
        self,
        messages: Sequence[Message],
        *,
        most_tokens: int,
        cancelled: threading.Event | None = None,
    ) -> Generator[str | Ended, None, None]:
        """Yield the reply in pieces, and then how it ended, as `ChatServer` says."""
        request = self._request(messages, most_tokens)
        stop = cancelled or threading.Event()
        try:
            for _ in range(MOST_TRIES):
                with self._exchange(request, stop) as exchange:
                    head = exchange.head()
                    if head.status == 200:
                        yield from self._pieces(exchange, head)
                        return
                    body = _body(exchange, ERROR_BYTES)
                if head.status != 400 or not _drop(request, detail_of_body(body).parameter):
                    break
            raise self._failures.of_status(head.status, head.headers, body)
        except StoppedError:
            yield Ended("cancelled")

    def _pieces(self, exchange: Exchange, head: Head) -> Iterator[str | Ended]:
        """Yield the text of a reply and how it ended. Raises ServerError."""
        last = Chunk()
        said = False
        chunks = chunks_of(exchange.chunks(), head, self._failures)

        def texts() -> Iterator[str]:
            nonlocal last
            for chunk in chunks:
                if chunk.is_word:
                    exchange.heard()
                last = last.then(chunk)
                yield chunk.text

        for text in without_thoughts(joined_surrogates(texts())):
            said = said or bool(text.strip())
            if text:
                yield text
        if not last.finish:
            raise self._failures.says(f"{self._server.address} broke off in the middle")
        if last.finish == "content_filter":
            raise self._failures.says(f"{self._server.address} withheld its answer (its filter)")
        if not said and last.finish == "length":
            raise self._failures.says(
                f"{self.name} spent its tokens on thinking and wrote no answer; try another model"
            )
        if not said:
            raise self._failures.says(f"{self.name} returned an empty answer")
        why: Literal["done", "length"] = "length" if last.finish == "length" else "done"
        yield Ended(why, last.prompt_tokens, last.tokens)

    def _request(self, messages: Sequence[Message], most_tokens: int) -> dict[str, Any]:
        request: dict[str, Any] = {
            "messages": [{"role": each.role, "content": each.text} for each in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0,  # the passages say what is so: nothing is to be made up
            "max_tokens": most_tokens,
        }
        if self._server.model:
            request["model"] = self._server.model
        return request

    def _exchange(self, request: dict[str, Any], stop: threading.Event) -> Exchange:
        headers = {
            "Accept": "text/event-stream, application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": "article-qa",
        }
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        body = json.dumps(request).encode()
        url = f"{self._server.address}/chat/completions"
        return Exchange(url, headers, body, self._limits, self._failures, stop)


def _key_of(server: LanguageModel) -> str:
    """Return the key for a server; empty if it needs none. Raises UsageError."""
    if not server.key:
        return ""
    key = os.environ.get(server.key, "").strip()
    if not key:
        raise UsageError(f"The variable {server.key} must hold the key for {server.address}.")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(f"The variable {server.key} holds something that is not a key.")
    parts = urlsplit(server.address)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise UsageError(
            f"The key in {server.key} would cross the network readable for others. Use https, or "
            f"a tunnel to this machine, instead of {server.address}."
        )
    return key


def _body(exchange: Exchange, most_bytes: int) -> bytes:
    """Return the beginning of a reply's body."""
    body = b""
    for chunk in exchange.chunks():
        body += chunk
        if len(body) >= most_bytes:
            break
    return body[:most_bytes]


def _drop(request: dict[str, Any], parameter: str) -> bool:
    """Take out, or rename, an optional parameter that the server refuses; whether there was one.

    OpenAI's newer models want ``max_completion_tokens`` and no temperature.
    """
    if parameter not in ("max_tokens", "temperature", "stream_options") or parameter not in request:
        return False
    value = request.pop(parameter)
    if parameter == "max_tokens":
        request["max_completion_tokens"] = value
    return True
