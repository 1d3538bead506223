"""Teams, who is in them, and who is invited."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from api.payloads.payload import EARLIER, LATER, TEAM_ID, USER_ID, Answer, Example, Request
from core.domain.team import MOST_APPROVER_ROLES

TEAM: Example = {
    "id": TEAM_ID,
    "owner_id": USER_ID,
    "name": "Checkout",
    "description": "Everything from the basket to the receipt.",
    "is_shared": True,
    "archived_at": None,
}
MEMBER: Example = {
    "user_id": USER_ID,
    "user_name": "mara",
    "email": "mara@example.org",
    "role": "owner",
    "approver_roles": ["designer"],
    "since": EARLIER,
}
INVITATION: Example = {
    "id": "0199c1d9-3333-7aaa-8bbb-0123456789ab",
    "team_id": TEAM_ID,
    "team_name": "Checkout",
    "role": "member",
    "user_name": None,
    "email": "ben@example.org",
    "invited_by": "mara",
    "created_at": EARLIER,
    "expires_at": LATER,
}
GivenRole = Literal["member", "viewer"]


class NewTeam(Request):
    """A team to be made."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Checkout", "is_shared": True}]}
    )

    name: Annotated[str, StringConstraints(max_length=1000)] = Field(
        description="1 to 80 characters"
    )
    description: Annotated[str, StringConstraints(max_length=5000)] = ""
    is_shared: bool = Field(False, description="whether others can be invited at once")


class ChangeTeam(Request):
    """What is to be another; what is left out or null stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Basket", "description": "Up to the receipt."}]}
    )

    name: Annotated[str, StringConstraints(max_length=1000)] | None = Field(
        None, description="1 to 80 characters"
    )
    description: Annotated[str, StringConstraints(max_length=5000)] | None = None


class Team(Answer):
    """A team; one that is not shared is its owner's alone."""

    model_config = ConfigDict(json_schema_extra={"examples": [TEAM]})

    id: UUID
    owner_id: UUID
    name: str
    description: str
    is_shared: bool
    archived_at: AwareDatetime | None = Field(description="since then it is only read")


class TeamList(Answer):
    """One's teams, by name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [TEAM]}]})

    items: list[Team]


class TeamDetail(Team):
    """A team, and one's own place in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [TEAM | {"role": "owner", "may_manage": True, "members": [MEMBER]}]
        }
    )

    role: str | None = Field(description="one's own role")
    may_manage: bool
    members: list[Member]


class Member(Answer):
    """Somebody in a team."""

    model_config = ConfigDict(json_schema_extra={"examples": [MEMBER]})

    user_id: UUID
    user_name: str
    email: str
    role: Literal["owner", "member", "viewer"]
    approver_roles: list[str]
    since: AwareDatetime


class MemberList(Answer):
    """Who is in a team, the owner first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [MEMBER]}]})

    items: list[Member]


class ChangeRole(Request):
    """Another role for a member."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "viewer"}]})

    role: GivenRole


class SetApproverRoles(Request):
    """In the name of which roles a member answers approvals from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"roles": ["designer"]}]})

    roles: list[Annotated[str, StringConstraints(max_length=200)]] = Field(
        max_length=MOST_APPROVER_ROLES
    )


class ApproverRoles(Answer):
    """In the name of which roles a member answers approvals."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"roles": ["designer"]}]})

    roles: list[str]


class HandOver(Request):
    """Who is to own a team."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"user_id": USER_ID}]})

    user_id: UUID = Field(description="a member")


class Left(Answer):
    """A team that one has left."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"team_id": TEAM_ID}]})

    team_id: UUID


class Invite(Request):
    """Who is asked to join."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name_or_email": "ben@example.org", "role": "member"}]}
    )

    name_or_email: Annotated[str, StringConstraints(min_length=1, max_length=320)]
    role: GivenRole = "member"


class Invitation(Answer):
    """An open invitation."""

    model_config = ConfigDict(json_schema_extra={"examples": [INVITATION]})

    id: UUID
    team_id: UUID
    team_name: str
    role: GivenRole
    user_name: str | None
    email: str | None
    invited_by: str
    created_at: AwareDatetime
    expires_at: AwareDatetime


class NewInvitation(Invitation):
    """An invitation that was just made; its link is told this once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [INVITATION | {"link": "/invitation?token=Vx3…"}]}
    )

    link: str | None = Field(
        description="for who has no account here: a path of the dashboard; null for a known user"
    )


class InvitationList(Answer):
    """Open invitations, the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [INVITATION]}]})

    items: list[Invitation]


class Answered(Answer):
    """How one has answered an invitation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"invitation_id": INVITATION["id"], "answer": "accepted", "team_id": TEAM_ID}
            ]
        }
    )

    invitation_id: UUID
    answer: Literal["accepted", "declined"]
    team_id: UUID | None = Field(description="that one is in now; null when it was declined")
