"""What time will take of a team's sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Aging:
    """A session that time will change, unless something happens in it."""

    session_id: UUID
    team_id: UUID
    feature_name: str
    status: str
    active_at: datetime
    due_at: datetime | None
    pinned_at: datetime | None
    pinned_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPlan:
    """What will become of a team's sessions: each list the soonest first, and how many in all."""

    now: datetime
    session_days: int
    detail_days: int
    audit_days: int
    expiring: tuple[Aging, ...]
    losing_details: tuple[Aging, ...]
    pinned: tuple[Aging, ...]
    count_expiring: int
    count_losing: int
    count_pinned: int
    count_gone: int
    may_pin: bool
