"""Who may do what, said once as data: action x team role.

A principal asks. The owner of a team may always; others only when the team is shared and they
are its members. Asking for another team's thing answers *not found*, so that ids tell nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    CONTROL = "control"  # cancel, pause, resume, end, retry, pin
    DECIDE = "decide"  # record and supersede decisions
    APPROVE = "approve"  # answer approvals, of the roles that one has
    EXECUTE = "execute"  # take up tasks that wait for an agent
    REPORT = "report"  # on tasks that one has taken up: signs of life, questions, results
    NOTIFY = "notify"  # send people of the team a message
    CONFIGURE = "configure"  # roles, pipelines
    MANAGE = "manage"  # name, members, sharing, archive
    OVERSEE = "oversee"  # see its webhooks and open invitations; stop the webhooks
    AUDIT = "audit"  # read who changed what


ALLOWED: dict[TeamRole, frozenset[Action]] = {
    TeamRole.VIEWER: frozenset({Action.READ}),
    TeamRole.MEMBER: frozenset(
        {
            *(Action.READ, Action.LAUNCH, Action.CONTROL, Action.DECIDE),
            *(Action.APPROVE, Action.EXECUTE, Action.REPORT, Action.NOTIFY),
        }
    ),
    TeamRole.OWNER: frozenset(Action),
}


# The approver roles that nobody is given: an owner, and whoever is a member.
OWNER_APPROVES, MEMBER_APPROVES = TeamRole.OWNER.value, TeamRole.MEMBER.value


# What is left to do in an archived team: to look, to stop what goes out of it, and what runs there
# goes on to its end. Restoring it is asked about by itself.
ON_ARCHIVED = frozenset({Action.READ, Action.OVERSEE, Action.AUDIT, Action.APPROVE, Action.REPORT})


class Scope(StrEnum):
    """What a token is for."""

    READ = "read"
    LAUNCH = "launch"
    DECIDE = "decide"
    APPROVE = "approve"
    EXECUTE = "execute"
    ADMIN = "admin"


# Whoever acts on something may look at it: each scope contains reading.
SCOPES: dict[Scope, frozenset[Action]] = {
    Scope.READ: frozenset({Action.READ}),
    Scope.LAUNCH: frozenset({Action.READ, Action.LAUNCH, Action.CONTROL, Action.NOTIFY}),
    Scope.DECIDE: frozenset({Action.READ, Action.DECIDE, Action.NOTIFY}),
    Scope.APPROVE: frozenset({Action.READ, Action.APPROVE}),
    Scope.EXECUTE: frozenset({Action.READ, Action.EXECUTE, Action.REPORT, Action.NOTIFY}),
    Scope.ADMIN: frozenset(
        {Action.READ, Action.CONFIGURE, Action.MANAGE, Action.OVERSEE, Action.AUDIT}
    ),
}


@dataclass(frozen=True, slots=True)
class UserPrincipal:
    """A person, known by login or, in the terminal, by name."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class TokenPrincipal:
    """A program that acts as a user, limited to its token's scopes and, if it has one, team."""

    user_id: UUID
    token_id: UUID
    scopes: frozenset[Scope]
    team_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SystemPrincipal:
    """Dispatcher, workers and sign-in: not bound to a team."""

    name: str = "system"


Principal = UserPrincipal | TokenPrincipal | SystemPrincipal
SYSTEM = SystemPrincipal()


def is_allowed(role: TeamRole | None, action: Action) -> bool:
    """Tell whether a team role allows an action; None (no place in the team) allows nothing."""
    return role is not None and action in ALLOWED[role]


def scopes_allow(scopes: Iterable[Scope], action: Action) -> bool:
    """Tell whether one of a token's scopes allows an action, wherever its user may do it."""
    return any(action in SCOPES[scope] for scope in scopes)


def reaches(principal: Principal, team_id: UUID) -> bool:
    """Tell whether a principal may be asked about in a team at all: a token may be bound to one."""
    return not isinstance(principal, TokenPrincipal) or principal.team_id in (None, team_id)


def require_scope(principal: Principal, action: Action) -> None:
    """Raise `NotAllowed` when a token has no scope for an action; others have none to lack."""
    if isinstance(principal, TokenPrincipal) and not scopes_allow(principal.scopes, action):
        held = ", ".join(sorted(principal.scopes)) or "none"
        wanted = [scope.value for scope in Scope if action in SCOPES[scope]]
        needed = "any scope" if len(wanted) == len(Scope) else f"the scope {' or '.join(wanted)}"
        raise NotAllowed(
            f"This token may not {action}: that needs {needed}; its scopes: {held}.",
            hint=f"Make a token with {needed}.",
        )


def answered_roles(role: TeamRole | None, approver_roles: Iterable[str]) -> frozenset[str] | None:
    """Return the approver roles in whose name somebody in a team answers; None for every role.

    An owner answers each, so that a question to a role that nobody has is not lost; a viewer none.
    """
    if role == TeamRole.OWNER:
        return None
    if not is_allowed(role, Action.APPROVE):
        return frozenset()
    return frozenset({MEMBER_APPROVES, *approver_roles}) - {OWNER_APPROVES}


def may_answer(role: TeamRole | None, approver_roles: Iterable[str], wanted: str) -> bool:
    """Tell whether somebody in a team may answer an approval that asks for a `wanted` role."""
    answered = answered_roles(role, approver_roles)
    return answered is None or wanted in answered


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
