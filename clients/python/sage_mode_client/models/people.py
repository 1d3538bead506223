"""Users, teams, and who is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Place = Literal["member", "viewer"]
TeamRole = Literal["owner", "member", "viewer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user, to themselves."""

    id: UUID
    user_name: str
    email: str
    is_administrator: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRights:
    """What a token is for; without a team it reaches all of its user's."""

    scopes: tuple[str, ...]
    team_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Me(Person):
    """Who asks; `token` is None for a person who is signed in."""

    token: TokenRights | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team."""

    id: UUID
    owner_id: UUID
    name: str
    description: str
    is_shared: bool
    archived_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in a team."""

    user_id: UUID
    user_name: str
    email: str
    role: TeamRole
    approver_roles: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDetail(Team):
    """A team with its members, and what one's own place in it is."""

    role: str | None
    may_manage: bool
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamList:
    """Teams, by name."""

    items: tuple[Team, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberList:
    """Who is in a team, the owner first."""

    items: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Somebody who was asked into a team and has not answered."""

    id: UUID
    team_id: UUID
    team_name: str
    role: Place
    user_name: str | None
    email: str | None
    invited_by: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation(Invitation):
    """An invitation as it is told once: with its link, for who has no account."""

    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationList:
    """Open invitations, the newest first."""

    items: tuple[Invitation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How one has answered an invitation; the team is the one that one is in now, if it is so."""

    invitation_id: UUID
    answer: Literal["accepted", "declined"]
    team_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproverRoles:
    """In the name of which roles a member answers approvals."""

    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A team that one has left."""

    team_id: UUID
