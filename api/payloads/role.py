"""Roles and pipelines."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from api.payloads.payload import TEAM_ID, Answer, Example, Request
from core.domain.approval import MAX_QUESTION_CHARACTERS, MOST_SECONDS, OnExpiry
from core.domain.pipeline import MAX_STEPS
from core.domain.role import CAPABILITIES, MAX_TIMEOUT_SECONDS

PROFILE: Example = {
    "role": "dba",
    "capabilities": ["design", "implement", "optimize", "audit"],
    "instructions": "Derive tables, keys, constraints and indexes, and a migration that can run.",
    "executor": "planner",
    "timeout_seconds": None,
    "metadata": {"title": "Database", "is_built_in": True, "aliases": ["database_administrator"]},
}
ROLE: Example = {
    "title": "Finance",
    "capabilities": ["review"],
    "instructions": "Say what it costs, and who has to agree to that.",
    "executor": "external",
    "timeout_seconds": 3600.0,
}
PIPELINE: Example = {
    "name": "short",
    "stages": [["architect"], ["dba"]],
    "steps": [
        {"role": "architect", "after": [], "approval": None},
        {
            "role": "dba",
            "after": ["architect"],
            "approval": {
                "approver_role": "finance",
                "question": "May the schema change?",
                "expires_after_seconds": 3600.0,
                "on_expiry": "escalate",
            },
        },
    ],
    "approvals": {"expires_after_seconds": 86400.0, "on_expiry": "fail"},
}


class Profile(Answer):
    """A role: what it can do, and who does its work."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROFILE]})

    role: str
    capabilities: list[str]
    instructions: str
    executor: str
    timeout_seconds: float | None = Field(description="null: the setting's default")
    metadata: dict[str, Any]


class ProfileList(Answer):
    """The roles that a team can use, by name."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"team_id": TEAM_ID, "items": [PROFILE]}]}
    )

    team_id: UUID | None
    items: list[Profile]


class DefineRole(Request):
    """A role as a team defines it."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROLE]})

    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    capabilities: list[Annotated[str, StringConstraints(max_length=100)]] = Field(
        max_length=50, description=f"of {', '.join(CAPABILITIES)}"
    )
    instructions: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    executor: Annotated[str, StringConstraints(max_length=100)] = Field(
        "planner", description="planner, external (an agent), or one that this server adds"
    )
    timeout_seconds: float | None = Field(
        None, gt=0, le=MAX_TIMEOUT_SECONDS, description="null: the setting's default"
    )


class Terms(Answer):
    """How long an answer is waited for, and what happens without one."""

    expires_after_seconds: float
    on_expiry: str = Field(description="fail, escalate or go_on")


class Gate(Terms):
    """What a person has to approve before a role begins."""

    approver_role: str
    question: str


class Step(Answer):
    """A role's place in a pipeline."""

    role: str
    after: list[str]
    approval: Gate | None


class Pipeline(Answer):
    """Which roles run, and after whom."""

    model_config = ConfigDict(json_schema_extra={"examples": [PIPELINE]})

    name: str
    stages: list[list[str]]
    steps: list[Step]
    approvals: Terms = Field(description="of what its roles ask in the middle of their work")


class PipelineList(Answer):
    """The pipelines that a team can launch."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"team_id": None, "items": [PIPELINE]}]}
    )

    team_id: UUID | None
    items: list[Pipeline]


class NewTerms(Request):
    """How long an answer is waited for, and what happens without one."""

    expires_after_seconds: float | None = Field(None, gt=0, le=MOST_SECONDS)
    on_expiry: OnExpiry | None = None


class NewGate(NewTerms):
    """What a person has to approve before a role begins; null is as the pipeline's terms say."""

    approver_role: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    question: Annotated[str, StringConstraints(max_length=MAX_QUESTION_CHARACTERS)] = ""


class NewStep(Request):
    """A role's place in a pipeline."""

    role: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    after: list[Annotated[str, StringConstraints(max_length=200)]] = Field(
        [], max_length=MAX_STEPS, description="the roles that have to be done before"
    )
    approval: NewGate | None = None


class DefinePipeline(Request):
    """A pipeline as a team defines it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"steps": PIPELINE["steps"], "approvals": PIPELINE["approvals"]}]
        }
    )

    steps: list[NewStep] = Field(min_length=1, max_length=MAX_STEPS)
    approvals: NewTerms | None = Field(
        None, description="of what its roles ask in the middle of their work; null: fail in a day"
    )
