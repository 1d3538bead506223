"""What names each request: one trace id, in the answer, the log and the audit."""

from __future__ import annotations

import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.domain.origin import Origin, coming_from, current_origin

HEADER = "X-Trace-Id"
# https://www.w3.org/TR/trace-context: later versions may say more, after what this one says.
_TRACEPARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?P<trace>(?!0{32})[0-9a-f]{32})"
    r"-(?P<span>(?!0{16})[0-9a-f]{16})-[0-9a-f]{2}(?P<more>-.*)?"
)
_TRACE_ID = re.compile(r"(?![0-]*\Z)(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_ANSWERS = frozenset(
    {"http.response.start", "websocket.accept", "websocket.http.response.start"},
)


class Tracing:
    """ASGI middleware, the outermost: says where each request comes from, for all that it causes.

    The address is that of the connection. Behind a proxy the server has put the visitor's there
    by then, from the header of a proxy that it was told to trust.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; answers come back with the trace id."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_with_id(message: Message) -> None:
            if message["type"] in _ANSWERS:
                message.setdefault("headers", [])
                # As it is by now: a route may have named what it does by itself.
                MutableHeaders(scope=message)[HEADER] = current_origin().trace_id
            await send(message)

        client = scope.get("client")
        headers = Headers(scope=scope)
        trace_id = traced_by(headers) or named_by(headers) or uuid4().hex
        with coming_from(Origin(client[0] if client else "", trace_id)):
            await self._app(scope, receive, send_with_id)


def named_by(headers: Headers) -> str | None:
    """Return the id of a valid `X-Trace-Id`, a UUID or its 32 digits; None without any."""
    given = headers.getlist(HEADER)
    found = _TRACE_ID.fullmatch(given[0].strip().lower()) if len(given) == 1 else None
    return None if found is None else found[0].replace("-", "")


def traced_by(headers: Headers) -> str | None:
    """Return the trace id of a valid `traceparent`; None when there is none, or several."""
    found = _read(headers)
    return None if found is None else found["trace"]


def spanned_by(headers: Headers) -> str:
    """Return the caller's span of a valid `traceparent`, or nothing."""
    found = _read(headers)
    return "" if found is None else found["span"]


def _read(headers: Headers) -> re.Match[str] | None:
    given = headers.getlist("traceparent")
    found = _TRACEPARENT.fullmatch(given[0].strip()) if len(given) == 1 else None
    if found is None or (found["version"] == "00" and found["more"]):
        return None
    return found
