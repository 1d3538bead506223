"""Decisions: the journal's entries, and the tree of a session."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from api.payloads.payload import (
    CURSOR,
    DECISION_ID,
    LATER,
    SESSION_ID,
    Answer,
    Example,
    Line,
    Request,
)

DECISION: Example = {
    "id": DECISION_ID,
    "session_id": SESSION_ID,
    "task_id": None,
    "author_role": "architect",
    "text": "One table for approvals",
    "rationale": "Every step is decided once",
    "category": "data",
    "confidence": "high",
    "alternatives": [{"text": "A column on each record", "rejected_because": "No history"}],
    "evidence": ["schema"],
    "revisit_trigger": None,
    "supersedes_id": None,
    "seq": 12,
    "created_at": LATER,
}
ENTRY: Example = DECISION | {
    "session_name": "Expense approval",
    "author_name": None,
    "is_strategic": True,
    "superseded_by": None,
}
LEAF: Example = {
    "id": DECISION_ID,
    "text": "One table for approvals",
    "rationale": "Every step is decided once",
    "category": "data",
    "confidence": "high",
    "author": "architect",
    "supersedes": None,
    "seq": 12,
}
NEW_DECISION: Example = {
    "text": "One table for approvals",
    "rationale": "Every step is decided once",
    "category": "data",
    "confidence": "high",
}
Confidence = Literal["high", "medium", "low"]
# The service names the categories in its hint.
Category = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Alternative(Answer):
    """A way that was considered and not taken."""

    text: str
    rejected_because: str


class Decision(Answer):
    """A decision; strategic when it stands on no task."""

    model_config = ConfigDict(json_schema_extra={"examples": [DECISION]})

    id: UUID
    session_id: UUID
    task_id: UUID | None
    author_role: str | None = Field(description="null: a person took it")
    text: str
    rationale: str
    category: str
    confidence: str = Field(description="high, medium or low")
    alternatives: list[Alternative]
    evidence: list[str]
    revisit_trigger: str | None
    supersedes_id: UUID | None
    seq: int = Field(description="of its event")
    created_at: AwareDatetime


class DecisionList(Answer):
    """Decisions in the order of the log."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [DECISION]}]})

    items: list[Decision]


class JournalEntry(Decision):
    """A decision with where it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [ENTRY]})

    session_name: str
    author_name: str | None = Field(description="of the person who took it")
    is_strategic: bool
    superseded_by: UUID | None = Field(description="null: it is in force")


class JournalPage(Answer):
    """A team's decisions, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [ENTRY], "next_cursor": CURSOR}]}
    )

    items: list[JournalEntry]
    next_cursor: str | None = Field(description="hand it on as `cursor`; null on the last page")


class NewAlternative(Request):
    """A way that was considered and not taken."""

    text: Line
    rejected_because: Line


class TacticalDecision(Request):
    """A decision that a task took."""

    model_config = ConfigDict(json_schema_extra={"examples": [NEW_DECISION]})

    text: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    rationale: Annotated[str, StringConstraints(min_length=1, max_length=5000)]
    category: Category = Field(
        description="architecture, technology, design, data, interface, security, operations "
        "or process"
    )
    confidence: Confidence = "medium"
    alternatives: list[NewAlternative] = Field([], max_length=20)
    evidence: list[Line] = Field([], max_length=50, description="slugs of artifacts, or quotes")
    revisit_trigger: Line | None = None


class NewDecision(TacticalDecision):
    """A strategic decision to be recorded on a session."""

    model_config = ConfigDict(json_schema_extra={"examples": [NEW_DECISION]})

    supersedes_id: UUID | None = Field(None, description="a strategic one of this session")


class Leaf(Answer):
    """A decision in the tree."""

    id: UUID
    text: str
    rationale: str
    category: str
    confidence: str
    author: str | None
    supersedes: UUID | None
    seq: int


class Branch(Answer):
    """A task with the tactical decisions that it took."""

    agent: str
    status: str
    decisions: list[Leaf]


class DecisionTree(Answer):
    """A session's strategic decisions, then those of each task."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "session_decisions": [LEAF],
                    "agent_tasks": [{"agent": "dba", "status": "completed", "decisions": [LEAF]}],
                }
            ]
        }
    )

    session_decisions: list[Leaf]
    agent_tasks: list[Branch]
