"""The end of signing in and out, which a Streamlit script cannot do: the cookie."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import (
    AppError,
    DatabaseUnavailable,
    RedisUnavailable,
    TicketSpent,
    TooManyTries,
)
from core.services import signing_in
from core.settings import get_settings
from web.refusals import error_answer, refusal, sign_in_first

log = logging.getLogger(__name__)
R = TypeVar("R")

_limiter = CapacityLimiter(4)  # services block; the event loop must not
_NO_STORE = {"Cache-Control": "no-store"}
_STATUS: dict[type[AppError], int] = {
    TicketSpent: 401,
    RedisUnavailable: 503,
    DatabaseUnavailable: 503,
    TooManyTries: 429,
}
# One slash, then nothing that a browser reads as another host: it takes \ for /, and drops
# tabs and line breaks.
_SAFE_NEXT = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\x9f]{0,2000}\Z")


async def redeem(request: Request) -> Response:
    """Turn `{"ticket", "next"}` into the cookie, and say where to go: `{"next"}`."""
    wanted = await _read_json(request)
    ticket = wanted.get("ticket")
    if not isinstance(ticket, str):
        return refusal(400, "invalid_input", "The ticket is missing.", "Sign in again.")
    former = request.cookies.get(signing_in.cookie_name())
    try:
        login_id = await call(partial(signing_in.redeem_ticket, ticket))
    except AppError as error:
        return _failure(error)
    answer = JSONResponse({"next": safe_next(wanted.get("next"))}, headers=_NO_STORE)
    give_cookie(answer, login_id, former)
    return answer


def give_cookie(answer: Response, login_id: str, former: str | None) -> None:
    """Sign the browser in that gets the answer; the login that it had before ends."""
    if former:
        # After the answer: its end sends all tabs of this browser away, which need the new cookie.
        answer.background = BackgroundTask(_end_former, former)
    answer.set_cookie(
        signing_in.cookie_name(),
        login_id,
        max_age=get_settings().login_absolute_seconds,
        **signing_in.cookie_rules(),
    )


async def _end_former(cookie: str) -> None:
    try:
        await call(partial(signing_in.sign_out, cookie))
    except AppError as error:
        log.warning("a former login goes on until its time is over: %s", error)


async def sign_out(request: Request) -> Response:
    """End the browser's login and take its cookie away."""
    cookie = request.cookies.get(signing_in.cookie_name())
    try:
        if cookie:
            await call(partial(signing_in.sign_out, cookie))
    except AppError as error:
        return _failure(error)
    answer = JSONResponse({"next": "/"}, headers=_NO_STORE)
    answer.delete_cookie(signing_in.cookie_name(), **signing_in.cookie_rules())
    return answer


async def me(request: Request) -> Response:
    """Say who is signed in."""
    cookie = request.cookies.get(signing_in.cookie_name())
    try:
        login = await call(partial(signing_in.find_login, cookie))
    except AppError as error:
        return _failure(error)
    if login is None:
        return sign_in_first(request.scope)
    return JSONResponse({"user_name": login.user.user_name}, headers=_NO_STORE)


def safe_next(wanted: Any) -> str:
    """Return a path of this dashboard; `/` for everything else."""
    return wanted if isinstance(wanted, str) and _SAFE_NEXT.match(wanted) else "/"


async def _read_json(request: Request) -> dict[str, Any]:
    # Another site can send a form without asking, but not this type.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return {}
    try:
        found = await request.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


async def call(work: Callable[[], R], limiter: CapacityLimiter = _limiter) -> R:
    """Let a service work in a thread."""
    return await anyio.to_thread.run_sync(work, limiter=limiter)


def _failure(error: AppError) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    return error_answer(status, error)


routes = [
    Route("/auth/redeem", redeem, methods=["POST"]),
    Route("/auth/sign-out", sign_out, methods=["POST"]),
    Route("/auth/me", me),
]
