"""What a team defines over the API: roles and pipelines, and what is said of wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from core.services import auditing
from tests.api.operations import pipeline_body, role_body
from tests.api.test_access import told
from tests.api.world import World


def put(world: World, path: str, body: dict[str, Any]) -> Any:
    url = f"/api{path}?team_id={world.ids.team}"
    return world.client.put(url, json=body, headers=world.token())


def delete(world: World, path: str) -> Any:
    return world.client.delete(f"/api{path}?team_id={world.ids.team}", headers=world.token())


def test_a_role_is_defined_in_place_of_the_built_in_one_until_it_is_deleted(world: World) -> None:
    built_in = world.get("/profiles/dba").json()
    wanted = role_body(world.ids) | {"executor": "external", "timeout_seconds": 60}
    made = put(world, "/profiles/database_administrator", wanted).json()
    assert (made["role"], made["executor"], made["timeout_seconds"]) == ("dba", "external", 60.0)
    of_team = f"/profiles/dba?team_id={world.ids.team}"
    assert world.get(of_team).json() == made
    assert made["metadata"]["is_built_in"] is False
    assert world.get("/profiles/dba").json() == built_in
    put(world, "/profiles/dba", role_body(world.ids) | {"title": "Data"})
    assert world.get(of_team).json()["metadata"]["title"] == "Data"
    assert delete(world, "/profiles/dba").status_code == 204
    assert world.get(of_team).json() == built_in
    assert (delete(world, "/profiles/dba").status_code) == 404
    newest = auditing.list_audit(
        world.owner.principal, auditing.AuditQuery(world.ids.team), rows=3
    ).events
    assert [one.kind for one in newest] == ["role.deleted", "role.defined", "role.defined"]
    assert newest[0].actor.startswith("token ci of user ")


def test_a_pipeline_with_a_gate_is_defined_and_launched(world: World) -> None:
    made = put(world, "/pipelines/with finance", pipeline_body(world.ids)).json()
    assert made["stages"] == [["architect"], ["dba"]]
    assert made["approvals"] == {"expires_after_seconds": 3600.0, "on_expiry": "escalate"}
    assert made["steps"][1]["approval"] == {
        "approver_role": "finance",
        "question": "May it cost that?",
        "expires_after_seconds": 3600.0,
        "on_expiry": "escalate",
    }
    assert world.get(f"/pipelines/with finance?team_id={world.ids.team}").json() == made
    sent = {"team_id": str(world.ids.team), "feature_name": "Expenses", "brief": "Who pays what?"}
    launched = world.post("/sessions", sent | {"pipeline": "with finance"})
    assert launched.status_code == 201, launched.text
    assert delete(world, "/pipelines/with finance").status_code == 204
    again = world.post("/sessions", sent | {"pipeline": "with finance"})
    assert "There is no pipeline 'with finance'" in told(again)["detail"]


def test_a_role_that_a_pipeline_needs_stays(world: World) -> None:
    put(world, "/pipelines/short", {"steps": [{"role": "reader"}]})
    answer = delete(world, "/profiles/reader")
    assert (answer.status_code, told(answer)["code"]) == (409, "conflict")
    assert told(answer)["detail"] == "The pipeline 'short' needs the role 'reader'."


@pytest.mark.parametrize(
    ("changes", "detail", "hint"),
    [
        ({"executor": "wizard"}, "There is no executor 'wizard'.", "planner, external."),
        ({"executor": "llm"}, "There is no executor 'llm'.", "planner, external."),
        ({"capabilities": ["fly"]}, "'fly' is no capability.", "design, implement"),
        ({"title": " "}, "A role needs a title and instructions.", ""),
    ],
)
def test_what_is_wrong_with_a_role_is_said_in_words(
    world: World, changes: dict[str, Any], detail: str, hint: str
) -> None:
    answer = put(world, "/profiles/scribe", role_body(world.ids) | changes)
    assert (answer.status_code, told(answer)["code"]) == (422, "invalid_input")
    assert told(answer)["detail"] == detail
    assert hint in told(answer)["hint"]


@pytest.mark.parametrize(
    ("steps", "detail"),
    [
        ([{"role": "wizard"}], "The role 'wizard' is not known in this team."),
        (
            [{"role": "dba", "after": ["ui_ux"]}, {"role": "ui_ux", "after": ["dba"]}],
            "These roles wait for each other: dba, ui_ux.",
        ),
        ([{"role": "dba"}, {"role": "dba"}], "The pipeline names the role 'dba' twice."),
        (
            [{"role": "dba", "after": ["ui_ux"]}],
            "'dba' waits for 'ui_ux', which is not in the pipeline.",
        ),
        ([{"role": "dba", "approval": {"approver_role": "?"}}], "That is no approver role."),
    ],
)
def test_what_is_wrong_with_a_pipeline_is_said_in_words(
    world: World, steps: list[Any], detail: str
) -> None:
    answer = put(world, "/pipelines/long", {"steps": steps})
    assert (answer.status_code, told(answer)["code"]) == (422, "invalid_input")
    assert told(answer)["detail"] == detail
    assert world.get(f"/pipelines/long?team_id={world.ids.team}").status_code == 404
