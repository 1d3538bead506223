"""MCP over HTTP, at `/mcp`: who comes in is known, and what they bring is one message of JSON-RPC.

Every request stands for itself and is answered in JSON: nothing is kept between two of them, so
that any process can answer any of them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import mcp_types as types
import pydantic_core
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Message, Receive, Scope, Send

from api.calls import identify, in_threads
from api.problems import AGAIN_SECONDS, NotSignedIn, status_of
from api.tools.refusals import data_of, words_of
from api.tools.server import make_server
from core.domain.access import Principal
from core.errors import AppError, InvalidInput, NotAllowed, TokenRefused, TooLarge
from core.settings import BODY_LIMIT, get_settings

PATH = "/mcp"
_PRINCIPAL = "sage.principal"
_HERE = ("127.0.0.1", "localhost", "[::1]")

# The SDK tells at each start of a request that it starts.
logging.getLogger("mcp.server.streamable_http_manager").setLevel(logging.WARNING)


class ForeignOrigin(NotAllowed):
    """A page of another site asked for this."""

    code = "foreign_origin"
    hint = "Ask from a program, without an Origin."


class Malformed(InvalidInput):
    """The request cannot be read."""

    code = "malformed"
    hint = "Send one message of JSON-RPC 2.0, as JSON in UTF-8."


class Door:
    """The ASGI app at `/mcp`; it answers while `open` is entered, as long as the app lives."""

    def __init__(self) -> None:
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Answer until the block ends."""
        manager = StreamableHTTPSessionManager(
            make_server(_identify),
            json_response=True,
            stateless=True,
            max_request_body_size=BODY_LIMIT,
        )
        async with manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in whoever may, with a message that can be read."""
        if self._manager is None:
            raise RuntimeError("MCP needs the app's lifespan.")
        request = Request(scope, receive)
        try:
            _refuse_foreign(request.headers)
            if request.method != "POST":
                # There is nothing to stream or to end: no request leaves anything behind.
                await Response(status_code=405, headers={"Allow": "POST"})(scope, receive, send)
                return
            scope[_PRINCIPAL] = await _find_caller(request.headers)
            body = await _read_message(request)
        except AppError as error:
            await _refusal(error)(scope, receive, send)
        except ClientDisconnect:
            return
        else:
            await self._manager.handle_request(scope, _replaying(body, receive), send)


async def _find_caller(headers: Headers) -> Principal:
    """Return whose token it is; a browser's login does not count here."""
    authorization = headers.get("authorization")
    if authorization is None:
        raise NotSignedIn
    return await in_threads(identify)(authorization, None)


async def _identify(request: Request | None) -> Principal:
    """Return who sent a message; the first time who was let in, later who it still is."""
    assert request is not None
    known: Principal | None = request.scope.pop(_PRINCIPAL, None)
    return known or await _find_caller(request.headers)


def _refuse_foreign(headers: Mapping[str, str]) -> None:
    """Raise for a browser's page, unless it stands at an address that is known to be ours.

    The Host is no proof: a site that lets its own name point here sends it, too.
    """
    origin = headers.get("origin")
    if origin is None:
        return
    settings = get_settings()
    own = {f"http://{host}:{settings.port}" for host in _HERE}
    parts = urlsplit(settings.root_url)
    own.add(f"{parts.scheme}://{parts.netloc}")
    if origin.lower() not in {one.lower() for one in own}:
        raise ForeignOrigin


async def _read_message(request: Request) -> bytes:
    """Return a body that is one message; raises `TooLarge` or `Malformed`."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise TooLarge("The request is too large.", hint="Send at most 1 MB.")
    try:
        message = pydantic_core.from_json(bytes(body), allow_inf_nan=False)
        types.jsonrpc_message_adapter.validate_python(message, by_name=False)
    except (ValueError, ValidationError, RecursionError):
        raise Malformed from None
    # The SDK takes a request whose id is none for a notification, and answers nothing.
    if "id" in message and not isinstance(message["id"], str | int):
        raise Malformed
    return bytes(body)


def _replaying(body: bytes, receive: Receive) -> Receive:
    is_sent = False

    async def replay() -> Message:
        nonlocal is_sent
        if is_sent:
            return await receive()
        is_sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _refusal(error: AppError) -> Response:
    """Return an error of JSON-RPC that answers to no message in particular."""
    status = status_of(error)
    if isinstance(error, Malformed):
        status = 400
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        is_token = isinstance(error, TokenRefused)
        headers["WWW-Authenticate"] = 'Bearer realm="Sage Mode"' + (
            ', error="invalid_token"' if is_token else ""
        )
    elif status == 503:
        headers["Retry-After"] = str(AGAIN_SECONDS)
    body = {
        "jsonrpc": "2.0",
        "id": None,
        "error": {
            "code": types.INVALID_REQUEST,
            "message": words_of(error),
            "data": data_of(error) | {"status": status},
        },
    }
    return Response(json.dumps(body), status, headers, "application/json")


door = Door()
# Every method comes to the door, so that it says itself what it does not do.
routes: list[BaseRoute] = [Route(PATH, door)]
