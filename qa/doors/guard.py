"""What both doors do against other programs, other people and web pages on the same machine.

They listen on the loopback address, and anything on the machine can reach that: so each request
needs a token, which stands in a file that only its owner can read. A web page that has its own name
lead to the loopback address (DNS rebinding) still sends that name as Host, which is refused, and so
is the Origin of any page.
"""

import os
import re
import secrets
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..settings import folders

if TYPE_CHECKING:
    import asyncio

    import uvicorn
    from starlette.types import ASGIApp, Receive, Scope, Send

ADDRESS = "127.0.0.1"
"""The loopback address only: whoever reaches the door can read the articles."""

MOST_BYTES = 512 * 1024
"""Size of the largest request; the largest arguments allowed take 250 KB."""

MOST_CONNECTIONS = 128
"""Connections that are open at once; the server answers a further one with 503."""

HEAD_SECONDS = 10.0
"""Time in which the head of a request must have arrived; what is idle is closed sooner."""

LEAVE_SECONDS = 10
"""Time that running requests have to end after Ctrl-C."""

_TOKEN = re.compile(r"[\w-]{32,}", re.ASCII)


def token() -> str:
    """Return the token of this person's doors, made once and kept in ``token_file()``.

    Raises UsageError if other people can read the file, or if it holds no token.
    """
    path = token_file()
    if not path.exists():
        _make_token(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise UsageError(
            f"Others can read the token in {path}. Delete the file; a new one is made."
        )
    kept = path.read_text(encoding="ascii", errors="replace").strip()
    if not _TOKEN.fullmatch(kept):
        raise UsageError(f"{path} holds no token. Delete the file; a new one is made.")
    return kept


def _make_token(path: Path) -> None:
    """Write a new token, unless another process does so first. The file is never seen half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".token-{secrets.token_hex(8)}")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{secrets.token_urlsafe(24)}\n")
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def token_file() -> Path:
    """Return the file with the token. To get another token, delete it."""
    return folders().data / "token"


class Guard:
    """Lets requests through that name this door as Host, come from no page, and have the token."""

    def __init__(self, app: "ASGIApp", port: int, token: str, open_paths: frozenset[str]) -> None:
        """``open_paths`` need no token: they tell nothing of the articles."""
        self._app = app
        self._hosts = {f"{name}:{port}".encode() for name in (ADDRESS, "localhost")}
        self._token = f"Bearer {token}".encode()
        self._open_paths = open_paths

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "http" and (refused := self._refused(scope)):
            await refused(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refused(self, scope: "Scope") -> "ASGIApp | None":
        """Return the response to a request that is not let through, or None."""
        from starlette.responses import JSONResponse

        headers = dict(scope["headers"])
        if headers.get(b"host") not in self._hosts or b"origin" in headers:
            return JSONResponse({"error": "This server answers programs on this machine."}, 421)
        if scope["path"] in self._open_paths:
            return None
        if not secrets.compare_digest(headers.get(b"authorization", b""), self._token):
            line = f"Send the header Authorization: Bearer TOKEN; the token is in {token_file()}"
            return JSONResponse({"error": line}, 401, {"WWW-Authenticate": "Bearer"})
        return None


def listen(port: int) -> socket.socket:
    """Return a socket on the loopback address. Raises UsageError if the port cannot be used."""
    try:
        return socket.create_server((ADDRESS, port))
    except OSError as error:
        raise UsageError(
            f"{ADDRESS}:{port} cannot be used: {os.strerror(error.errno or 0)}. Try --port."
        ) from error


def run_on_loopback(
    app: "ASGIApp",
    listening: socket.socket,
    *,
    open_paths: frozenset[str] = frozenset(),
    started: Callable[[str], None],
) -> None:
    """Serve an app behind the guard until Ctrl-C; ``started`` gets the address."""
    port = listening.getsockname()[1]
    guarded = Guard(app, port, token(), open_paths)
    with suppress(KeyboardInterrupt):
        started(f"http://{ADDRESS}:{port}")
        make_server(guarded).run(sockets=[listening])


def make_server(app: "ASGIApp") -> "uvicorn.Server":
    """Return a server for an app, with limits for clients that are slow or many."""
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=_prompt_protocol(),
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            ws="none",
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=LEAVE_SECONDS,
        )
    )


def _prompt_protocol() -> "type[asyncio.Protocol]":
    """Return uvicorn's HTTP, which would wait for the head of a request for ever.

    Anybody on the machine could hold all connections so, without a token.
    """
    import h11
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class PromptProtocol(H11Protocol):
        _late: "asyncio.TimerHandle | None" = None

        def connection_made(self, transport: "asyncio.Transport") -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._watch()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._watch()

        def connection_lost(self, exc: Exception | None) -> None:
            if self._late is not None:
                self._late.cancel()
            super().connection_lost(exc)

        def _watch(self) -> None:
            """Begin to count the time while the head is awaited, and stop when it is there."""
            is_awaited = self.conn.their_state is h11.IDLE
            if is_awaited and self._late is None:
                self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)
            elif not is_awaited and self._late is not None:
                self._late.cancel()
                self._late = None

    return PromptProtocol
