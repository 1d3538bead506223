"""Decisions, as they are read and as they are recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Confidence = Literal["high", "medium", "low"]
Kind = Literal["all", "strategic", "tactical"]
Standing = Literal["all", "in_force", "superseded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A way that was considered and not taken."""

    text: str
    rejected_because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision; strategic when it stands on no task, a person's when it has no role."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionList:
    """Decisions in the order of the log."""

    items: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry(Decision):
    """A decision with where it stands: its session, its author, and what took its place."""

    session_name: str
    author_name: str | None
    is_strategic: bool
    superseded_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPage:
    """A team's decisions, newest first."""

    items: tuple[JournalEntry, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A decision in the tree."""

    id: UUID
    text: str
    rationale: str
    category: str
    confidence: str
    author: str | None
    supersedes: UUID | None
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A task with the tactical decisions that it took."""

    agent: str
    status: str
    decisions: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTree:
    """A session's strategic decisions, then those of each task."""

    session_decisions: tuple[Leaf, ...]
    agent_tasks: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class NewAlternative:
    """A way that was considered and not taken."""

    text: str
    rejected_because: str


@dataclass(frozen=True, slots=True)
class TacticalDecision:
    """A decision that a task took, to be recorded with its result."""

    text: str
    rationale: str
    category: str
    confidence: Confidence = "medium"
    alternatives: Sequence[NewAlternative] = ()
    evidence: Sequence[str] = ()
    revisit_trigger: str | None = None
