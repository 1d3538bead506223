"""`./sage team`."""

from __future__ import annotations

from uuid import uuid4

from tests.cli.conftest import Here, Ran


def new_user(here: Here) -> str:
    name = f"user-{uuid4().hex[:8]}"
    assert here.sage("user", "create", name, "--email", f"{name}@example.org").code == 0
    return name


def members_of(here: Here, user: str, team: str) -> dict[str, str]:
    teams = here.sage("team", "list", "--as", user, "--json").json["teams"]
    found = next(one for one in teams if one["name"] == team)
    return {one["user_name"]: one["role"] for one in found["members"]}


def test_a_team_is_made_named_shared_and_filled(here: Here) -> None:
    ada = new_user(here)

    def team(*words: str) -> Ran:
        return here.sage("team", *words, "--as", ada)

    made = team("create", "Pay\nments", "--description", "Money", "--json").json
    assert (made["name"], made["is_shared"]) == ("Pay ments", False)
    assert team("rename", "Payments", "--team", made["team_id"]).code == 0
    assert "shared now" in team("share", "--team", "Payments").out
    assert members_of(here, ada, "Payments") == {ada: "owner"}
    invited = team("invite", new_user(here), "--team", "Payments", "--json").json
    assert invited["link"] is None
    by_link = team("invite", "new@example.org", "--team", "Payments", "--role", "viewer")
    assert "/invitation?token=" in by_link.out
    again = team("invite", "new@example.org", "--team", "Payments")
    assert (again.code, "invited already" in again.err) == (2, True)
    listed = team("list").out
    assert "Payments" in listed
    assert "personal" in listed


def test_roles_are_changed_and_people_removed(here: Here) -> None:
    ada, bob = new_user(here), new_user(here)
    assert here.sage("team", "create", "Crew", "--shared", "--as", ada).code == 0
    missing = here.sage("team", "role", bob, "viewer", "--team", "Crew", "--as", ada, "--json")
    assert missing.code == 2
    assert missing.json["error"]["code"] == "not_found"
    owner = here.sage("team", "remove", ada, "--team", "Crew", "--as", ada)
    assert "Hand the team over" in owner.err
    foreign = here.sage("team", "rename", "Mine", "--team", "Crew", "--as", bob)
    assert "no team called" in foreign.err


def test_a_wrong_role_is_explained(here: Here) -> None:
    ada = new_user(here)
    assert here.sage("team", "create", "Crew", "--shared", "--as", ada).code == 0
    wrong = here.sage(
        "team", "invite", "x@example.org", "--role", "boss", "--team", "Crew", "--as", ada
    )
    assert (wrong.code, "member or viewer" in wrong.err) == (2, True)
