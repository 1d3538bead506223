"""People and access: members, invitations, the team itself; and an invitation's link."""

from __future__ import annotations

import pytest

from core.domain.access import SYSTEM, TeamRole
from core.services import accounts, inviting, members, teams
from tests.factories import Someone, add_member, make_someone
from tests.pages.visiting import Visitor, database_away, run, texts, visitor


def button(page, label: str):
    return next(one for one in page.button if one.label == label)


def labels(page) -> list[str]:
    return [one.label for one in page.button]


def roles(someone: Someone) -> dict[str, TeamRole]:
    return {one.user_name: one.role for one in members.list_members(SYSTEM, someone.team_id)}


def join(team: Someone, role: TeamRole = TeamRole.MEMBER) -> Someone:
    person = make_someone()
    add_member(team.team_id, person.user, role)
    return Someone(person.user, team.team_id)


def test_members_stand_with_name_role_and_approver_roles(visits: Visitor) -> None:
    person = join(visits.someone)
    members.set_approver_roles(
        visits.someone.principal, person.team_id, person.user.id, ["finance"]
    )
    page = visits.open("people")
    shown = texts(page)
    assert person.user.user_name.replace("-", r"\-") in shown
    assert "approves as finance" in shown
    assert [one.label for one in page.tabs][2] == "Team"


def test_a_role_is_changed_where_it_stands(visits: Visitor) -> None:
    person = join(visits.someone)
    page = visits.open("people")
    page.selectbox(key=f"role_{person.team_id}_{person.user.id}_member").set_value("viewer")
    run(page)
    assert roles(visits.someone)[person.user.user_name] == TeamRole.VIEWER


def test_somebody_is_removed_after_a_question(visits: Visitor) -> None:
    person = join(visits.someone)
    page = visits.open("people")
    page.button(key=f"remove_{person.team_id}_{person.user.id}").click()
    assert "loses" in texts(run(page))
    assert person.user.user_name in roles(visits.someone)
    [one for one in page.button if one.label == "Remove"][-1].click()
    run(page)
    assert person.user.user_name not in roles(visits.someone)


def test_the_owner_cannot_be_removed(visits: Visitor) -> None:
    page = visits.open("people")
    key = f"remove_{visits.someone.team_id}_{visits.someone.user.id}"
    assert page.button(key=key).disabled


def test_somebody_known_is_invited_and_the_invitation_withdrawn(visits: Visitor) -> None:
    person = make_someone()
    page = visits.open("people")
    page.text_input[0].set_value(person.user.user_name)
    button(page, "Invite").click()
    run(page)
    assert len(inviting.list_waiting(person.principal)) == 1
    button(run(page), "Withdraw").click()
    assert "Nobody is invited" in texts(run(page))
    assert inviting.list_waiting(person.principal) == []


def test_a_link_is_shown_until_it_was_taken(visits: Visitor) -> None:
    page = visits.open("people")
    page.text_input[0].set_value("new@example.org")
    button(page, "Invite").click()
    run(page)
    link = page.code[0].value
    token = link.partition("token=")[2]
    assert inviting.find_by_link(visits.someone.principal, token)
    button(page, "Done").click()
    assert token not in texts(run(page))
    assert token not in texts(visits.open("people"))


def test_whom_nobody_knows_is_said(visits: Visitor) -> None:
    page = visits.open("people")
    page.text_input[0].set_value("nobody-here")
    button(page, "Invite").click()
    assert "There is no user of that name" in texts(run(page))


@pytest.mark.parametrize("role", [TeamRole.VIEWER, TeamRole.MEMBER])
def test_who_does_not_manage_reads(
    someone: Someone, monkeypatch: pytest.MonkeyPatch, role: TeamRole
) -> None:
    person = join(someone, role)
    inviting.invite_person(someone.principal, someone.team_id, "secret@example.org")
    page = visitor(person, monkeypatch).open("people")
    assert not page.selectbox
    assert {"Remove", "Invite", "Save", "Archive …"}.isdisjoint(labels(page))
    assert "secret" not in texts(page)
    assert "Leave team …" in labels(page)


def test_a_team_is_left_after_a_question(someone: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    person = join(someone)
    page = visitor(person, monkeypatch).open("people")
    button(page, "Leave team …").click()
    button(run(page), "Leave team").click()
    page.run()
    assert person.user.user_name not in roles(someone)


def test_the_team_gets_another_name_and_purpose(visits: Visitor) -> None:
    page = visits.open("people")
    next(one for one in page.text_input if one.label == "Name").set_value("<b>Payments</b>")
    next(one for one in page.text_area if one.label == "Description").set_value("Money")
    button(page, "Save").click()
    run(page)
    team = members.read_people(SYSTEM, visits.someone.team_id).team
    assert (team.name, team.description) == ("<b>Payments</b>", "Money")


def test_a_team_is_archived_and_restored(visits: Visitor) -> None:
    page = visits.open("people")
    button(page, "Archive …").click()
    button(run(page), "Archive team").click()
    page = run(page)
    assert "This team is archived" in texts(page)
    assert {"Remove", "Invite", "Save"}.isdisjoint(labels(page))
    button(page, "Restore team").click()
    assert "archived" not in texts(run(page))


def test_the_team_is_handed_over(visits: Visitor) -> None:
    person = join(visits.someone)
    page = visits.open("people")
    button(page, "Hand over …").click()
    button(run(page), "Hand over").click()
    run(page)
    assert roles(visits.someone)[person.user.user_name] == TeamRole.OWNER
    assert "Save" not in labels(run(page))


def test_a_personal_team_is_shared_first(someone: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    personal = next(one for one in accounts.list_teams(someone.principal) if not one.is_shared)
    page = visitor(Someone(someone.user, personal.id), monkeypatch).open("people")
    assert "Invite" not in labels(page)
    button(page, "Share team …").click()
    button(run(page), "Share team").click()
    run(page)
    assert members.read_people(SYSTEM, personal.id).team.is_shared


def test_another_team_is_created_and_opened(visits: Visitor) -> None:
    page = visits.open("people")
    field = next(one for one in page.text_input if one.label == "Name of the new team")
    field.set_value("Third")
    button(page, "Create team").click()
    run(page)
    made = next(one for one in accounts.list_teams(visits.someone.principal) if one.name == "Third")
    assert visits.went == [("people", {"team": str(made.id)})]


def test_what_waits_for_the_visitor_is_answered_on_the_page(visits: Visitor) -> None:
    first, second = make_someone(), make_someone()
    name = visits.someone.user.user_name
    for team in (first, second):
        inviting.invite_person(team.principal, team.team_id, name)
    page = visits.open("people")
    assert texts(page).count("invites you to") == 2
    waiting = {one.team_id: one for one in inviting.list_waiting(visits.someone.principal)}
    page.button(key=f"decline_{waiting[first.team_id].id}").click()
    assert texts(run(page)).count("invites you to") == 1
    page.button(key=f"accept_{waiting[second.team_id].id}").click()
    run(page)
    assert visits.went == [("board", {"team": str(second.team_id)})]
    assert roles(second)[name] == TeamRole.MEMBER


def test_a_database_that_is_away_is_a_sentence(visits: Visitor) -> None:
    page = visits.open("people")
    with database_away():
        assert "The database does not answer." in texts(run(page))


def test_a_link_is_answered_by_who_is_signed_in(visits: Visitor) -> None:
    other = make_someone()
    teams.rename_team(other.principal, other.team_id, "Pay*ments*")
    made = inviting.invite_person(other.principal, other.team_id, "new@example.org", "viewer")
    page = visits.open("invitation", token=made.token or "")
    assert r"Pay\*ments\*" in texts(page)
    assert "as viewer" in texts(page)
    button(page, "Accept").click()
    run(page)
    assert visits.went == [("board", {"team": str(other.team_id)})]
    assert roles(other)[visits.someone.user.user_name] == TeamRole.VIEWER


def test_a_link_is_declined(visits: Visitor) -> None:
    other = make_someone()
    made = inviting.invite_person(other.principal, other.team_id, "new@example.org")
    button(page := visits.open("invitation", token=made.token or ""), "Decline").click()
    run(page)
    assert list(roles(other)) == [other.user.user_name]
    assert "answered or withdrawn" in texts(visits.open("invitation", token=made.token or ""))


@pytest.mark.parametrize("token", ["", "x", "<script>"])
def test_a_link_that_was_never_sent_says_so(visits: Visitor, token: str) -> None:
    assert "no such invitation" in texts(visits.open("invitation", token=token))
