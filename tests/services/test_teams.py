"""Teams: made, named, shared, archived."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.domain.access import SYSTEM, TeamRole, UserPrincipal
from core.domain.people import Team
from core.errors import AppError, Conflict, InvalidInput, NotAllowed, NotFound, TeamArchived
from core.ids import new_id
from core.services import (
    accounts,
    auditing,
    configuring,
    control,
    inviting,
    journaling,
    members,
    previewing,
    reading,
    teams,
)
from core.services.auditing import AuditQuery
from core.services.transaction import transact
from core.signals.wakeups import Listener
from tests.factories import (
    Someone,
    in_parallel,
    launch,
    make_decision,
    make_someone,
)
from tests.services.team_people import join, revocations, roles_of, team_of

ROGUE = "A\r\n\x00B\u202e\ud800 <b>c</b>"


def personal_team(someone: Someone) -> Team:
    (team,) = (one for one in accounts.list_teams(someone.principal) if not one.is_shared)
    return team


def test_whoever_creates_a_team_owns_it(someone: Someone) -> None:
    team = teams.create_team(
        someone.principal, "  Pay\tments ", description="Money", is_shared=True
    )
    assert (team.name, team.description, team.is_shared) == ("Pay ments", "Money", True)
    (owner,) = members.list_members(someone.principal, team.id)
    assert (owner.user_id, owner.role) == (someone.user.id, TeamRole.OWNER)
    assert team in accounts.list_teams(someone.principal)


@pytest.mark.parametrize("name", ["", "   ", "\x00\n", "\u200b\u200d", "x" * 81, "x" * 10_000])
def test_a_name_has_1_to_80_characters_that_can_be_seen(someone: Someone, name: str) -> None:
    with pytest.raises(InvalidInput):
        teams.create_team(someone.principal, name)
    with pytest.raises(InvalidInput):
        teams.rename_team(someone.principal, someone.team_id, name)


def test_a_name_is_cleaned(someone: Someone) -> None:
    team = teams.rename_team(someone.principal, someone.team_id, ROGUE)
    assert not set(team.name) & set("\r\n\x00\ud800")
    assert "<b>c</b>" in team.name


def test_a_name_is_taken_once_by_an_owner(someone: Someone) -> None:
    made = teams.create_team(someone.principal, "Payments")
    with pytest.raises(Conflict, match="another team of that name"):
        teams.create_team(someone.principal, "Payments")
    with pytest.raises(Conflict):
        teams.rename_team(someone.principal, someone.team_id, "Payments")
    assert teams.rename_team(someone.principal, made.id, "Payments").name == "Payments"
    assert teams.create_team(make_someone().principal, "Payments").name == "Payments"


def test_of_two_teams_of_one_name_at_once_there_is_one(someone: Someone) -> None:
    def create(_: int) -> str:
        try:
            return teams.create_team(someone.principal, "Payments").name
        except Conflict:
            return "taken"

    assert sorted(in_parallel(4, create)) == ["Payments", "taken", "taken", "taken"]


def test_a_person_owns_a_bounded_number_of_teams(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teams, "MOST_TEAMS", 3)  # one personal, one shared are there already
    teams.create_team(someone.principal, "Third")
    with pytest.raises(Conflict, match="the most"):
        teams.create_team(someone.principal, "Fourth")


def test_nobody_who_does_not_exist_creates_a_team(someone: Someone) -> None:
    with pytest.raises(NotFound):
        teams.create_team(UserPrincipal(new_id()), "Ghosts")
    with pytest.raises(NotAllowed):
        teams.create_team(SYSTEM, "Machines")


def test_a_description_is_kept_and_bounded(someone: Someone) -> None:
    teams.describe_team(someone.principal, someone.team_id, " What we\ndo ")
    assert team_of(someone).description == "What we do"
    with pytest.raises(InvalidInput):
        teams.describe_team(someone.principal, someone.team_id, "x" * 501)


def test_sharing_makes_the_owner_a_member_too(someone: Someone) -> None:
    personal = personal_team(someone)
    assert teams.share_team(someone.principal, personal.id).is_shared
    query = text("SELECT role FROM team_memberships WHERE team_id = :team")
    assert transact(lambda db: db.execute(query, {"team": personal.id}).scalars().all()) == [
        "owner"
    ]
    assert teams.share_team(someone.principal, personal.id).is_shared


def test_a_team_that_is_no_longer_shared_is_its_owners_alone(
    someone: Someone, heard: Listener
) -> None:
    members_ = [join(someone), join(someone, TeamRole.VIEWER)]
    waiting = make_someone()
    invited = inviting.invite_person(someone.principal, someone.team_id, waiting.user.user_name)
    teams.unshare_team(someone.principal, someone.team_id)
    assert list(roles_of(someone)) == [someone.user.user_name]
    assert inviting.list_waiting(waiting.principal) == []
    with pytest.raises(AppError):
        inviting.accept_invitation(waiting.principal, invited.invitation.id)
    assert {(one.user_id, one.team_id) for one in revocations(heard)} == {
        (one.user.id, someone.team_id) for one in members_
    }
    removed = AuditQuery(someone.team_id, kind="member.removed")
    noted = auditing.list_audit(someone.principal, removed).events
    assert {one.subject for one in noted} == {str(one.user.id) for one in members_}
    teams.share_team(someone.principal, someone.team_id)  # and nobody comes back by that
    assert list(roles_of(someone)) == [someone.user.user_name]


def test_an_archived_team_is_read_and_nothing_else(someone: Someone) -> None:
    principal, team_id = someone.principal, someone.team_id
    session, member = launch(someone), join(someone)
    waiting = make_someone()
    invited = inviting.invite_person(principal, team_id, waiting.user.user_name).invitation
    teams.archive_team(principal, team_id)
    assert reading.get_report(member.principal, session.id)
    assert members.list_members(member.principal, team_id)
    assert team_id in [team.id for team in accounts.list_teams(member.principal)]
    member_id = member.user.id
    for act in (
        lambda: launch(someone),
        lambda: previewing.prepare_launch(principal, team_id),
        lambda: control.cancel_session(principal, session.id),
        lambda: journaling.record_decision(principal, session.id, make_decision(strategic=True)),
        lambda: configuring.define_pipeline(
            principal, team_id, {"name": "mine", "steps": [{"role": "dba"}]}
        ),
        lambda: teams.rename_team(principal, team_id, "Other"),
        lambda: teams.describe_team(principal, team_id, "Other"),
        lambda: teams.share_team(principal, team_id),
        lambda: teams.unshare_team(principal, team_id),
        lambda: inviting.invite_person(principal, team_id, "new@example.org"),
        lambda: inviting.withdraw_invitation(principal, invited.id),
        lambda: inviting.accept_invitation(waiting.principal, invited.id),
        lambda: members.change_role(principal, team_id, member_id, "viewer"),
        lambda: members.set_approver_roles(principal, team_id, member_id, ["designer"]),
        lambda: members.remove_member(principal, team_id, member_id),
        lambda: members.hand_over(principal, team_id, member_id),
    ):
        with pytest.raises(TeamArchived):
            act()
    members.leave_team(member.principal, team_id)  # nobody is kept
    assert not members.read_people(principal, team_id).may_manage
    assert teams.archive_team(principal, team_id).archived_at
    assert teams.restore_team(principal, team_id).archived_at is None
    assert teams.restore_team(principal, team_id).archived_at is None
    assert launch(someone)


def test_only_a_manager_archives_and_restores(someone: Someone) -> None:
    member, stranger = join(someone), make_someone()
    for _ in range(2):
        for act in (teams.archive_team, teams.restore_team):
            with pytest.raises(NotAllowed):
                act(member.principal, someone.team_id)
            with pytest.raises(NotFound):
                act(stranger.principal, someone.team_id)
        teams.archive_team(someone.principal, someone.team_id)


def test_the_only_personal_team_is_not_archived(someone: Someone) -> None:
    personal = personal_team(someone)
    with pytest.raises(Conflict, match="only personal team"):
        teams.archive_team(someone.principal, personal.id)
    other = teams.create_team(someone.principal, "Another")
    assert teams.archive_team(someone.principal, personal.id).archived_at
    with pytest.raises(Conflict):
        teams.archive_team(someone.principal, other.id)


def test_of_two_personal_teams_archived_at_once_one_stays(someone: Someone) -> None:
    both = [personal_team(someone).id, teams.create_team(someone.principal, "Another").id]

    def archive(index: int) -> bool:
        try:
            return bool(teams.archive_team(someone.principal, both[index]))
        except Conflict:
            return False

    assert sorted(in_parallel(2, archive)) == [False, True]
