"""The HTTP server: the five tools as JSON for scripts on this machine. It keeps no state."""

import asyncio
from collections.abc import Awaitable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from .. import render
from ..errors import QAError, UsageError
from .guard import MOST_BYTES
from .schemas import schema
from .service import BusyError, Service
from .tools import TOOLS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette
    from starlette.requests import Request

REQUEST_SECONDS = 60.0
"""Time after which a request is given up."""

BODY_SECONDS = 10.0
"""Time in which a request must have arrived."""

RETRY_SECONDS = 2
"""When to come back if too many requests wait: a question takes a quarter of a second."""

OPEN_PATHS = frozenset(("/health", "/openapi.json"))
"""Paths that tell nothing of the articles, and need no token."""


class TooLargeError(Exception):
    """The request is too large."""


class LeftError(Exception):
    """The client has closed the connection."""


STATUSES: dict[type[Exception], int] = {
    UsageError: 400,
    TooLargeError: 413,
    LeftError: 499,
    QAError: 500,
    BusyError: 503,
    TimeoutError: 504,
}
"""HTTP status for each kind of failure."""


def make_app(service: Service) -> "Starlette":
    """Return the app; the guard goes in front of it."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    document = openapi()

    def respond(
        values: object, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        return Response(render.to_json(values) + "\n", status, headers, "application/json")

    async def health(request: Request) -> Response:
        return respond({"status": "ready" if service.is_ready else "preparing"})

    async def describe(request: Request) -> Response:
        return respond(document)

    async def call(request: Request) -> Response:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                arguments = await _arguments(request)
            async with asyncio.timeout(REQUEST_SECONDS):
                name = request.url.path.removeprefix("/")
                found = await _while_connected(request, service.call(name, arguments))
        except tuple(STATUSES) as error:
            status = next(STATUSES[kind] for kind in type(error).mro() if kind in STATUSES)
            headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}
            return respond({"error": str(error) or "That took too long."}, status, headers)
        return respond(found.model_dump(mode="json"))

    async def refuse(request: Request, error: Exception) -> Response:
        status = getattr(error, "status_code", 500)
        line = getattr(error, "detail", "The request failed; the server's output says why.")
        return respond({"error": line}, status)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> "AsyncIterator[None]":
        service.start()
        yield

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/openapi.json", describe),
            *(Route(f"/{name}", call, methods=["POST"]) for name in TOOLS),
        ],
        exception_handlers={404: refuse, 405: refuse, 500: refuse},
        lifespan=lifespan,
    )


async def _arguments(request: "Request") -> object:
    """Return the JSON of a request; ``{}`` if it has no body.

    Raises UsageError, TooLargeError, and LeftError if the client leaves before its end.
    """
    from pydantic_core import from_json
    from starlette.requests import ClientDisconnect

    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                raise TooLargeError(f"A request has at most {MOST_BYTES} bytes.")
    except ClientDisconnect:
        raise LeftError from None
    try:
        return from_json(bytes(body)) if body else {}
    except ValueError as error:
        raise UsageError(f"The request is not JSON: {error}.") from None


async def _while_connected(request: "Request", call: "Awaitable[Any]") -> Any:
    """Await a call; if the client leaves, drop it."""
    working = asyncio.ensure_future(call)
    leaving = asyncio.ensure_future(request.receive())  # the body was read: what comes is the end
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise LeftError
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


def openapi() -> dict[str, Any]:
    """Return the OpenAPI document."""
    parts: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    error = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
    for tool in TOOLS.values():
        taken, given = (_shared(schema(model), parts) for model in (tool.arguments, tool.result))
        failed = {
            status: {"description": what, "content": _json(error)}
            for status, what in (
                ("400", "The arguments make no sense"),
                ("401", "The token is missing or wrong"),
                ("413", "The request is too large"),
                ("500", "The library or a model cannot be used"),
                ("503", "Too many requests wait; see Retry-After"),
                ("504", "It took too long"),
            )
        }
        paths[f"/{tool.name}"] = {
            "post": {
                "operationId": tool.name,
                "description": tool.description,
                "requestBody": {"content": _json(taken), "required": True},
                "responses": {"200": {"description": "Done", "content": _json(given)}, **failed},
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "qa", "version": version("article-qa")},
        "paths": paths,
        "security": [{"token": []}],
        "components": {
            "schemas": parts,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _shared(found: dict[str, Any], parts: dict[str, Any]) -> Any:
    """Move a schema's definitions among the document's parts, and return the rest."""
    parts |= {name: _led(each) for name, each in found.pop("$defs", {}).items()}
    return _led(found)


def _led(value: Any) -> Any:
    """Return a schema whose references lead to the document's parts."""
    if isinstance(value, list):
        return [_led(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: each.replace("#/$defs/", "#/components/schemas/") if name == "$ref" else _led(each)
        for name, each in value.items()
    }


def _json(found: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": found}}
