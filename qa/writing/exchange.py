"""One request, made in a thread of its own, whose reply is read as it comes.

A thread, because nothing else can be left in the middle: the look-up of a host's name cannot be
interrupted, nor can a read that waits. The caller waits for the thread in short steps. When the
caller leaves, or the time is up, the connection is shut down and the thread ends.
"""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ..language_model import LanguageModel
from .failures import Failures

if TYPE_CHECKING:
    import ssl

MOST_BYTES = 4_000_000
"""Largest reply: a thousand times a long answer."""

POLL_SECONDS = 0.05
"""How often a caller that waits looks whether it is still to wait."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a server may take, in seconds, and how much it may send."""

    connect_seconds: float = 5.0
    """To look up its name and accept the connection."""
    first_seconds: float = 120.0
    """To its first word: it reads the prompt meanwhile."""
    next_seconds: float = 60.0
    """From word to word."""
    whole_seconds: float = 600.0
    """For the whole answer."""
    most_bytes: int = MOST_BYTES
    """Bytes of the reply."""

    @classmethod
    def of(cls, server: LanguageModel) -> Self:
        """Return the limits for a server: its timeout is for the first word."""
        first = server.timeout_seconds
        return cls(first_seconds=first, next_seconds=first / 2, whole_seconds=5 * first)


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a reply."""

    status: int
    """Its status code."""
    headers: Mapping[str, str]
    """Its headers, their names in lower case."""


class StoppedError(Exception):
    """The caller wants no more of the reply."""


class _FloodError(Exception):
    """The reply is longer than any answer."""


class Exchange:
    """A request and its reply; a context manager that begins one and ends the other."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        limits: Limits,
        failures: Failures,
        cancelled: threading.Event,
    ) -> None:
        self._url, self._headers, self._body = url, headers, body
        self._limits, self._failures, self._cancelled = limits, failures, cancelled
        self._came: SimpleQueue[tuple[float, Head | bytes | Exception | None]] = SimpleQueue()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_over = False
        self._started = self._at = self._heard = time.monotonic()
        self._has_words = False

    def __enter__(self) -> Self:
        self._started = self._at = self._heard = time.monotonic()
        threading.Thread(target=self._run, name="language model", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._is_over = True
            self._shut_down()

    def head(self) -> Head:
        """Return the beginning of the reply.

        Raises ServerError if the server cannot be reached or is too slow, StoppedError once the
        caller has cancelled.
        """
        came = self._next()
        if isinstance(came, Head):
            return came
        raise self._failures.says(f"{self._url} sent no reply")

    def chunks(self) -> Iterator[bytes]:
        """Yield the reply's bytes as they come. Raises what `head` raises."""
        while isinstance(came := self._next(), bytes):
            yield came

    def heard(self) -> None:
        """Note that a word has come; bytes without a word do not count as one."""
        self._has_words, self._heard = True, self._at

    def _next(self) -> Head | bytes | None:
        """Return what comes next; None at the end."""
        while True:
            if self._cancelled.is_set():
                raise StoppedError
            try:
                # When it came counts, not when the caller, who may be slow, asks for it.
                self._at, came = self._came.get(timeout=POLL_SECONDS)
            except Empty:
                self._check_time(time.monotonic())
                continue
            if isinstance(came, _FloodError):
                raise self._failures.says(
                    f"{self._url} sent more than any answer is long; the rest was not read"
                )
            if isinstance(came, Exception):
                raise self._failures.of_connection(came) from came
            self._check_time(self._at)
            return came

    def _check_time(self, now: float) -> None:
        """Raise ServerError if the server has taken too long."""
        limits = self._limits
        silent = now - self._heard
        if now - self._started > limits.whole_seconds:
            reason = f"did not finish in {limits.whole_seconds:.0f} s"
        elif self._has_words and silent > limits.next_seconds:
            reason = f"fell silent for {limits.next_seconds:.0f} s in the middle of its answer"
        elif not self._has_words and silent > limits.first_seconds:
            reason = f"sent no word in {limits.first_seconds:.0f} s; QA_LLM_TIMEOUT sets how long"
        elif self._socket is None and silent > 2 * limits.connect_seconds:
            reason = "cannot be reached: its name is not found in time"
        else:
            return
        raise self._failures.says(f"{self._url} {reason}")

    def _run(self) -> None:
        """Make the request and put what comes into the queue. No exception leaves the thread."""
        try:
            self._talk()
            self._put(None)
        except Exception as error:
            self._put(error)

    def _put(self, came: Head | bytes | Exception | None) -> None:
        self._came.put((time.monotonic(), came))

    def _talk(self) -> None:
        import httpx2  # 60 ms

        # Variables and files of the environment could name a proxy, or another key (netrc).
        with (
            httpx2.Client(
                trust_env=False,
                follow_redirects=False,
                verify=_trust(self._url),
                timeout=httpx2.Timeout(None, connect=self._limits.connect_seconds, write=30),
            ) as client,
            client.stream(
                "POST",
                self._url,
                headers=dict(self._headers),
                content=self._body,
                extensions={"trace": self._connected},
            ) as reply,
        ):
            self._put(Head(reply.status_code, dict(reply.headers)))
            size = 0
            for chunk in reply.iter_raw():
                size += len(chunk)
                if size > self._limits.most_bytes:
                    raise _FloodError
                self._put(chunk)

    def _connected(self, event: str, values: Mapping[str, Any]) -> None:
        """Keep the socket of a new connection, so that it can be shut down."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            with self._lock:
                self._socket = values["return_value"].get_extra_info("socket")
                if self._is_over:
                    self._shut_down()

    def _shut_down(self) -> None:
        """End the connection; a read that waits in the thread returns at once."""
        if self._socket is not None:
            with suppress(OSError):
                # Not SSLSocket's own method, which is not made to be called from another thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _trust(url: str) -> "ssl.SSLContext":
    """Return whom to trust: the system's authorities, or those that SSL_CERT_FILE names."""
    if url.startswith("https:"):
        import httpx2

        return httpx2.create_ssl_context()
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # unused; the authorities take 30 ms to load
