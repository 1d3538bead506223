"""Roles and pipelines."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.payloads.payload import Answer, Example

PROFILE: Example = {
    "role": "dba",
    "capabilities": ["design", "implement", "optimize", "audit"],
    "instructions": "Derive tables, keys, constraints and indexes, and a migration that can run.",
    "executor": "planner",
    "timeout_seconds": None,
    "metadata": {"title": "Database", "is_built_in": True, "aliases": ["database_administrator"]},
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

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [PROFILE]}]})

    items: list[Profile]


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
