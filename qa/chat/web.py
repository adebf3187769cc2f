"""The chat in a browser on this machine, through textual-serve.

Any program and any web page on the machine can reach its ports. So the page opens only with the
token in its address, which is new each time and which the browser keeps as a cookie. Only the page
that was served here may connect to the chat, and it may load nothing from other servers.
"""

import logging
import secrets
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from textual_serve.server import Server

ADDRESS = "127.0.0.1"
"""The loopback address only: whoever reaches the page can read the articles."""

PORT = 8222
"""The default port."""

PAGE = Path(__file__).parent / "page"
"""Folder of the page, which asks nothing of any other host."""

INSTALL = "pip install 'article-qa[web]'"
"""The command that installs what the browser needs."""


def serve(command: Sequence[str], port: int) -> None:
    """Serve the chat until Ctrl-C; ``command`` starts a chat for each page that is opened.

    Raises UsageError if textual-serve is not installed or the port cannot be used.
    """
    server = make_server(shlex.join(command), port)
    try:
        server.serve()
    except OSError as error:
        raise UsageError(
            f"{ADDRESS}:{port} cannot be used: {error.strerror}. Try --port."
        ) from error


def make_server(command: str, port: int) -> "Server":
    """Return the server. Raises UsageError if textual-serve is not installed."""
    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ModuleNotFoundError:
        raise UsageError(f"The chat in a browser needs one more package: {INSTALL}") from None

    own = f"{ADDRESS}:{port}"
    token = secrets.token_urlsafe(24)
    cookie = f"qa-{port}"

    class LoopbackServer(Server):
        """Accepts only its own page."""

        async def handle_index(self, request: web.Request) -> web.StreamResponse:
            """Serve the page, and forbid it to load anything from elsewhere, even a font."""
            _check_origin(request.headers.get("Host"), None)
            _check_token(request.query.get("token") or request.cookies.get(cookie))
            page: web.StreamResponse = await super().handle_index(request)
            page.headers["Content-Security-Policy"] = (
                f"default-src 'self' 'unsafe-inline' data: blob:; connect-src 'self' ws://{own}; "
                "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
            )
            page.headers["Referrer-Policy"] = "no-referrer"
            page.set_cookie(cookie, token, httponly=True, samesite="Strict")
            return page

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            """Start a chat for the page."""
            _check_origin(request.headers.get("Host"), request.headers.get("Origin", ""))
            _check_token(request.cookies.get(cookie))
            return await super().handle_websocket(request)

        async def handle_download(self, request: web.Request) -> web.StreamResponse:
            """Serve a file that the chat offers for download."""
            _check_origin(request.headers.get("Host"), None)
            _check_token(request.cookies.get(cookie))
            return await super().handle_download(request)

        def initialize_logging(self) -> None:
            """Log no requests: they hold the token."""
            logging.basicConfig(level=logging.ERROR, format="%(message)s")
            logging.getLogger("aiohttp").setLevel(logging.CRITICAL)

        async def on_startup(self, app: web.Application) -> None:
            """Print the address of the page."""
            self.console.print(
                f"The chat is at http://{own}/?token={token}\nCtrl+C stops it.",
                highlight=False,
                soft_wrap=True,
            )

    def _check_token(given: str | None) -> None:
        if given is None or not secrets.compare_digest(
            given.encode("utf-8", "surrogateescape"), token.encode()
        ):
            raise web.HTTPForbidden(
                text="Open the whole address that qa chat --web printed, with its token."
            )

    def _check_origin(host: str | None, origin: str | None) -> None:
        if host != own or origin not in (None, f"http://{own}"):
            raise web.HTTPForbidden(text="Only this chat's own page may connect to it.")

    return LoopbackServer(command, host=ADDRESS, port=port, title="qa", templates_path=PAGE)
