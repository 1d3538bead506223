"""What can go wrong, as exceptions: refusals of the server, and answers that never came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

import httpx


class SageError(Exception):
    """Everything that this package raises about a call."""


class Unreachable(SageError):
    """No answer came, however often it was tried; its cause says what came instead."""

    def __init__(self, message: str, *, trace_id: str) -> None:
        super().__init__(message)
        self.trace_id = trace_id


class UnexpectedAnswer(SageError):
    """The answer is not what this version of the client knows."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A field of a request that was not valid."""

    pointer: str
    detail: str


class ApiError(SageError):
    """A refusal, as problem details tell it (RFC 9457). Go by its class, or by `code`.

    `detail` and `hint` are sentences for people; `trace_id` finds the request in the server's log.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        hint: str = "",
        trace_id: str = "",
        errors: tuple[FieldProblem, ...] = (),
        reason: str | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(f"{detail} {hint}".strip() + f" ({status} {code}, trace {trace_id})")
        self.status = status
        self.code = code
        self.detail = detail
        self.hint = hint
        self.trace_id = trace_id
        self.errors = errors
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds


class BadRequest(ApiError):
    """400: the request means nothing."""


class NotSignedIn(ApiError):
    """401: there is no token, or one that is not good any more."""


class NotAllowed(ApiError):
    """403: one's place in the team, or the token's scopes, do not allow it."""


class NotFound(ApiError):
    """404: it is not there, or in a team that one is not in."""


class Conflict(ApiError):
    """409: somebody else was first, or the state has changed."""


class LeaseLost(Conflict):
    """409 `lease_lost`: this agent does not hold the task any more; `reason` says why."""


class Gone(ApiError):
    """410: it was there, and is not kept any more."""


class TooLarge(ApiError):
    """413: over 1 MB."""


class Invalid(ApiError):
    """422: the values are refused (`errors` names them), or the state does not allow it."""


class TooMany(ApiError):
    """429: too many calls, also after waiting."""


class ServerError(ApiError):
    """5xx: the server failed."""


class Unavailable(ServerError):
    """503: PostgreSQL or Redis is away, also after waiting."""


_BY_CODE: Mapping[str, type[ApiError]] = {"lease_lost": LeaseLost}
_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: BadRequest,
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    410: Gone,
    413: TooLarge,
    422: Invalid,
    429: TooMany,
    503: Unavailable,
}


def error_of(answer: httpx.Response) -> ApiError:
    """Return what an answer refuses; one without problem details is of a proxy on the way."""
    told = _problem(answer)
    status = answer.status_code
    code = str(told.get("code") or f"http_{status}")
    other = ServerError if status >= 500 else ApiError
    kind = _BY_CODE.get(code) or _BY_STATUS.get(status, other)
    fields = told.get("errors") or ()
    return kind(
        status,
        code,
        str(told.get("detail") or f"The server answered {status} {answer.reason_phrase}."),
        hint=str(told.get("hint") or ""),
        trace_id=str(told.get("trace_id") or answer.headers.get("x-trace-id", "")),
        errors=tuple(FieldProblem(str(one["pointer"]), str(one["detail"])) for one in fields),
        reason=told.get("reason"),
        retry_after_seconds=retry_after(answer),
    )


def retry_after(answer: httpx.Response) -> float | None:
    """Return how many seconds an answer asks to wait, in either form of the header."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdecimal():
        return float(asked)
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time())
    except (ValueError, TypeError):
        return None


def _problem(answer: httpx.Response) -> dict[str, Any]:
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return {}
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
