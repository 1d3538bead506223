"""Who is in a team and who is asked to join: values, and the rules about them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.access import TeamRole
from core.domain.people import Team
from core.domain.text import check_name, clean_line
from core.errors import InvalidInput, InvitationOver

MOST_NAME_CHARACTERS = 80
MOST_DESCRIPTION_CHARACTERS = 500
MOST_MEMBERS = 200
MOST_INVITATIONS = 100
MOST_TEAMS = 100
MOST_APPROVER_ROLES = 20

# Ownership is handed over; nobody is invited or promoted into it.
GIVEN_ROLES = (TeamRole.MEMBER, TeamRole.VIEWER)

_APPROVER_ROLE = re.compile(r"[a-z0-9][a-z0-9_ -]{0,49}\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """A user's place in a team, and whether the team is still worked in."""

    role: TeamRole | None
    is_archived: bool


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a team; the owner is one too."""

    user_id: UUID
    user_name: str
    email: str
    role: TeamRole
    approver_roles: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation into a team: to a user who is known, or to whoever holds its link."""

    id: UUID
    team_id: UUID
    team_name: str
    role: TeamRole
    user_id: UUID | None
    user_name: str | None
    email: str | None
    invited_by: str
    answer: str | None
    created_at: datetime
    expires_at: datetime

    @property
    def whom(self) -> str:
        """Whom the inviting person named."""
        return self.user_name or self.email or ""

    def is_open(self, now: datetime) -> bool:
        """Tell whether it can still be answered."""
        return self.answer is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class TeamPeople:
    """Everything that a team's page of people shows; invitations only to who may manage."""

    team: Team
    role: TeamRole | None
    members: tuple[Member, ...]
    invitations: tuple[Invitation, ...]
    may_manage: bool


def check_team_name(name: str) -> str:
    """Return the cleaned name of a team; raises `InvalidInput` unless it has 1 to 80 characters."""
    hint = f"Give the team a name of 1 to {MOST_NAME_CHARACTERS} characters."
    if len(name) > 10 * MOST_NAME_CHARACTERS:  # not worth cleaning
        raise InvalidInput("The team's name is too long.", hint=hint)
    cleaned = clean_line(name)
    if len(cleaned) > MOST_NAME_CHARACTERS:
        raise InvalidInput("The team's name is too long.", hint=hint)
    try:
        return check_name(cleaned)
    except InvalidInput:
        raise InvalidInput("The team has no name.", hint=hint) from None


def check_description(description: str) -> str:
    """Return the cleaned description of a team; raises `InvalidInput` beyond 500 characters."""
    most = MOST_DESCRIPTION_CHARACTERS
    if len(description) > 10 * most or len(cleaned := clean_line(description)) > most:
        raise InvalidInput(f"The description has more than {most} characters.", hint="Shorten it.")
    return cleaned


def check_given_role(role: str) -> TeamRole:
    """Return a role that a person can be given; raises `InvalidInput` for any other."""
    for known in GIVEN_ROLES:
        if role == known:
            return known
    raise InvalidInput(
        "That is no role that can be given.",
        hint="Use member or viewer; a team gets another owner by handing it over.",
    )


def check_approver_roles(roles: Iterable[str]) -> tuple[str, ...]:
    """Return the roles in whose name a member answers approvals: cleaned, each once, sorted."""
    cleaned = {clean_line(role).lower() for role in roles} - {""}
    if len(cleaned) > MOST_APPROVER_ROLES:
        raise InvalidInput(
            f"More than {MOST_APPROVER_ROLES} approver roles.", hint="Name the ones that matter."
        )
    if not all(_APPROVER_ROLE.match(role) for role in cleaned):
        raise InvalidInput(
            "That is no approver role.",
            hint="Use names like designer or finance, of at most 50 letters, digits, _ and -.",
        )
    return tuple(sorted(cleaned))


def require_open(invitation: Invitation, now: datetime) -> None:
    """Raise `InvitationOver` unless an invitation can still be answered."""
    if not invitation.is_open(now):
        raise InvitationOver
