"""Agents from outside: what they ask for, are handed, and hear while they work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.domain.access import TokenPrincipal, UserPrincipal
from core.domain.attempt import Claim, HeldAttempt
from core.domain.lifecycle import SessionStatus
from core.domain.session import Decision

MOST_ROLES = 50


@dataclass(frozen=True, slots=True)
class WorkQuery:
    """What an agent would take up: of one team or session, and of some roles; empty means any."""

    team_id: UUID | None = None
    session_id: UUID | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentOrder:
    """A task that an agent has taken up: everything that a worker's executor would be handed.

    `claim.work` is the order itself; `(task_id, attempt)` names it in every report.
    """

    claim: Claim
    lease_seconds: float
    decisions: tuple[Decision, ...]  # the strategic ones that guide it, oldest first
    traceparent: str = ""  # of whatever asked for the task, for the agent to go on from

    @property
    def lease_until(self) -> datetime:
        """Until when the task is the agent's without a heartbeat."""
        seconds = min(self.lease_seconds, self.claim.work.timeout_seconds)
        return self.claim.started_at + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What an agent hears when its lease was extended.

    In a paused session it works on; in one that failed its result is kept, and frees nothing.
    """

    lease_until: datetime
    deadline_at: datetime
    session_status: SessionStatus


@dataclass(frozen=True, slots=True)
class AgentAttempt:
    """An attempt as it stands now, running or not, of whichever agent or worker."""

    held: HeldAttempt
    is_running: bool
    now: datetime
    lease_until: datetime | None  # of a running one, as is the next
    deadline_at: datetime | None
    ended_as: str | None
    error_code: str | None
    session_status: SessionStatus
    seq: int  # of the session's latest event

    @property
    def is_overdue(self) -> bool:
        """Whether its deadline has passed while nobody has ended it yet."""
        return self.deadline_at is not None and self.deadline_at <= self.now

    @property
    def has_lease(self) -> bool:
        """Whether it runs, and its lease has not run out."""
        return self.is_running and self.lease_until is not None and self.lease_until > self.now


def agent_name(principal: UserPrincipal | TokenPrincipal) -> str:
    """Return the name under which a principal holds tasks; no two have the same."""
    if isinstance(principal, TokenPrincipal):
        return f"agent {principal.token_id}"
    return f"agent {principal.user_id}"
