"""Agents from outside: they ask for work, and report on what they hold."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.calls import Caller, Route, identify_again
from api.documentation import SECURITY, WRITE, WRITES, refusals
from api.drafts import result_of
from api.payloads.agent import (
    ClaimRequest,
    Failure,
    Held,
    Lease,
    Noted,
    Order,
    Progress,
    Recorded,
    Result,
)
from api.rendering import order_of, recorded_of
from api.waiting import wait_for_work
from core.domain.agent import WorkQuery
from core.services import reporting

_router = APIRouter(tags=["agents"], route_class=Route)
routers = (_router,)


@_router.post(
    "/tasks/claim",
    response_model=Order,
    responses={204: {"description": "No work was due in time"}, **refusals(*WRITE)},
    openapi_extra={"security": SECURITY},
)
async def claim_task(
    request: Request, caller: Caller, wanted: ClaimRequest | None = None
) -> Order | Response:
    """Take up the task that has waited longest for an agent; 204 when none is due in time.

    Nothing is claimed for who is known to have gone. A claim whose answer is lost stays until its
    lease runs out.
    """
    wanted = wanted or ClaimRequest()
    order = await wait_for_work(
        caller,
        WorkQuery(wanted.team_id, wanted.session_id, tuple(wanted.roles)),
        wanted.wait_seconds,
        again=partial(identify_again, request),
        is_gone=request.is_disconnected,
    )
    return Response(status_code=204) if order is None else order_of(order)


@_router.post("/tasks/{task_id}/heartbeat", **WRITES)
def heartbeat(caller: Caller, task_id: UUID, held: Held) -> Lease:
    """Extend the lease of a task; 409 when it is lost."""
    return Lease.model_validate(reporting.heartbeat_task(caller, task_id, held.attempt))


@_router.post("/tasks/{task_id}/progress", **WRITES)
def report_progress(caller: Caller, task_id: UUID, told: Progress) -> Noted:
    """Tell whoever watches how far a task is; a note becomes an event once a second at most."""
    is_noted = reporting.report_progress(caller, task_id, told.attempt, told.fraction, told.note)
    return Noted(is_noted=is_noted)


@_router.post("/tasks/{task_id}/complete", **WRITES)
def complete_task(caller: Caller, task_id: UUID, made: Result) -> Recorded:
    """Record a task's result; sent again it records nothing and tells the same."""
    return recorded_of(reporting.complete_task(caller, task_id, made.attempt, result_of(made)))


@_router.post("/tasks/{task_id}/fail", **WRITES)
def fail_task(caller: Caller, task_id: UUID, why: Failure) -> Recorded:
    """Record that an attempt failed; the task is due again later, or fails for good."""
    recorded = reporting.fail_task(
        caller, task_id, why.attempt, why.error_code, why.message, retryable=why.retryable
    )
    return recorded_of(recorded)
