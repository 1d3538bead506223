"""Tasks, and what an agent knew and made in one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from api.payloads.payload import (
    ARTIFACT_ID,
    DECISION_ID,
    EARLIER,
    LATER,
    SESSION_ID,
    SNAPSHOT_ID,
    TASK_ID,
    Answer,
    Example,
)

TASK: Example = {
    "id": TASK_ID,
    "session_id": SESSION_ID,
    "role": "architect",
    "after": [],
    "description": "Architect: Expense approval",
    "executor": "planner",
    "status": "completed",
    "attempt": 1,
    "failures": 0,
    "crashes": 0,
    "error_code": None,
    "error_message": None,
    "created_at": EARLIER,
    "due_at": None,
    "started_at": EARLIER,
    "finished_at": LATER,
    "duration_seconds": 2.36,
}
ARTIFACT: Example = {
    "id": ARTIFACT_ID,
    "session_id": SESSION_ID,
    "task_id": TASK_ID,
    "role": "architect",
    "slug": "components",
    "kind": "components",
    "media_type": "text/markdown",
    "title": "Components",
    "validation": {"validator": "", "verdict": "not_checked", "messages": []},
    "evidence": [{"words": "manager approves", "rule": "approval.four-eyes"}],
    "links": [],
    "created_at": LATER,
    "url": f"/api/artifacts/{ARTIFACT_ID}",
}


class Task(Answer):
    """One role's work in a session; times are those of the latest attempt."""

    model_config = ConfigDict(json_schema_extra={"examples": [TASK]})

    id: UUID
    session_id: UUID
    role: str
    after: list[str] = Field(description="the roles that it waits for")
    description: str
    executor: str
    status: str = Field(
        description="blocked, ready, running, waiting, completed, failed or cancelled"
    )
    attempt: int
    failures: int = Field(description="attempts that failed")
    crashes: int = Field(description="attempts whose worker died")
    error_code: str | None
    error_message: str | None
    created_at: AwareDatetime
    due_at: AwareDatetime | None
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    duration_seconds: float | None


class TaskDetail(Task):
    """A task with what it handed to those after it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [TASK | {"output": {"components": ["api"]}}]}
    )

    output: dict[str, Any] | None = Field(description="null before it completed")


class Validation(Answer):
    """What a validator said of an artifact."""

    validator: str
    verdict: str = Field(description="passed, failed or not_checked")
    messages: list[str]


class Evidence(Answer):
    """Words of the brief, and the rule that used them."""

    words: str
    rule: str


class Artifact(Answer):
    """A document that a task made; `url` has its body."""

    model_config = ConfigDict(json_schema_extra={"examples": [ARTIFACT]})

    id: UUID
    session_id: UUID
    task_id: UUID
    role: str
    slug: str
    kind: str
    media_type: str
    title: str
    validation: Validation
    evidence: list[Evidence]
    links: list[str]
    created_at: AwareDatetime
    url: str


class ArtifactList(Answer):
    """Artifacts, oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [ARTIFACT]}]})

    items: list[Artifact]


class Snapshot(Answer):
    """The full state of an agent in one attempt; what ends the attempt is null while it runs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": SNAPSHOT_ID,
                    "session_id": SESSION_ID,
                    "task_id": TASK_ID,
                    "attempt": 1,
                    "context_state": {"brief": "Employees submit expenses.", "upstream": {}},
                    "capabilities": ["design", "review", "document"],
                    "decisions": [DECISION_ID],
                    "execution_metadata": {"worker": "host:4711"},
                    "ended_as": "completed",
                    "created_at": EARLIER,
                    "ended_at": LATER,
                    "artifacts": [ARTIFACT],
                }
            ]
        }
    )

    id: UUID
    session_id: UUID
    task_id: UUID
    attempt: int
    context_state: dict[str, Any]
    capabilities: list[str]
    decisions: list[str] = Field(description="ids of those that guided it")
    execution_metadata: dict[str, Any] | None
    ended_as: str | None
    created_at: AwareDatetime
    ended_at: AwareDatetime | None
    artifacts: list[Artifact]
