"""Approvals: asked for by agents, answered by people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sage_mode_client.call import Call, Id, get, json_of, post
from sage_mode_client.models.approvals import Approval, ApprovalPage, ApprovalStatus, YesOrNo


def request_approval(
    task_id: Id,
    approver_role: str,
    question: str,
    *,
    attempt: int | None = None,
    details: str = "",
    idempotency_key: Id | None = None,
) -> Call[Approval]:
    """Ask for a person's yes; the attempt ends, and the task waits without a lease."""
    body = {
        "task_id": task_id,
        "approver_role": approver_role,
        "question": question,
        "attempt": attempt,
        "details": details,
    }
    return post("/approvals", json_of(Approval), body, key=idempotency_key)


def list_approvals(
    *,
    team_id: Id | None = None,
    session_id: Id | None = None,
    task_id: Id | None = None,
    status: Sequence[ApprovalStatus] = (),
    cursor: str | None = None,
    limit: int = 20,
) -> Call[ApprovalPage]:
    """List what was asked, oldest first."""
    query = {
        "team_id": team_id,
        "session_id": session_id,
        "task_id": task_id,
        "status": tuple(status),
        "cursor": cursor,
        "limit": limit,
    }
    return get("/approvals", json_of(ApprovalPage), query=query)


def get_approval(approval_id: Id) -> Call[Approval]:
    """Return an approval as it stands."""
    return get("/approvals/{approval_id}", json_of(Approval), approval_id=approval_id)


def decide_approval(
    approval_id: Id,
    decision: YesOrNo,
    *,
    reason: str = "",
    changed_input: Mapping[str, Any] | None = None,
    idempotency_key: Id | None = None,
) -> Call[Approval]:
    """Answer an approval; raises `Conflict` when somebody was first, or its time has passed."""
    body = {"decision": decision, "reason": reason, "changed_input": changed_input}
    path = "/approvals/{approval_id}/decide"
    return post(path, json_of(Approval), body, key=idempotency_key, approval_id=approval_id)
