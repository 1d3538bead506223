"""Teams, who is in them, and who is invited."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.calls import Caller, Route, SecretRoute
from api.documentation import READS, WRITES
from api.payloads.team import (
    ApproverRoles,
    ChangeRole,
    ChangeTeam,
    HandOver,
    Invitation,
    InvitationList,
    Invite,
    Left,
    Member,
    MemberList,
    NewInvitation,
    NewTeam,
    SetApproverRoles,
    Team,
    TeamDetail,
    TeamList,
)
from api.repeats import act_key
from core.services import accounts, inviting, members, teams

_router = APIRouter(tags=["teams"], route_class=Route)
_secret_router = APIRouter(tags=["teams"], route_class=SecretRoute)
routers = (_router, _secret_router)


@_router.get("/teams", **READS)
def list_teams(caller: Caller) -> TeamList:
    """List one's own teams and those that are shared with one, by name."""
    return TeamList(items=[Team.model_validate(one) for one in accounts.list_teams(caller)])


@_router.post("/teams", status_code=201, **WRITES)
def create_team(caller: Caller, wanted: NewTeam, request: Request, response: Response) -> Team:
    """Make a team that one owns; only a person can, not a token."""
    team = teams.create_team(
        caller,
        wanted.name,
        description=wanted.description,
        is_shared=wanted.is_shared,
        act_key=act_key(request),
    )
    response.headers["Location"] = f"/api/teams/{team.id}"
    return Team.model_validate(team)


@_router.get("/teams/{team_id}", **READS)
def get_team(caller: Caller, team_id: UUID) -> TeamDetail:
    """Return a team with its members."""
    found = members.read_people(caller, team_id)
    return TeamDetail(
        **Team.model_validate(found.team).model_dump(),
        role=found.role,
        may_manage=found.may_manage,
        members=[Member.model_validate(one) for one in found.members],
    )


@_router.patch("/teams/{team_id}", **WRITES)
def change_team(caller: Caller, team_id: UUID, wanted: ChangeTeam) -> Team:
    """Give a team another name, or say what it is for; both or nothing."""
    found = teams.change_team(caller, team_id, name=wanted.name, description=wanted.description)
    return Team.model_validate(found)


@_router.post("/teams/{team_id}/archive", **WRITES)
def archive_team(caller: Caller, team_id: UUID) -> Team:
    """Keep a team for reading only; 409 for its owner's only personal team."""
    return Team.model_validate(teams.archive_team(caller, team_id))


@_router.post("/teams/{team_id}/restore", **WRITES)
def restore_team(caller: Caller, team_id: UUID) -> Team:
    """Let an archived team be worked in again."""
    return Team.model_validate(teams.restore_team(caller, team_id))


@_router.post("/teams/{team_id}/hand-over", **WRITES)
def hand_over(caller: Caller, team_id: UUID, wanted: HandOver) -> Team:
    """Make a member the owner of a team; the owner stays as a member."""
    return Team.model_validate(members.hand_over(caller, team_id, wanted.user_id))


@_router.post("/teams/{team_id}/leave", **WRITES)
def leave_team(caller: Caller, team_id: UUID) -> Left:
    """Go out of a team; only a person can, not a token, and not the owner."""
    members.leave_team(caller, team_id)
    return Left(team_id=team_id)


@_router.post("/teams/{team_id}/share", **WRITES)
def share_team(caller: Caller, team_id: UUID) -> Team:
    """Let others be invited into a team."""
    return Team.model_validate(teams.share_team(caller, team_id))


@_router.post("/teams/{team_id}/unshare", **WRITES)
def unshare_team(caller: Caller, team_id: UUID) -> Team:
    """Make a team its owner's alone: everybody else is removed."""
    return Team.model_validate(teams.unshare_team(caller, team_id))


@_router.get("/teams/{team_id}/invitations", **READS)
def list_invitations(caller: Caller, team_id: UUID) -> InvitationList:
    """List a team's open invitations, to who manages it."""
    found = inviting.list_invitations(caller, team_id)
    return InvitationList(items=[Invitation.model_validate(one) for one in found])


@_secret_router.post("/teams/{team_id}/invitations", status_code=201, **WRITES)
def invite(caller: Caller, team_id: UUID, wanted: Invite, request: Request) -> NewInvitation:
    """Ask somebody into a shared team, by user name or by e-mail address."""
    made = inviting.invite_person(
        caller, team_id, wanted.name_or_email, wanted.role, act_key=act_key(request)
    )
    invitation = Invitation.model_validate(made.invitation)
    return NewInvitation(**invitation.model_dump(), link=made.path)


@_router.get("/teams/{team_id}/members", **READS)
def list_members(caller: Caller, team_id: UUID) -> MemberList:
    """List who is in a team, the owner first."""
    found = members.list_members(caller, team_id)
    return MemberList(items=[Member.model_validate(one) for one in found])


@_router.patch("/teams/{team_id}/members/{user_id}", status_code=204, **WRITES)
def change_role(caller: Caller, team_id: UUID, user_id: UUID, wanted: ChangeRole) -> None:
    """Make a member a viewer, or the other way round."""
    members.change_role(caller, team_id, user_id, wanted.role)


@_router.delete("/teams/{team_id}/members/{user_id}", status_code=204, **WRITES)
def remove_member(caller: Caller, team_id: UUID, user_id: UUID) -> None:
    """Take somebody's access to a team away, at once."""
    members.remove_member(caller, team_id, user_id)


@_router.put("/teams/{team_id}/members/{user_id}/approver-roles", **WRITES)
def set_approver_roles(
    caller: Caller, team_id: UUID, user_id: UUID, wanted: SetApproverRoles
) -> ApproverRoles:
    """Say in the name of which roles a member answers approvals, in place of those they had."""
    roles = members.set_approver_roles(caller, team_id, user_id, wanted.roles)
    return ApproverRoles(roles=list(roles))
