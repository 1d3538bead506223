"""Teams, who is in them, who is invited; their audit."""

from __future__ import annotations

from datetime import datetime

from sage_mode_client.call import Call, Id, change, get, json_of, nothing, post, post_once
from sage_mode_client.models.audit import AuditPage
from sage_mode_client.models.people import (
    InvitationList,
    MemberList,
    NewInvitation,
    Place,
    Team,
    TeamDetail,
    TeamList,
)


def list_teams() -> Call[TeamList]:
    """List one's own teams and those that are shared with one, by name."""
    return get("/teams", json_of(TeamList))


def create_team(
    name: str,
    *,
    description: str = "",
    is_shared: bool = False,
    idempotency_key: Id | None = None,
) -> Call[Team]:
    """Make a team that one owns; only a person can, not a token."""
    body = {"name": name, "description": description, "is_shared": is_shared}
    return post("/teams", json_of(Team), body, key=idempotency_key)


def get_team(team_id: Id) -> Call[TeamDetail]:
    """Return a team with its members."""
    return get("/teams/{team_id}", json_of(TeamDetail), team_id=team_id)


def share_team(team_id: Id, *, idempotency_key: Id | None = None) -> Call[Team]:
    """Let others be invited into a team."""
    return post("/teams/{team_id}/share", json_of(Team), key=idempotency_key, team_id=team_id)


def unshare_team(team_id: Id, *, idempotency_key: Id | None = None) -> Call[Team]:
    """Make a team its owner's alone: everybody else is removed."""
    return post("/teams/{team_id}/unshare", json_of(Team), key=idempotency_key, team_id=team_id)


def list_invitations(team_id: Id) -> Call[InvitationList]:
    """List a team's open invitations, to who manages it."""
    return get("/teams/{team_id}/invitations", json_of(InvitationList), team_id=team_id)


def invite(team_id: Id, name_or_email: str, *, role: Place = "member") -> Call[NewInvitation]:
    """Ask somebody into a shared team; its link is told once, so it is never sent twice."""
    body = {"name_or_email": name_or_email, "role": role}
    path = "/teams/{team_id}/invitations"
    return post_once(path, json_of(NewInvitation), body, team_id=team_id)


def list_members(team_id: Id) -> Call[MemberList]:
    """List who is in a team, the owner first."""
    return get("/teams/{team_id}/members", json_of(MemberList), team_id=team_id)


def change_role(team_id: Id, user_id: Id, role: Place) -> Call[None]:
    """Make a member a viewer, or the other way round."""
    path = "/teams/{team_id}/members/{user_id}"
    return change("PATCH", path, nothing, {"role": role}, team_id=team_id, user_id=user_id)


def remove_member(team_id: Id, user_id: Id) -> Call[None]:
    """Take somebody's access to a team away, at once."""
    path = "/teams/{team_id}/members/{user_id}"
    return change("DELETE", path, nothing, team_id=team_id, user_id=user_id)


def list_audit(
    team_id: Id,
    *,
    kind: str = "",
    actor: str = "",
    text: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Call[AuditPage]:
    """List who changed what in a team, newest first; to its owner."""
    query = {
        "team_id": team_id,
        "kind": kind,
        "actor": actor,
        "text": text,
        "since": since,
        "until": until,
        "cursor": cursor,
        "limit": limit,
    }
    return get("/audit", json_of(AuditPage), query=query)
