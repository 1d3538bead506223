"""The tools: what each does is what REST and the dashboard do, and what is refused says why."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import mcp_types as types
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy.exc import OperationalError

from api.tools import calling
from api.tools.catalogue import TOOLS
from api.tools.refusals import PROBLEM
from core.domain.access import Scope, UserPrincipal
from core.errors import DatabaseUnavailable, InvalidInput
from core.ids import new_id
from core.services import (
    dispatching,
    inspecting,
    journaling,
    launching,
    notifying,
    reading,
    routing,
    tokens,
)
from core.settings import get_settings
from tests.api.leaving import ask_and_leave
from tests.api.test_waiting_for_work import LONG_SECONDS, after_the_first_look
from tests.api.tools.speaking import Caller, Refused, message
from tests.api.world import World
from tests.factories import fail_for_good, in_parallel, statuses
from tests.services.approvals import answer_no, answer_yes, pending_of
from tests.services.working import external_architect, launch_external

ARTIFACT = {
    "slug": "components",
    "kind": "components",
    "media_type": "text/markdown",
    "title": "Components",
    "body": "# Components",
}
DECISION = {"text": "One service", "rationale": "One team runs it", "category": "architecture"}


@pytest.fixture
def caller(world: World) -> Caller:
    """A program that may do everything that the owner may."""
    return Caller(world.client, world.token())


def launch_of(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "team_id": str(world.ids.team),
        "feature_name": "Expenses",
        "brief": "Employees submit expenses.",
    } | changes


def test_every_tool_is_listed_with_what_it_takes_and_gives(caller: Caller) -> None:
    listed = caller.ask("tools/list")["result"]["tools"]
    assert [one["name"] for one in listed] == list(TOOLS)
    for one in listed:
        assert one["description"]
        for schema in (one["inputSchema"], one["outputSchema"]):
            assert schema["type"] == "object"
            Draft202012Validator.check_schema(schema)
        assert one["annotations"]["readOnlyHint"] != TOOLS[one["name"]].is_write


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


def test_what_a_token_may_not_do_is_refused_in_words(world: World) -> None:
    reader = Caller(world.client, world.token(scopes=[Scope.READ]))
    with pytest.raises(Refused) as refused:
        reader.call("launch_session", **launch_of(world))
    assert refused.value.code == "not_allowed"
    assert "that needs the scope launch" in refused.value.text
    assert "What to do: Make a token with the scope launch." in refused.value.text


def test_wrong_arguments_are_named_and_not_repeated(world: World, caller: Caller) -> None:
    secret = "correct horse battery"
    with pytest.raises(Refused) as refused:
        caller.call("launch_session", team_id=secret, brief={"x": secret}, extra=secret)
    assert refused.value.code == "invalid_input"
    for name in ("team_id", "feature_name", "brief", "extra"):
        assert f"{name}: " in refused.value.text
    assert secret not in refused.value.text
    assert "pydantic" not in refused.value.text


def test_an_unknown_tool_is_an_error_of_the_protocol(caller: Caller) -> None:
    error = caller.ask("tools/call", name="drop_tables", arguments={})["error"]
    assert error["code"] == types.INVALID_PARAMS
    assert "tools/list" in error["message"]


def test_what_nobody_foresaw_tells_a_trace_id_and_nothing_else(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("SELECT secret", {}, Exception("at 10.0.0.1"))

    monkeypatch.setattr(journaling, "decision_tree", broken)
    monkeypatch.setattr(reading, "list_sessions", broken)
    with pytest.raises(Refused) as refused:
        caller.call("list_decisions", session_id=str(new_id()))
    assert refused.value.code == "unforeseen"
    assert refused.value.problem["trace_id"] in refused.value.text
    error = caller.ask("resources/list")["error"]
    for text in (refused.value.text, error["message"]):
        assert "SELECT" not in text
        assert "10.0.0.1" not in text


def test_a_call_is_done_once_for_one_key(world: World, caller: Caller) -> None:
    key = str(uuid4())
    wanted = launch_of(world, idempotency_key=key)
    first = caller.call("launch_session", **wanted)
    assert caller.call("launch_session", **wanted) == first
    noted = {"session_id": first["id"], **DECISION, "idempotency_key": key}
    decided = in_parallel(4, lambda n: caller.result("record_decision", noted))
    done = [one["structuredContent"]["id"] for one in decided if not one["isError"]]
    assert len(set(done)) == 1
    assert {one["_meta"][PROBLEM]["code"] for one in decided if one["isError"]} <= {"still_running"}
    tree = caller.call("list_decisions", session_id=first["id"])
    assert len(tree["session_decisions"]) == 1
    with pytest.raises(Refused) as refused:
        caller.call("launch_session", **wanted | {"brief": "Another."})
    assert refused.value.code == "idempotency_key_reused"


def test_a_refusal_is_told_again_for_the_same_key_and_a_passing_one_is_not(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = launch_of(world, pipeline="none", idempotency_key=str(uuid4()))
    told = [caller.result("launch_session", wanted) for _ in range(2)]
    assert told[0]["isError"]
    assert told[0] == told[1]
    broken = DECISION | {"session_id": str(world.session.id), "idempotency_key": str(uuid4())}
    with monkeypatch.context() as patch:
        patch.setattr(journaling, "record_decision", None)
        with pytest.raises(Refused):
            caller.call("record_decision", **broken)
    assert caller.call("record_decision", **broken)["text"] == "One service"


@pytest.mark.parametrize("tool", ["launch_session", "send_task"])
def test_what_makes_something_is_tried_again_with_one_key_while_a_server_is_away(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    monkeypatch.setattr(calling, "PATIENCE_SECONDS", (0.1, 0.1))
    module: Any = launching if tool == "launch_session" else routing
    name, field = (
        ("launch_session", "launch_key") if module is launching else ("route_task", "route_key")
    )
    act, keys = getattr(module, name), []

    def away(principal: Any, order: Any) -> Any:
        keys.append(getattr(order, field))
        made = act(principal, order)
        if len(keys) < 3:
            raise DatabaseUnavailable  # its answer is lost
        return made

    monkeypatch.setattr(module, name, away)
    task = {"task_type": "review", "description": "Look at it."}
    sent = {"target": "dba", "task": task, "team_id": str(world.ids.team)}
    caller.call(tool, **launch_of(world) if module is launching else sent)
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert len(reading.list_sessions(world.owner.principal)) == 2


def test_what_is_refused_is_not_tried_again(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def refuse(*args: Any) -> None:
        tries.append(args)
        raise InvalidInput

    monkeypatch.setattr(launching, "launch_session", refuse)
    with pytest.raises(Refused):
        caller.call("launch_session", **launch_of(world))
    assert len(tries) == 1


def test_many_who_wait_for_work_hold_up_nobody_and_are_handed_what_is_launched(
    world: World,
) -> None:
    waiting = [Caller(world.client, world.token()) for _ in range(12)]  # more than threads
    with ThreadPoolExecutor(len(waiting)) as pool:
        asked = [pool.submit(one.call, "claim_task", wait_seconds=60) for one in waiting]
        time.sleep(1)
        assert waiting[0].call("list_teams")["items"]
        assert not any(one.done() for one in asked)
        for _ in waiting:
            launch_external(world.owner)
        orders = [one.result(LONG_SECONDS / 2)["order"] for one in asked]
    assert len({order["task_id"] for order in orders}) == len(waiting)


def test_nothing_is_claimed_for_who_has_gone(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_the_first_look(monkeypatch, lambda: launch_external(world.owner))
    wanted = {"name": "claim_task", "arguments": {"wait_seconds": LONG_SECONDS}}
    ask_and_leave(world, "/mcp", message("tools/call", **wanted), caller.headers)
    assert caller.call("claim_task")["order"]["attempt"] == 1


def test_a_token_that_is_revoked_during_the_wait_claims_nothing(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def revoke() -> None:
        for token in tokens.list_tokens(world.owner.principal):
            tokens.revoke_token(world.owner.principal, token.id)
        launch_external(world.owner)

    after_the_first_look(monkeypatch, revoke)
    with pytest.raises(Refused) as refused:
        caller.call("claim_task", wait_seconds=LONG_SECONDS)
    assert refused.value.code == "token_refused"


def test_a_session_is_read_as_a_report_and_a_journal(world: World, caller: Caller) -> None:
    listed = caller.ask("resources/templates/list")["result"]["resourceTemplates"]
    assert [one["uriTemplate"] for one in listed] == [
        "sage://sessions/{id}/report",
        "sage://sessions/{id}/journal",
    ]
    found = {one["uri"] for one in caller.ask("resources/list")["result"]["resources"]}
    address = f"sage://sessions/{world.session.id}"
    assert found == {f"{address}/report", f"{address}/journal"}
    texts = {}
    for name in ("report", "journal"):
        (content,) = caller.ask("resources/read", uri=f"{address}/{name}")["result"]["contents"]
        assert content["mimeType"] == "text/markdown"
        texts[name] = content["text"]
    assert "# Expense approval" in texts["report"]
    assert "| architect | completed | 1 |" in texts["report"]
    assert f"`GET /api/artifacts/{world.ids.artifact}`" in texts["report"]
    assert "> Employees submit expenses." in texts["journal"]
    assert "**One table for approvals**" in texts["journal"]
    assert "why: Every step is decided once" in texts["journal"]


@pytest.mark.parametrize(
    "address",
    [
        "sage://sessions/{other}/report",
        "sage://sessions/{own}/brief",
        "sage://sessions/{own}/report/../../x",
        "sage://sessions/x/report",
        "sage://sessions/------------------------------------/report",
        "file:///etc/passwd",
        "/etc/passwd",
    ],
)
def test_there_is_nothing_else_to_read(world: World, caller: Caller, address: str) -> None:
    uri = address.format(own=world.session.id, other=new_id())
    error = caller.ask("resources/read", uri=uri)["error"]
    assert error["data"]["code"] == "not_found"
    assert "What to do: " in error["message"]
