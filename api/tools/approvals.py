"""Asking people for a yes, in the middle of a task."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.payloads.approval import Approval
from api.payloads.payload import Request
from api.tools.tool import Call, writes_once
from core.domain.approval import MAX_DETAILS_CHARACTERS, MAX_QUESTION_CHARACTERS, Question
from core.services import approving

_BIGGEST = 2**31 - 1


class RequestApproval(Request):
    """What people are asked, and about which task."""

    task_id: UUID = Field(description="a task that you hold")
    approver_role: Annotated[str, StringConstraints(min_length=1, max_length=50)] = Field(
        description="such as designer; member: any member, owner: an owner of the team"
    )
    reason: Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUESTION_CHARACTERS)] = (
        Field(description="what is to be approved and why, answered by yes or no")
    )
    details: Annotated[str, StringConstraints(max_length=MAX_DETAILS_CHARACTERS)] = ""
    attempt: int | None = Field(
        None, ge=1, le=_BIGGEST, strict=True, description="as the order says; null: the latest"
    )


class Requested(Approval):
    """An approval that was asked for."""

    text: str = Field(description="what to do next")


@writes_once
def request_approval(call: Call, wanted: RequestApproval) -> Requested:
    """Ask a person for a yes before you go on with a task that you hold.

    Answers at once, with the status `pending`, and ends your attempt: the task waits without you.
    fetch_status with the task's id tells the outcome. When it is approved, claim the task again:
    the order's input has the answers, under `approvals`. The same question is asked once.
    """
    asked = Question(wanted.approver_role, wanted.reason, wanted.details)
    found = approving.request_approval(
        call.principal, wanted.task_id, asked, attempt=wanted.attempt
    )
    return Requested(
        **Approval.model_validate(found).model_dump(),
        text="Your attempt has ended. Stop working on the task and ask fetch_status for its "
        "outcome; once it is ready again, call claim_task.",
    )


tools = (request_approval,)
