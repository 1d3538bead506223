"""The catalogue of events: entries in a session's numbered log.

Payloads hold ids and small values, never documents. An event's class is its schema; `version`
rises when a field changes its meaning, and `decode_body` reads every version ever written.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

EVENT_TYPES: dict[str, type[EventBody]] = {}


@dataclass(frozen=True, slots=True)
class EventBody:
    """What every event has in common; its type is the class's name in snake case."""

    version: ClassVar[int] = 1
    type: ClassVar[str] = ""

    # slots=True makes the class anew, so this is called twice; the last one stays.
    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.type = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        EVENT_TYPES[cls.type] = cls


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """A task as its session's launch names it."""

    task_id: str
    role: str
    after: tuple[str, ...]
    executor: str


@dataclass(frozen=True, slots=True)
class SessionLaunched(EventBody):
    """A session began with its tasks, all of them blocked; `task_ready` frees the first.

    A pending one has neither pipeline (an empty name) nor tasks.
    """

    name: str
    pipeline: str
    tasks: tuple[TaskOrder, ...]
    status: str = "active"


@dataclass(frozen=True, slots=True)
class SessionActivated(EventBody):
    """A pending session takes tasks."""


@dataclass(frozen=True, slots=True)
class SessionChanged(EventBody):
    """What the session is called, or keys of its metadata; `name` is None when it stayed."""

    name: str | None
    metadata_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionPaused(EventBody):
    """Claims stopped."""


@dataclass(frozen=True, slots=True)
class SessionResumed(EventBody):
    """Claims go on."""


@dataclass(frozen=True, slots=True)
class SessionCompleted(EventBody):
    """The session ended well; `outcome` says what that means, None when a person ended it."""

    outcome: str | None


@dataclass(frozen=True, slots=True)
class SessionFailed(EventBody):
    """A task failed for good; tasks that were ready go back to blocked with it.

    `task_id` is None when somebody said that the session has failed.
    """

    task_id: str | None
    error_code: str
    error_message: str


@dataclass(frozen=True, slots=True)
class SessionCancelled(EventBody):
    """Somebody stopped the session."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class SessionExpired(EventBody):
    """Retention ended the session for lack of activity."""


@dataclass(frozen=True, slots=True)
class SessionRetried(EventBody):
    """A failed session was taken up again; the failed tasks' bounds start anew."""

    task_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskRouted(EventBody):
    """A task was added to a session without pipeline, blocked; `task_ready` follows."""

    task_id: str
    role: str
    executor: str
    task_type: str


@dataclass(frozen=True, slots=True)
class TaskReady(EventBody):
    """A task may be claimed."""

    task_id: str


@dataclass(frozen=True, slots=True)
class TaskStarted(EventBody):
    """An attempt claimed the task."""

    task_id: str
    attempt: int
    worker: str


@dataclass(frozen=True, slots=True)
class TaskNote(EventBody):
    """The attempt says what it is doing."""

    task_id: str
    attempt: int
    text: str


@dataclass(frozen=True, slots=True)
class TaskRetryScheduled(EventBody):
    """The attempt failed; another is due at `due_at` (ISO 8601, UTC), unless the session failed."""

    task_id: str
    attempt: int
    due_at: str
    error_code: str
    error_message: str


@dataclass(frozen=True, slots=True)
class TaskLeaseLost(EventBody):
    """The attempt's worker died or stopped; the task is free again.

    The last one that its bound allows is a `task_failed` instead.
    """

    task_id: str
    attempt: int
    error_code: str = "crashed"
    error_message: str = ""


@dataclass(frozen=True, slots=True)
class TaskWaiting(EventBody):
    """The task waits for an approval; its attempt ended with that. 0: a gate before the first."""

    task_id: str
    attempt: int
    approval_id: str


@dataclass(frozen=True, slots=True)
class TaskCompleted(EventBody):
    """The attempt's result was recorded."""

    task_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class TaskFailed(EventBody):
    """The task reached its bound.

    `counts_as` is "failure" for one of its own, "crash" for one of its worker, or "approval" for a
    no, or an answer that did not come: that counts nothing.
    """

    task_id: str
    attempt: int
    error_code: str
    error_message: str
    counts_as: str = "failure"


@dataclass(frozen=True, slots=True)
class TaskCancelled(EventBody):
    """The task ended with its session, without result."""

    task_id: str


@dataclass(frozen=True, slots=True)
class DecisionRecorded(EventBody):
    """A decision entered the journal; `task_id` is None for a strategic one."""

    decision_id: str
    task_id: str | None
    category: str


@dataclass(frozen=True, slots=True)
class DecisionSuperseded(EventBody):
    """A decision took the place of another."""

    decision_id: str
    superseded_by: str


@dataclass(frozen=True, slots=True)
class ArtifactRecorded(EventBody):
    """An artifact was stored."""

    artifact_id: str
    task_id: str
    slug: str
    kind: str


@dataclass(frozen=True, slots=True)
class SnapshotRecorded(EventBody):
    """The snapshot of an attempt that ended is complete."""

    snapshot_id: str
    task_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class ApprovalRequested(EventBody):
    """A task asks for a person's yes or no."""

    approval_id: str
    task_id: str
    approver_role: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalDecided(EventBody):
    """An approval got its answer: approved, rejected, expired or cancelled."""

    approval_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event in its place: `seq` counts from 1 in its session, without gaps."""

    session_id: UUID
    seq: int
    at: datetime
    body: EventBody

    @property
    def type(self) -> str:
        """The event's name in the catalogue."""
        return self.body.type


def encode_body(body: EventBody) -> dict[str, Any]:
    """Return a body's payload as JSON-able values."""
    if isinstance(body, SessionLaunched):  # the only one with parts of its own
        return asdict(body)
    return {field.name: getattr(body, field.name) for field in fields(body)}


def decode_body(type_name: str, payload: dict[str, Any]) -> EventBody:
    """Read a payload back; fields that are missing take their defaults, unknown ones are left.

    Raises `KeyError` for a type outside the catalogue and `ValueError` for a missing field.
    """
    cls = EVENT_TYPES[type_name]
    values: dict[str, Any] = {}
    for field in fields(cls):
        if field.name in payload:
            values[field.name] = payload[field.name]
        elif field.default is MISSING:
            raise ValueError(f"{type_name} lacks {field.name}")
    if cls is SessionLaunched:
        values["tasks"] = tuple(
            TaskOrder(t["task_id"], t["role"], tuple(t["after"]), t["executor"])
            for t in values["tasks"]
        )
    if cls is SessionRetried:
        values["task_ids"] = tuple(values["task_ids"])
    if cls is SessionChanged:
        values["metadata_keys"] = tuple(values.get("metadata_keys", ()))
    return cls(**values)
