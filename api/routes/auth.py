"""Signing up, in and out, and who one is."""

from __future__ import annotations

import logging

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.calls import Caller, OpenRoute, Route, in_threads
from api.documentation import OPEN, READ, SECURITY, refusals
from api.payloads.account import Me, Person, SignIn, SignUp, TokenRights
from core.domain.access import Principal, TokenPrincipal, UserPrincipal
from core.domain.origin import current_origin
from core.errors import AppError
from core.services import accounts, signing_in
from core.settings import get_settings

log = logging.getLogger(__name__)

_open = APIRouter(tags=["auth"], route_class=OpenRoute)
_own = APIRouter(tags=["auth"], route_class=Route)
routers = (_open, _own)


@_open.post("/auth/signup", status_code=201, responses=refusals(*OPEN, 403, 409, 413, 429))
def sign_up(wanted: SignUp) -> Person:
    """Make an account with a personal team; nobody is signed in by that."""
    user = signing_in.sign_up(
        wanted.user_name, wanted.email, wanted.password, address=current_origin().address
    )
    return Person.model_validate(user)


@_open.post("/auth/login", response_model=Me, responses=refusals(*OPEN, 401, 403, 413, 429))
def sign_in(wanted: SignIn, request: Request) -> Response:
    """Sign a browser in: the answer sets the cookie. A program is better off with a token."""
    ticket = signing_in.sign_in(
        wanted.name,
        wanted.password,
        address=current_origin().address,
        agent=request.headers.get("user-agent", ""),
    )
    login_id = signing_in.redeem_ticket(ticket)
    login = signing_in.find_login(login_id)
    if login is None:
        raise AppError("The login ended as soon as it began.")
    answer = _me(UserPrincipal(login.user.id)).model_dump(mode="json")
    former = _cookie(request)
    # After the answer: its end sends all tabs of this browser away, which need the new cookie.
    later = BackgroundTask(in_threads(_end_former), former) if former else None
    response = JSONResponse(answer, background=later)
    response.set_cookie(
        signing_in.cookie_name(),
        login_id,
        max_age=get_settings().login_absolute_seconds,
        **signing_in.cookie_rules(),
    )
    return response


@_open.post(
    "/auth/logout",
    status_code=204,
    response_class=Response,
    responses=refusals(400, 403, 503),
)
def sign_out(request: Request) -> Response:
    """End the browser's login and take its cookie away; without one, nothing happens."""
    cookie = _cookie(request)
    if cookie:
        signing_in.sign_out(cookie)
    response = Response(status_code=204)
    if "authorization" in request.headers:
        return response
    response.delete_cookie(signing_in.cookie_name(), **signing_in.cookie_rules())
    return response


@_own.get("/auth/me", responses=refusals(*READ), openapi_extra={"security": SECURITY})
def me(caller: Caller) -> Me:
    """Say who asks."""
    return _me(caller)


def _cookie(request: Request) -> str | None:
    """Return a browser's cookie; beside a token none counts, as the gate has not looked at it."""
    if "authorization" in request.headers:
        return None
    return request.cookies.get(signing_in.cookie_name())


def _me(principal: Principal) -> Me:
    user = Person.model_validate(accounts.get_person(principal))
    token = None
    if isinstance(principal, TokenPrincipal):
        token = TokenRights(scopes=sorted(principal.scopes), team_id=principal.team_id)
    return Me(**user.model_dump(), token=token)


def _end_former(cookie: str) -> None:
    try:
        signing_in.sign_out(cookie)
    except AppError as error:
        log.warning("a former login goes on until its time is over: %s", error)
