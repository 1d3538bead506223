"""Random lives of agents from outside: whatever they try, an attempt has one owner and one end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.domain.access import SYSTEM, Principal
from core.domain.agent import AgentOrder, WorkQuery
from core.domain.pipeline import Step
from core.domain.session import Session
from core.errors import AppError, IllegalTransition, LeaseLost, TasksRunning
from core.services import agents, claiming, control, dispatching, reading, reporting
from core.services.transaction import transact
from core.settings import get_settings
from tests.factories import WORKER, expire_lease, launch_pipeline, make_someone
from tests.fold_equality import difference
from tests.profiles import WITH_SERVERS
from tests.services.working import make_agent, make_result

PIPELINE = (Step("architect"), Step("dba", ("architect",)), Step("ui_ux"))
STEERING: dict[str, Any] = {
    "pause": control.pause_session,
    "resume": control.resume_session,
    "retry": control.retry_session,
    "cancel": control.cancel_session,
    "end": control.end_session,
}
REPORTS: dict[str, Any] = {
    "heartbeat": reporting.heartbeat_task,
    "progress": lambda p, id_, n: reporting.report_progress(p, id_, n, 0.5, "Still here"),
    "complete": lambda p, id_, n: reporting.complete_task(p, id_, n, make_result()),
    "fail": lambda p, id_, n: reporting.fail_task(p, id_, n, "late", "Too late."),
}
Name = tuple[UUID, int]


class Agents(RuleBasedStateMachine):
    """Three agents, the person who owns them, and a few sessions for them."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: list[Session] = []
        self.held: dict[Name, tuple[Principal, AgentOrder]] = {}
        self.over: dict[Name, tuple[Principal, AgentOrder, str]] = {}

    @initialize()
    def found_a_team(self) -> None:
        self.someone = make_someone()
        crew = [make_agent(self.someone) for _ in range(3)]
        self.agents: list[Principal] = [*crew, self.someone.principal]

    @rule()
    @precondition(lambda self: len(self.sessions) < 3)
    def launch(self) -> None:
        self.sessions.append(launch_pipeline(self.someone, *PIPELINE, executor="external"))

    @rule(who=st.integers(0, 3), data=st.data())
    @precondition(lambda self: self.sessions)
    def take_up(self, who: int, data: st.DataObject) -> None:
        session = data.draw(st.sampled_from([None, *self.sessions]))
        wanted = WorkQuery(session_id=None if session is None else session.id)
        in_sight = agents.next_work_in(self.agents[who], wanted)
        order = agents.find_work(self.agents[who], wanted)
        assert (order is None) == (in_sight is None)
        if order is None:
            return
        name = order.claim.task_id, order.claim.attempt
        assert name not in self.held
        assert name not in self.over
        self.held[name] = self.agents[who], order

    @rule(data=st.data(), how=st.sampled_from(["complete", "complete", "fail", "fail for good"]))
    @precondition(lambda self: self.held)
    def end(self, data: st.DataObject, how: str) -> None:
        name, who, order = self._any_held(data)
        if how == "complete":
            reporting.complete_task(who, *name, make_result())
        else:
            reporting.fail_task(who, *name, "broken", "No.", retryable=how == "fail")
        self._is_over(name, who, order, "completed" if how == "complete" else "failed")

    @rule(data=st.data(), overdue=st.booleans())
    @precondition(lambda self: self.held)
    def die(self, data: st.DataObject, overdue: bool) -> None:
        name, who, order = self._any_held(data)
        expire_lease(order.claim, overdue=overdue)
        reason = "deadline_passed" if overdue else "lease_lost"
        with pytest.raises(LeaseLost) as caught:
            reporting.heartbeat_task(who, *name)
        assert caught.value.reason == reason
        assert dispatching.reap_lost_attempts() == 1
        self._is_over(name, who, order, reason)

    @rule(data=st.data())
    @precondition(lambda self: self.held)
    def live(self, data: st.DataObject) -> None:
        name, who, _ = self._any_held(data)
        assert reporting.heartbeat_task(who, *name)
        reporting.report_progress(who, *name, 0.5, "Reading")

    @rule(data=st.data(), report=st.sampled_from(sorted(REPORTS)), who=st.integers(0, 3))
    @precondition(lambda self: self.held)
    def meddle(self, data: st.DataObject, report: str, who: int) -> None:
        name, owner, order = self._any_held(data)
        if self.agents[who] is not owner:
            with self._nothing_happens(order), pytest.raises(LeaseLost):
                REPORTS[report](self.agents[who], *name)

    @rule(data=st.data(), report=st.sampled_from(sorted(REPORTS)), who=st.integers(0, 3))
    @precondition(lambda self: self.over)
    def come_late(self, data: st.DataObject, report: str, who: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.over)))
        owner, order, reason = self.over[name]
        asks = self.agents[who]
        with self._nothing_happens(order):
            if (asks is owner, report, reason) == (True, "complete", "completed"):
                assert reporting.complete_task(asks, *name, make_result())
                return
            with pytest.raises(LeaseLost) as caught:
                REPORTS[report](asks, *name)
            assert caught.value.reason == (reason if asks is owner else "not_held")

    @rule(data=st.data(), act=st.sampled_from(["pause", "resume", "resume", "retry", *STEERING]))
    @precondition(lambda self: self.sessions)
    def steer(self, data: st.DataObject, act: str) -> None:
        session = data.draw(st.sampled_from(self.sessions))
        try:
            STEERING[act](self.someone.principal, session.id)
        except (IllegalTransition, TasksRunning):
            return
        if act == "cancel":
            for name, (who, order) in list(self.held.items()):
                if order.claim.session_id == session.id:
                    self._is_over(name, who, order, "cancelled")

    @invariant()
    def log_tables_and_owners_agree(self) -> None:
        running = set()
        for session in self.sessions:
            assert transact(lambda db, id_=session.id: difference(db, id_)) == []
            for task in reading.list_tasks(SYSTEM, session.id):
                if task.status == "running":
                    running.add((task.id, task.attempt))
                    assert claiming.claim_task(task.id, WORKER) is None
        assert running == set(self.held)

    def _nothing_happens(self, order: AgentOrder) -> _Unchanged:
        return _Unchanged(order.claim.session_id)

    def _any_held(self, data: st.DataObject) -> tuple[Name, Principal, AgentOrder]:
        name = data.draw(st.sampled_from(sorted(self.held)))
        return name, *self.held[name]

    def _is_over(self, name: Name, who: Principal, order: AgentOrder, reason: str) -> None:
        del self.held[name]
        self.over[name] = who, order, reason


class _Unchanged:
    """Compares a session's log and tasks before and after a block."""

    def __init__(self, session_id: UUID) -> None:
        self._session_id = session_id

    def _look(self) -> object:
        events = reading.list_events(SYSTEM, self._session_id)
        return events, reading.list_tasks(SYSTEM, self._session_id)

    def __enter__(self) -> None:
        self._before = self._look()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or issubclass(kind, AppError):
            assert self._look() == self._before


def test_an_attempt_has_one_owner_and_one_end_through_random_lives(
    system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_RETRY_DELAYS_SECONDS", "[0, 0, 0]")  # due at once
    monkeypatch.setenv("SAGE_AGENT_LEASE_SECONDS", "3600")  # no lease runs out by itself
    get_settings.cache_clear()
    run_state_machine_as_test(
        Agents,
        settings=settings(
            max_examples=max(1, WITH_SERVERS // 2),
            phases=[Phase.generate],  # with servers, shrinking takes minutes and seldom helps
            suppress_health_check=list(HealthCheck),
        ),
    )
