"""A session's log: its events, its timeline, its replay."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from api.payloads.decision import DECISION, Decision
from api.payloads.payload import EARLIER, LATER, SESSION_ID, SNAPSHOT_ID, TASK_ID, Answer, Example
from api.payloads.session import SESSION, Session
from api.payloads.task import ARTIFACT, TASK, Artifact, Task

EVENT: Example = {
    "seq": 3,
    "session_id": SESSION_ID,
    "at": EARLIER,
    "type": "agent_task_started",
    "event": "task_started",
    "version": 1,
    "data": {"task_id": TASK_ID, "attempt": 1, "worker": "host:4711"},
    "session": None,
    "task": {
        "id": TASK_ID,
        "role": "architect",
        "description": "Architect: Expense approval",
        "executor": "planner",
        "attempt": 1,
        "status": "running",
        "url": f"/api/tasks/{TASK_ID}",
    },
    "snapshot": None,
    "decision": None,
    "error": None,
}
SNAPSHOT_LINK: Example = {
    "id": SNAPSHOT_ID,
    "attempt": 1,
    "ended_as": "completed",
    "created_at": EARLIER,
    "ended_at": LATER,
    "url": f"/api/tasks/{TASK_ID}/snapshot?attempt=1",
}


class EventSession(Answer):
    """The session that began."""

    id: UUID
    feature_name: str
    pipeline: str | None = Field(description="null: tasks are routed to it")
    status: str = Field(description="as of the event")


class EventTask(Answer):
    """The task of an attempt that began or was completed."""

    id: UUID
    role: str
    description: str
    executor: str
    attempt: int
    status: str = Field(description="as of the event")
    url: str


class EventSnapshot(Answer):
    """Where the snapshot of the completed attempt is."""

    id: UUID | None = Field(description="null: retention took it")
    url: str


class EventError(Answer):
    """Why the session failed."""

    task_id: UUID | None
    code: str
    message: str


class Event(Answer):
    """An entry in a session's numbered log, with what it is about under its public name."""

    model_config = ConfigDict(json_schema_extra={"examples": [EVENT]})

    seq: int = Field(description="counts from 1 in its session, without gaps")
    session_id: UUID
    at: AwareDatetime
    type: str = Field(description="its public name")
    event: str = Field(description="its name in the catalogue of docs/engine.md")
    version: int
    data: dict[str, Any]
    session: EventSession | None = Field(description="of session_started")
    task: EventTask | None = Field(description="of agent_task_started, agent_task_completed")
    snapshot: EventSnapshot | None = Field(description="of agent_task_completed")
    decision: Decision | None = Field(description="of decision_created")
    error: EventError | None = Field(description="of session_error")


class EventPage(Answer):
    """Events in order; read on after `last_seq` while there `is_more`, or to hear what is new."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [EVENT], "last_seq": 3, "is_more": False}]}
    )

    items: list[Event]
    last_seq: int
    is_more: bool


class Moment(Answer):
    """An event in words."""

    seq: int
    at_ms: int = Field(description="since the first event")
    type: str
    task_id: UUID | None
    label: str
    mark: str | None = Field(description="decision, artifact, approval or failure")
    ref: UUID | None = Field(description="the decision or artifact that it brought")


class Segment(Answer):
    """A stretch of a task's life."""

    state: str
    attempt: int
    start_ms: int
    end_ms: int | None
    ended_as: str | None


class Lane(Answer):
    """One task over time."""

    task_id: UUID
    role: str
    segments: list[Segment]


class Timeline(Answer):
    """What happened in a session, in order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "session_id": SESSION_ID,
                    "started_at": EARLIER,
                    "end_ms": 2360,
                    "moments": [
                        {
                            "seq": 3,
                            "at_ms": 12,
                            "type": "agent_task_started",
                            "task_id": TASK_ID,
                            "label": "architect started",
                            "mark": None,
                            "ref": None,
                        }
                    ],
                    "lanes": [
                        {
                            "task_id": TASK_ID,
                            "role": "architect",
                            "segments": [
                                {
                                    "state": "running",
                                    "attempt": 1,
                                    "start_ms": 12,
                                    "end_ms": 420,
                                    "ended_as": "completed",
                                }
                            ],
                        }
                    ],
                }
            ]
        }
    )

    session_id: UUID
    started_at: AwareDatetime | None
    end_ms: int
    moments: list[Moment]
    lanes: list[Lane]


class SnapshotLink(Answer):
    """An attempt's snapshot; `url` has all of it."""

    id: UUID
    attempt: int
    ended_as: str | None
    created_at: AwareDatetime
    ended_at: AwareDatetime | None
    url: str


class ReplayedTask(Answer):
    """A task with what it decided, knew and made."""

    task: Task
    decisions: list[Decision]
    snapshots: list[SnapshotLink]
    artifacts: list[Artifact]


class Replay(Answer):
    """A session's tasks in order, each with what can be inspected of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "session": SESSION,
                    "session_decisions": [DECISION],
                    "tasks": [
                        {
                            "task": TASK,
                            "decisions": [DECISION],
                            "snapshots": [SNAPSHOT_LINK],
                            "artifacts": [ARTIFACT],
                        }
                    ],
                }
            ]
        }
    )

    session: Session
    session_decisions: list[Decision]
    tasks: list[ReplayedTask]
