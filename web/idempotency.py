"""POST requests with an `Idempotency-Key`: done once, and answered alike each time.

The answer is collected and kept before its first byte is sent, so whoever heard it hears the same
again. Not for routes that stream, nor for those that answer with a secret: it would be kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.domain.access import Principal
from core.errors import (
    AppError,
    BodyTooLarge,
    DatabaseUnavailable,
    InvalidInput,
    KeyReused,
    StillRunning,
)
from core.services import idempotency
from core.services.idempotency import Answer, Begun, InFlight, Mismatch, Replay

R = TypeVar("R")
FindPrincipal = Callable[[Scope], Awaitable[Principal | None]]
Refuse = Callable[[int, AppError], Response]

BODY_LIMIT = 1024 * 1024
KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
FIRST_STATUS = "Idempotency-First-Status"


class Idempotency:
    """ASGI middleware, inside of what recognises the caller.

    Routes find `begun` in their request's state, and hand its `act_key` to what creates something.
    A caller whom `find_principal` does not know is left to the app, which refuses them. The
    blocking work goes through `limiter`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        find_principal: FindPrincipal,
        refuse: Refuse,
        limiter: Callable[[], anyio.CapacityLimiter | None] = lambda: None,
    ) -> None:
        self._app = app
        self._find_principal = find_principal
        self._refuse = refuse
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what has no key; run, replay or refuse what has one."""
        given: list[str] = []
        if scope["type"] == "http" and scope["method"] == "POST":
            given = Headers(scope=scope).getlist(KEY)
        principal = await self._find_principal(scope) if given else None
        if principal is None:
            await self._app(scope, receive, send)
            return
        try:
            key = idempotency.read_key(", ".join(given))
            body = await _read_body(scope, receive)
            found = await self._begin(scope, principal, key, body)
        except (InvalidInput, BodyTooLarge, DatabaseUnavailable) as error:
            await self._refuse(_status_of(error), error)(scope, receive, send)
            return
        if isinstance(found, Begun):
            await self._run(found, body, scope, receive, send)
            return
        await self._answer(found)(scope, receive, send)

    async def _begin(self, scope: Scope, principal: Principal, key: Any, body: bytes) -> Any:
        fingerprint = idempotency.fingerprint_request(
            body,
            query=scope["query_string"],
            media_type=Headers(scope=scope).get("content-type", ""),
        )
        place = (scope["method"], scope["path"], key, fingerprint)
        return await self._blocking(partial(idempotency.begin, principal, *place))

    def _answer(self, found: Replay | InFlight | Mismatch) -> Response:
        if isinstance(found, Replay):
            return _replay(found.answer)
        if isinstance(found, Mismatch):
            return self._refuse(422, KeyReused())
        response = self._refuse(409, StillRunning(found.retry_after))
        response.headers["Retry-After"] = str(found.retry_after)
        return response

    async def _run(
        self, begun: Begun, body: bytes, scope: Scope, receive: Receive, send: Send
    ) -> None:
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        inner = {**scope, "state": {**scope.get("state", {}), "begun": begun}}
        try:
            await self._app(inner, _again(body, receive), collect)
            start = next(one for one in messages if one["type"] == "http.response.start")
        except Exception:
            await self._blocking(partial(idempotency.forget, begun))
            raise
        status, headers = start["status"], dict(Headers(raw=start["headers"]))
        sent = b"".join(
            one.get("body", b"") for one in messages if one["type"] == "http.response.body"
        )
        answer = await self._blocking(partial(idempotency.keep, begun, status, headers, sent))
        if (answer.status, answer.body) != (status, sent):  # another run was answered before
            await _replay(answer)(scope, receive, send)
            return
        for message in messages:
            await send(message)

    async def _blocking(self, work: Callable[[], R]) -> R:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter())


def _replay(answer: Answer) -> Response:
    """Return a kept answer: 200 for what was done, a refusal as it was."""
    is_done = answer.status < 300
    response = Response(answer.body, 200 if is_done else answer.status)
    for name, value in answer.headers.items():
        response.headers[name] = value
    response.headers[REPLAYED] = "true"
    response.headers[FIRST_STATUS] = str(answer.status)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    """Return the whole body; raises `BodyTooLarge` as soon as it is."""
    declared = Headers(scope=scope).get("content-length", "0")
    if declared.isdecimal() and int(declared) > BODY_LIMIT:
        raise BodyTooLarge
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise InvalidInput("The request ended before its body did.")
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise BodyTooLarge
        if not message.get("more_body"):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what hands out a body that was read already, then goes on as before."""
    is_read = False

    async def read() -> Message:
        nonlocal is_read
        if is_read:
            return await receive()
        is_read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return read


def _status_of(error: AppError) -> int:
    if isinstance(error, BodyTooLarge):
        return 413
    return 503 if isinstance(error, DatabaseUnavailable) else 400
