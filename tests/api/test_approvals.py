"""Approvals over the API: asked by an agent, answered by a person, in pages oldest first."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from core.domain.access import Scope
from core.domain.approval import Gate
from core.domain.pipeline import Step
from tests.api.world import World
from tests.factories import launch_pipeline
from tests.services.working import launch_external

QUESTION = "May a rejection need a reason?"


def ask(world: World, **changes: Any) -> Any:
    headers = world.token(scopes=[Scope.EXECUTE])
    launch_external(world.owner)
    order = world.client.post("/api/tasks/claim", json={}, headers=headers).json()
    body = {"task_id": order["task_id"], "attempt": 1, "approver_role": "designer"}
    sent = body | {"question": QUESTION} | changes
    return world.client.post("/api/approvals", json=sent, headers=headers), headers


def decide(world: World, approval: dict[str, Any], **answer: Any) -> Any:
    return world.post(f"/approvals/{approval['id']}/decide", answer)


def test_an_agent_asks_and_the_next_claim_has_the_answer(world: World) -> None:
    answer, headers = ask(world)
    asked = answer.json()
    assert answer.headers["location"] == f"/api/approvals/{asked['id']}"
    assert (asked["status"], asked["asked_by"], asked["attempt"]) == ("pending", "agent", 1)
    task = world.get(f"/tasks/{asked['task_id']}").json()
    assert (task["status"], task["attempt"]) == ("waiting", 1)
    lost = world.client.post(
        f"/api/tasks/{asked['task_id']}/heartbeat", json={"attempt": 1}, headers=headers
    )
    assert (lost.status_code, lost.json()["reason"]) == (409, "waiting")
    given = decide(world, asked, decision="approved", changed_input={"limit": 500})
    assert (given.status_code, given.json()["status"]) == (200, "approved")
    again = world.client.post("/api/tasks/claim", json={}, headers=headers).json()
    assert (again["task_id"], again["attempt"]) == (asked["task_id"], 2)
    assert again["input"]["limit"] == 500
    assert again["input"]["approvals"][0]["status"] == "approved"


def test_the_second_answer_is_a_conflict(world: World) -> None:
    asked = ask(world)[0].json()
    assert decide(world, asked, decision="rejected", reason="No.").status_code == 200
    late = decide(world, asked, decision="approved")
    assert (late.status_code, late.json()["code"]) == (409, "already_answered")
    assert world.get(f"/approvals/{asked['id']}").json()["reason"] == "No."


def test_an_answer_sent_again_with_its_key_is_the_first_one(world: World) -> None:
    asked = ask(world)[0].json()
    key = {"idempotency-key": str(uuid4())} | world.token()
    path, body = f"/api/approvals/{asked['id']}/decide", {"decision": "approved"}
    first, again = (world.client.post(path, json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["idempotency-replayed"] == "true"
    assert first.content == again.content


@pytest.mark.parametrize(
    "answer",
    [
        {"decision": "expired"},
        {"decision": "rejected"},
        {"decision": "rejected", "reason": "No.", "changed_input": {"limit": 1}},
        {"decision": "approved", "changed_input": {"approvals": []}},
        {"decision": "approved", "expires_at": "2026-11-22T09:14:03Z"},
    ],
    ids=range(5),
)
def test_what_is_no_answer_is_refused(world: World, answer: dict[str, Any]) -> None:
    asked = ask(world)[0].json()
    assert decide(world, asked, **answer).status_code == 422
    assert world.get(f"/approvals/{asked['id']}").json()["status"] == "pending"


def test_an_asker_says_nothing_about_silence(world: World) -> None:
    assert ask(world, on_expiry="go_on")[0].status_code == 422
    assert ask(world, expires_after_seconds=1)[0].status_code == 422


def test_what_is_asked_is_listed_oldest_first_page_by_page(world: World) -> None:
    for number in range(3):
        gate = Gate("designer", f"Question {number}?")
        launch_pipeline(world.owner, Step("architect", (), gate))
    path = f"/approvals?team_id={world.ids.team}&status=pending&limit=2"
    first = world.get(path).json()
    assert [one["question"] for one in first["items"]] == ["Question 0?", "Question 1?"]
    rest = world.get(f"{path}&cursor={first['next_cursor']}").json()
    assert [one["question"] for one in rest["items"]] == ["Question 2?"]
    assert rest["next_cursor"] is None
    assert world.get("/approvals?status=approved").json()["items"] == []
    assert world.get("/approvals?status=perhaps").status_code == 400
    assert world.get("/approvals?cursor=x").status_code == 400


def test_pipelines_tell_their_gates(world: World) -> None:
    gate = Gate("finance", "May it begin?")
    session = launch_pipeline(world.owner, Step("architect", (), gate))
    found = world.get(f"/pipelines?team_id={world.ids.team}").json()["items"]
    mine = next(one for one in found if one["name"] == session.pipeline)
    assert mine["steps"][0]["approval"]["approver_role"] == "finance"
    assert mine["approvals"] == {"expires_after_seconds": 86400.0, "on_expiry": "fail"}
