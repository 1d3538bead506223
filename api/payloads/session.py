"""Sessions: launched, listed, read, steered."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Discriminator, Field, StringConstraints, Tag

from api.payloads.decision import DECISION, Decision
from api.payloads.payload import (
    CURSOR,
    EARLIER,
    LATER,
    SESSION_ID,
    TEAM_ID,
    USER_ID,
    Answer,
    Example,
    Line,
    Request,
)
from api.payloads.task import TASK, Task

SESSION: Example = {
    "id": SESSION_ID,
    "team_id": TEAM_ID,
    "user_id": USER_ID,
    "feature_name": "Expense approval",
    "status": "completed",
    "outcome": "planned",
    "pipeline": "seven_roles",
    "role": None,
    "task": "Expense approval",
    "metadata": {},
    "questions": [],
    "created_at": EARLIER,
    "started_at": EARLIER,
    "ended_at": LATER,
    "duration_seconds": 2.36,
    "last_seq": 86,
    "pinned_at": None,
    "events_gone_to_seq": 0,
    "details_gone_at": None,
}

Metadata = Annotated[dict[str, Any], Field(description="anything, at most 16 KB")]


class Launch(Request):
    """A session to be launched on a brief."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "team_id": TEAM_ID,
                    "feature_name": "Expense approval",
                    "brief": "Employees submit expenses. Their manager approves or rejects them.",
                    "pipeline": "seven_roles",
                }
            ]
        }
    )

    team_id: UUID
    feature_name: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    brief: Annotated[str, StringConstraints(min_length=1)] = Field(
        description="plain text or Markdown of at most 64 KB"
    )
    pipeline: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    executor: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="in place of what the roles' profiles say"
    )
    input: dict[str, Any] = Field({}, description="edits and answers for the planner")
    metadata: Metadata = Field({})


class Open(Request):
    """A session without a pipeline: pending, until a task is routed to it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "team_id": TEAM_ID,
                    "role": "security",
                    "task": "Threats of the expense approval",
                    "metadata": {"ticket": "EXP-7"},
                }
            ]
        }
    )

    team_id: UUID | None = Field(None, description="where one may launch in several teams")
    task: Line | None = Field(None, description="what it is about; its first line names it")
    feature_name: Line | None = Field(None, description="the same, where there is no `task`")
    brief: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        None, description="more about it, at most 64 KB"
    )
    role: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="whom it is for; tasks may be routed to others too"
    )
    metadata: Metadata = Field({})
    pipeline: None = Field(None, description="with one, the session is launched")


LAUNCHED, OPENED = "with a pipeline", "without a pipeline"  # stand in no pointer to an error


def _way_of(wanted: Any) -> str:
    pipeline = wanted.get("pipeline") if isinstance(wanted, dict) else None
    return OPENED if pipeline is None else LAUNCHED


NewSession = Annotated[
    Annotated[Launch, Tag(LAUNCHED)] | Annotated[Open, Tag(OPENED)], Discriminator(_way_of)
]


class Change(Request):
    """What of a session is to become otherwise."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "paused", "metadata": {"ticket": "EXP-8", "draft": None}}]
        }
    )

    # Read by the service: an unknown one is another refusal than a body of another shape.
    status: str | None = Field(
        None,
        max_length=100,
        json_schema_extra={"enum": ["active", "paused", "completed", "failed", "cancelled", None]},
    )
    task: Line | None = Field(None, description="what it is called")
    metadata: Metadata | None = Field(None, description="merged at its top; null removes a key")


class Cancel(Request):
    """Why a session is cancelled."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "launched twice"}]})

    reason: Annotated[str, StringConstraints(max_length=500)] = ""


class Session(Answer):
    """One run of a team on one feature."""

    model_config = ConfigDict(json_schema_extra={"examples": [SESSION]})

    id: UUID
    team_id: UUID
    user_id: UUID = Field(description="who launched it")
    feature_name: str
    status: str = Field(
        description="pending, active, paused, completed, failed, cancelled or expired"
    )
    outcome: str | None = Field(description="of a completed one: planned or needs_input")
    pipeline: str | None = Field(description="null: it has the tasks that were routed to it")
    role: str | None = Field(description="whom one without a pipeline is for")
    task: str = Field(description="what it is called, as `feature_name`")
    metadata: dict[str, Any]
    questions: list[str] = Field(description="what needs_input asks")
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    duration_seconds: float | None
    last_seq: int = Field(description="the number of its latest event")
    pinned_at: AwareDatetime | None = Field(description="since when retention leaves it as it is")
    events_gone_to_seq: int = Field(description="up to this number retention took its events")
    details_gone_at: AwareDatetime | None = Field(
        description="when retention took the last of events, snapshots and artifacts"
    )


class SessionPage(Answer):
    """Sessions, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [SESSION], "next_cursor": CURSOR}]}
    )

    items: list[Session]
    next_cursor: str | None = Field(description="hand it on as `cursor`; null on the last page")


class SessionDetail(Session):
    """A session with its brief, tasks and decisions."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                SESSION
                | {"brief": "Employees submit expenses.", "tasks": [TASK], "decisions": [DECISION]}
            ]
        }
    )

    brief: str
    tasks: list[Task]
    decisions: list[Decision]
