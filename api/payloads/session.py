"""Sessions: launched, listed, read, steered."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

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
    pipeline: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "seven_roles"
    executor: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="in place of what the roles' profiles say"
    )
    input: dict[str, Any] = Field({}, description="edits and answers for the planner")


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
    pipeline: str
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
