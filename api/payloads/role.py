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
    "steps": [{"role": "architect", "after": []}, {"role": "dba", "after": ["architect"]}],
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


class Step(Answer):
    """A role's place in a pipeline."""

    role: str
    after: list[str]


class Pipeline(Answer):
    """Which roles run, and after whom."""

    model_config = ConfigDict(json_schema_extra={"examples": [PIPELINE]})

    name: str
    stages: list[list[str]]
    steps: list[Step]


class PipelineList(Answer):
    """The pipelines that a team can launch."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"team_id": None, "items": [PIPELINE]}]}
    )

    team_id: UUID | None
    items: list[Pipeline]
