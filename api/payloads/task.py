"""Tasks, and what an agent knew and made in one."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from api.payloads.payload import (
    ARTIFACT_ID,
    CURSOR,
    DECISION_ID,
    EARLIER,
    LATER,
    SESSION_ID,
    SNAPSHOT_ID,
    TASK_ID,
    Answer,
    Example,
    Request,
)

TASK: Example = {
    "id": TASK_ID,
    "session_id": SESSION_ID,
    "role": "architect",
    "after": [],
    "description": "Architect: Expense approval",
    "task_type": None,
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

WORK: Example = {
    "task_type": "threat_review",
    "description": "Who could approve their own expense, and how?",
    "data": {"api": "POST /expenses/{id}/approve"},
}


class Task(Answer):
    """One role's work in a session; times are those of the latest attempt."""

    model_config = ConfigDict(json_schema_extra={"examples": [TASK]})

    id: UUID
    session_id: UUID
    role: str
    after: list[str] = Field(description="the roles that it waits for")
    description: str
    task_type: str | None = Field(description="of a routed task; null: one of the pipeline")
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


TASK_DETAIL: Example = TASK | {
    "retry_count": 0,
    "queue_id": "b9a3a1a4-6a0b-4c7e-9d21-3f0c5f4f9a10",
    "input": {"ticket": "EXP-7"},
    "output": {"components": ["api"]},
}


class TaskDetail(Task):
    """A task with what it was given, and what it handed to those after it."""

    model_config = ConfigDict(json_schema_extra={"examples": [TASK_DETAIL]})

    retry_count: int = Field(description="attempts after the first, for whatever reason")
    queue_id: str | None = Field(
        description="of the queue's message that led to the latest attempt; null: none did, as "
        "when an agent claimed it or a worker took it along"
    )
    input: dict[str, Any] = Field(
        description="what the launch carried along, or the data and context of a routed task; "
        "with the answers of its approvals"
    )
    output: dict[str, Any] | None = Field(description="null before it completed")


class TaskPage(Answer):
    """Tasks, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [TASK], "next_cursor": CURSOR}]}
    )

    items: list[Task]
    next_cursor: str | None = Field(description="hand it on as `cursor`; null on the last page")


class Work(Request):
    """What is asked of a role."""

    model_config = ConfigDict(json_schema_extra={"examples": [WORK]})

    task_type: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="the kind of work in a word or two"
    )
    description: Annotated[str, StringConstraints(min_length=1)] = Field(
        description="plain text or Markdown of at most 64 KB"
    )
    data: dict[str, Any] = Field({})


class Route(Request):
    """A task for a role."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "target": "security",
                    "task": WORK,
                    "context": {"ticket": "EXP-7"},
                    "session_id": SESSION_ID,
                }
            ]
        }
    )

    target: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="a role of the team, by its name or a long one of the seven"
    )
    task: Work
    context: dict[str, Any] = Field({}, description="what else the role should know")
    session_id: UUID | None = Field(
        None, description="one without a pipeline; null: the task gets a session of its own"
    )
    team_id: UUID | None = Field(
        None, description="where one may launch in several teams, and names no session"
    )


class Routed(Answer):
    """A task that was taken on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "task_id": TASK_ID,
                    "session_id": SESSION_ID,
                    "status": "ready",
                    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                }
            ]
        }
    )

    task_id: UUID
    session_id: UUID
    status: str = Field(description="ready; later as tasks/{id} says")
    trace_id: str = Field(description="finds this request in the log and the audit")


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
