"""Approvals: what tasks ask people, and the answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from api.payloads.payload import (
    CURSOR,
    EARLIER,
    LATER,
    SESSION_ID,
    TASK_ID,
    TEAM_ID,
    Answer,
    Example,
    Request,
)

APPROVAL_ID = "0199c1d4-8a03-7cc0-9d6e-3f1b5a2c8e15"
_BIGGEST = 2**31 - 1
APPROVAL: Example = {
    "id": APPROVAL_ID,
    "session_id": SESSION_ID,
    "team_id": TEAM_ID,
    "task_id": TASK_ID,
    "attempt": 1,
    "role": "ui_ux",
    "feature_name": "Expense approval",
    "asked_by": "agent",
    "approver_role": "designer",
    "question": "May a rejection need a reason?",
    "details": "On rejection the employee needs it to repair the receipt.",
    "status": "pending",
    "on_expiry": "fail",
    "requested_at": EARLIER,
    "expires_at": LATER,
    "decided_at": None,
    "decided_by": None,
    "reason": "",
    "changed_input": None,
    "input": {},
}


class Approval(Answer):
    """A person's yes or no that a task waits for."""

    model_config = ConfigDict(json_schema_extra={"examples": [APPROVAL]})

    id: UUID
    session_id: UUID
    team_id: UUID
    task_id: UUID
    attempt: int = Field(description="that ended with it; 0: a gate before the first")
    role: str = Field(description="whose task waits")
    feature_name: str
    asked_by: str = Field(description="gate, executor, agent or escalation")
    approver_role: str
    question: str
    details: str
    status: str = Field(description="pending, approved, rejected, expired or cancelled")
    on_expiry: str = Field(description="what happens without an answer: fail, escalate or go_on")
    requested_at: AwareDatetime
    expires_at: AwareDatetime
    decided_at: AwareDatetime | None
    decided_by: str | None = Field(description="the user's name")
    reason: str
    changed_input: dict[str, Any] | None
    input: dict[str, Any] = Field(description="of the task, which a yes may change")


class ApprovalPage(Answer):
    """Approvals, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [APPROVAL], "next_cursor": CURSOR}]}
    )

    items: list[Approval]
    next_cursor: str | None = Field(description="hand it on as `cursor`; null on the last page")


class NewApproval(Request):
    """What an agent asks in the middle of its task; its attempt ends with that."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "task_id": TASK_ID,
                    "attempt": 1,
                    "approver_role": "designer",
                    "question": "May a rejection need a reason?",
                    "details": "On rejection the employee needs it to repair the receipt.",
                }
            ]
        }
    )

    task_id: UUID
    attempt: int | None = Field(
        None, ge=1, le=_BIGGEST, strict=True, description="as the order says; null: the latest"
    )
    approver_role: Annotated[str, StringConstraints(min_length=1, max_length=50)] = Field(
        description="such as designer; member: any member, owner: an owner of the team"
    )
    question: Annotated[str, StringConstraints(min_length=1, max_length=300)] = Field(
        description="answered by yes or no"
    )
    details: Annotated[str, StringConstraints(max_length=4000)] = ""


class ApprovalAnswer(Request):
    """A yes or a no."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"decision": "approved", "reason": "", "changed_input": {"limit": 500}}]
        }
    )

    decision: Literal["approved", "rejected"]
    reason: Annotated[str, StringConstraints(max_length=2000)] = Field(
        "", description="needed for a no"
    )
    changed_input: dict[str, Any] | None = Field(
        None, description="takes the place of these keys of the task's input"
    )
