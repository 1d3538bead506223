"""A whole session in one document."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from api.payloads.decision import DECISION, Decision
from api.payloads.event import EVENT, Event
from api.payloads.payload import EARLIER, LATER, SESSION_ID, SNAPSHOT_ID, TASK_ID, Answer, Example
from api.payloads.session import SESSION, Session
from api.payloads.task import ARTIFACT, TASK_DETAIL, Artifact, TaskDetail

FORMAT = "sage-mode/session"
VERSION = 1
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_ARTIFACT: Example = ARTIFACT | {"body": "# Components"}
_SNAPSHOT: Example = {
    "id": SNAPSHOT_ID,
    "task_id": TASK_ID,
    "attempt": 1,
    "context_state": {"brief": {"sha256": _SHA256}, "upstream": {}},
    "capabilities": ["design", "review", "document"],
    "decisions": [],
    "execution_metadata": {"worker": "host:4711"},
    "ended_as": "completed",
    "created_at": EARLIER,
    "ended_at": LATER,
}


class ExportedArtifact(Artifact):
    """A document that a task made, with its body."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ARTIFACT]})

    body: str


class ExportedSnapshot(Answer):
    """The state of an agent in one attempt; `{"sha256": …}` stands for one of the `contents`."""

    id: UUID
    task_id: UUID
    attempt: int
    context_state: dict[str, Any]
    capabilities: list[str]
    decisions: list[str] = Field(description="ids of those that guided it")
    execution_metadata: dict[str, Any] | None
    ended_as: str | None
    created_at: AwareDatetime
    ended_at: AwareDatetime | None


class Content(Answer):
    """A large value, under the hash by which snapshots refer to it."""

    sha256: str
    body: Any


class Export(Answer):
    """A session with all that it left, as of one moment; the last lists come piece by piece."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "format": FORMAT,
                    "version": VERSION,
                    "exported_at": LATER,
                    "session": SESSION,
                    "brief": "Employees submit expenses.",
                    "tasks": [TASK_DETAIL],
                    "decisions": [DECISION],
                    "artifacts": [_ARTIFACT],
                    "snapshots": [_SNAPSHOT],
                    "contents": [{"sha256": _SHA256, "body": "Employees submit expenses."}],
                    "events": [EVENT | {"session_id": SESSION_ID}],
                }
            ]
        }
    )

    format: Literal["sage-mode/session"]
    version: int = Field(description="1; it rises when a field changes its meaning")
    exported_at: AwareDatetime
    session: Session
    brief: str
    tasks: list[TaskDetail]
    decisions: list[Decision] = Field(description="all of them, in the order of the log")
    artifacts: list[ExportedArtifact]
    snapshots: list[ExportedSnapshot]
    contents: list[Content]
    events: list[Event] = Field(description="empty when retention took them")
