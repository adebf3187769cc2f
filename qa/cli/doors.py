"""``qa mcp`` and ``qa serve``: the library for other programs on this machine."""

import os
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..settings import load_settings
from .options import (
    article_paths,
    library_option,
    model_option,
    open_library,
    quiet_option,
    reader_option,
)
from .printing import say

if TYPE_CHECKING:
    from ..doors.service import Service

MCP_PORT = 8224
SERVE_PORT = 8223


@click.command(short_help="Let an agent ask your articles (MCP).")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--http", "over_http", is_flag=True, help="Listen on 127.0.0.1, with a token.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=MCP_PORT,
    show_default=True,
    help="Port for --http; 0 takes a free one.",
)
@library_option
@model_option
@reader_option
@quiet_option
def mcp(
    paths: tuple[str, ...],
    over_http: bool,
    port: int,
    library: str | None,
    model: str | None,
    reader: str | None,
    quiet: bool,
) -> None:
    """Serve your articles to an agent, by the Model Context Protocol.

    The agent's program starts this command and speaks to it on standard input and output. It gets
    five tools that only read: ask, search, read, overview and verify. With PATH, qa first indexes
    what is new or changed there, and shows only the articles in or under PATH.

    With --http, qa listens at http://127.0.0.1:8224/mcp. Each request needs the header
    "Authorization: Bearer TOKEN"; the token is in a file that only you can read.

    It needs more packages: pip install 'article-qa[mcp]'

    \b
    In an agent's configuration: {"mcpServers": {"qa": {"command": "qa", "args": ["mcp"]}}}
    qa mcp ~/articles --http
    """
    _need("mcp", "mcp", "pydantic", "starlette", "uvicorn")
    from ..doors import mcp_server

    with closing(_service(paths, library, model, reader)) as service:
        if over_http:
            from ..doors.guard import listen, run_on_loopback

            listening = listen(port)
            run_on_loopback(
                mcp_server.make_app(service), listening, started=_announce("/mcp", quiet=quiet)
            )
            return
        if sys.stdin.isatty() and not quiet:
            say("An agent's program starts this and speaks MCP on stdin; Ctrl-D ends it.", err=True)
        mcp_server.serve_stdio(service)


@click.command(short_help="Answer scripts on this machine over HTTP.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=SERVE_PORT,
    show_default=True,
    help="Port; 0 takes a free one.",
)
@library_option
@model_option
@reader_option
@quiet_option
def serve(
    paths: tuple[str, ...],
    port: int,
    library: str | None,
    model: str | None,
    reader: str | None,
    quiet: bool,
) -> None:
    """Answer programs on this machine over HTTP, with the models loaded once.

    POST /ask, /search, /read, /overview and /verify take and return JSON; GET /openapi.json
    describes them. Each request needs the header "Authorization: Bearer TOKEN"; the token is in a
    file that only you can read. With PATH, qa first indexes what is new or changed there, and shows
    only the articles in or under PATH.

    It needs more packages: pip install 'article-qa[serve]'

    \b
    qa serve
    curl http://127.0.0.1:8223/ask -H "Authorization: Bearer $(cat TOKEN-FILE)" \\
      -d '{"question": "Who resigned?"}'
    """
    _need("serve", "pydantic", "starlette", "uvicorn")
    from ..doors import http_server
    from ..doors.guard import listen, run_on_loopback

    with closing(_service(paths, library, model, reader)) as service:
        run_on_loopback(
            http_server.make_app(service),
            listen(port),
            open_paths=http_server.OPEN_PATHS,
            started=_announce("", quiet=quiet),
        )


def _need(extra: str, *packages: str) -> None:
    """Raise UsageError if a package of an extra is not installed."""
    if any(find_spec(package) is None for package in packages):
        raise UsageError(f"This needs more packages: pip install 'article-qa[{extra}]'")


def _service(
    paths: tuple[str, ...], library: str | None, model: str | None, reader: str | None
) -> "Service":
    """Open the library, and return what serves it. Raises LibraryError if there is none."""
    from ..doors.service import Service
    from ..doors.tools import Shelf

    chosen = load_settings(library, model, reader=reader)
    places = article_paths(paths)
    opened = open_library(chosen, create=bool(places))
    return Service(Shelf(opened, tuple(map(os.path.realpath, places))), places)


def _announce(path: str, *, quiet: bool) -> Callable[[str], None]:
    """Return a function that names the address, and the file with the token."""
    from ..doors.guard import token_file

    def announce(address: str) -> None:
        if not quiet:
            say(f"{address}{path}  token in {token_file()}  Ctrl-C stops it.", err=True)

    return announce
