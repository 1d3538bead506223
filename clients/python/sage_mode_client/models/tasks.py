"""Tasks, what their agents knew, and what they made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

TaskStatus = Literal["blocked", "ready", "running", "waiting", "completed", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One role's work in one session."""

    id: UUID
    session_id: UUID
    role: str
    after: tuple[str, ...]
    description: str
    task_type: str | None
    executor: str
    status: str
    attempt: int
    failures: int
    crashes: int
    error_code: str | None
    error_message: str | None
    created_at: datetime
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    duration_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDetail(Task):
    """A task with what it was given, and what it handed to those after it."""

    retry_count: int
    queue_id: str | None
    input: dict[str, Any]
    output: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPage:
    """Tasks, newest first."""

    items: tuple[Task, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Words of the brief, and the rule that used them."""

    words: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What a validator found in an artifact."""

    validator: str
    verdict: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A document that a task made, without its body."""

    id: UUID
    session_id: UUID
    task_id: UUID
    role: str
    slug: str
    kind: str
    media_type: str
    title: str
    validation: Validation
    evidence: tuple[Evidence, ...]
    links: tuple[str, ...]
    created_at: datetime
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactList:
    """Artifacts."""

    items: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An artifact's body, and the name of a file for it."""

    media_type: str
    name: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as it is read."""
        return self.body.decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What an agent knew in an attempt."""

    id: UUID
    session_id: UUID
    task_id: UUID
    attempt: int
    context_state: dict[str, Any]
    capabilities: tuple[str, ...]
    decisions: tuple[str, ...]
    execution_metadata: dict[str, Any] | None
    ended_as: str | None
    created_at: datetime
    ended_at: datetime | None
    artifacts: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotLink:
    """Where a snapshot is."""

    id: UUID
    attempt: int
    ended_as: str | None
    created_at: datetime
    ended_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of a role; `task_type` is the kind of work in a word or two."""

    task_type: str
    description: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """A task that was taken on."""

    task_id: UUID
    session_id: UUID
    status: str
    trace_id: str
