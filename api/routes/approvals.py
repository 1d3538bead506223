"""Approvals: agents ask, people answer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.calls import Caller, Route
from api.cursors import APPROVALS, moment_cursor, read_moment_cursor
from api.documentation import READS, SECURITY, WRITE, WRITES, refusals
from api.payloads.approval import Approval, ApprovalAnswer, ApprovalPage, NewApproval
from core.domain.approval import Answer, ApprovalStatus, Question
from core.services import answering, approving
from core.services.approving import ApprovalFilter

_router = APIRouter(tags=["approvals"], route_class=Route)
routers = (_router,)


@_router.post(
    "/approvals",
    status_code=201,
    responses=refusals(*WRITE),
    openapi_extra={"security": SECURITY},
)
def request_approval(caller: Caller, wanted: NewApproval, response: Response) -> Approval:
    """Ask for a person's yes; the attempt ends, and the task waits without a lease.

    When it is approved the task is ready again, and the next claim has the answer in its input,
    under `approvals`. The same question asked again is the same approval.
    """
    asked = Question(wanted.approver_role, wanted.question, wanted.details)
    found = approving.request_approval(caller, wanted.task_id, asked, attempt=wanted.attempt)
    response.headers["Location"] = f"/api/approvals/{found.id}"
    return Approval.model_validate(found)


@_router.get("/approvals", **READS)
def list_approvals(
    caller: Caller,
    team_id: Annotated[UUID | None, Query(description="without it: of all your teams")] = None,
    session_id: UUID | None = None,
    task_id: UUID | None = None,
    status: Annotated[
        list[ApprovalStatus] | None, Query(description="repeat it for several")
    ] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> ApprovalPage:
    """List what was asked, oldest first."""
    after = None if cursor is None else read_moment_cursor(APPROVALS, cursor)
    query = ApprovalFilter(team_id, session_id, task_id, frozenset(status or ()), after)
    page = approving.list_approvals(caller, query, limit)
    last = page.items[-1] if page.is_more else None
    return ApprovalPage(
        items=[Approval.model_validate(one) for one in page.items],
        next_cursor=None if last is None else moment_cursor(APPROVALS, last.requested_at, last.id),
    )


@_router.get("/approvals/{approval_id}", **READS)
def get_approval(caller: Caller, approval_id: UUID) -> Approval:
    """Return an approval as it stands."""
    return Approval.model_validate(approving.get_approval(caller, approval_id))


@_router.post("/approvals/{approval_id}/decide", **WRITES)
def decide_approval(caller: Caller, approval_id: UUID, given: ApprovalAnswer) -> Approval:
    """Answer an approval; 409 when somebody was first, or its time has passed."""
    answer = Answer(ApprovalStatus(given.decision), given.reason, given.changed_input)
    return Approval.model_validate(answering.decide_approval(caller, approval_id, answer))
