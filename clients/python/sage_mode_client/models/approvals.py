"""Approvals: a person's yes or no that a task waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

ApprovalStatus = Literal["pending", "approved", "rejected", "expired", "cancelled"]
YesOrNo = Literal["approved", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What was asked, by whom, of whom, and what became of it."""

    id: UUID
    session_id: UUID
    team_id: UUID
    task_id: UUID
    attempt: int
    role: str
    feature_name: str
    asked_by: str
    approver_role: str
    question: str
    details: str
    status: str
    on_expiry: str
    requested_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    changed_input: dict[str, Any] | None
    input: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalPage:
    """Approvals, oldest first."""

    items: tuple[Approval, ...]
    next_cursor: str | None
