"""Agents that work by the client: they claim, keep the lease, report, and stop when it is lost."""

from __future__ import annotations

import asyncio
import threading
import time
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest

from core.domain.access import Scope
from core.services import control, tokens
from sage_mode_client import (
    Assignment,
    AsyncAssignment,
    AsyncSageClient,
    Conflict,
    NewArtifact,
    Result,
    SageClient,
    TacticalDecision,
    TaskFailed,
)
from tests.clients.faces import client_of
from tests.clients.proxy import Manner, Proxy
from tests.factories import Someone, statuses
from tests.services.working import launch_external

LONG_SECONDS = 30  # no test waits for its end
MADE = Result(
    {"components": ["api"]},
    artifacts=[
        NewArtifact("components", "components", "text/markdown", "Components", "# Components")
    ],
    decisions=[TacticalDecision("One service", "One team runs it", "architecture", "high")],
)


def test_an_agent_does_a_roles_work_over_a_rough_way(
    proxy: Proxy, someone: Someone, token: str, kind: str
) -> None:
    session = launch_external(someone)
    seen = []
    with client_of(kind, proxy.address, token) as client:

        def handle(assignment: Any) -> Result:
            seen.append(assignment.order)
            proxy.behave(*[Manner.CUT_MIDWAY, Manner.CUT_BEFORE] * 2)
            return MADE

        assert client.work("architect", handle, session_id=session.id, tasks=1) == 1
        (order,) = seen
        assert (order.role, order.attempt) == ("architect", 1)
        sent = [one.key for one in proxy.heard if one.path.endswith("/complete")]
        assert len(sent) > 1
        assert len(set(sent)) == 1
        assert client.get_task(order.task_id).output == {"components": ["api"]}
        assert [one.slug for one in client.list_artifacts(order.task_id).items] == ["components"]
        (decision,) = client.list_task_decisions(order.task_id).items
        assert decision.text == "One service"


def test_an_agent_whose_line_is_cut_while_it_waits_for_work_goes_on(
    proxy: Proxy, someone: Someone, token: str, kind: str
) -> None:
    launching = threading.Timer(3, launch_external, [someone])
    with client_of(kind, proxy.address, token) as client:
        proxy.behave(Manner.HANG_UP, Manner.CUT_BEFORE)
        launching.start()
        assert client.work("architect", lambda _: MADE, wait_seconds=1, tasks=1) == 1
    assert len({one.key for one in proxy.heard[:3] if one.path.endswith("/claim")}) == 1


def test_heartbeats_keep_what_takes_longer_than_a_lease(
    proxy: Proxy, someone: Someone, token: str
) -> None:
    sessions = [launch_external(someone) for _ in range(2)]
    beats: list[str] = []

    def handle(assignment: Assignment) -> dict[str, Any]:
        assignment.report(fraction=0.5, note="Half of it")
        time.sleep(assignment.order.lease_seconds * 1.5)
        assignment.check()
        return {"by": "sync"}

    async def handle_awaited(assignment: AsyncAssignment) -> dict[str, Any]:
        await assignment.report(fraction=0.5, note="Half of it")
        await asyncio.sleep(assignment.order.lease_seconds * 1.5)
        return {"by": "async"}

    async def work() -> None:
        async with AsyncSageClient(proxy.address, token) as client:
            await client.work("architect", handle_awaited, session_id=sessions[1].id, tasks=1)

    def work_too() -> None:
        with SageClient(proxy.address, token) as client:
            client.work("architect", handle, session_id=sessions[0].id, tasks=1)

    thread = Thread(target=work_too)
    thread.start()
    asyncio.run(work())
    thread.join()
    beats += [one.path for one in proxy.heard if one.path.endswith("/heartbeat")]
    assert len(set(beats)) == 2
    assert len(beats) >= 6
    assert [statuses(someone, one)["architect"] for one in sessions] == ["completed"] * 2


def test_who_loses_the_task_stops_and_goes_on_with_the_next(
    proxy: Proxy, someone: Someone, token: str
) -> None:
    first, second = launch_external(someone), launch_external(someone)

    def handle(assignment: Assignment) -> dict[str, Any]:
        if assignment.order.session_id == first.id:
            control.cancel_session(someone.principal, first.id)
            began = time.monotonic()
            while True:
                assignment.check()
                assert time.monotonic() - began < LONG_SECONDS
                time.sleep(0.05)
        return {}

    with SageClient(proxy.address, token) as client:
        assert client.work("architect", handle, team_id=someone.team_id, tasks=2) == 2
    assert statuses(someone, first)["architect"] == "cancelled"
    assert statuses(someone, second)["architect"] == "completed"
    assert not any(one.path.endswith("/fail") for one in proxy.heard)


def test_an_awaited_handler_is_cancelled_when_the_task_is_lost(
    proxy: Proxy, someone: Someone, token: str
) -> None:
    session = launch_external(someone)
    cancelled = []

    async def handle(assignment: AsyncAssignment) -> dict[str, Any]:
        await asyncio.to_thread(control.cancel_session, someone.principal, session.id)
        try:
            await asyncio.sleep(LONG_SECONDS)
        except asyncio.CancelledError:
            cancelled.append(assignment.is_lost)
            raise
        return {}

    async def work() -> int:
        async with AsyncSageClient(proxy.address, token) as client:
            return await client.work("architect", handle, session_id=session.id, tasks=1)

    assert asyncio.run(work()) == 1
    assert cancelled == [True]
    assert not any(one.path.endswith(("/fail", "/complete")) for one in proxy.heard)


def test_a_handler_without_its_token_is_told_so(proxy: Proxy, someone: Someone) -> None:
    session = launch_external(someone)
    made = tokens.make_token(someone.principal, "ci", frozenset(Scope), days=1)
    seen: list[bool] = []

    def handle(assignment: Assignment) -> dict[str, Any]:
        tokens.revoke_token(someone.principal, made.token.id)
        end = time.monotonic() + LONG_SECONDS
        while not assignment.is_lost and time.monotonic() < end:
            time.sleep(0.05)
        seen.append(assignment.is_lost)
        return {}

    with SageClient(proxy.address, made.plain) as client:
        client.work("architect", handle, session_id=session.id, tasks=1)
    assert seen == [True]
    assert statuses(someone, session)["architect"] == "running"


def test_a_failure_is_told_and_tried_again_unless_that_could_not_help(
    proxy: Proxy, someone: Someone, token: str, kind: str
) -> None:
    retried, failed, unfit = (launch_external(someone) for _ in range(3))

    def handle(assignment: Any) -> Any:
        session_id: UUID = assignment.order.session_id
        if session_id == retried.id:
            raise ValueError("The model does not answer.")
        if session_id == failed.id:
            raise TaskFailed("no_model", "There is none.", retryable=False)
        return Result({}, decisions=[TacticalDecision("One", "Because", "luck")])

    with client_of(kind, proxy.address, token) as client:
        for session in (retried, failed, unfit):
            client.work("architect", handle, session_id=session.id, tasks=1)
        tasks = {one.id: client.get_session(one.id).tasks[0] for one in (retried, failed, unfit)}
    assert tasks[retried.id].status == "ready"
    assert tasks[retried.id].error_code == "handler_failed"
    assert tasks[retried.id].error_message == "ValueError: The model does not answer."
    assert (tasks[failed.id].status, tasks[failed.id].error_code) == ("failed", "no_model")
    assert (tasks[unfit.id].status, tasks[unfit.id].error_code) == ("failed", "invalid_input")


def test_who_is_interrupted_gives_the_task_back(proxy: Proxy, someone: Someone, token: str) -> None:
    first, second = launch_external(someone), launch_external(someone)

    def interrupt(assignment: Assignment) -> dict[str, Any]:
        raise KeyboardInterrupt

    with SageClient(proxy.address, token) as client, pytest.raises(KeyboardInterrupt):
        client.work("architect", interrupt, session_id=first.id)

    async def be_cancelled() -> None:
        async def handle(assignment: AsyncAssignment) -> dict[str, Any]:
            working.cancel()
            await asyncio.sleep(LONG_SECONDS)
            return {}

        async with AsyncSageClient(proxy.address, token) as client:
            working = asyncio.ensure_future(client.work("architect", handle, session_id=second.id))
            await working

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(be_cancelled())
    with SageClient(proxy.address, token) as client:
        for session in (first, second):
            (task,) = client.get_session(session.id).tasks
            assert (task.status, task.error_code) == ("ready", "stopped")


def test_who_is_told_to_stop_claims_no_more(proxy: Proxy, someone: Someone, token: str) -> None:
    for _ in range(2):
        launch_external(someone)
    stop = Event()

    def handle(assignment: Assignment) -> dict[str, Any]:
        stop.set()
        return {}

    with SageClient(proxy.address, token) as client:
        assert client.work("architect", handle, team_id=someone.team_id, stop=stop) == 1
        assert client.claim_task(team_id=someone.team_id) is not None


def answer_yes(address: str, someone: Someone, session_id: UUID) -> None:
    """Answer by another token: who has asked may not."""
    plain = tokens.make_token(someone.principal, "inbox", frozenset(Scope), days=1).plain
    with SageClient(address, plain) as client:
        (approval,) = client.walk_approvals(session_id=session_id, status=["pending"])
        assert client.decide_approval(approval.id, "approved").status == "approved"
        with pytest.raises(Conflict) as refused:
            client.decide_approval(approval.id, "rejected", reason="Too late.")
        assert refused.value.code == "already_answered"
        assert client.get_approval(approval.id).status == "approved"


def test_who_asks_a_person_is_handed_the_task_again_with_the_answer(
    proxy: Proxy, someone: Someone, token: str, kind: str
) -> None:
    session = launch_external(someone)

    def handle(assignment: Assignment) -> dict[str, Any]:
        return {"answer": assignment.order.input["approvals"][0]["status"]}

    def ask(assignment: Assignment) -> dict[str, Any]:
        assignment.request_approval("owner", "May a rejection need a reason?")

    async def ask_awaited(assignment: AsyncAssignment) -> dict[str, Any]:
        await assignment.request_approval("owner", "May a rejection need a reason?")

    async def work() -> None:
        async with AsyncSageClient(proxy.address, token) as client:
            await client.work("architect", ask_awaited, session_id=session.id, tasks=1)

    if kind == "async":
        asyncio.run(work())
    with SageClient(proxy.address, token) as client:
        if kind == "sync":
            client.work("architect", ask, session_id=session.id, tasks=1)
        (task,) = client.get_session(session.id).tasks
        assert task.status == "waiting"
        answer_yes(proxy.address, someone, session.id)
        assert client.work("architect", handle, session_id=session.id, tasks=1) == 1
        assert client.get_task(task.id).output == {"answer": "approved"}
