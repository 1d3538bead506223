"""Invitations: taken back by who manages the team, answered by who is invited."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.calls import Caller, Route
from api.documentation import READS, WRITES
from api.payloads.team import Answered, Invitation, InvitationList
from core.services import inviting

_router = APIRouter(tags=["invitations"], route_class=Route)
routers = (_router,)


@_router.get("/invitations", **READS)
def list_own_invitations(caller: Caller) -> InvitationList:
    """List the invitations that wait for one's own answer; a token has none."""
    found = inviting.list_waiting(caller)
    return InvitationList(items=[Invitation.model_validate(one) for one in found])


@_router.delete("/teams/{team_id}/invitations/{invitation_id}", status_code=204, **WRITES)
def withdraw_invitation(caller: Caller, team_id: UUID, invitation_id: UUID) -> None:
    """Take an invitation back; 409 when it was answered before."""
    inviting.withdraw_invitation(caller, invitation_id, team_id=team_id)


@_router.post("/invitations/{invitation_id}/accept", **WRITES)
def accept_invitation(caller: Caller, invitation_id: UUID) -> Answered:
    """Join a team by an invitation of one's own; only a person can, not a token."""
    team_id = inviting.accept_invitation(caller, invitation_id)
    return Answered(invitation_id=invitation_id, answer="accepted", team_id=team_id)


@_router.post("/invitations/{invitation_id}/decline", **WRITES)
def decline_invitation(caller: Caller, invitation_id: UUID) -> Answered:
    """Answer no to an invitation of one's own; only a person can, not a token."""
    inviting.decline_invitation(caller, invitation_id)
    return Answered(invitation_id=invitation_id, answer="declined", team_id=None)
