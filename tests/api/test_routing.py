"""Sessions without a pipeline, and tasks that are routed to roles."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from core.domain.role import RoleProfile
from core.services import reading
from tests.api.agent import Agent
from tests.api.operations import launch_body, route_body
from tests.api.test_access import told
from tests.api.world import World
from tests.factories import define_role

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def open_session(world: World, **changes: Any) -> dict[str, Any]:
    body = {"team_id": str(world.ids.team), "task": "Threats of the expense approval"} | changes
    answer = world.post("/sessions", body)
    assert answer.status_code == 201, answer.text
    session: dict[str, Any] = answer.json()
    return session


def route(world: World, session: dict[str, Any] | None = None, **changes: Any) -> Any:
    body = route_body(world.ids) | changes
    if session is not None:
        body["session_id"] = session["id"]
    return world.post("/tasks/route", body)


def test_without_a_pipeline_a_session_waits_for_tasks(world: World) -> None:
    session = open_session(world, role="security_specialist", metadata={"ticket": "EXP-7"})
    assert (session["status"], session["pipeline"], session["started_at"]) == (
        "pending",
        None,
        None,
    )
    assert (session["role"], session["metadata"]) == ("security", {"ticket": "EXP-7"})
    assert session["task"] == session["feature_name"] == "Threats of the expense approval"
    found = world.get(f"/sessions/{session['id']}").json()
    assert (found["tasks"], found["brief"]) == ([], "Threats of the expense approval")


def test_a_long_task_of_a_session_is_its_brief(world: World) -> None:
    session = open_session(world, task="Threats\nof " + "x" * 300)
    assert session["task"] == "Threats"
    assert len(world.get(f"/sessions/{session['id']}").json()["brief"]) == 311


def test_a_pipeline_that_is_null_is_none(world: World) -> None:
    assert open_session(world, pipeline=None)["status"] == "pending"


@pytest.mark.parametrize(
    "body",
    [{"task": None}, {"role": "%"}, {"executor": "planner"}, {"metadata": {"a": ["x" * 20_000]}}],
    ids=["no task", "no role", "executor", "large"],
)
def test_a_session_that_cannot_be_is_refused(world: World, body: dict[str, Any]) -> None:
    wanted = {"team_id": str(world.ids.team), "task": "Threats"} | body
    assert world.post("/sessions", wanted).status_code in (413, 422)


def test_a_routed_task_is_told_with_its_session_and_trace(world: World) -> None:
    answer = world.post("/tasks/route", route_body(world.ids), headers={"x-trace-id": TRACE})
    assert answer.status_code == 202
    routed = answer.json()
    assert set(routed) == {"task_id", "session_id", "status", "trace_id"}
    assert routed["status"] == "ready"
    task = world.client.get(answer.headers["location"], headers=world.token()).json()
    assert (task["id"], task["role"], task["task_type"]) == (
        routed["task_id"],
        "security",
        "review",
    )
    session = world.get(f"/sessions/{routed['session_id']}").json()
    assert (session["status"], session["pipeline"]) == ("active", None)


def test_the_trace_of_a_routed_task_is_the_callers_own(world: World) -> None:
    body = route_body(world.ids)
    traced = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    assert world.post("/tasks/route", body, headers=traced).json()["trace_id"] == TRACE
    assert world.post("/tasks/route", body).json()["trace_id"] != TRACE


def test_a_task_routed_again_with_its_key_is_the_same(world: World) -> None:
    headers = world.token() | {"idempotency-key": str(uuid4())}
    before = len(reading.list_sessions(world.owner.principal, team_id=world.ids.team))
    first = world.post("/tasks/route", route_body(world.ids), headers=headers)
    again = world.post("/tasks/route", route_body(world.ids), headers=headers)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.content == again.content
    assert again.headers["idempotency-first-status"] == "202"
    after = len(reading.list_sessions(world.owner.principal, team_id=world.ids.team))
    assert after == before + 1


def test_a_session_is_worked_through_by_routed_tasks(world: World) -> None:
    profile = RoleProfile("legal", "Legal", ("review",), "Read it.", executor="external")
    define_role(world.ids.team, profile)
    session, agent = open_session(world), Agent(world)
    assert route(world, session, target="legal").status_code == 202
    order = agent.take(session_id=session["id"])
    assert (order["role"], order["task_type"]) == ("legal", "review")
    assert order["input"] == {"data": {"pull_request": 7}, "context": {}}
    agent.report("complete", order, output={"ok": True})
    assert world.get(f"/sessions/{session['id']}").json()["status"] == "active"
    ended = world.client.put(
        f"/api/sessions/{session['id']}", json={"status": "completed"}, headers=world.token()
    )
    assert (ended.status_code, ended.json()["status"]) == (200, "completed")
    again = route(world, session)
    assert (again.status_code, told(again)["code"]) == (422, "illegal_transition")


def test_nothing_is_routed_to_a_session_with_a_pipeline(world: World) -> None:
    answer = route(world, {"id": str(world.ids.session)})
    assert (answer.status_code, told(answer)["code"]) == (422, "session_has_pipeline")


@pytest.mark.parametrize(
    "changes",
    [{"target": "wizard"}, {"task": {"task_type": "review"}}, {"context": []}, {"team_id": None}],
    ids=["unknown role", "no description", "no object", "no team"],
)
def test_a_task_that_cannot_be_is_refused(world: World, changes: dict[str, Any]) -> None:
    answer = route(world, **changes)
    assert (answer.status_code, told(answer)["code"]) == (422, "invalid_input")


def test_a_task_of_a_megabyte_is_too_large(world: World) -> None:
    body = route_body(world.ids) | {"context": {"log": "x" * 1024 * 1024}}
    answer = world.post("/tasks/route", body)
    assert (answer.status_code, told(answer)["code"]) == (413, "too_large")


def put(world: World, session_id: Any, body: dict[str, Any]) -> Any:
    path = f"/api/sessions/{session_id}"
    return world.client.put(path, json=body, headers=world.token())


def test_a_session_is_changed_by_name(world: World) -> None:
    session = open_session(world, metadata={"a": 1, "b": 2})
    body = {"status": "active", "task": "Threats", "metadata": {"a": None, "c": 3}}
    changed = put(world, session["id"], body).json()
    assert (changed["status"], changed["task"]) == ("active", "Threats")
    assert changed["metadata"] == {"b": 2, "c": 3}
    assert put(world, session["id"], body).json() == changed | {
        "duration_seconds": pytest.approx(changed["duration_seconds"], abs=60)
    }


def test_an_unknown_status_is_another_refusal_than_an_illegal_one(world: World) -> None:
    unknown = put(world, world.ids.session, {"status": "error"})
    assert (unknown.status_code, told(unknown)["code"]) == (400, "unknown_status")
    for status in ("pending", "expired"):
        illegal = put(world, world.ids.session, {"status": status})
        assert (illegal.status_code, told(illegal)["code"]) == (422, "illegal_transition")


def test_pausing_by_put_is_pausing(world: World) -> None:
    assert put(world, world.ids.session, {"status": "paused"}).json()["status"] == "paused"
    again = world.post(f"/sessions/{world.ids.session}/pause")
    assert (again.status_code, told(again)["code"]) == (422, "illegal_transition")
    kinds = [
        one["type"] for one in world.get(f"/sessions/{world.ids.session}/events").json()["items"]
    ]
    assert kinds[-1] == "session_paused"


def test_a_change_of_another_shape_is_refused(world: World) -> None:
    for body in ({"metadata": 1}, {"status": 7}, {"stage": "x"}):
        assert put(world, world.ids.session, body).status_code == 422


def test_a_launch_carries_metadata(world: World) -> None:
    body = launch_body(world.ids) | {"metadata": {"ticket": 7}}
    assert world.post("/sessions", body).json()["metadata"] == {"ticket": 7}
