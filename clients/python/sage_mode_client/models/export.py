"""A session with all that it left, as one document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sage_mode_client.models.decisions import Decision
from sage_mode_client.models.sessions import Event, Session
from sage_mode_client.models.tasks import Artifact, TaskDetail


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedArtifact(Artifact):
    """A document that a task made, with its body."""

    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedSnapshot:
    """The state of an agent in one attempt; `{"sha256": …}` stands for one of the `contents`."""

    id: UUID
    task_id: UUID
    attempt: int
    context_state: dict[str, Any]
    capabilities: tuple[str, ...]
    decisions: tuple[str, ...]
    execution_metadata: dict[str, Any] | None
    ended_as: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A large value, under the hash by which snapshots refer to it."""

    sha256: str
    body: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A session with all that it left, as of one moment."""

    format: Literal["sage-mode/session"]
    version: int
    exported_at: datetime
    session: Session
    brief: str
    tasks: tuple[TaskDetail, ...]
    decisions: tuple[Decision, ...]
    artifacts: tuple[ExportedArtifact, ...]
    snapshots: tuple[ExportedSnapshot, ...]
    contents: tuple[Content, ...]
    events: tuple[Event, ...]
