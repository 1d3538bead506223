"""What is done with a team and its people over the API, and what was decided in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from core.domain.people import User
from core.services import inviting, journaling, signing_in
from tests.api.test_access import told
from tests.api.world import OWN, World
from tests.factories import Someone, add_member, make_decision, make_someone, make_team_of


@contextmanager
def signed_in(world: World, user: User) -> Iterator[Any]:
    """Let somebody ask by their login; a token joins and leaves nothing."""
    ticket = signing_in.issue_ticket(user, address="127.0.0.1", agent="a browser")
    world.client.cookies.set("sage_login", signing_in.redeem_ticket(ticket))

    def ask(method: str, path: str) -> Any:
        return world.client.request(method, f"/api{path}", headers=OWN)

    yield ask
    world.client.cookies.clear()


def change(world: World, path: str, body: dict[str, Any], method: str = "PATCH") -> Any:
    return world.client.request(method, f"/api{path}", json=body, headers=world.token())


def invited(world: World) -> tuple[Someone, str]:
    other = make_someone()
    made = inviting.invite_person(
        world.owner.principal, world.ids.team, other.user.user_name, "viewer"
    )
    return other, str(made.invitation.id)


def test_a_team_is_renamed_and_described_or_neither(world: World) -> None:
    url = f"/teams/{world.ids.team}"
    both = change(world, url, {"name": "Basket", "description": "Up to the receipt."}).json()
    assert (both["name"], both["description"]) == ("Basket", "Up to the receipt.")
    assert change(world, url, {"description": ""}).json()["name"] == "Basket"
    wrong = change(world, url, {"name": "Another", "description": "x" * 501})
    assert (wrong.status_code, told(wrong)["code"]) == (422, "invalid_input")
    assert world.get(url).json()["name"] == "Basket"


def test_an_archived_team_is_read_until_it_is_restored(world: World) -> None:
    url = f"/teams/{world.ids.team}"
    assert world.post(f"{url}/archive").json()["archived_at"]
    refused = change(world, url, {"name": "Basket"})
    assert (refused.status_code, told(refused)["code"]) == (409, "team_archived")
    assert world.get(url).json()["archived_at"]
    assert world.post(f"{url}/restore").json()["archived_at"] is None
    assert change(world, url, {"name": "Basket"}).status_code == 200


def test_a_team_is_handed_over_to_a_member_by_its_owner_alone(world: World) -> None:
    url = f"/teams/{world.ids.team}/hand-over"
    stranger = world.post(url, {"user_id": str(make_someone().user.id)})
    assert (stranger.status_code, told(stranger)["code"]) == (404, "not_found")
    assert world.post(url, {"user_id": str(world.ids.member)}).json()["owner_id"] == str(
        world.ids.member
    )
    again = world.post(url, {"user_id": str(world.owner.user.id)})
    assert (again.status_code, told(again)["code"]) == (403, "not_allowed")


def test_a_member_answers_for_the_roles_that_an_owner_gave_last(world: World) -> None:
    url = f"/teams/{world.ids.team}/members/{world.ids.member}/approver-roles"
    for roles in (["Designer", "finance"], ["finance"]):
        given = change(world, url, {"roles": roles}, "PUT").json()
        assert given == {"roles": [one.lower() for one in roles]}
    members = world.get(f"/teams/{world.ids.team}/members").json()["items"]
    held = {one["user_id"]: one["approver_roles"] for one in members}
    assert held[str(world.ids.member)] == ["finance"]


def test_whoever_is_invited_answers_and_leaves_again(world: World) -> None:
    (joining, first), (other, second) = invited(world), invited(world)
    with signed_in(world, joining.user) as ask:
        (waiting,) = ask("GET", "/invitations").json()["items"]
        assert (waiting["id"], waiting["role"]) == (first, "viewer")
        assert waiting["team_name"] == world.get(f"/teams/{world.ids.team}").json()["name"]
        assert ask("POST", f"/invitations/{second}/accept").status_code == 404
        joined = ask("POST", f"/invitations/{first}/accept").json()
        assert (joined["answer"], joined["team_id"]) == ("accepted", str(world.ids.team))
        assert ask("GET", f"/teams/{world.ids.team}").json()["role"] == "viewer"
        assert ask("POST", f"/teams/{world.ids.team}/leave").json()["team_id"]
        assert ask("GET", f"/teams/{world.ids.team}").status_code == 404
    with signed_in(world, other.user) as ask:
        declined = ask("POST", f"/invitations/{second}/decline").json()
        assert (declined["answer"], declined["team_id"]) == ("declined", None)
        late = ask("POST", f"/invitations/{second}/accept")
        assert (late.status_code, told(late)["code"]) == (409, "invitation_over")
        assert ask("GET", "/invitations").json() == {"items": []}


def test_a_token_joins_and_leaves_no_team_of_its_user(world: World) -> None:
    other, invitation = invited(world)
    headers = world.token(other.principal)
    for act in ("accept", "decline"):
        answer = world.client.post(f"/api/invitations/{invitation}/{act}", headers=headers)
        assert (answer.status_code, told(answer)["code"]) == (404, "not_found")
    assert world.client.get("/api/invitations", headers=headers).json() == {"items": []}
    add_member(world.ids.team, other.user)
    answer = world.client.post(f"/api/teams/{world.ids.team}/leave", headers=headers)
    assert (answer.status_code, told(answer)["code"]) == (403, "not_allowed")


def test_an_invitation_is_withdrawn_from_its_own_team_alone(world: World) -> None:
    other, invitation = invited(world)
    url = f"/teams/{world.ids.team}/invitations/{invitation}"
    another = make_team_of(world.owner.user)
    foreign = f"/teams/{another.team_id}/invitations/{invitation}"
    assert change(world, foreign, {}, "DELETE").status_code == 404
    assert change(world, url, {}, "DELETE").status_code == 204
    with signed_in(world, other.user) as ask:
        late = ask("POST", f"/invitations/{invitation}/accept")
        assert (late.status_code, told(late)["code"]) == (409, "invitation_over")


def test_the_journal_tells_every_decision_once_page_by_page(world: World) -> None:
    for number in range(5):
        draft = make_decision(text=f"Number {number}", strategic=True)
        journaling.record_decision(world.owner.principal, world.session.id, draft)
    url, seen, cursor = f"/teams/{world.ids.team}/decisions?limit=2", [], ""
    while cursor is not None:
        page = world.get(f"{url}{cursor}").json()
        seen += page["items"]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    whole = journaling.list_journal(
        world.owner.principal, journaling.JournalQuery(world.ids.team)
    ).entries
    assert [one["id"] for one in seen] == [str(one.decision.id) for one in whole]
    assert len(seen) == 7
    assert (seen[0]["text"], seen[0]["author_role"]) == ("Number 4", None)
    assert seen[0]["author_name"] == world.owner.user.user_name
    assert seen[0]["session_name"] == "Expense approval"


def test_the_journal_is_searched_and_filtered(world: World) -> None:
    draft = make_decision(text="Two tables", confidence="low", strategic=True)
    newer = journaling.record_decision(
        world.owner.principal, world.session.id, draft, supersedes_id=world.ids.decision
    )

    def found(query: str) -> list[str]:
        items = world.get(f"/teams/{world.ids.team}/decisions?{query}").json()["items"]
        return [one["text"] for one in items]

    assert found("text=two") == ["Two tables"]
    assert found("kind=tactical") == ["A tactical one"]
    assert found("kind=strategic&standing=in_force") == ["Two tables"]
    assert found("standing=superseded") == ["One table for approvals"]
    assert found("role=person") == ["Two tables"]
    assert found("role=architect&role=person&confidence=low") == ["Two tables"]
    assert len(found(f"session_id={world.session.id}")) == 3
    assert found(f"session_id={newer}") == []
    (old,) = world.get(f"/teams/{world.ids.team}/decisions?standing=superseded").json()["items"]
    assert (old["superseded_by"], old["is_strategic"]) == (str(newer), True)


@pytest.mark.parametrize("cursor", ["x", "YXVkaXR8MQ", "MjAyNi0xMS0yMlQwOToxNDowM3w0fHg"])
def test_a_cursor_of_another_list_is_refused_by_the_journal(world: World, cursor: str) -> None:
    answer = world.get(f"/teams/{world.ids.team}/decisions?cursor={cursor}")
    assert (answer.status_code, told(answer)["code"]) == (400, "invalid_cursor")
