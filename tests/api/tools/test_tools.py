"""The tools: what each does is what REST and the dashboard do, and what is refused says why."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator

from api.tools.catalogue import TOOLS
from core.domain.access import UserPrincipal
from core.errors import DatabaseUnavailable
from core.ids import new_id
from core.services import (
    answering,
    dispatching,
    inspecting,
    notifying,
    reading,
)
from core.settings import get_settings
from tests.api.tools.calls import DECISION, launch_of
from tests.api.tools.speaking import Caller, Refused
from tests.api.world import World
from tests.factories import fail_for_good, statuses
from tests.services.approvals import answer_no, answer_yes, let_expire, pending_of
from tests.services.working import external_architect, launch_external

ARTIFACT = {
    "slug": "components",
    "kind": "components",
    "media_type": "text/markdown",
    "title": "Components",
    "body": "# Components",
}


def test_every_tool_is_listed_with_what_it_takes_and_gives(caller: Caller) -> None:
    listed = caller.ask("tools/list")["result"]["tools"]
    assert [one["name"] for one in listed] == list(TOOLS)
    for one in listed:
        assert one["description"]
        for schema in (one["inputSchema"], one["outputSchema"]):
            assert schema["type"] == "object"
            Draft202012Validator.check_schema(schema)
        assert one["annotations"]["readOnlyHint"] != TOOLS[one["name"]].is_write


def test_an_agent_that_found_no_work_may_ask_again_with_the_same_key(
    world: World, caller: Caller
) -> None:
    key = str(uuid4())
    assert caller.call("claim_task", idempotency_key=key)["order"] is None
    launch_external(world.owner)
    order = caller.call("claim_task", idempotency_key=key)["order"]
    assert order["attempt"] == 1
    assert caller.call("claim_task", idempotency_key=key)["order"] == order


def test_an_agent_takes_up_work_and_hands_in_what_it_made(world: World, caller: Caller) -> None:
    session = launch_external(world.owner)
    caller.call("record_decision", session_id=str(session.id), **DECISION)
    claimed = caller.call("claim_task", session_id=str(session.id), roles=["architect"])
    order = claimed["order"]
    assert [one["text"] for one in order["decisions"]] == ["One service"]
    held = {"task_id": order["task_id"], "attempt": order["attempt"]}
    assert f"attempt {order['attempt']}" in claimed["text"]
    other = Caller(world.client, world.token())
    assert other.call("claim_task")["order"] is None
    assert caller.call("heartbeat_task", **held)["session_status"] == "active"
    assert caller.call("report_progress", **held, fraction=0.5, note="Reading")["is_noted"]
    made = {"output": {"components": ["api"]}, "artifacts": [ARTIFACT], "decisions": [DECISION]}
    first = caller.call("complete_task", **held, **made)
    assert caller.call("complete_task", **held, **made)["last_seq"] == first["last_seq"]
    status = caller.call("fetch_status", id=order["task_id"])
    assert (status["kind"], status["status"]) == ("task", "completed")
    assert status["task"]["output"] == {"components": ["api"]}
    assert caller.call("fetch_status", id=str(session.id))["session"]["outcome"] == "planned"
    (branch,) = caller.call("list_decisions", session_id=str(session.id))["agent_tasks"]
    assert [one["text"] for one in branch["decisions"]] == ["One service"]


def test_a_task_is_sent_once_and_its_outcome_told(world: World, caller: Caller) -> None:
    external_architect(world.owner)
    wanted = {
        "target": "software_architect",
        "task": {"task_type": "review", "description": "Look at it.", "data": {"pages": 3}},
        "context": {"ticket": "EXP-7"},
        "team_id": str(world.ids.team),
        "idempotency_key": str(uuid4()),
    }
    sent = caller.call("send_task", **wanted)
    assert caller.call("send_task", **wanted) == sent
    assert "waits to be taken up" in caller.call("fetch_status", id=sent["task_id"])["text"]
    order = caller.call("claim_task", session_id=sent["session_id"])["order"]
    assert order["input"] == {"data": {"pages": 3}, "context": {"ticket": "EXP-7"}}
    held = {"task_id": order["task_id"], "attempt": order["attempt"]}
    caller.call("complete_task", **held, output={"verdict": "good"})
    status = caller.call("fetch_status", id=sent["task_id"])
    assert (status["status"], status["task"]["output"]) == ("completed", {"verdict": "good"})


def test_an_agent_asks_and_hears_what_people_say(world: World, caller: Caller) -> None:
    session = launch_external(world.owner)
    order = caller.call("claim_task", session_id=str(session.id))["order"]
    held = {"task_id": order["task_id"], "attempt": order["attempt"]}
    asked = {"approver_role": "designer", "reason": "May a rejection need a reason?"}
    pending = caller.call("request_approval", **held, **asked)
    assert pending["status"] == "pending"
    assert caller.call("request_approval", **held, **asked)["id"] == pending["id"]
    with pytest.raises(Refused) as refused:
        caller.call("heartbeat_task", **held)
    assert refused.value.code == "lease_lost"
    told = caller.call("fetch_status", id=order["task_id"])
    assert told["status"] == "waiting"
    assert [one["status"] for one in told["approvals"]] == ["pending"]
    (approval,) = pending_of(session)
    answer_yes(world.owner, approval, reason="It helps")
    told = caller.call("fetch_status", id=order["task_id"])
    assert told["status"] == "ready"
    said = "designer was asked 'May a rejection need a reason?': approved by "
    assert f"{said}{world.owner.user.user_name}, because: It helps." in told["text"]
    of_approval = caller.call("fetch_status", id=pending["id"])
    assert (of_approval["kind"], of_approval["status"]) == ("approval", "approved")
    again = caller.call("claim_task", session_id=str(session.id))["order"]
    assert (again["task_id"], again["attempt"]) == (order["task_id"], 2)
    assert [one["status"] for one in again["input"]["approvals"]] == ["approved"]


def test_a_no_fails_the_task_and_is_told_with_its_reason(world: World, caller: Caller) -> None:
    session = launch_external(world.owner)
    order = caller.call("claim_task", session_id=str(session.id))["order"]
    caller.call(
        *("request_approval",),
        **{"task_id": order["task_id"], "approver_role": "designer", "reason": "May it?"},
    )
    (approval,) = pending_of(session)
    answer_no(world.owner, approval, "Too slow")
    told = caller.call("fetch_status", id=order["task_id"])
    assert told["status"] == "failed"
    assert "because: Too slow." in told["text"]


def test_an_expired_approval_is_told_with_what_followed(world: World, caller: Caller) -> None:
    session = launch_external(world.owner)
    order = caller.call("claim_task", session_id=str(session.id))["order"]
    asked = {"approver_role": "designer", "reason": "May it?"}
    caller.call("request_approval", task_id=order["task_id"], **asked)
    (approval,) = pending_of(session)
    let_expire(approval)
    answering.expire_approvals()
    told = caller.call("fetch_status", id=str(approval.id))
    assert told["text"] == "designer was asked 'May it?': expired; the task failed."


def test_people_are_told_something_once(world: World, caller: Caller) -> None:
    wanted = {
        "target": "team",
        "message": "The export of addresses needs a look.",
        "priority": "high",
        "task_id": str(world.ids.task),
        "idempotency_key": str(uuid4()),
    }
    sent = caller.call("notify", **wanted)
    assert sent["recipients"]
    assert caller.call("notify", **wanted) == sent
    told = notifying.list_notices(UserPrincipal(world.ids.member)).items
    assert [(one.message, one.priority, one.task_id) for one in told] == [
        (wanted["message"], "high", world.ids.task)
    ]


@pytest.mark.parametrize(("retryable", "status"), [(True, "ready"), (False, "failed")])
def test_a_task_is_given_back(world: World, caller: Caller, retryable: bool, status: str) -> None:
    session = launch_external(world.owner)
    order = caller.call("claim_task", session_id=str(session.id))["order"]
    held = {"task_id": order["task_id"], "attempt": order["attempt"]}
    why = {"error_code": "model_away", "message": "No answer.", "retryable": retryable}
    caller.call("fail_task", **held, **why)
    assert statuses(world.owner, session)["architect"] == status


def test_who_lost_the_lease_hears_why_and_what_to_do(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_external(world.owner)
    monkeypatch.setenv("SAGE_AGENT_LEASE_SECONDS", "0.1")
    get_settings.cache_clear()
    order = caller.call("claim_task")["order"]
    held = {"task_id": order["task_id"], "attempt": order["attempt"]}
    time.sleep(0.2)
    assert dispatching.reap_lost_attempts() == 1
    ends: list[tuple[str, dict[str, Any]]] = [
        ("heartbeat_task", {}),
        ("report_progress", {}),
        ("complete_task", {"output": {}}),
        ("fail_task", {"error_code": "late", "message": "Late."}),
    ]
    for tool, fields in ends:
        with pytest.raises(Refused) as late:
            caller.call(tool, **held, **fields)
        assert late.value.text.splitlines() == [
            "The lease ran out without a heartbeat; the task goes to whoever asks next.",
            "What to do: Stop working on it, and ask for work again.",
            "Code: lease_lost",
            "Reason: lease_lost",
        ]


def test_sessions_are_launched_listed_and_told(world: World, caller: Caller) -> None:
    teams = [one["id"] for one in caller.call("list_teams")["items"]]
    assert str(world.ids.team) in teams
    launched = caller.call("launch_session", **launch_of(world))
    assert launched["pipeline"] == "seven_roles"
    first = caller.call("list_sessions", limit=1)
    assert [one["id"] for one in first["items"]] == [launched["id"]]
    rest = caller.call("list_sessions", cursor=first["next_cursor"])
    assert [one["id"] for one in rest["items"]] == [str(world.session.id)]
    assert caller.call("list_sessions", status=["failed"])["items"] == []
    told = caller.call("fetch_status", id=launched["id"])
    assert "active; 0 of 7 tasks are completed." in told["text"]
    session = reading.list_sessions(world.owner.principal)[0]
    fail_for_good(world.owner, session, "architect")
    assert "architect failed: It broke." in caller.call("fetch_status", id=launched["id"])["text"]


@pytest.mark.parametrize("wanted", ["x", "", "0" * 200, "never was"])
def test_status_is_told_even_of_what_is_not_there(caller: Caller, wanted: str) -> None:
    status = caller.call("fetch_status", id=str(new_id()) if wanted == "never was" else wanted)
    code = "not_found" if wanted == "never was" else "invalid_input"
    assert (status["kind"], status["status"]) == ("none", code)
    assert status["text"]


def test_status_is_told_even_when_the_database_is_away(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr(inspecting, "get_task", away)
    status = caller.call("fetch_status", id=str(new_id()))
    assert status["status"] == "database_unavailable"
    assert status["text"].startswith("The database does not answer.")
    assert not caller.result("fetch_status", {"no": "id"})["isError"]
