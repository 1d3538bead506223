"""What the operations on teams, roles and pipelines say, and the audit of a team."""

from __future__ import annotations

import pytest

from core.domain.pipeline import Step, make_pipeline
from core.domain.role import RoleProfile
from core.services import auditing
from tests.api.test_access import told
from tests.api.world import World
from tests.factories import (
    define_pipeline,
    define_role,
    make_someone,
)


def test_a_profile_is_found_by_its_long_name_too(world: World) -> None:
    short, long = world.get("/profiles/dba").json(), world.get("/profiles/database_administrator")
    assert long.json() == short
    assert short["capabilities"] == ["design", "implement", "optimize", "audit"]
    assert short["metadata"]["is_built_in"] is True
    assert len(world.get("/profiles").json()["items"]) == 7


def test_a_teams_own_role_and_pipeline_are_the_teams_alone(world: World) -> None:
    role = RoleProfile("scribe", "Scribe", ("document",), "Write.", "external", 60.0)
    define_role(world.ids.team, role)
    define_pipeline(world.ids.team, make_pipeline("mine", [Step("scribe")]))
    of_team = f"?team_id={world.ids.team}"
    found = world.get(f"/profiles/scribe{of_team}").json()
    assert (found["executor"], found["timeout_seconds"]) == ("external", 60.0)
    assert found["metadata"] == {"title": "Scribe", "is_built_in": False, "aliases": []}
    assert world.get("/profiles/scribe").status_code == 404
    names = [one["name"] for one in world.get(f"/pipelines{of_team}").json()["items"]]
    assert sorted(names) == ["mine", "seven_roles", "short"]
    (built_in,) = world.get("/pipelines").json()["items"]
    assert built_in["stages"][0] == ["architect"]


def test_a_team_is_shared_and_its_people_come_and_go(world: World) -> None:
    url = f"/teams/{world.ids.team}"
    other = make_someone()
    made = world.post(f"{url}/invitations", {"name_or_email": other.user.user_name})
    assert (made.status_code, made.json()["link"]) == (201, None)
    again = world.post(f"{url}/invitations", {"name_or_email": other.user.user_name})
    assert (again.status_code, told(again)["code"]) == (409, "conflict")
    link = world.post(f"{url}/invitations", {"name_or_email": "x@example.org"}).json()["link"]
    assert link.startswith("/invitation?token=")
    assert len(world.get(f"{url}/invitations").json()["items"]) == 3
    roles = {m["user_id"]: m["role"] for m in world.get(f"{url}/members").json()["items"]}
    assert roles[str(world.ids.member)] == "member"
    member = f"/api{url}/members/{world.ids.member}"
    changed = world.client.patch(member, json={"role": "viewer"}, headers=world.token())
    assert changed.status_code == 204
    owner = f"/api{url}/members/{world.owner.user.id}"
    assert world.client.delete(owner, headers=world.token()).status_code == 409
    assert world.client.delete(member, headers=world.token()).status_code == 204
    assert world.client.delete(member, headers=world.token()).status_code == 404
    assert world.post(f"{url}/unshare").json()["is_shared"] is False
    assert world.get(f"{url}/invitations").json()["items"] == []


def test_the_audit_tells_an_owner_what_a_token_did_page_by_page(world: World) -> None:
    world.post(f"/sessions/{world.ids.session}/pause")
    url = f"/audit?team_id={world.ids.team}&limit=1"
    seen, cursor = [], ""
    while cursor is not None:
        page = world.get(f"{url}{cursor}").json()
        seen += page["items"]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    whole = auditing.list_audit(
        world.owner.principal, auditing.AuditQuery(world.ids.team), rows=100
    )
    assert [one["id"] for one in seen] == [one.id for one in whole.events]
    assert seen[0]["kind"] == "session.paused"
    assert seen[0]["actor"].startswith("token ci of user ")
    assert len(seen[0]["trace_id"]) == 32
    assert seen[0]["address"] == "testclient"


@pytest.mark.parametrize("cursor", ["x", "YXVkaXR8LTE", "YXVkaXR8OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ"])
def test_a_cursor_of_another_list_is_refused(world: World, cursor: str) -> None:
    answer = world.get(f"/audit?team_id={world.ids.team}&cursor={cursor}")
    assert (answer.status_code, told(answer)["code"]) == (400, "invalid_cursor")
