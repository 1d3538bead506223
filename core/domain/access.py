"""Who may do what, said once as data: action x team role.

A principal asks. The owner of a team may always; others only when the team is shared and they
are its members. Asking for another team's thing answers *not found*, so that ids tell nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.errors import NotAllowed, NotFound


class TeamRole(StrEnum):
    """A user's place in a team."""

    OWNER = "owner"
    MEMBER = "member"
    VIEWER = "viewer"


class Action(StrEnum):
    """What a principal may want to do in a team."""

    READ = "read"
    LAUNCH = "launch"
    CONTROL = "control"  # cancel, pause, resume, end, retry
    DECIDE = "decide"  # record and supersede decisions
    CONFIGURE = "configure"  # roles, pipelines
    MANAGE = "manage"  # name, members, sharing, archive
    AUDIT = "audit"  # read who changed what


ALLOWED: dict[TeamRole, frozenset[Action]] = {
    TeamRole.VIEWER: frozenset({Action.READ}),
    TeamRole.MEMBER: frozenset({Action.READ, Action.LAUNCH, Action.CONTROL, Action.DECIDE}),
    TeamRole.OWNER: frozenset(Action),
}


@dataclass(frozen=True, slots=True)
class UserPrincipal:
    """A person, known by login or, in the terminal, by name."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class SystemPrincipal:
    """Dispatcher, workers and sign-in: not bound to a team."""

    name: str = "system"


Principal = UserPrincipal | SystemPrincipal
SYSTEM = SystemPrincipal()


def is_allowed(role: TeamRole | None, action: Action) -> bool:
    """Tell whether a team role allows an action; None (no place in the team) allows nothing."""
    return role is not None and action in ALLOWED[role]


def is_for_every_role(action: Action) -> bool:
    """Tell whether whoever has a place in a team may do this there."""
    return all(action in actions for actions in ALLOWED.values())


def effective_role(
    *, is_owner: bool, is_shared: bool, membership: TeamRole | None
) -> TeamRole | None:
    """Return a user's role in a team, or None.

    The owner always is owner; a membership counts only while the team is shared.
    """
    if is_owner:
        return TeamRole.OWNER
    return membership if is_shared else None


def require(role: TeamRole | None, action: Action) -> None:
    """Raise unless `role` allows `action`: `NotFound` for strangers, `NotAllowed` for others."""
    if role is None:
        raise NotFound
    if not is_allowed(role, action):
        raise NotAllowed(f"As {role} of this team you may not {action} here.")
