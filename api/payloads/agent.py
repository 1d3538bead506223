"""Agents from outside: what they ask for, are handed, and report."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from api.payloads.decision import DECISION, NEW_DECISION, Decision, TacticalDecision
from api.payloads.payload import (
    EARLIER,
    LATER,
    SESSION_ID,
    TASK_ID,
    TEAM_ID,
    Answer,
    Example,
    Line,
    Request,
)

LONGEST_WAIT_SECONDS = 60
_BIGGEST = 2**31 - 1
NEW_ARTIFACT: Example = {
    "slug": "components",
    "kind": "components",
    "media_type": "text/markdown",
    "title": "Components",
    "body": "# Components\n\nOne service, one database.",
}


class ClaimRequest(Request):
    """Which work an agent would take up; without anything: any that it may."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"team_id": TEAM_ID, "roles": ["architect"], "wait_seconds": 30}]
        }
    )

    team_id: UUID | None = None
    session_id: UUID | None = None
    roles: list[Line] = Field([], max_length=50, description="empty: any")
    wait_seconds: float = Field(
        0, ge=0, le=LONGEST_WAIT_SECONDS, strict=True, description="how long to wait for work"
    )


class Order(Answer):
    """A task that was taken up; `task_id` and `attempt` name it in every report."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "task_id": TASK_ID,
                    "attempt": 1,
                    "session_id": SESSION_ID,
                    "team_id": TEAM_ID,
                    "role": "architect",
                    "feature_name": "Expense approval",
                    "brief": "Employees submit expenses. Their manager approves or rejects them.",
                    "description": "Architect: Expense approval",
                    "task_type": None,
                    "instructions": "Cut the feature into components.",
                    "capabilities": ["design", "review", "document"],
                    "upstream": {},
                    "input": {},
                    "decisions": [DECISION],
                    "started_at": EARLIER,
                    "lease_until": LATER,
                    "lease_seconds": 60.0,
                    "deadline_at": LATER,
                    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                }
            ]
        }
    )

    task_id: UUID
    attempt: int
    session_id: UUID
    team_id: UUID
    role: str
    feature_name: str
    brief: str
    description: str
    task_type: str | None = Field(description="of a routed task, as who routed it called it")
    instructions: str
    capabilities: list[str]
    upstream: dict[str, dict[str, Any]] = Field(description="the output of each role before it")
    input: dict[str, Any] = Field(
        description="what the launch carried along, or the data and context of a routed task"
    )
    decisions: list[Decision] = Field(description="the strategic ones that guide it, oldest first")
    started_at: AwareDatetime
    lease_until: AwareDatetime = Field(description="without a heartbeat it is lost then")
    lease_seconds: float = Field(description="what a heartbeat extends it by")
    deadline_at: AwareDatetime = Field(description="no heartbeat extends it")
    traceparent: str = Field(
        description="send it as the header `traceparent` with each report, and go on from it in "
        "spans of your own: so all is in the trace of whatever asked for the task"
    )


class Held(Request):
    """Which attempt of a task is reported on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"attempt": 1}]})

    attempt: int = Field(ge=1, le=_BIGGEST, strict=True, description="as the order says")


class Lease(Answer):
    """What holds after a heartbeat; in a paused session an agent works on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"lease_until": LATER, "deadline_at": LATER, "session_status": "active"}]
        }
    )

    lease_until: AwareDatetime
    deadline_at: AwareDatetime
    session_status: str = Field(description="active, paused or failed")


class Progress(Held):
    """How far an agent is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"attempt": 1, "fraction": 0.4, "note": "Reading the brief"}]
        }
    )

    fraction: float | None = Field(None, ge=0, le=1, strict=True, allow_inf_nan=False)
    note: Annotated[str, StringConstraints(max_length=2000)] = ""


class Noted(Answer):
    """Whether a note became an event; at most one a second does."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"is_noted": True}]})

    is_noted: bool


class NewEvidence(Request):
    """Words of the brief, and the rule that used them."""

    words: str
    rule: str


class NewArtifact(Request):
    """A document that a task made."""

    model_config = ConfigDict(json_schema_extra={"examples": [NEW_ARTIFACT]})

    slug: str = Field(description="unique in its session")
    kind: str
    media_type: str = Field(description="of plain text: text/markdown, application/json …")
    title: str
    body: str
    evidence: list[NewEvidence] = Field([])
    links: list[str] = Field([], description="slugs of those that it was made from")


class Result(Held):
    """What a task handed to those after it, made and decided; 1 MB at most in whole."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "attempt": 1,
                    "output": {"components": ["api"]},
                    "artifacts": [NEW_ARTIFACT],
                    "decisions": [NEW_DECISION],
                }
            ]
        }
    )

    output: dict[str, Any]
    artifacts: list[NewArtifact] = Field([], description="50 at most")
    decisions: list[TacticalDecision] = Field([], description="100 at most")
    outcome: Literal["done", "needs_input"] = Field(
        "done", description="needs_input ends the session with `questions`"
    )
    questions: list[str] = Field([])
    usage: dict[str, Any] = Field({}, description="tokens and cost, where there are any")


class Failure(Held):
    """Why an attempt failed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"attempt": 1, "error_code": "model_away", "message": "The model does not answer."}
            ]
        }
    )

    error_code: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="short and stable"
    )
    message: Annotated[str, StringConstraints(max_length=20_000)] = Field(
        description="2,000 characters of it are kept"
    )
    retryable: bool = Field(
        True, strict=True, description="false: the task fails at once, and for good"
    )


class Recorded(Answer):
    """What a report led to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"session_id": SESSION_ID, "last_seq": 12, "freed": [TASK_ID]}]
        }
    )

    session_id: UUID
    last_seq: int = Field(description="the number of the session's latest event")
    freed: list[UUID] = Field(description="the tasks that became ready")
