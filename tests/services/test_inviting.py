"""Inviting: by name, by e-mail, by a link; every answer, and what comes between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from core.domain.access import SYSTEM, TeamRole, UserPrincipal
from core.errors import AppError, Conflict, InvalidInput, InvitationOver, NotAllowed, NotFound
from core.ids import new_id
from core.services import accounts, inviting, members, teams
from core.services.transaction import transact
from tests.factories import Someone, add_member, in_parallel, make_someone


def invite(team: Someone, person: Someone, role: str = "member") -> UUID:
    made = inviting.invite_person(team.principal, team.team_id, person.user.user_name, role)
    assert made.token is None
    return made.invitation.id


def send_link(team: Someone, email: str = "new@example.org", role: str = "member") -> str:
    token = inviting.invite_person(team.principal, team.team_id, email, role).token
    assert token is not None
    return token


def let_expire() -> None:
    query = text("UPDATE team_invitations SET expires_at = clock_timestamp()")
    transact(lambda db: db.execute(query))


def roles_of(team: Someone) -> dict[UUID, TeamRole]:
    return {one.user_id: one.role for one in members.list_members(SYSTEM, team.team_id)}


def code_of(error: AppError) -> tuple[str, str, str]:
    return error.code, error.message, error.hint_text


@pytest.mark.parametrize("by", ["name", "NAME", "e-mail", "E-MAIL"])
def test_who_is_known_is_asked_inside_the_dashboard(someone: Someone, by: str) -> None:
    person = make_someone()
    typed = person.user.user_name if by.lower() == "name" else person.user.email
    made = inviting.invite_person(
        someone.principal, someone.team_id, typed.upper() if by.isupper() else typed, "viewer"
    )
    assert made.token is None
    assert made.path is None
    (waiting,) = inviting.list_waiting(person.principal)
    assert (waiting.id, waiting.role) == (made.invitation.id, TeamRole.VIEWER)
    assert waiting.invited_by == someone.user.user_name
    assert inviting.accept_invitation(person.principal, waiting.id) == someone.team_id
    assert roles_of(someone)[person.user.id] == TeamRole.VIEWER
    assert inviting.list_waiting(person.principal) == []
    assert inviting.list_invitations(someone.principal, someone.team_id) == []


def test_who_is_not_known_gets_a_link_that_is_shown_once(someone: Someone) -> None:
    made = inviting.invite_person(someone.principal, someone.team_id, " New@Example.org ")
    assert made.token is not None
    assert made.path == f"/invitation?token={made.token}"
    assert len(made.token) >= 43
    rows = transact(
        lambda db: (
            db.execute(text("SELECT team_invitations::text FROM team_invitations")).scalars().all()
        )
    )
    assert made.token not in str(rows)
    assert inviting.hash_token(made.token) in str(rows)
    (shown,) = inviting.list_invitations(someone.principal, someone.team_id)
    assert shown.whom == "new@example.org"
    left = made.invitation.expires_at - datetime.now(UTC)
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


def test_a_link_is_used_once(someone: Someone) -> None:
    token, person = send_link(someone), make_someone()
    assert inviting.find_by_link(person.principal, token).team_id == someone.team_id
    assert inviting.accept_link(person.principal, token) == someone.team_id
    assert inviting.accept_link(person.principal, token) == someone.team_id  # a second click
    for act in (inviting.accept_link, inviting.decline_link, inviting.find_by_link):
        with pytest.raises(InvitationOver):
            act(make_someone().principal, token)


def test_of_many_who_hold_a_link_one_joins(someone: Someone) -> None:
    token, people = send_link(someone), [make_someone() for _ in range(4)]

    def accept(index: int) -> bool:
        try:
            inviting.accept_link(people[index].principal, token)
        except InvitationOver:
            return False
        return True

    assert sum(in_parallel(4, accept)) == 1
    assert len(roles_of(someone)) == 2


def test_a_link_that_is_declined_is_used(someone: Someone) -> None:
    token, person = send_link(someone), make_someone()
    inviting.decline_link(person.principal, token)
    inviting.decline_link(person.principal, token)
    with pytest.raises(InvitationOver):
        inviting.accept_link(person.principal, token)
    assert list(roles_of(someone)) == [someone.user.id]


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 5000, "\x00", "\ud800", "' OR 1=1"])
def test_a_token_that_was_never_given_finds_nothing(someone: Someone, token: str) -> None:
    send_link(someone)
    for act in (inviting.find_by_link, inviting.accept_link, inviting.decline_link):
        with pytest.raises(NotFound, match="no such invitation"):
            act(make_someone().principal, token)


def test_the_stored_hash_is_no_token(someone: Someone) -> None:
    with pytest.raises(NotFound):
        inviting.accept_link(make_someone().principal, inviting.hash_token(send_link(someone)))


def test_a_declined_invitation_is_over_and_another_one_can_be_sent(someone: Someone) -> None:
    person = make_someone()
    invitation_id = invite(someone, person)
    inviting.decline_invitation(person.principal, invitation_id)
    inviting.decline_invitation(person.principal, invitation_id)
    with pytest.raises(InvitationOver):
        inviting.accept_invitation(person.principal, invitation_id)
    assert inviting.accept_invitation(person.principal, invite(someone, person))


def test_what_was_withdrawn_cannot_be_accepted(someone: Someone) -> None:
    person = make_someone()
    invitation_id, token = invite(someone, person), send_link(someone)
    for one in inviting.list_invitations(someone.principal, someone.team_id):
        inviting.withdraw_invitation(someone.principal, one.id)
        inviting.withdraw_invitation(someone.principal, one.id)
    for act, key in (
        (inviting.accept_invitation, invitation_id),
        (inviting.decline_invitation, invitation_id),
        (inviting.accept_link, token),
    ):
        with pytest.raises(InvitationOver):
            act(person.principal, key)
    assert inviting.list_waiting(person.principal) == []


def test_what_was_accepted_cannot_be_withdrawn(someone: Someone) -> None:
    person = make_someone()
    invitation_id = invite(someone, person)
    inviting.accept_invitation(person.principal, invitation_id)
    with pytest.raises(InvitationOver):
        inviting.withdraw_invitation(someone.principal, invitation_id)
    assert person.user.id in roles_of(someone)


def test_of_accepting_and_withdrawing_at_once_one_happens(someone: Someone) -> None:
    for _ in range(5):
        person = make_someone()
        invitation_id = invite(someone, person)

        def act(index: int, person: Someone = person, id_: UUID = invitation_id) -> bool:
            try:
                if index:
                    inviting.withdraw_invitation(someone.principal, id_)
                else:
                    inviting.accept_invitation(person.principal, id_)
            except InvitationOver:
                return False
            return True

        accepted, withdrawn = in_parallel(2, act)
        assert accepted != withdrawn
        assert (person.user.id in roles_of(someone)) == accepted


def test_accepting_many_times_at_once_is_accepting_once(someone: Someone) -> None:
    person = make_someone()
    invitation_id = invite(someone, person)
    found = in_parallel(4, lambda _: inviting.accept_invitation(person.principal, invitation_id))
    assert set(found) == {someone.team_id}
    assert len(roles_of(someone)) == 2


def test_whoever_was_removed_does_not_come_back_by_the_old_invitation(someone: Someone) -> None:
    person = make_someone()
    invitation_id = invite(someone, person)
    inviting.accept_invitation(person.principal, invitation_id)
    members.remove_member(someone.principal, someone.team_id, person.user.id)
    with pytest.raises(InvitationOver):
        inviting.accept_invitation(person.principal, invitation_id)
    assert person.user.id not in roles_of(someone)


def test_what_has_expired_is_over_and_room_for_a_new_one(someone: Someone) -> None:
    person = make_someone()
    invitation_id, token = invite(someone, person), send_link(someone)
    let_expire()
    for act, key in (
        (inviting.accept_invitation, invitation_id),
        (inviting.accept_link, token),
        (inviting.find_by_link, token),
        (inviting.decline_invitation, invitation_id),
    ):
        with pytest.raises(InvitationOver):
            act(person.principal, key)
    assert inviting.list_waiting(person.principal) == []
    assert inviting.list_invitations(someone.principal, someone.team_id) == []
    assert inviting.accept_invitation(person.principal, invite(someone, person))
    assert send_link(someone)


def test_nobody_is_invited_twice_or_when_they_are_in(someone: Someone) -> None:
    person, member = make_someone(), make_someone()
    add_member(someone.team_id, member.user)
    invite(someone, person)
    send_link(someone)
    for typed in (person.user.user_name, person.user.email, "NEW@example.org"):
        with pytest.raises(Conflict, match="invited already"):
            inviting.invite_person(someone.principal, someone.team_id, typed)
    for who in (member, someone):
        with pytest.raises(Conflict, match="in the team already"):
            inviting.invite_person(someone.principal, someone.team_id, who.user.email)


def test_invited_many_times_at_once_is_invited_once(someone: Someone) -> None:
    person = make_someone()

    def act(_: int) -> bool:
        try:
            invite(someone, person)
        except Conflict:
            return False
        return True

    assert sum(in_parallel(4, act)) == 1
    assert len(inviting.list_waiting(person.principal)) == 1


def test_who_has_joined_by_a_link_is_waited_for_no_longer(someone: Someone) -> None:
    token, person = send_link(someone), make_someone()
    invite(someone, person, "viewer")
    inviting.accept_link(person.principal, token)
    assert inviting.list_waiting(person.principal) == []
    assert roles_of(someone)[person.user.id] == TeamRole.MEMBER


def test_a_link_changes_no_role_of_who_is_in_already(someone: Someone) -> None:
    member, token = make_someone(), send_link(someone, role="viewer")
    add_member(someone.team_id, member.user)
    inviting.accept_link(member.principal, token)
    assert roles_of(someone)[member.user.id] == TeamRole.MEMBER


def test_nobody_is_invited_into_a_personal_team(someone: Someone) -> None:
    personal = next(one for one in accounts.list_teams(someone.principal) if not one.is_shared)
    with pytest.raises(Conflict, match="personal"):
        inviting.invite_person(someone.principal, personal.id, "new@example.org")


@pytest.mark.parametrize("typed", ["a@b@c", "@", "x y@example.org", "a@\x00", "@@"])
def test_what_is_no_address_is_refused(someone: Someone, typed: str) -> None:
    with pytest.raises(InvalidInput):
        inviting.invite_person(someone.principal, someone.team_id, typed)


@pytest.mark.parametrize("typed", ["", "nobody-here", "x" * 5000, "'; --", "\ud800"])
def test_a_name_that_nobody_has_is_not_found(someone: Someone, typed: str) -> None:
    with pytest.raises(NotFound):
        inviting.invite_person(someone.principal, someone.team_id, typed)


@pytest.mark.parametrize("role", ["owner", "", "admin"])
def test_nobody_is_invited_as_owner(someone: Someone, role: str) -> None:
    with pytest.raises(InvalidInput):
        inviting.invite_person(someone.principal, someone.team_id, "new@example.org", role)


def test_members_and_invitations_are_bounded(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "MOST_INVITATIONS", 2)
    monkeypatch.setattr(inviting, "MOST_MEMBERS", 1)
    first, second = make_someone(), make_someone()
    waiting = [invite(someone, first), invite(someone, second)]
    with pytest.raises(Conflict, match="the most"):
        send_link(someone)

    def accept(index: int) -> bool:
        try:
            inviting.accept_invitation((first, second)[index].principal, waiting[index])
        except Conflict:
            return False
        return True

    assert sum(in_parallel(2, accept)) == 1


def test_an_invitation_of_somebody_else_and_one_that_never_was_are_the_same(
    someone: Someone,
) -> None:
    invitation_id = invite(someone, make_someone())
    other = make_someone()
    for act in (
        inviting.accept_invitation,
        inviting.decline_invitation,
        inviting.withdraw_invitation,
    ):
        sayings = set()
        for asked in (invitation_id, new_id()):
            with pytest.raises(NotFound) as caught:
                act(other.principal, asked)
            sayings.add(code_of(caught.value))
        assert len(sayings) == 1


def test_the_inviting_owner_cannot_accept_for_the_other(someone: Someone) -> None:
    with pytest.raises(NotFound):
        inviting.accept_invitation(someone.principal, invite(someone, make_someone()))


def test_a_former_owners_invitations_stay_the_teams(someone: Someone) -> None:
    member, person = make_someone(), make_someone()
    add_member(someone.team_id, member.user)
    invitation_id = invite(someone, person)
    members.hand_over(someone.principal, someone.team_id, member.user.id)
    with pytest.raises(NotAllowed):
        inviting.withdraw_invitation(someone.principal, invitation_id)
    assert inviting.list_invitations(member.principal, someone.team_id)
    assert inviting.accept_invitation(person.principal, invitation_id)


def test_a_viewer_neither_sees_nor_withdraws_invitations(someone: Someone) -> None:
    viewer = make_someone()
    add_member(someone.team_id, viewer.user, TeamRole.VIEWER)
    invitation_id = invite(someone, make_someone())
    with pytest.raises(NotAllowed):
        inviting.withdraw_invitation(viewer.principal, invitation_id)
    with pytest.raises(NotAllowed):
        inviting.list_invitations(viewer.principal, someone.team_id)
    assert members.read_people(viewer.principal, someone.team_id).invitations == ()


def test_only_people_answer(someone: Someone) -> None:
    token = send_link(someone)
    for who in (SYSTEM, UserPrincipal(new_id())):
        with pytest.raises(NotFound):
            inviting.accept_link(who, token)
    assert inviting.list_waiting(SYSTEM) == []
    with pytest.raises(NotAllowed):
        inviting.invite_person(SYSTEM, someone.team_id, "new@example.org")


def test_a_team_that_is_archived_is_joined_after_it_was_restored(someone: Someone) -> None:
    person = make_someone()
    invitation_id = invite(someone, person)
    teams.archive_team(someone.principal, someone.team_id)
    with pytest.raises(AppError, match="archived"):
        inviting.accept_invitation(person.principal, invitation_id)
    teams.restore_team(someone.principal, someone.team_id)
    assert inviting.accept_invitation(person.principal, invitation_id)
