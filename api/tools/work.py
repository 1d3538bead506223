"""Working as an agent: taking up a task, signs of life, how it ended."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

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
from api.payloads.payload import Answer, Request
from api.rendering import order_of, recorded_of
from api.tools.tool import Call, Repeatable, writes
from api.waiting import wait_for_work
from core.domain.agent import WorkQuery
from core.services import reporting


class ClaimTask(ClaimRequest, Repeatable):
    """Which work an agent would take up; without anything: any that it may."""


class _OfTask(Request):
    task_id: UUID = Field(description="as the order says")


class HeartbeatTask(_OfTask, Held):
    """Which attempt still goes on."""


class ReportProgress(_OfTask, Progress):
    """How far an attempt is."""


class CompleteTask(_OfTask, Result):
    """What an attempt made."""


class FailTask(_OfTask, Failure):
    """Why an attempt failed."""


class Claimed(Answer):
    """The task that was taken up; none when no work was due in time."""

    order: Order | None
    text: str = Field(description="what to do next")

    @property
    def is_empty(self) -> bool:
        """Whether there was no work."""
        return self.order is None


@writes
async def claim_task(call: Call, wanted: ClaimTask) -> Claimed:
    """Take up the task that has waited longest for an agent like you.

    Waits up to `wait_seconds` for work. Do what the order says, call heartbeat_task well before
    `lease_until`, and end with complete_task or fail_task.
    """
    found = await wait_for_work(
        call.principal,
        WorkQuery(wanted.team_id, wanted.session_id, tuple(wanted.roles)),
        wanted.wait_seconds,
        again=call.again,
        is_gone=call.is_gone,
    )
    if found is None:
        return Claimed(order=None, text="No work is due for you now. Call claim_task again later.")
    order = order_of(found)
    return Claimed(
        order=order,
        text=f"You hold task {order.task_id}, attempt {order.attempt}, as {order.role}. Call "
        f"heartbeat_task at least every {order.lease_seconds / 3:.0f} seconds, and complete_task "
        f"or fail_task before {order.deadline_at.isoformat()}.",
    )


@writes
def heartbeat_task(call: Call, wanted: HeartbeatTask) -> Lease:
    """Say that you still work on a task; without it the task goes to somebody else.

    `lease_lost` means that it is not yours any more: stop, and claim another.
    """
    return Lease.model_validate(
        reporting.heartbeat_task(call.principal, wanted.task_id, wanted.attempt)
    )


@writes
def report_progress(call: Call, wanted: ReportProgress) -> Noted:
    """Tell whoever watches how far you are; this is no heartbeat."""
    noted = reporting.report_progress(
        call.principal, wanted.task_id, wanted.attempt, wanted.fraction, wanted.note
    )
    return Noted(is_noted=noted)


@writes
def complete_task(call: Call, wanted: CompleteTask) -> Recorded:
    """Hand in the result of a task you hold: output, documents, decisions.

    Sent again it records nothing and tells the same. What is refused as invalid costs nothing:
    correct it while the lease lasts.
    """
    recorded = reporting.complete_task(
        call.principal, wanted.task_id, wanted.attempt, result_of(wanted)
    )
    return recorded_of(recorded)


@writes
def fail_task(call: Call, wanted: FailTask) -> Recorded:
    """Give a task back that you cannot do: it is due again later, or fails for good."""
    recorded = reporting.fail_task(
        call.principal,
        wanted.task_id,
        wanted.attempt,
        wanted.error_code,
        wanted.message,
        retryable=wanted.retryable,
    )
    return recorded_of(recorded)


tools = (claim_task, heartbeat_task, report_progress, complete_task, fail_task)
