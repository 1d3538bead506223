"""Tools of MCP: refusals, keys of calls, waiting, and what can be read."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import mcp_types as types
import pytest
from sqlalchemy.exc import OperationalError

from api.tools import calling
from api.tools.refusals import PROBLEM
from core.domain.access import Scope
from core.errors import DatabaseUnavailable, InvalidInput
from core.ids import new_id
from core.services import (
    inspecting,
    journaling,
    launching,
    reading,
    routing,
    tokens,
)
from tests.api.leaving import ask_and_leave
from tests.api.test_waiting_for_work import LONG_SECONDS, after_the_first_look
from tests.api.tools.calls import DECISION, launch_of
from tests.api.tools.speaking import Caller, Refused, message
from tests.api.world import World
from tests.factories import in_parallel
from tests.services.working import launch_external


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


def test_a_decision_whose_answer_was_lost_is_recorded_once(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "PATIENCE_SECONDS", (0.1, 0.1))
    record, made = journaling.record_decision, []

    def away(*given: Any, **named: Any) -> Any:
        made.append(record(*given, **named))
        if len(made) < 3:
            raise DatabaseUnavailable
        return made[-1]

    monkeypatch.setattr(journaling, "record_decision", away)
    told = caller.call("record_decision", **DECISION | {"session_id": str(world.session.id)})
    assert [str(one) for one in made] == [told["id"]] * 3


def test_fetch_status_does_not_fail_when_nobody_foresaw_what_happens(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspecting, "get_task", None)
    told = caller.result("fetch_status", {"id": str(world.ids.task)})
    assert not told["isError"]
    status = told["structuredContent"]
    assert (status["kind"], status["status"]) == ("none", "unforeseen")
    assert "Try again later" in status["text"]


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
