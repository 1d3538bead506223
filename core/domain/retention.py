"""What retention takes, of which sessions, and when."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from core.domain.lifecycle import SessionStatus


@dataclass(frozen=True, slots=True)
class Details:
    """How many rows of each kind retention takes, or took."""

    events: int = 0
    snapshots: int = 0
    contents: int = 0  # large values that snapshots refer to
    artifacts: int = 0

    def __add__(self, other: Details) -> Details:
        return Details(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def rows(self) -> int:
        """How many rows it is in all."""
        return self.events + self.snapshots + self.contents + self.artifacts


@dataclass(frozen=True, slots=True)
class Aging:
    """A session that time will change, unless something happens in it.

    `due_at` is None where a setting keeps it for good.
    """

    session_id: UUID
    team_id: UUID
    feature_name: str
    status: SessionStatus
    active_at: datetime  # its latest event
    due_at: datetime | None
    pinned_at: datetime | None
    pinned_by: str  # the name of who did, if anybody


@dataclass(frozen=True, slots=True)
class RetentionPlan:
    """What will become of a team's sessions; each list the soonest first, cut at `most`."""

    now: datetime
    session_days: int
    detail_days: int  # 0: details are kept for good
    audit_days: int
    expiring: tuple[Aging, ...]  # unfinished ones that wait for nobody's answer
    losing_details: tuple[Aging, ...]
    pinned: tuple[Aging, ...]
    count_expiring: int
    count_losing: int
    count_pinned: int
    count_gone: int  # sessions whose details were taken already
    may_pin: bool


@dataclass(frozen=True, slots=True)
class RetentionPreview:
    """What would go now, of all teams."""

    session_days: int
    detail_days: int
    expiring: tuple[Aging, ...]  # the first of them
    losing_details: tuple[Aging, ...]
    count_expiring: int
    count_losing: int
    details: Details  # of all that would lose them
