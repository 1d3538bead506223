"""Teams, who is in them, who is invited; their audit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sage_mode_client.call import Call, Id, change, get, json_of, nothing, post
from sage_mode_client.models.audit import AuditPage
from sage_mode_client.models.decisions import Confidence, JournalPage, Kind, Standing
from sage_mode_client.models.people import (
    Answered,
    ApproverRoles,
    InvitationList,
    Left,
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


def change_team(
    team_id: Id, *, name: str | None = None, description: str | None = None
) -> Call[Team]:
    """Give a team another name, or say what it is for; both or nothing."""
    body = {"name": name, "description": description}
    return change("PATCH", "/teams/{team_id}", json_of(Team), body, team_id=team_id)


def archive_team(team_id: Id, *, idempotency_key: Id | None = None) -> Call[Team]:
    """Keep a team for reading only."""
    return post("/teams/{team_id}/archive", json_of(Team), key=idempotency_key, team_id=team_id)


def restore_team(team_id: Id, *, idempotency_key: Id | None = None) -> Call[Team]:
    """Let an archived team be worked in again."""
    return post("/teams/{team_id}/restore", json_of(Team), key=idempotency_key, team_id=team_id)


def hand_over(team_id: Id, user_id: Id, *, idempotency_key: Id | None = None) -> Call[Team]:
    """Make a member the owner of a team; the owner stays as a member."""
    path, body = "/teams/{team_id}/hand-over", {"user_id": user_id}
    return post(path, json_of(Team), body, key=idempotency_key, team_id=team_id)


def leave_team(team_id: Id, *, idempotency_key: Id | None = None) -> Call[Left]:
    """Go out of a team; only a person can, not a token, and not the owner."""
    return post("/teams/{team_id}/leave", json_of(Left), key=idempotency_key, team_id=team_id)


def share_team(team_id: Id, *, idempotency_key: Id | None = None) -> Call[Team]:
    """Let others be invited into a team."""
    return post("/teams/{team_id}/share", json_of(Team), key=idempotency_key, team_id=team_id)


def unshare_team(team_id: Id, *, idempotency_key: Id | None = None) -> Call[Team]:
    """Make a team its owner's alone: everybody else is removed."""
    return post("/teams/{team_id}/unshare", json_of(Team), key=idempotency_key, team_id=team_id)


def list_invitations(team_id: Id) -> Call[InvitationList]:
    """List a team's open invitations, to who manages it."""
    return get("/teams/{team_id}/invitations", json_of(InvitationList), team_id=team_id)


def invite(
    team_id: Id,
    name_or_email: str,
    *,
    role: Place = "member",
    idempotency_key: Id | None = None,
) -> Call[NewInvitation]:
    """Ask somebody into a shared team; its link is told only in answer to this call."""
    return post(
        "/teams/{team_id}/invitations",
        json_of(NewInvitation),
        {"name_or_email": name_or_email, "role": role},
        key=idempotency_key,
        team_id=team_id,
    )


def withdraw_invitation(team_id: Id, invitation_id: Id) -> Call[None]:
    """Take an invitation back."""
    path = "/teams/{team_id}/invitations/{invitation_id}"
    return change("DELETE", path, nothing, team_id=team_id, invitation_id=invitation_id)


def list_own_invitations() -> Call[InvitationList]:
    """List the invitations that wait for one's own answer; a token has none."""
    return get("/invitations", json_of(InvitationList))


def accept_invitation(invitation_id: Id, *, idempotency_key: Id | None = None) -> Call[Answered]:
    """Join a team by an invitation of one's own; only a person can, not a token."""
    path = "/invitations/{invitation_id}/accept"
    return post(path, json_of(Answered), key=idempotency_key, invitation_id=invitation_id)


def decline_invitation(invitation_id: Id, *, idempotency_key: Id | None = None) -> Call[Answered]:
    """Answer no to an invitation of one's own; only a person can, not a token."""
    path = "/invitations/{invitation_id}/decline"
    return post(path, json_of(Answered), key=idempotency_key, invitation_id=invitation_id)


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


def set_approver_roles(team_id: Id, user_id: Id, roles: Sequence[str]) -> Call[ApproverRoles]:
    """Say in the name of which roles a member answers approvals, in place of those they had."""
    path, body = "/teams/{team_id}/members/{user_id}/approver-roles", {"roles": roles}
    return change("PUT", path, json_of(ApproverRoles), body, team_id=team_id, user_id=user_id)


def list_journal(
    team_id: Id,
    *,
    text: str = "",
    kind: Kind = "all",
    standing: Standing = "all",
    role: Sequence[str] = (),
    confidence: Sequence[Confidence] = (),
    session_id: Id | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Call[JournalPage]:
    """List what was decided in a team, newest first; the role `person` is what people decided."""
    query = {
        "text": text,
        "kind": kind,
        "standing": standing,
        "role": tuple(role),
        "confidence": tuple(confidence),
        "session_id": session_id,
        "cursor": cursor,
        "limit": limit,
    }
    return get("/teams/{team_id}/decisions", json_of(JournalPage), query=query, team_id=team_id)


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
