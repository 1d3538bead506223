"""Agents from outside over HTTP: they take up work, report on it, and come too late."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from core.services import dispatching
from core.settings import get_settings
from tests.api.agent import Agent
from tests.api.operations import BRIEF, launch_body
from tests.api.world import World
from tests.factories import statuses
from tests.services.working import external_architect, launch_external

ARTIFACT = {
    "slug": "components",
    "kind": "components",
    "media_type": "text/markdown",
    "title": "Components",
    "body": "# Components",
}
DECISION = {
    "text": "One service",
    "rationale": "One team runs it",
    "category": "architecture",
    "confidence": "high",
}


def test_an_architect_from_outside_works_from_the_launch_to_the_next_roles(world: World) -> None:
    external_architect(world.owner)
    agent, other = Agent(world), Agent(world)
    launch = launch_body(world.ids)
    session = world.post("/sessions", launch).json()
    decided = DECISION | {"text": "Two steps of approval"}
    world.post(f"/sessions/{session['id']}/decisions", decided)

    order = agent.take(session_id=session["id"])
    assert (order["role"], order["attempt"], order["brief"]) == ("architect", 1, BRIEF)
    assert [one["text"] for one in order["decisions"]] == ["Two steps of approval"]
    assert order["started_at"] < order["lease_until"] < order["deadline_at"]
    assert other.claim(session_id=session["id"]).status_code == 204

    lease = agent.report("heartbeat", order).json()
    assert lease["session_status"] == "active"
    assert lease["lease_until"] > order["lease_until"]
    progress = agent.report("progress", order, fraction=0.4, note="Reading the brief")
    assert progress.json() == {"is_noted": True}
    made = {"output": {"components": ["api"]}, "artifacts": [ARTIFACT], "decisions": [DECISION]}
    completed = agent.report("complete", order, **made)
    assert completed.status_code == 200
    again = agent.report("complete", order, **made)
    assert again.json()["last_seq"] == completed.json()["last_seq"]

    found = {one["id"]: one for one in world.get(f"/sessions/{session['id']}").json()["tasks"]}
    assert found[order["task_id"]]["status"] == "completed"
    freed = completed.json()["freed"]
    assert freed
    assert {found[one]["status"] for one in freed} == {"ready"}
    path = f"/tasks/{order['task_id']}"
    assert world.get(path).json()["output"] == {"components": ["api"]}
    (artifact,) = world.get(f"{path}/artifacts").json()["items"]
    assert (artifact["slug"], artifact["validation"]["verdict"]) == ("components", "not_checked")
    (decision,) = world.get(f"{path}/decisions").json()["items"]
    assert (decision["text"], decision["task_id"]) == ("One service", order["task_id"])
    events = world.get(f"/sessions/{session['id']}/events").json()["items"]
    assert "task_note" in {one["type"] for one in events}


def test_who_lost_the_lease_comes_too_late_and_hears_why(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_external(world.owner)
    zombie, next_one = Agent(world), Agent(world)
    _lease_for(monkeypatch, 0.2)
    order = zombie.take()
    time.sleep(0.3)
    assert dispatching.reap_lost_attempts() == 1
    _lease_for(monkeypatch, 60)
    taken = next_one.take()
    assert (taken["task_id"], taken["attempt"]) == (order["task_id"], 2)
    for what, fields in (
        ("heartbeat", {}),
        ("progress", {"fraction": 1}),
        ("complete", {"output": {}}),
        ("fail", {"error_code": "late", "message": "Late."}),
    ):
        late = zombie.report(what, order, **fields)
        assert late.status_code == 409
        told = late.json()
        assert (told["code"], told["reason"]) == ("lease_lost", "lease_lost")
        assert told["hint"] == "Stop working on it, and ask for work again."
        foreign = zombie.report(what, taken, **fields)
        assert (foreign.status_code, foreign.json()["reason"]) == (409, "not_held")
    assert next_one.report("complete", taken, output={"of": "the next"}).status_code == 200
    assert world.get(f"/tasks/{order['task_id']}").json()["output"] == {"of": "the next"}


def _lease_for(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setenv("SAGE_AGENT_LEASE_SECONDS", str(seconds))
    get_settings.cache_clear()


@pytest.mark.parametrize(("retryable", "status"), [(True, "ready"), (False, "failed")])
def test_a_failure_is_tried_again_unless_that_could_not_help(
    world: World, retryable: bool, status: str
) -> None:
    session = launch_external(world.owner)
    agent = Agent(world)
    why = {"error_code": "model_away", "message": "No answer.", "retryable": retryable}
    failed = agent.report("fail", agent.take(), **why)
    assert (failed.status_code, failed.json()["freed"]) == (200, [])
    assert statuses(world.owner, session)["architect"] == status


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"artifacts": [ARTIFACT, ARTIFACT]}, 422, "invalid_input"),
        ({"artifacts": [ARTIFACT | {"media_type": "text/html"}]}, 422, "invalid_input"),
        ({"artifacts": [ARTIFACT | {"validation": {}}]}, 422, "invalid_input"),
        ({"decisions": [DECISION | {"category": "luck"}]}, 422, "invalid_input"),
        ({"decisions": [DECISION | {"supersedes_id": None}]}, 422, "invalid_input"),
        ({"outcome": "needs_input"}, 422, "invalid_input"),
        ({"output": {"x": "x" * (1024 * 1024 - 60)}}, 413, "too_large"),
        ({"output": {"x": "x" * (1024 * 1024)}}, 413, "too_large"),
    ],
)
def test_a_result_that_cannot_be_stored_costs_nothing(
    world: World, fields: dict[str, Any], status: int, code: str
) -> None:
    launch_external(world.owner)
    agent = Agent(world)
    order = agent.take()
    refused = agent.report("complete", order, **({"output": {}} | fields))
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert agent.report("complete", order, output={}).status_code == 200


def test_an_agent_is_told_the_trace_that_its_task_was_asked_for_in(world: World) -> None:
    external_architect(world.owner)
    asked = {"traceparent": f"00-{'a1' * 16}-{'b2' * 8}-01"}
    world.post("/sessions", launch_body(world.ids), headers=asked)
    agent = world.token()
    order = world.post("/tasks/claim", {"team_id": str(world.ids.team)}, headers=agent).json()
    assert re.fullmatch(rf"00-{'a1' * 16}-(?!0{{16}})[0-9a-f]{{16}}-01", order["traceparent"])
    going_on = agent | {"traceparent": order["traceparent"]}
    path = f"/tasks/{order['task_id']}/heartbeat"
    answer = world.post(path, {"attempt": order["attempt"]}, headers=going_on)
    assert (answer.status_code, answer.headers["x-trace-id"]) == (200, "a1" * 16)
