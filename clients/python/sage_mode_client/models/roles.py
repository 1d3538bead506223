"""Roles, and the pipelines that they work in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

OnExpiry = Literal["fail", "escalate", "go_on"]


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
    """Roles; without a team the built-in ones."""

    team_id: UUID | None
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


@dataclass(frozen=True, slots=True)
class NewTerms:
    """How long an answer is waited for, and what happens without one."""

    expires_after_seconds: float | None = None
    on_expiry: OnExpiry | None = None


@dataclass(frozen=True, slots=True)
class NewGate:
    """What a person has to approve before a role begins; None is as the pipeline's terms say."""

    approver_role: str
    question: str = ""
    expires_after_seconds: float | None = None
    on_expiry: OnExpiry | None = None


@dataclass(frozen=True, slots=True)
class NewStep:
    """A role's place in a pipeline."""

    role: str
    after: Sequence[str] = ()
    approval: NewGate | None = None
