"""Members of a team: roles, leaving, removal, handing over."""

from __future__ import annotations

import pytest

from core.domain import team as rules
from core.domain.access import SYSTEM, TeamRole, UserPrincipal
from core.errors import AppError, Conflict, InvalidInput, NotAllowed, NotFound
from core.ids import new_id
from core.services import (
    accounts,
    auditing,
    inviting,
    members,
    reading,
    teams,
)
from core.services.auditing import AuditQuery
from core.settings import get_settings
from core.signals.logins import Revocation
from core.signals.wakeups import Listener
from tests.factories import (
    Someone,
    add_member,
    in_parallel,
    launch,
    make_someone,
)
from tests.services.team_people import join, revocations, roles_of, team_of


def test_members_stand_with_role_and_time_the_owner_first(someone: Someone) -> None:
    viewer = join(someone, TeamRole.VIEWER)
    found = members.read_people(viewer.principal, someone.team_id)
    assert [one.role for one in found.members] == [TeamRole.OWNER, TeamRole.VIEWER]
    assert all(one.since for one in found.members)
    assert (found.role, found.may_manage, found.invitations) == (TeamRole.VIEWER, False, ())


def test_a_role_is_changed_between_member_and_viewer(someone: Someone) -> None:
    member = join(someone)
    members.change_role(someone.principal, someone.team_id, member.user.id, "viewer")
    with pytest.raises(NotAllowed):
        launch(Someone(member.user, someone.team_id))
    members.change_role(someone.principal, someone.team_id, member.user.id, "member")
    assert launch(Someone(member.user, someone.team_id))
    for role in ("owner", "admin", ""):
        with pytest.raises(InvalidInput):
            members.change_role(someone.principal, someone.team_id, member.user.id, role)


def test_the_owner_stays_until_the_team_is_handed_over(someone: Someone) -> None:
    owner_id, team_id = someone.user.id, someone.team_id
    for act in (
        lambda: members.remove_member(someone.principal, team_id, owner_id),
        lambda: members.leave_team(someone.principal, team_id),
        lambda: members.change_role(someone.principal, team_id, owner_id, "viewer"),
        lambda: members.hand_over(someone.principal, team_id, owner_id),
    ):
        with pytest.raises(Conflict, match="owner"):
            act()
    assert roles_of(someone) == {someone.user.user_name: TeamRole.OWNER}


@pytest.mark.parametrize("role", [TeamRole.MEMBER, TeamRole.VIEWER])
def test_members_and_viewers_do_not_manage(someone: Someone, role: TeamRole) -> None:
    person, other = join(someone, role), join(someone)
    principal, team_id, other_id = person.principal, someone.team_id, other.user.id
    for act in (
        lambda: teams.rename_team(principal, team_id, "Mine"),
        lambda: members.change_role(principal, team_id, other_id, "viewer"),
        lambda: members.set_approver_roles(principal, team_id, other_id, ["finance"]),
        lambda: members.remove_member(principal, team_id, other_id),
        lambda: members.hand_over(principal, team_id, person.user.id),
        lambda: inviting.invite_person(principal, team_id, "new@example.org"),
        lambda: inviting.list_invitations(principal, team_id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_approver_roles_are_cleaned_and_shown(someone: Someone) -> None:
    member = join(someone)
    for person in (member, someone):
        found = members.set_approver_roles(
            someone.principal, someone.team_id, person.user.id, [" Finance ", "designer", "finance"]
        )
        assert found == ("designer", "finance")
    shown = members.list_members(member.principal, someone.team_id)
    assert [(one.role, one.approver_roles) for one in shown] == [
        (TeamRole.OWNER, ("designer", "finance")),
        (TeamRole.MEMBER, ("designer", "finance")),
    ]
    for bad in (["<b>"], ["x" * 51], [f"r{number}" for number in range(21)], ["\u202e"]):
        with pytest.raises(InvalidInput):
            members.set_approver_roles(someone.principal, someone.team_id, member.user.id, bad)


def test_a_new_role_leaves_the_approver_roles(someone: Someone) -> None:
    member = join(someone)
    members.set_approver_roles(someone.principal, someone.team_id, member.user.id, ["finance"])
    members.change_role(someone.principal, someone.team_id, member.user.id, "viewer")
    assert members.list_members(SYSTEM, someone.team_id)[1].approver_roles == ("finance",)


def test_who_was_removed_has_nothing_left_and_it_is_announced(
    someone: Someone, heard: Listener
) -> None:
    member, session = join(someone), launch(someone)
    members.remove_member(someone.principal, someone.team_id, member.user.id)
    with pytest.raises(NotFound):
        reading.get_session(member.principal, session.id)
    assert revocations(heard) == [Revocation(None, member.user.id, someone.team_id)]
    with pytest.raises(NotFound):
        members.remove_member(someone.principal, someone.team_id, member.user.id)
    assert reading.get_session(someone.principal, session.id).status == "active"


def test_a_member_leaves_and_it_is_announced(someone: Someone, heard: Listener) -> None:
    viewer = join(someone, TeamRole.VIEWER)
    members.leave_team(viewer.principal, someone.team_id)
    assert revocations(heard) == [Revocation(None, viewer.user.id, someone.team_id)]
    with pytest.raises(NotFound):
        members.leave_team(viewer.principal, someone.team_id)


def test_a_removal_stands_while_redis_is_away(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = join(someone)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    get_settings.cache_clear()
    members.remove_member(someone.principal, someone.team_id, member.user.id)
    assert list(roles_of(someone)) == [someone.user.user_name]


def test_a_strangers_id_and_one_that_never_was_are_the_same(someone: Someone) -> None:
    other = make_someone()
    sayings = set()
    for user_id in (other.user.id, new_id()):
        for act in (
            lambda user_id=user_id: members.remove_member(
                someone.principal, someone.team_id, user_id
            ),
            lambda user_id=user_id: members.hand_over(someone.principal, someone.team_id, user_id),
            lambda user_id=user_id: members.change_role(
                someone.principal, someone.team_id, user_id, "viewer"
            ),
        ):
            with pytest.raises(NotFound) as caught:
                act()
            sayings.add((caught.value.message, caught.value.hint_text))
    assert len(sayings) == 1


def test_the_team_is_handed_over_and_its_former_owner_is_a_member(someone: Someone) -> None:
    member = join(someone)
    team = members.hand_over(someone.principal, someone.team_id, member.user.id)
    assert team.owner_id == member.user.id
    assert roles_of(someone) == {
        member.user.user_name: TeamRole.OWNER,
        someone.user.user_name: TeamRole.MEMBER,
    }
    with pytest.raises(NotAllowed):
        members.hand_over(someone.principal, someone.team_id, someone.user.id)
    members.leave_team(someone.principal, someone.team_id)
    assert roles_of(someone) == {member.user.user_name: TeamRole.OWNER}


def test_whoever_hands_over_their_last_team_gets_a_personal_one(someone: Someone) -> None:
    user = accounts.create_user("mara", "mara@example.org")
    mara = UserPrincipal(user.id)
    (team,) = accounts.list_teams(mara)
    teams.share_team(mara, team.id)
    add_member(team.id, someone.user)
    members.hand_over(mara, team.id, someone.user.id)
    members.leave_team(mara, team.id)
    (left,) = accounts.list_teams(mara)
    assert (left.name, left.is_shared, left.owner_id) == ("mara", False, user.id)
    (made,) = auditing.list_audit(mara, AuditQuery(left.id)).events
    assert (made.kind, made.actor) == ("team.created", "system")


def test_nobody_gets_a_second_team_of_one_name(someone: Someone) -> None:
    member = join(someone)
    name = team_of(someone).name
    teams.create_team(member.principal, name)
    with pytest.raises(Conflict, match="owns a team of that name"):
        members.hand_over(someone.principal, someone.team_id, member.user.id)
    assert team_of(someone).owner_id == someone.user.id


def test_a_team_has_one_owner_however_often_it_is_handed_over_at_once(someone: Someone) -> None:
    others = [join(someone) for _ in range(4)]

    def take(index: int) -> bool:
        try:
            members.hand_over(someone.principal, someone.team_id, others[index].user.id)
        except (NotAllowed, Conflict):
            return False
        return True

    assert sum(in_parallel(4, take)) == 1
    assert list(roles_of(someone).values()).count(TeamRole.OWNER) == 1


def test_of_two_managers_the_one_who_lost_the_team_meanwhile_is_refused(someone: Someone) -> None:
    taking, other = join(someone), join(someone)

    def act(index: int) -> str:
        try:
            if index:
                members.remove_member(someone.principal, someone.team_id, other.user.id)
                return "removed"
            members.hand_over(someone.principal, someone.team_id, taking.user.id)
        except AppError as error:
            return error.code
        return "handed over"

    done = in_parallel(2, act)
    assert done[0] == "handed over"
    assert done[1] in ("removed", "not_allowed")
    assert (other.user.user_name in roles_of(someone)) == (done[1] == "not_allowed")


def test_the_one_to_whom_it_is_handed_over_is_not_removed_at_once(someone: Someone) -> None:
    taking = join(someone)

    def act(index: int) -> str:
        try:
            if index:
                members.leave_team(taking.principal, someone.team_id)
            else:
                members.hand_over(someone.principal, someone.team_id, taking.user.id)
        except AppError as error:
            return error.code
        return "done"

    assert sorted(in_parallel(2, act)) in (["conflict", "done"], ["done", "not_found"])
    assert list(roles_of(someone).values()).count(TeamRole.OWNER) == 1


def test_who_is_removed_twice_at_once_is_removed_once(someone: Someone) -> None:
    member = join(someone)

    def remove(_: int) -> bool:
        try:
            members.remove_member(someone.principal, someone.team_id, member.user.id)
        except NotFound:
            return False
        return True

    assert sum(in_parallel(4, remove)) == 1


@pytest.mark.parametrize("role", ["owner", "Member", "x"])
def test_roles_that_are_given_are_two(role: str) -> None:
    with pytest.raises(InvalidInput):
        rules.check_given_role(role)
