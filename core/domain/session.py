"""Sessions and what belongs to them, as services hand them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.artifact import Evidence, Validation
from core.domain.decision import Alternative
from core.domain.lifecycle import Outcome, SessionStatus, TaskStatus


@dataclass(frozen=True, slots=True)
class Session:
    """One run of a team on one feature.

    One without a pipeline has the tasks that were routed to it; `role` says whom it is for, where
    that was said. `stays_open`: it does not end with its last task.
    """

    id: UUID
    team_id: UUID
    user_id: UUID
    feature_name: str
    status: SessionStatus
    outcome: Outcome | None
    pipeline: str | None
    questions: tuple[str, ...]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    last_seq: int
    role: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    stays_open: bool = False
    pinned_at: datetime | None = None  # retention takes nothing of it
    events_gone_to_seq: int = 0  # up to this number retention took its events
    details_gone_at: datetime | None = None  # when it took the last of the details

    def duration_seconds(self, now: datetime) -> float | None:
        """Return how long it took, or has taken until `now`; None before it started."""
        if self.started_at is None:
            return None
        return ((self.ended_at or now) - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Task:
    """One role's work in a session; times are those of the latest attempt.

    `task_type` is what a routed task was called by who routed it; None for one of a pipeline.
    """

    id: UUID
    session_id: UUID
    role: str
    after: tuple[str, ...]
    description: str
    task_type: str | None
    executor: str
    status: TaskStatus
    attempt: int
    failures: int
    crashes: int
    error_code: str | None
    error_message: str | None
    created_at: datetime
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """A task with what it was given and handed on; no output before it completed.

    `queue_id` is of the message that led to the latest claim, where one did.
    """

    task: Task
    input: Mapping[str, Any]
    output: Mapping[str, Any] | None
    queue_id: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision in the journal; strategic when it stands on no task."""

    id: UUID
    session_id: UUID
    task_id: UUID | None
    author_role: str | None
    text: str
    rationale: str
    category: str
    confidence: str
    alternatives: tuple[Alternative, ...]
    evidence: tuple[str, ...]
    revisit_trigger: str | None
    supersedes_id: UUID | None
    seq: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredArtifact:
    """An artifact with its place; `body` is None where only the list was asked for."""

    id: UUID
    session_id: UUID
    task_id: UUID
    agent_role: str
    slug: str
    kind: str
    media_type: str
    title: str
    validation: Validation
    evidence: tuple[Evidence, ...]
    links: tuple[str, ...]
    created_at: datetime
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The full state of an agent in one attempt; what ends the attempt is None while it runs."""

    id: UUID
    session_id: UUID
    task_id: UUID
    attempt: int
    context: Mapping[str, Any]
    capabilities: tuple[str, ...]
    decisions: tuple[str, ...]
    execution: Mapping[str, Any] | None
    ended_as: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LaunchRequest:
    """What a person or program wants launched.

    `pipeline` names one of the team's, or a built-in one. `executor` takes the place of what the
    role profiles say. A request repeated with the same `launch_key` finds the first session.
    """

    team_id: UUID
    feature_name: str
    brief: str
    pipeline: str = "seven_roles"
    executor: str | None = None
    launch_key: str | None = None
    input: Mapping[str, Any] = field(default_factory=dict)  # edits, answers
    metadata: Mapping[str, Any] = field(default_factory=dict)
