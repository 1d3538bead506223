"""What is noted of each request and socket: how long it took, by route, and its span."""

from __future__ import annotations

import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import telemetry
from core.domain.origin import current_origin
from core.services import measuring
from core.telemetry import Parent
from web.surface import route_of
from web.tracing import spanned_by


class Observing:
    """ASGI middleware, right inside `Tracing`: it goes by the origin that is said there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and note what came of it."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500  # of what ends without an answer
        began = time.perf_counter()
        method = _known(scope["method"])

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        parent = Parent(current_origin().trace_id, spanned_by(Headers(scope=scope)))
        attributes = {"http.request.method": method}
        with telemetry.span(method, kind="server", parent=parent, attributes=attributes) as note:
            try:
                await self._app(scope, receive, noting_status)
            finally:
                route = route_of(scope)
                measuring.observe_request(method, route, status, time.perf_counter() - began)
                note.rename(f"{method} {route}")
                note.set(http__route=route, http__response__status_code=status)
                if status >= 500:
                    note.fail(str(status))

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        opened: str | None = None

        async def noting_opened(message: Message) -> None:
            nonlocal opened
            if message["type"] == "websocket.accept" and opened is None:
                opened = route_of(scope)
                measuring.count_socket(opened, 1)
            await send(message)

        try:
            await self._app(scope, receive, noting_opened)
        finally:
            if opened is not None:
                measuring.count_socket(opened, -1)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _known(method: str) -> str:
    """Return a method, or _OTHER for what somebody made up."""
    return method if method in _METHODS else "_OTHER"
