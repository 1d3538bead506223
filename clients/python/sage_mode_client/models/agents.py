"""What an agent is handed, and what it reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sage_mode_client.models.decisions import Decision, TacticalDecision

Outcome = Literal["done", "needs_input"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A task that was taken up; `task_id` and `attempt` name it in every report."""

    task_id: UUID
    attempt: int
    session_id: UUID
    team_id: UUID
    role: str
    feature_name: str
    brief: str
    description: str
    task_type: str | None
    instructions: str
    capabilities: tuple[str, ...]
    upstream: dict[str, dict[str, Any]]
    input: dict[str, Any]
    decisions: tuple[Decision, ...]
    started_at: datetime
    lease_until: datetime
    lease_seconds: float
    deadline_at: datetime
    traceparent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What holds after a heartbeat."""

    lease_until: datetime
    deadline_at: datetime
    session_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Whether a note became an event; at most one a second does."""

    is_noted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a report led to: `freed` are the tasks that became ready."""

    session_id: UUID
    last_seq: int
    freed: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """Words of the brief, and the rule that used them."""

    words: str
    rule: str


@dataclass(frozen=True, slots=True)
class NewArtifact:
    """A document that a task made; its slug is unique in the session."""

    slug: str
    kind: str
    media_type: str
    title: str
    body: str
    evidence: Sequence[NewEvidence] = ()
    links: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What a task hands to those after it, made and decided."""

    output: Mapping[str, Any]
    artifacts: Sequence[NewArtifact] = ()
    decisions: Sequence[TacticalDecision] = ()
    outcome: Outcome = "done"
    questions: Sequence[str] = ()
    usage: Mapping[str, Any] = field(default_factory=dict)
