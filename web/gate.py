"""The gate in front of everything: who has no login gets the sign-in page and nothing else.

It trusts `scope["path"]`, the path that the router goes by, and the Origin that browsers send. It
never waits for anything but Redis, and Redis being away is not a sign-out.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import RedisUnavailable, TooManyTries
from core.services.signing_in import cookie_name
from core.settings import BODY_LIMIT, get_settings
from core.signals.login_watch import LoginWatch
from core.signals.logins import LoginRecord, Revocation, fingerprint_of
from web import refusals
from web.anonymous import AnonymousSockets, refuse_with
from web.api_door import foreign_call, goes_by_cookie, nowhere, refuse_call, without_cookies
from web.origin import is_foreign_request, is_own_origin
from web.streams import SessionOpened, Stream, Streams
from web.surface import (
    STREAM,
    Kind,
    is_api_socket,
    is_malformed,
    kind_of,
    limits_itself,
    uploading_session,
)

_FAREWELL_SECONDS = 0.5  # for the page's own socket to say "revoked" first
_SWEEP_SECONDS = 10.0
_FORBIDDEN = 4403
_TRY_AGAIN_LATER = 1013


class _BodyTooLarge(Exception):
    """More arrived than the limit."""


class Gate:
    """ASGI middleware; one for each process.

    `session_opened` reads from a frame to the browser which Streamlit session it opens.
    """

    def __init__(self, app: ASGIApp, session_opened: SessionOpened) -> None:
        self._app = app
        self._streams = Streams(session_opened)
        self._watch: LoginWatch | None = None
        self._anonymous = AnonymousSockets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let pass what may pass."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._request(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Listen for revocations as long as the app lives."""
        watch = self._watch = LoginWatch(get_settings().redis_url)
        tasks = [asyncio.create_task(self._listen(watch)), asyncio.create_task(self._sweep(watch))]
        try:
            await self._app(scope, receive, send)
        finally:
            self._watch = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await watch.close()

    async def _listen(self, watch: LoginWatch) -> None:
        loop = asyncio.get_running_loop()
        async for revocation in watch.revocations():
            loop.call_later(_FAREWELL_SECONDS, self._streams.end, revocation)

    async def _sweep(self, watch: LoginWatch) -> None:
        """End what nobody announced: logins that ran out, and news lost with a connection."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            with suppress(RedisUnavailable):
                for fingerprint in await watch.ended(self._streams.fingerprints()):
                    self._streams.end(Revocation(login=fingerprint))

    async def _find_login(self, cookie: str | None) -> LoginRecord | None:
        if cookie is None:
            return None
        if self._watch is None:
            raise RuntimeError("The gate needs the app's lifespan.")
        return await self._watch.find(cookie)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = await self._refuse(scope)
        if refused is not None:
            await refused(scope, receive, send)
            return
        has_own_limit = limits_itself(scope["path"])
        declared = Headers(scope=scope).get("content-length", "0")
        if not has_own_limit and declared.isdecimal() and int(declared) > BODY_LIMIT:
            await refusals.too_large()(scope, receive, send)
            return
        has_begun = False

        async def noting_begin(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive if has_own_limit else _limited(receive), noting_begin)
        except _BodyTooLarge:
            if not has_begun:
                await refusals.too_large()(scope, receive, send)

    async def _refuse(self, scope: Scope) -> Response | None:
        """Return the answer to a request that may not pass, or None."""
        is_https = get_settings().is_https
        if is_malformed(scope["path"]):
            return nowhere()
        kind = kind_of(scope["path"])
        if kind is Kind.API:
            return refuse_call(Headers(scope=scope), scope["method"], is_https=is_https)
        if is_foreign_request(Headers(scope=scope), scope["method"], is_https=is_https):
            return refusals.foreign_origin()
        if kind is Kind.OPEN:
            return None
        if kind is Kind.NOWHERE:
            return refusals.nothing_here()
        return await self._refuse_stranger(scope, kind)

    async def _refuse_stranger(self, scope: Scope, kind: Kind) -> Response | None:
        cookie = HTTPConnection(scope).cookies.get(cookie_name())
        try:
            login = await self._find_login(cookie)
        except RedisUnavailable as error:
            return refusals.redis_away(scope, error)
        if cookie is None or login is None:
            return None if kind is Kind.SIGN_IN_PAGE else refusals.sign_in_first(scope)
        session_id = uploading_session(scope["path"])
        if session_id is not None and not self._streams.owns(fingerprint_of(cookie), session_id):
            return refusals.not_yours()
        return None

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        if is_api_socket(scope["path"]):
            await self._api_socket(connection, receive, send)
            return
        if not is_own_origin(connection.headers, is_https=get_settings().is_https):
            await _refuse_socket(receive, send, _FORBIDDEN)
            return
        cookie = connection.cookies.get(cookie_name())
        if cookie is None:
            await self._anonymous_socket(scope, receive, send)
            return
        stream = Stream(fingerprint_of(cookie), receive, send)
        # Held before the look: what is revoked meanwhile ends it all the same.
        with self._streams.holding(stream):
            try:
                login = await self._find_login(cookie)
            except RedisUnavailable:
                await _refuse_socket(receive, send, _TRY_AGAIN_LATER)
                return
            if login is not None:
                stream.user_id = login.user_id
                await self._signed_in_socket(scope, stream)
                return
        await self._anonymous_socket(scope, receive, send)

    async def _api_socket(self, connection: HTTPConnection, receive: Receive, send: Send) -> None:
        """Let pass what the API judges; that a cookie was sent by our pages is judged here."""
        scope = connection.scope
        if not goes_by_cookie(connection):
            await self._app(without_cookies(scope), receive, send)
            return
        if not is_own_origin(connection.headers, is_https=get_settings().is_https):
            await refuse_with(scope, receive, send, foreign_call())
            return
        stream = Stream(fingerprint_of(connection.cookies[cookie_name()]), receive, send)
        # No look at the login: the API does that. What is revoked meanwhile ends the stream.
        with self._streams.holding(stream):
            await self._app(scope, stream.receive, stream.send)

    async def _signed_in_socket(self, scope: Scope, stream: Stream) -> None:
        if scope["path"] != STREAM:
            await self._app(scope, stream.receive, stream.send)
            return
        own = self._streams.own_session_only(scope, stream.fingerprint)
        await self._app(own, stream.receive, self._streams.noting_session(stream))

    async def _anonymous_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open the sign-in page's socket, with a session of its own each time."""
        if scope["path"] != STREAM:
            await _refuse_socket(receive, send, _FORBIDDEN)
            return
        wait = await self._anonymous.take(scope, self._watch)
        if wait:
            await refuse_with(scope, receive, send, refusals.error_answer(429, TooManyTries(wait)))
            return
        await self._app(self._streams.own_session_only(scope, None), receive, send)


def _limited(receive: Receive) -> Receive:
    arrived = 0

    async def limited() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > BODY_LIMIT:
            raise _BodyTooLarge
        return message

    return limited


async def _refuse_socket(receive: Receive, send: Send, code: int) -> None:
    """Close before accepting: the browser sees a plain 403."""
    await receive()
    await send({"type": "websocket.close", "code": code})
