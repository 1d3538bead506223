"""The lives of a session and of a task: every legal change stands here, all others are refused.

A session is *launched* with its pipeline and is active at once; one made without a pipeline is
pending until a task is routed to it. While it is active its tasks are claimed. Pausing stops
claims only. It completes when its last task completes, or fails when one task fails for good;
`retry` takes a failed session up again from that task. One that *stays open* does neither by
itself: more tasks may be routed to it. Completed, cancelled and expired are final.

A task waits *blocked* for the roles before it, is *ready* to be claimed, and runs in *attempts*.
An attempt that fails or dies puts it back to ready, until its bound is reached.
"""

from __future__ import annotations

from enum import StrEnum

from core.errors import IllegalTransition, UnknownStatus


class SessionStatus(StrEnum):
    """Where a session is in its life."""

    PENDING = "pending"  # made without a pipeline; nothing was routed to it yet
    ACTIVE = "active"  # tasks are claimed
    PAUSED = "paused"  # nothing new is claimed; what runs goes on and records
    COMPLETED = "completed"  # final; `outcome` says what that means
    FAILED = "failed"  # a task failed for good; `retry` may take it up again
    CANCELLED = "cancelled"  # final; a person or agent stopped it
    EXPIRED = "expired"  # final; retention ended it for lack of activity


class TaskStatus(StrEnum):
    """Where a task is in its life."""

    BLOCKED = "blocked"  # waits for roles before it, or for a retry of the failed session
    READY = "ready"  # may be claimed once it is due
    RUNNING = "running"  # an attempt holds the lease
    WAITING = "waiting"  # an approval is pending; no attempt holds it
    COMPLETED = "completed"  # final
    FAILED = "failed"  # its bound is reached; only a retry of the session moves it
    CANCELLED = "cancelled"  # final


S, T = SessionStatus, TaskStatus

# (from, act) -> to. The acts are the use cases of the services.
SESSION_TRANSITIONS: dict[tuple[SessionStatus, str], SessionStatus] = {
    (S.PENDING, "activate"): S.ACTIVE,
    (S.PENDING, "cancel"): S.CANCELLED,
    (S.ACTIVE, "cancel"): S.CANCELLED,
    (S.PAUSED, "cancel"): S.CANCELLED,
    (S.ACTIVE, "pause"): S.PAUSED,
    (S.PAUSED, "resume"): S.ACTIVE,
    (S.ACTIVE, "complete"): S.COMPLETED,
    (S.PAUSED, "complete"): S.COMPLETED,
    (S.ACTIVE, "fail"): S.FAILED,
    (S.PAUSED, "fail"): S.FAILED,
    (S.FAILED, "retry"): S.ACTIVE,
    (S.PENDING, "expire"): S.EXPIRED,
    (S.ACTIVE, "expire"): S.EXPIRED,
    (S.PAUSED, "expire"): S.EXPIRED,
}

TASK_TRANSITIONS: dict[tuple[TaskStatus, str], TaskStatus] = {
    (T.BLOCKED, "free"): T.READY,
    (T.BLOCKED, "wait"): T.WAITING,  # a gate of the pipeline asks before it starts
    (T.READY, "claim"): T.RUNNING,
    (T.READY, "block"): T.BLOCKED,  # the session failed before it started
    (T.RUNNING, "complete"): T.COMPLETED,
    (T.RUNNING, "fail"): T.FAILED,
    (T.RUNNING, "retry"): T.READY,
    (T.RUNNING, "lose"): T.READY,
    (T.RUNNING, "block"): T.BLOCKED,  # ended without result in a session that has failed
    (T.RUNNING, "wait"): T.WAITING,
    (T.WAITING, "free"): T.READY,
    (T.WAITING, "fail"): T.FAILED,
    (T.WAITING, "block"): T.BLOCKED,  # answered in a session that has failed
    (T.FAILED, "free"): T.READY,  # the session is retried
    (T.FAILED, "wait"): T.WAITING,  # it is retried, and its gate asks anew
    (T.BLOCKED, "cancel"): T.CANCELLED,
    (T.READY, "cancel"): T.CANCELLED,
    (T.RUNNING, "cancel"): T.CANCELLED,
    (T.WAITING, "cancel"): T.CANCELLED,
}

# By which acts somebody asks for a state; expiring is retention's, and nothing leads to pending.
_ACTS_TOWARDS: dict[SessionStatus, tuple[str, ...]] = {
    S.ACTIVE: ("activate", "resume"),
    S.PAUSED: ("pause",),
    S.COMPLETED: ("complete",),
    S.FAILED: ("fail",),
    S.CANCELLED: ("cancel",),
}

# What an act would have made of a session or a task, as a refusal says it.
_PARTICIPLES: dict[str, str] = {
    "activate": "activated",
    "block": "blocked",
    "cancel": "cancelled",
    "claim": "claimed",
    "complete": "completed",
    "expire": "expired",
    "fail": "set to failed",
    "free": "made ready",
    "lose": "lost",
    "pause": "paused",
    "resume": "resumed",
    "retry": "retried",
    "wait": "made to wait",
}

FINAL_SESSION = frozenset({S.COMPLETED, S.CANCELLED, S.EXPIRED})
FINAL_TASK = frozenset({T.COMPLETED, T.CANCELLED})
UNFINISHED_TASK = frozenset(set(T) - {T.COMPLETED, T.FAILED, T.CANCELLED})


class Outcome(StrEnum):
    """What the completion of a session means."""

    PLANNED = "planned"
    NEEDS_INPUT = "needs_input"


def next_session_status(status: SessionStatus, act: str) -> SessionStatus:
    """Return where `act` leads from `status`; raises `IllegalTransition` when it does not."""
    try:
        return SESSION_TRANSITIONS[status, act]
    except KeyError:
        raise IllegalTransition(_refusal("session", status, act)) from None


def read_session_status(name: str) -> SessionStatus:
    """Return the state of a name; raises `UnknownStatus`."""
    try:
        return SessionStatus(name)
    except ValueError:
        raise UnknownStatus from None


def act_towards(status: SessionStatus, wanted: SessionStatus) -> str | None:
    """Return the act that leads from one state to another; None when it is there already.

    A failed session is not made active again like that: only `retry` says what becomes of its
    tasks. Raises `IllegalTransition`.
    """
    if status == wanted:
        return None
    for act in _ACTS_TOWARDS.get(wanted, ()):
        if (status, act) in SESSION_TRANSITIONS:
            return act
    raise IllegalTransition(f"A session that is {status} cannot be made {wanted}.")


def next_task_status(status: TaskStatus, act: str) -> TaskStatus:
    """Return where `act` leads from `status`; raises `IllegalTransition` when it does not."""
    try:
        return TASK_TRANSITIONS[status, act]
    except KeyError:
        raise IllegalTransition(_refusal("task", status, act)) from None


def sources(act: str) -> frozenset[TaskStatus]:
    """Return the task states from which `act` is legal."""
    return frozenset(status for status, name in TASK_TRANSITIONS if name == act)


def _refusal(what: str, status: str, act: str) -> str:
    return f"A {what} that is {status} cannot be {_PARTICIPLES.get(act, act)}."
