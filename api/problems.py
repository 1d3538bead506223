"""From errors to problem details, and to the status codes that go with them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route

from api.payloads.problem import MEDIA_TYPE, FieldProblem, Problem
from api.payloads.session import LAUNCHED, OPENED
from core.domain.origin import current_origin
from core.domain.text import clean_line
from core.errors import (
    AlreadyAnswered,
    AppError,
    Conflict,
    DatabaseUnavailable,
    DetailsGone,
    Fenced,
    IllegalTransition,
    InvalidInput,
    InvalidResult,
    InvitationOver,
    KeyReused,
    LeaseLost,
    LinkSpent,
    NotAllowed,
    NotFound,
    RedisUnavailable,
    SessionHasPipeline,
    SignUpClosed,
    StillRunning,
    TasksRunning,
    TeamArchived,
    TicketSpent,
    TokenRefused,
    TooLarge,
    TooManyTries,
    UnknownStatus,
    WrongPassword,
)

AGAIN_SECONDS = 2
_MOST_FIELDS = 20
_LONGEST_POINTER = 200


class NotSignedIn(AppError):
    """Nobody is signed in."""

    code = "signed_out"
    hint = "Send a token: `Authorization: Bearer sage_…`; the page Your account makes one."


class CursorRefused(AppError):
    """This is no cursor of this list."""

    code = "invalid_cursor"
    hint = "Hand on `next_cursor` as it is, or begin without one."


class KeyMalformed(AppError):
    """The Idempotency-Key is not a UUID."""

    code = "invalid_input"


class SocketRefused(AppError):
    """The address of this socket cannot be read."""

    code = "invalid_input"
    hint = "Ask for /api/ws/{session id}?after={the last number one has}."


class TokenInAddress(AppError):
    """A token does not belong into an address: those are written into logs."""

    code = "token_in_url"
    hint = "Send it as `Authorization: Bearer sage_…`, or get a ticket: POST /api/ws/tickets."


class TooManySockets(AppError):
    """Too many sockets are open."""

    code = "too_many_sockets"
    hint = "Close some; one for each session is enough."


# The first that an error is one of counts.
STATUS: Mapping[type[AppError], int] = {
    CursorRefused: 400,
    KeyMalformed: 400,
    SocketRefused: 400,
    TokenInAddress: 400,
    TooManySockets: 429,
    UnknownStatus: 400,
    NotSignedIn: 401,
    WrongPassword: 401,
    TokenRefused: 401,
    TicketSpent: 401,
    NotAllowed: 403,
    SignUpClosed: 403,
    NotFound: 404,
    Conflict: 409,
    TeamArchived: 409,
    InvitationOver: 409,
    AlreadyAnswered: 409,
    StillRunning: 409,
    Fenced: 409,
    LeaseLost: 409,
    LinkSpent: 410,
    DetailsGone: 410,
    TooLarge: 413,
    InvalidInput: 422,
    KeyReused: 422,
    InvalidResult: 422,
    IllegalTransition: 422,
    SessionHasPipeline: 422,
    TasksRunning: 422,
    TooManyTries: 429,
    DatabaseUnavailable: 503,
    RedisUnavailable: 503,
}
# What is said where no use case was reached: code, sentence, hint.
_PLAIN: Mapping[int, tuple[str, str, str]] = {
    400: ("malformed", "The request cannot be read.", "Send JSON in UTF-8."),
    404: ("not_found", NotFound().message, NotFound.hint),
    405: ("method_not_allowed", "That cannot be done here.", "The header Allow names what can."),
    413: ("too_large", "The request is too large.", "Send at most 1 MB."),
}
_UNFORESEEN = ("unforeseen", "Something went wrong here.", "Look into the log for the trace id.")


def status_of(error: AppError) -> int:
    """Return the status code of an error; 500 for one that no operation should raise."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def problem(
    status: int,
    code: str,
    detail: str,
    hint: str,
    *,
    errors: list[FieldProblem] | None = None,
    reason: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return problem details as an answer that no cache keeps."""
    found = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        hint=hint,
        trace_id=current_origin().trace_id,
        errors=errors,
        reason=reason,
    )
    return JSONResponse(
        found.model_dump(exclude_none=True),
        status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def problem_of(error: AppError) -> Response:
    """Return the problem details of an error that Sage Mode understands."""
    status = status_of(error)
    headers = {}
    if status == 401:
        is_token = isinstance(error, TokenRefused)
        headers["WWW-Authenticate"] = 'Bearer realm="Sage Mode"' + (
            ', error="invalid_token"' if is_token else ""
        )
    elif isinstance(error, TooManyTries | StillRunning):
        headers["Retry-After"] = str(error.seconds)
    elif status in (429, 503):
        headers["Retry-After"] = str(AGAIN_SECONDS)
    reason = error.reason if isinstance(error, LeaseLost) else None
    return problem(
        status, error.code, error.message, error.hint_text, reason=reason, headers=headers
    )


def too_large() -> Response:
    """Refuse a body over the limit."""
    return problem(413, *_PLAIN[413])


def handle_problems(app: FastAPI) -> None:
    """Let every refusal of an app be problem details."""
    app.add_exception_handler(AppError, _understood)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _unforeseen)


async def _understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return problem_of(error)


async def _plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = _PLAIN.get(error.status_code, _UNFORESEEN)
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
    return problem(error.status_code, *said, headers=headers)


def _allowed(request: Request) -> str:
    """Return the methods of an address: of all its routes, not of the first that has another."""
    found: set[str] = set()
    for context in iter_route_contexts(request.app.routes):
        route = context.original_route
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return ", ".join(sorted(found))


async def _unforeseen(request: Request, error: Exception) -> Response:
    return problem(500, *_UNFORESEEN)  # the server logs it


async def _invalid(request: Request, error: Exception) -> Response:
    """Refuse what has another shape: 422 for a body that is JSON, 400 for all else.

    What was sent is not repeated: it may be a password.
    """
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem(400, *_PLAIN[400])
    fields = [FieldProblem(pointer=_pointer(one["loc"]), detail=one["msg"]) for one in found]
    is_body = all(one["loc"][0] == "body" for one in found)
    return problem(
        422 if is_body else 400,
        "invalid_input",
        "The request is not what this operation takes.",
        "Correct what `errors` names.",
        errors=fields[:_MOST_FIELDS],
    )


def _pointer(loc: Any) -> str:
    """Return where something is; a name of a field may be anything that was sent."""
    named = [str(one) for one in loc if one not in (LAUNCHED, OPENED)]
    return clean_line("/".join(named))[:_LONGEST_POINTER]
