"""Sessions, their logs and replays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sage_mode_client.models.decisions import Decision
from sage_mode_client.models.tasks import Artifact, SnapshotLink, Task

SessionStatus = Literal[
    "pending", "active", "paused", "completed", "failed", "cancelled", "expired"
]
ChangedStatus = Literal["active", "paused", "completed", "failed", "cancelled"]
OVER = frozenset({"completed", "failed", "cancelled", "expired"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One run of a team on one feature; without a pipeline it has what was routed to it."""

    id: UUID
    team_id: UUID
    user_id: UUID
    feature_name: str
    status: str
    outcome: str | None
    pipeline: str | None
    role: str | None
    task: str
    metadata: dict[str, Any]
    questions: tuple[str, ...]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: float | None
    last_seq: int
    pinned_at: datetime | None
    events_gone_to_seq: int
    details_gone_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens by itself; a failed one may be retried."""
        return self.status in OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDetail(Session):
    """A session with its brief, tasks and decisions."""

    brief: str
    tasks: tuple[Task, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """Sessions, newest first."""

    items: tuple[Session, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSession:
    """The session that began."""

    id: UUID
    feature_name: str
    pipeline: str | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTask:
    """The task of an attempt that began or was completed."""

    id: UUID
    role: str
    description: str
    executor: str
    attempt: int
    status: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSnapshot:
    """Where the snapshot of the completed attempt is."""

    id: UUID | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventError:
    """Why the session failed."""

    task_id: UUID | None
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An entry of a session's log; `type` is its public name, `event` the catalogue's."""

    seq: int
    session_id: UUID
    at: datetime
    type: str
    event: str
    version: int
    data: dict[str, Any]
    session: EventSession | None
    task: EventTask | None
    snapshot: EventSnapshot | None
    decision: Decision | None
    error: EventError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Events in order; read on after `last_seq` while there are more."""

    items: tuple[Event, ...]
    last_seq: int
    is_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket: it opens a session's socket once, soon."""

    ticket: str
    expires_in_seconds: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happened, in words."""

    seq: int
    at_ms: int
    type: str
    task_id: UUID | None
    label: str
    mark: str | None
    ref: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a lane."""

    state: str
    attempt: int
    start_ms: int
    end_ms: int | None
    ended_as: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A task over time."""

    task_id: UUID
    role: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What happened in a session, in words and in lanes over time."""

    session_id: UUID
    started_at: datetime | None
    end_ms: int
    moments: tuple[Moment, ...]
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedTask:
    """A task with all that came of it."""

    task: Task
    decisions: tuple[Decision, ...]
    snapshots: tuple[SnapshotLink, ...]
    artifacts: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A session's tasks in order, each with decisions, snapshots and artifacts."""

    session: Session
    session_decisions: tuple[Decision, ...]
    tasks: tuple[ReplayedTask, ...]
