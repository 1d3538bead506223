"""A call: who makes it is known before what they send is read, and it blocks in threads of ours."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial, wraps
from typing import Annotated, Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from api.documentation import REPEATED, Repeated
from api.problems import NotSignedIn
from api.repeats import answer_once, has_key, read_key
from core.domain.access import Principal, UserPrincipal
from core.domain.following import Follower
from core.errors import TokenRefused
from core.services import limiting, measuring, signing_in
from core.services.tokens import find_token_principal

R = TypeVar("R")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

# Services block, and the pages need their threads and connections too. What anybody may ask for
# has threads of its own: slow passwords and a look at a hanging database hold up nobody else.
_limiter = CapacityLimiter(8)
_open_limiter = CapacityLimiter(4)
_PRINCIPAL = "sage.principal"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


def identify(authorization: str | None, cookie: str | None) -> Principal:
    """Return who asks, as `identify_follower` does."""
    return identify_follower(authorization, cookie).principal


def identify_follower(authorization: str | None, cookie: str | None) -> Follower:
    """Return who asks: by the token of a header, or without that header by a login's cookie.

    Raises `TokenRefused`, `NotSignedIn`, `RedisUnavailable`, `DatabaseUnavailable`. That a cookie
    was sent by our own pages is for the gate to check, which goes by the same header.
    """
    if authorization is not None:
        scheme, _, plain = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise TokenRefused("This is no Bearer token.")
        return Follower(find_token_principal(plain.strip()))
    login = signing_in.find_login(cookie)
    if login is None:
        raise NotSignedIn
    return Follower(UserPrincipal(login.user.id), login.fingerprint)


def _admit(authorization: str | None, cookie: str | None, is_write: bool) -> Principal:
    principal = identify(authorization, cookie)
    limiting.take_call(principal, is_write=is_write)
    return principal


def _admit_to_metrics(authorization: str | None, cookie: str | None) -> None:
    scheme, _, plain = (authorization or "").partition(" ")
    if scheme.lower() == "bearer" and measuring.may_read_metrics(plain.strip()):
        return
    measuring.demand_metrics(_admit(authorization, cookie, False))


def in_threads(
    function: Callable[..., R], limiter: CapacityLimiter = _limiter
) -> Callable[..., Awaitable[R]]:
    """Return a function as one that is awaited, and runs in a thread of ours."""

    @wraps(function)
    async def run(*args: Any, **kwargs: Any) -> R:
        return await anyio.to_thread.run_sync(partial(function, *args, **kwargs), limiter=limiter)

    return run


class OpenRoute(APIRoute):
    """An operation that anybody may ask for; no cache keeps its answer."""

    limiter = _open_limiter
    repeated: Repeated = "anew"

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if "POST" in (options.get("methods") or ()):
            extra = options.get("openapi_extra") or {}
            options["openapi_extra"] = {**extra, REPEATED: self.repeated}
        if not inspect.iscoroutinefunction(endpoint):
            endpoint = in_threads(endpoint, self.limiter)
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Handler:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def admit_and_handle(request: Request) -> Response:
            await self.admit(request)
            answer = await self.answer(request, handle)
            answer.headers.setdefault("Cache-Control", "no-store")
            return answer

        return admit_and_handle

    async def admit(self, request: Request) -> None:
        """Raise when somebody may not ask for this; before their request is read."""

    async def answer(self, request: Request, handle: Handler) -> Response:
        """Return the answer to whoever was admitted; a key is looked at, and keeps nothing."""
        if has_key(request):
            read_key(request)
        return await handle(request)


class Route(OpenRoute):
    """An operation of somebody."""

    limiter = _limiter
    repeated: Repeated = "alike"
    is_secret = False

    async def admit(self, request: Request) -> None:
        """Find out who asks, and whether they ask too often."""
        admit = in_threads(_admit)
        request.scope[_PRINCIPAL] = await admit(
            request.headers.get("authorization"),
            request.cookies.get(signing_in.cookie_name()),
            request.method not in _READS,
        )

    async def answer(self, request: Request, handle: Handler) -> Response:
        """Return the answer; one that was given for the same `Idempotency-Key` is given again."""
        if not has_key(request):
            return await handle(request)
        principal, is_secret = request.scope[_PRINCIPAL], self.is_secret
        return await answer_once(request, principal, handle, in_threads, is_secret=is_secret)


class MetricsRoute(OpenRoute):
    """An operation of administrators, and of whoever sends the scraper's token."""

    async def admit(self, request: Request) -> None:
        """Find out who asks."""
        admit = in_threads(_admit_to_metrics, _open_limiter)
        await admit(
            request.headers.get("authorization"),
            request.cookies.get(signing_in.cookie_name()),
        )


class SecretRoute(Route):
    """An operation that answers with a secret: what is kept for a repetition is sealed."""

    is_secret = True


class TicketRoute(Route):
    """An operation whose answer is good once, for a moment: it is made anew each time."""

    repeated: Repeated = "anew"
    answer = OpenRoute.answer


async def identify_again(request: Request) -> Principal:
    """Return who asks, after a wait in which their token or login may have ended."""
    identify_now = in_threads(identify)
    return await identify_now(
        request.headers.get("authorization"), request.cookies.get(signing_in.cookie_name())
    )


async def _caller(request: Request) -> Principal:
    principal: Principal = request.scope[_PRINCIPAL]
    return principal


Caller = Annotated[Principal, Depends(_caller)]
