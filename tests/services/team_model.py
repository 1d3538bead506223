"""A small model of who is in which team: what the access machine compares Sage Mode with."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

OPEN = "open"
MAY = {
    "owner": frozenset({"read", "launch", "decide", "control", "manage"}),
    "member": frozenset({"read", "launch", "decide", "control"}),
    "viewer": frozenset({"read"}),
}


SCOPES = {
    "read": frozenset({"read"}),
    "launch": frozenset({"read", "launch", "control"}),
    "decide": frozenset({"read", "decide"}),
    "execute": frozenset({"read"}),
    "admin": frozenset({"read", "manage"}),
}


@dataclass
class ModelTeam:
    """A team, as whoever reads the rules would keep it on paper."""

    owner: UUID
    name: str
    is_shared: bool
    is_archived: bool = False
    roles: dict[UUID, str] = field(default_factory=dict)  # of everybody but the owner
    sessions: dict[UUID, str] = field(default_factory=dict)  # status
    decisions: int = 0
    artifacts: set[UUID] = field(default_factory=set)
    snapshots: set[UUID] = field(default_factory=set)
    decision_ids: set[UUID] = field(default_factory=set)


@dataclass(frozen=True)
class ModelToken:
    """A token: whose, for what, and where."""

    user: UUID
    scope: str
    team: UUID | None
    plain: str


@dataclass
class ModelInvitation:
    """An invitation; without a user it belongs to whoever holds its token."""

    team: UUID
    role: str
    user: UUID | None
    token: str | None
    state: str = OPEN


class Model:
    """All teams and invitations, and what each act on them must come to."""

    def __init__(self) -> None:
        self.teams: dict[UUID, ModelTeam] = {}
        self.invitations: dict[UUID, ModelInvitation] = {}

    def role(self, user: UUID, team_id: UUID) -> str | None:
        """Return a user's role in a team, or None."""
        team = self.teams[team_id]
        return "owner" if team.owner == user else team.roles.get(user)

    def mine(self, user: UUID) -> set[UUID]:
        """Return the teams that a user is in."""
        return {team_id for team_id in self.teams if self.role(user, team_id)}

    def refusal(self, user: UUID, team_id: UUID, act: str) -> str | None:
        """Return the code with which an act is refused for lack of a right, or None."""
        role = self.role(user, team_id)
        if role is None:
            return "not_found"
        if act not in MAY[role]:
            return "not_allowed"
        return "team_archived" if self.teams[team_id].is_archived and act != "read" else None

    def token_refusal(self, token: ModelToken, team_id: UUID, act: str) -> str | None:
        """Return the code with which what a token asks for is refused, or None."""
        if token.team is not None and self.role(token.user, token.team) is None:
            return "token_refused"
        if token.team not in (None, team_id):
            return "not_found"
        refused = self.refusal(token.user, team_id, act)
        if refused in ("not_found", "not_allowed"):
            return refused
        return refused if act in SCOPES[token.scope] else "not_allowed"

    def about(self, team_id: UUID, target: UUID) -> str | None:
        """Return the code with which an act on another member is refused, or None."""
        team = self.teams[team_id]
        if team.owner == target:
            return "conflict"
        return None if target in team.roles else "not_found"

    def owns_name(self, user: UUID, name: str, but: UUID | None = None) -> bool:
        """Tell whether a user owns a team of a name."""
        return any(
            one.owner == user and one.name == name and id_ != but for id_, one in self.teams.items()
        )

    def inviting(self, user: UUID, team_id: UUID, target: UUID | None) -> str | None:
        """Return what inviting somebody comes to."""
        if refused := self.refusal(user, team_id, "manage"):
            return refused
        if not self.teams[team_id].is_shared:
            return "conflict"
        if target is None:
            return None
        is_waiting = any(
            one.team == team_id and one.user == target and one.state == OPEN
            for one in self.invitations.values()
        )
        return "conflict" if self.role(target, team_id) or is_waiting else None

    def answering(self, user: UUID, invitation_id: UUID, answer: str) -> str | None:
        """Return what accepting or declining comes to."""
        one = self.invitations[invitation_id]
        if one.token is None and one.user != user:
            return "not_found"
        if one.state == answer and one.user == user:
            if answer == "accepted" and self.role(user, one.team) is None:
                return "invitation_over"
            return None
        if one.state != OPEN:
            return "invitation_over"
        if answer == "accepted" and self.teams[one.team].is_archived:
            return "team_archived"
        return None

    def accept(self, user: UUID, invitation_id: UUID) -> None:
        """Let a user join."""
        one = self.invitations[invitation_id]
        if one.state != OPEN:
            return
        if self.role(user, one.team) is None:
            self.teams[one.team].roles[user] = one.role
        one.state, one.user = "accepted", user
        for other in self.invitations.values():
            if (other.team, other.user, other.state) == (one.team, user, OPEN):
                other.state = "withdrawn"

    def waiting(self, user: UUID) -> set[UUID]:
        """Return the invitations that wait for a user."""
        return {
            id_ for id_, one in self.invitations.items() if one.user == user and one.state == OPEN
        }

    def open_of(self, team_id: UUID) -> set[UUID]:
        """Return the open invitations of a team."""
        return {
            id_
            for id_, one in self.invitations.items()
            if one.team == team_id and one.state == OPEN
        }
