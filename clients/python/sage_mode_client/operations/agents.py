"""What agents ask for and report; `work` does all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sage_mode_client.call import Call, Id, json_of, json_or_none, post
from sage_mode_client.models.agents import Lease, NewArtifact, Noted, Order, Outcome, Recorded
from sage_mode_client.models.decisions import TacticalDecision


def claim_task(
    *,
    team_id: Id | None = None,
    session_id: Id | None = None,
    roles: Sequence[str] = (),
    wait_seconds: float = 0,
    idempotency_key: Id | None = None,
) -> Call[Order | None]:
    """Take up the task that has waited longest for an agent; None when none is due in time."""
    body = {
        "team_id": team_id,
        "session_id": session_id,
        "roles": roles,
        "wait_seconds": wait_seconds,
    }
    read = json_or_none(Order)
    return post("/tasks/claim", read, body, key=idempotency_key, waits_seconds=wait_seconds)


def heartbeat(task_id: Id, attempt: int, *, idempotency_key: Id | None = None) -> Call[Lease]:
    """Extend the lease of a task; raises `LeaseLost`."""
    path = "/tasks/{task_id}/heartbeat"
    return post(path, json_of(Lease), {"attempt": attempt}, key=idempotency_key, task_id=task_id)


def report_progress(
    task_id: Id,
    attempt: int,
    *,
    fraction: float | None = None,
    note: str = "",
    idempotency_key: Id | None = None,
) -> Call[Noted]:
    """Tell whoever watches how far a task is."""
    body = {"attempt": attempt, "fraction": fraction, "note": note}
    path = "/tasks/{task_id}/progress"
    return post(path, json_of(Noted), body, key=idempotency_key, task_id=task_id)


def complete_task(
    task_id: Id,
    attempt: int,
    output: Mapping[str, Any],
    *,
    artifacts: Sequence[NewArtifact] = (),
    decisions: Sequence[TacticalDecision] = (),
    outcome: Outcome = "done",
    questions: Sequence[str] = (),
    usage: Mapping[str, Any] | None = None,
    idempotency_key: Id | None = None,
) -> Call[Recorded]:
    """Record a task's result; sent again it records nothing and tells the same."""
    body = {
        "attempt": attempt,
        "output": output,
        "artifacts": artifacts,
        "decisions": decisions,
        "outcome": outcome,
        "questions": questions,
        "usage": usage,
    }
    path = "/tasks/{task_id}/complete"
    return post(path, json_of(Recorded), body, key=idempotency_key, task_id=task_id)


def fail_task(
    task_id: Id,
    attempt: int,
    error_code: str,
    message: str,
    *,
    retryable: bool = True,
    idempotency_key: Id | None = None,
) -> Call[Recorded]:
    """Record that an attempt failed; the task is due again later, or fails for good."""
    body = {
        "attempt": attempt,
        "error_code": error_code,
        "message": message,
        "retryable": retryable,
    }
    path = "/tasks/{task_id}/fail"
    return post(path, json_of(Recorded), body, key=idempotency_key, task_id=task_id)
