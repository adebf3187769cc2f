"""The same chat in a browser, through textual-serve: on this machine's own address alone.

Anything that runs on a machine, in a browser or beside it, can reach its ports. So the page is for
whoever has the token in its address, which is new each time; the browser keeps it as a cookie. Only
pages that we served may talk to the chat, and ours may load nothing from anywhere else.
"""

import logging
import secrets
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from textual_serve.server import Server

ADDRESS = "127.0.0.1"
"""Never anything else: whoever reaches the page reads the articles."""

PORT = 8222
"""Unless another is asked for."""

INSTALL = "pip install 'article-qa[web]'"


def serve(command: Sequence[str], port: int) -> None:
    """Serve the chat that a command starts until Ctrl-C.

    Raises UsageError when textual-serve is not installed, or the port is taken.
    """
    server = make_server(shlex.join(command), port)
    try:
        server.serve()
    except OSError as error:
        raise UsageError(
            f"{ADDRESS}:{port} cannot be used: {error.strerror}. Try --port."
        ) from error


def make_server(command: str, port: int) -> "Server":
    """Return the server. Raises UsageError when textual-serve is not installed."""
    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ModuleNotFoundError:
        raise UsageError(f"The chat in a browser needs one more package: {INSTALL}") from None

    own = f"{ADDRESS}:{port}"
    token = secrets.token_urlsafe(24)
    cookie = f"qa-{port}"

    class LoopbackServer(Server):
        """Lets nobody in but its own page."""

        async def handle_index(self, request: web.Request) -> web.StreamResponse:
            """Serve the page, which may load nothing from elsewhere, as a font."""
            _refuse_strangers(request.headers.get("Host"), None)
            _ask_for_token(request.query.get("token") or request.cookies.get(cookie))
            page: web.StreamResponse = await super().handle_index(request)
            page.headers["Content-Security-Policy"] = (
                f"default-src 'self' 'unsafe-inline' data: blob:; connect-src 'self' ws://{own}; "
                "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
            )
            page.headers["Referrer-Policy"] = "no-referrer"
            page.set_cookie(cookie, token, httponly=True, samesite="Strict")
            return page

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            """Start a chat for our own page."""
            _refuse_strangers(request.headers.get("Host"), request.headers.get("Origin", ""))
            _ask_for_token(request.cookies.get(cookie))
            return await super().handle_websocket(request)

        async def handle_download(self, request: web.Request) -> web.StreamResponse:
            """Hand out a file that the chat offers to its own page."""
            _refuse_strangers(request.headers.get("Host"), None)
            _ask_for_token(request.cookies.get(cookie))
            return await super().handle_download(request)

        def initialize_logging(self) -> None:
            """Log nothing of what visitors send, neither their headers nor the token."""
            logging.basicConfig(level=logging.ERROR, format="%(message)s")
            logging.getLogger("aiohttp").setLevel(logging.CRITICAL)

        async def on_startup(self, app: web.Application) -> None:
            """Say where the page is."""
            self.console.print(
                f"The chat is at http://{own}/?token={token}\nCtrl+C ends it.",
                highlight=False,
                soft_wrap=True,
            )

    def _ask_for_token(given: str | None) -> None:
        if given is None or not secrets.compare_digest(
            given.encode("utf-8", "surrogateescape"), token.encode()
        ):
            raise web.HTTPForbidden(
                text="Open the address that qa chat --web printed, token and all."
            )

    def _refuse_strangers(host: str | None, origin: str | None) -> None:
        if host != own or origin not in (None, f"http://{own}"):
            raise web.HTTPForbidden(text="Only this chat's own page may talk to it.")

    return LoopbackServer(command, host=ADDRESS, port=port, title="qa")
