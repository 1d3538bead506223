"""Roles, and the pipelines that they work in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A role: what it can, is told, and who does its work."""

    role: str
    capabilities: tuple[str, ...]
    instructions: str
    executor: str
    timeout_seconds: float | None
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileList:
    """Roles."""

    items: tuple[Profile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How long an answer is waited for, and what happens without one."""

    expires_after_seconds: float
    on_expiry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Terms):
    """What a person has to approve before a role begins."""

    approver_role: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A role in a pipeline, and after whom it works."""

    role: str
    after: tuple[str, ...]
    approval: Gate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Which roles work, and after whom."""

    name: str
    stages: tuple[tuple[str, ...], ...]
    steps: tuple[Step, ...]
    approvals: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineList:
    """Pipelines; without a team the built-in ones."""

    team_id: UUID | None
    items: tuple[Pipeline, ...]
