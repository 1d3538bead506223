"""Acts on teams whose commit's answer is lost: each has happened once, and is no error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from core.domain.pipeline import Step, make_pipeline
from core.domain.role import RoleProfile
from core.services import accounts, configuring, inviting, members, teams
from embedded.servers import RunningServers
from tests.factories import Someone, add_member, define_pipeline, define_role, make_someone
from tests.services.test_transactions import lost_answers


@dataclass(frozen=True)
class World:
    """A shared team with a member, and somebody who is invited."""

    owner: Someone
    member: Someone
    invited: Someone
    invitation: inviting.Invited
    link: inviting.Invited


@pytest.fixture
def world(someone: Someone) -> World:
    """A team in which everything can be done."""
    member, invited = make_someone(), make_someone()
    add_member(someone.team_id, member.user)
    define_role(someone.team_id, RoleProfile("scribe", "Scribe", (), "Write."))
    define_pipeline(someone.team_id, make_pipeline("mine", [Step("dba")]))
    principal, team_id = someone.principal, someone.team_id
    invitation = inviting.invite_person(principal, team_id, invited.user.user_name)
    link = inviting.invite_person(principal, team_id, "link@example.org")
    return World(someone, member, invited, invitation, link)


Act = Callable[[World], Any]
ACTS: dict[str, Act] = {
    "create": lambda w: teams.create_team(w.owner.principal, "New", is_shared=True),
    "rename": lambda w: teams.rename_team(w.owner.principal, w.owner.team_id, "New"),
    "describe": lambda w: teams.describe_team(w.owner.principal, w.owner.team_id, "New"),
    "unshare": lambda w: teams.unshare_team(w.owner.principal, w.owner.team_id),
    "share": lambda w: teams.share_team(
        w.owner.principal, accounts.list_teams(w.owner.principal)[-1].id
    ),
    "archive": lambda w: teams.archive_team(w.owner.principal, w.owner.team_id),
    "restore": lambda w: teams.restore_team(w.owner.principal, w.owner.team_id),
    "change role": lambda w: members.change_role(
        w.owner.principal, w.owner.team_id, w.member.user.id, "viewer"
    ),
    "approver roles": lambda w: members.set_approver_roles(
        w.owner.principal, w.owner.team_id, w.member.user.id, ["designer"]
    ),
    "remove": lambda w: members.remove_member(w.owner.principal, w.owner.team_id, w.member.user.id),
    "leave": lambda w: members.leave_team(w.member.principal, w.owner.team_id),
    "hand over": lambda w: members.hand_over(w.owner.principal, w.owner.team_id, w.member.user.id),
    "invite": lambda w: inviting.invite_person(
        w.owner.principal, w.owner.team_id, "other@example.org"
    ),
    "accept": lambda w: inviting.accept_invitation(w.invited.principal, w.invitation.invitation.id),
    "accept link": lambda w: inviting.accept_link(w.invited.principal, w.link.token or ""),
    "decline": lambda w: inviting.decline_invitation(
        w.invited.principal, w.invitation.invitation.id
    ),
    "decline link": lambda w: inviting.decline_link(w.invited.principal, w.link.token or ""),
    "delete role": lambda w: configuring.delete_role(w.owner.principal, w.owner.team_id, "scribe"),
    "delete pipeline": lambda w: configuring.delete_pipeline(
        w.owner.principal, w.owner.team_id, "mine"
    ),
    "withdraw": lambda w: inviting.withdraw_invitation(
        w.owner.principal, w.invitation.invitation.id
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_whose_answer_is_lost_is_no_error(
    servers: RunningServers, world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with lost_answers(servers, monkeypatch):
        ACTS[name](world)


def test_a_links_token_is_the_one_that_was_stored(
    servers: RunningServers, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lost_answers(servers, monkeypatch):
        made = inviting.invite_person(
            world.owner.principal, world.owner.team_id, "other@example.org"
        )
    assert inviting.accept_link(make_someone().principal, made.token or "")
