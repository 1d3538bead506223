"""What `work` does in both clients: what a handler returns and raises, and when work is lost."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from time import monotonic
from typing import Any

from sage_mode_client.call import Call, Id
from sage_mode_client.errors import (
    ApiError,
    Invalid,
    LeaseLost,
    NotAllowed,
    NotFound,
    NotSignedIn,
    SageError,
    TooLarge,
    TooMany,
    Unavailable,
    Unreachable,
)
from sage_mode_client.models.agents import Lease, Noted, Order, Recorded, Result
from sage_mode_client.models.approvals import Approval
from sage_mode_client.operations import agents, approvals

log = logging.getLogger("sage_mode_client")
Made = Result | Mapping[str, Any]
BEATS = 3  # heartbeats in the time that each gives
AGAIN_SECONDS = 5.0  # before a server that was away is asked for work again
AWAY = (Unreachable, Unavailable, TooMany)
UNFIT = (Invalid, TooLarge, TypeError, ValueError)  # for results that cannot be sent or stored
_LOST = (LeaseLost, NotSignedIn, NotAllowed, NotFound)
WAITING = "waiting"  # for a person's yes
_LONGEST_MESSAGE = 2000


class WorkLost(SageError):
    """The task is not this agent's any more; `reason` says why. Nothing more need be done."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This task is not held any more: {reason}.")
        self.reason = reason


class TaskFailed(Exception):
    """To be raised by a handler whose task failed; other exceptions fail it with their own text.

    What is not `retryable` fails the task, and its session, for good.
    """

    def __init__(self, code: str, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable


class Held:
    """A task that is held, as far as heartbeats tell."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.pause_seconds = order.lease_seconds / BEATS
        self.lost: str | None = None
        self.is_reported = False  # a report is on its way; that ends the lease too
        self._until = monotonic() + order.lease_seconds

    def check(self) -> None:
        """Raise `WorkLost` when the task is lost."""
        if self.lost is not None:
            raise WorkLost(self.lost)

    def heartbeat(self) -> Call[Lease]:
        """Return the call that extends the lease."""
        return agents.heartbeat(self.order.task_id, self.order.attempt)

    def progress(self, fraction: float | None, note: str) -> Call[Noted]:
        """Return the call that tells how far the task is."""
        order = self.order
        return agents.report_progress(order.task_id, order.attempt, fraction=fraction, note=note)

    def question(self, approver_role: str, question: str, details: str) -> Call[Approval]:
        """Return the call that asks for a person's yes."""
        order = self.order
        return approvals.request_approval(
            order.task_id, approver_role, question, attempt=order.attempt, details=details
        )

    def extend(self, sent_at: float) -> None:
        """Take note that a heartbeat was heard which was sent at some time."""
        self._until = sent_at + self.order.lease_seconds

    def fail_to_extend(self, error: SageError) -> None:
        """Take note of why a heartbeat failed: refused, or so late that the lease is over."""
        if self.is_reported:
            return
        if isinstance(error, _LOST):
            self.lost = error.reason or error.code
        elif monotonic() >= self._until:
            self.lost = "no_heartbeat"
        if self.lost is not None:
            log.warning("task %s was lost: %s", self.order.task_id, self.lost)


def claim(
    role: str, team_id: Id | None, session_id: Id | None, wait_seconds: float
) -> Call[Order | None]:
    """Return the call that asks for a role's work."""
    return agents.claim_task(
        team_id=team_id, session_id=session_id, roles=[role], wait_seconds=wait_seconds
    )


def completion(order: Order, made: Made) -> Call[Recorded]:
    """Return the call that reports what a handler returned."""
    result = made if isinstance(made, Result) else Result(made)
    return agents.complete_task(
        order.task_id,
        order.attempt,
        result.output,
        artifacts=result.artifacts,
        decisions=result.decisions,
        outcome=result.outcome,
        questions=result.questions,
        usage=result.usage,
    )


def failure(order: Order, error: BaseException) -> Call[Recorded]:
    """Return the call that reports an exception."""
    log.warning("task %s failed", order.task_id, exc_info=error)
    told = _told(error)
    return agents.fail_task(
        order.task_id,
        order.attempt,
        told.code,
        told.message[:_LONGEST_MESSAGE],
        retryable=told.retryable,
    )


def _told(error: BaseException) -> TaskFailed:
    if isinstance(error, TaskFailed):
        return error
    if isinstance(error, ApiError):
        return TaskFailed(error.code, str(error), retryable=not isinstance(error, UNFIT))
    code = "handler_failed" if isinstance(error, Exception) else "stopped"
    return TaskFailed(code, f"{type(error).__name__}: {error}")
