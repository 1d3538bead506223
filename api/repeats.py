"""POST requests with an `Idempotency-Key`: done once, and answered alike each time.

The answer is kept before it is sent, so that whoever heard it hears the same again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.problems import KeyMalformed, problem_of
from core.domain.access import Principal
from core.errors import AppError, InvalidInput, KeyReused, StillRunning
from core.services import idempotency
from core.services.idempotency import Answer, Begun, InFlight, Replay

R = TypeVar("R")
Handle = Callable[[Request], Awaitable[Response]]
Blocking = Callable[[Callable[..., R]], Callable[..., Awaitable[R]]]

KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
FIRST_STATUS = "Idempotency-First-Status"


def has_key(request: Request) -> bool:
    """Tell whether a request may be sent again."""
    return request.method == "POST" and KEY in request.headers


def read_key(request: Request) -> UUID:
    """Return a request's key; raises `KeyMalformed`."""
    try:
        return idempotency.read_key(", ".join(request.headers.getlist(KEY)))
    except InvalidInput as error:
        raise KeyMalformed(error.message, hint=error.hint_text) from None


def act_key(request: Request) -> str | None:
    """Return what the act is known by in every run of it; None for one without a key."""
    begun: Begun | None = getattr(request.state, "begun", None)
    return None if begun is None else begun.act_key


async def answer_once(
    request: Request,
    principal: Principal,
    handle: Handle,
    in_threads: Blocking[Any],
    *,
    is_secret: bool,
) -> Response:
    """Return the answer to a request: the one of its first run, where there was one.

    With `is_secret` it is kept sealed.
    """
    key = read_key(request)
    fingerprint = idempotency.fingerprint_request(
        await request.body(),
        query=request.scope["query_string"],
        media_type=request.headers.get("content-type", ""),
    )
    begin = in_threads(idempotency.begin)
    path = request.url.path
    found = await begin(principal, request.method, path, key, fingerprint, is_secret=is_secret)
    if isinstance(found, Replay):
        return _replay(found.answer)
    if isinstance(found, InFlight):
        return problem_of(StillRunning(found.retry_after))
    if not isinstance(found, Begun):
        return problem_of(KeyReused())
    request.state.begun = found
    try:
        answer = await _answer(request, handle)
    except Exception:
        await in_threads(idempotency.forget)(found)
        raise
    sent = bytes(answer.body)
    keep = in_threads(idempotency.keep)
    kept: Answer = await keep(found, answer.status_code, dict(answer.headers), sent)
    is_ours = (kept.status, kept.body) == (answer.status_code, sent)
    return answer if is_ours else _replay(kept)  # another run was answered before


async def _answer(request: Request, handle: Handle) -> Response:
    try:
        return await handle(request)
    except AppError as error:
        return problem_of(error)


def _replay(answer: Answer) -> Response:
    """Return a kept answer: 200 for what was done, a refusal as it was."""
    is_done = answer.status < 300
    response = Response(answer.body, 200 if is_done else answer.status)
    for name, value in answer.headers.items():
        response.headers[name] = value
    response.headers[REPLAYED] = "true"
    response.headers[FIRST_STATUS] = str(answer.status)
    return response
