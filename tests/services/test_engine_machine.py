"""Random lives of sessions, step by step, with log and tables compared after each."""

from __future__ import annotations

from collections import ChainMap
from itertools import cycle
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from core.domain.access import SYSTEM
from core.domain.attempt import Claim
from core.domain.lifecycle import FINAL_TASK, SessionStatus, TaskStatus
from core.domain.pipeline import Step, make_pipeline
from core.domain.routing import SessionChange
from core.domain.session import Session, Task
from core.domain.session_state import SessionState, apply
from core.domain.work import RoleResult
from core.errors import Fenced, IllegalTransition, SessionHasPipeline, TasksRunning
from core.services import claiming, control, dispatching, reading, recording
from core.services.transaction import transact
from core.settings import get_settings
from core.store import heads
from tests.factories import (
    WORKER,
    define_pipeline,
    expire_lease,
    launch,
    make_artifact,
    make_decision,
    make_someone,
    open_session,
    route,
)
from tests.fold_equality import difference
from tests.lifecycle_table import SESSION_MOVES, SESSION_TABLE, TASK_MOVES
from tests.profiles import WITH_SERVERS, run_until_all_seen

S = SessionStatus
ROLES = ("architect", "backend_dev", "dba", "frontend_dev", "ui_ux")
# How often each change of the tables came; what waits for answers has a machine of its own.
seen_of_sessions = dict.fromkeys(SESSION_MOVES, 0)
seen_of_tasks = dict.fromkeys((move for move in TASK_MOVES if "waiting" not in move), 0)
ACTS: dict[str, Any] = {
    "pause": control.pause_session,
    "resume": control.resume_session,
    "cancel": control.cancel_session,
    "complete": control.end_session,
    "retry": control.retry_session,
}
# What ends a session for good comes seldom, so that others live long.
STEERING = (*("pause", "resume", "resume", "retry", "retry") * 3, "cancel", "complete", "expire")
# Each in turn, so that a short run has seen them all.
WHILE_PAUSED = cycle(("complete", "fail", "cancel", "expire"))


@st.composite
def pipelines(draw: st.DrawFn) -> list[Step]:
    """A random DAG: each role may wait for any of those drawn before it."""
    roles = draw(st.permutations(ROLES))[: draw(st.integers(1, len(ROLES)))]
    steps = []
    for index, role in enumerate(roles):
        before = draw(st.sets(st.sampled_from(roles[:index]))) if index else set()
        steps.append(Step(role, tuple(sorted(before))))
    return steps


class Engine(RuleBasedStateMachine):
    """A few sessions of one team, and whoever works on them."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: list[Session] = []
        self.running: list[Claim] = []
        self.late: list[Claim] = []
        self.touched: set[UUID] = set()
        self.tasks: dict[UUID, list[Task]] = {}
        self.slugs = 0
        self.changes = 0
        self.states: dict[UUID, SessionState] = {}

    @initialize()
    def found_a_team(self) -> None:
        self.someone = make_someone()

    @rule(steps=pipelines())
    @precondition(lambda self: len(self.sessions) < 3)
    def launch(self, steps: list[Step]) -> None:
        name = f"pipeline-{len(self.sessions)}"
        define_pipeline(self.someone.team_id, make_pipeline(name, steps))
        session = launch(self.someone, pipeline=name)
        self.sessions.append(session)
        self.touched.add(session.id)

    @rule(act=st.sampled_from([None, None, "cancel", "expire"]))
    @precondition(lambda self: len(self.sessions) < 4)
    def open(self, act: str | None) -> None:
        session = open_session(self.someone)
        if act is None:
            self.sessions.append(session)
        self.touched.add(session.id)
        self._follow_log(session.id)
        self._end(session.id, act)

    @rule(role=st.sampled_from(ROLES))
    @precondition(lambda self: len(self.sessions) < 4)
    def route_alone(self, role: str) -> None:
        session = route(self.someone, target=role).session
        self.sessions.append(session)
        self.touched.add(session.id)

    @rule(data=st.data(), role=st.sampled_from(ROLES))
    @precondition(lambda self: self.sessions)
    def route_into(self, data: st.DataObject, role: str) -> None:
        session = self._any_session(data)
        status = self._status(session)
        try:
            routed = route(self.someone, session, target=role)
        except SessionHasPipeline:
            assert session.pipeline is not None
        except IllegalTransition:
            assert status not in (S.PENDING, S.ACTIVE, S.PAUSED)
        else:
            assert session.pipeline is None
            assert (routed.task.status, routed.task.attempt) == (TaskStatus.READY, 0)
            assert routed.session.status == (S.ACTIVE if status == S.PENDING else status)

    @rule(data=st.data(), wanted=st.sampled_from([*S, None]), renamed=st.booleans())
    @precondition(lambda self: self.sessions)
    def change(self, data: st.DataObject, wanted: S | None, renamed: bool) -> None:
        if wanted in (S.COMPLETED, S.FAILED, S.CANCELLED) and data.draw(st.integers(0, 2)):
            return  # seldom, so that sessions live long
        session = self._any_session(data)
        before = reading.get_session(SYSTEM, session.id)
        self.changes += 1
        name = f"Name {self.changes}" if renamed else None
        change = SessionChange(wanted, name, {"n": self.changes} if renamed else None)
        try:
            after = control.change_session(self.someone.principal, session.id, change)
        except (IllegalTransition, TasksRunning):
            assert reading.get_session(SYSTEM, session.id) == before
        else:
            assert after.status == (wanted or before.status)
            assert (after.last_seq > before.last_seq) == (renamed or after.status != before.status)

    @rule(data=st.data())
    @precondition(lambda self: self.sessions)
    def claim_any_task(self, data: st.DataObject) -> None:
        session = self._any_session(data)
        tasks = reading.list_tasks(SYSTEM, session.id)
        if not tasks:
            return
        task = data.draw(st.sampled_from(tasks))
        self.touched.add(session.id)
        may = self._status(session) == SessionStatus.ACTIVE and task.status == TaskStatus.READY
        claimed = claiming.claim_task(task.id, WORKER)
        assert (claimed is not None) == may
        if claimed is not None:
            assert claimed.attempt == task.attempt + 1
            self.running.append(claimed)

    @rule(data=st.data())
    @precondition(lambda self: self.ready)
    def claim_a_ready_task(self, data: st.DataObject) -> None:
        task = data.draw(st.sampled_from(self.ready))
        self.touched.add(task.session_id)
        claimed = claiming.claim_task(task.id, WORKER)
        assert claimed is not None
        self.running.append(claimed)

    @rule(data=st.data(), asks=st.sampled_from([False] * 7 + [True]), along=st.booleans())
    @precondition(lambda self: self.running)
    def complete(self, data: st.DataObject, asks: bool, along: bool) -> None:
        claimed = self._any_claim(data)
        result = RoleResult(
            output={
                "by": claimed.work.role,
                "padding": "x" * data.draw(st.sampled_from([0, 4000])),
            },
            artifacts=tuple(self._artifacts(data.draw(st.integers(0, 2)))),
            decisions=tuple(
                make_decision(strategic=strategic)
                for strategic in data.draw(st.lists(st.booleans(), max_size=2))
            ),
            outcome="needs_input" if asks else "done",
            questions=("Who approves?",) if asks else (),
        )
        executors = frozenset({"planner"}) if along else frozenset()
        recorded = recording.record_result(claimed, result, take_along=executors)
        if recorded.next_claim is not None:
            self.running.append(recorded.next_claim)

    @rule(data=st.data(), may_retry=st.booleans())
    @precondition(lambda self: self.running)
    def fail(self, data: st.DataObject, may_retry: bool) -> None:
        claimed = self._any_claim(data)
        recording.fail_attempt(claimed, code="broken", message="It broke.", may_retry=may_retry)

    @rule(data=st.data(), overdue=st.booleans())
    @precondition(lambda self: self.running)
    def lose_the_lease(self, data: st.DataObject, overdue: bool) -> None:
        claimed = self._any_claim(data)
        expire_lease(claimed, overdue=overdue)
        assert not claiming.extend_lease(claimed)
        assert dispatching.reap_lost_attempts() == 1
        assert dispatching.reap_lost_attempts() == 0

    @rule(data=st.data())
    @precondition(lambda self: self.ready)
    def complete_a_stage(self, data: st.DataObject) -> None:
        for task in self.ready:
            self.touched.add(task.session_id)
            claimed = claiming.claim_task(task.id, WORKER)
            assert claimed is not None
            recording.record_result(claimed, RoleResult(output={}))
            self.late.append(claimed)

    @rule(data=st.data(), act=st.sampled_from([None, None, "cancel", "expire"]))
    @precondition(lambda self: self.running)
    def stop_while_it_runs(self, data: st.DataObject, act: str | None) -> None:
        session_id = data.draw(st.sampled_from(self.running)).session_id
        status = self.states[session_id].status
        if act is None or status == SessionStatus.FAILED:
            return
        self.touched.add(session_id)
        self._end(session_id, act)

    @rule(data=st.data())
    @precondition(lambda self: self.ready)
    def go_on_while_paused(self, data: st.DataObject) -> None:
        task = data.draw(st.sampled_from(self.ready))
        session_id = task.session_id
        self.touched.add(session_id)
        claimed = claiming.claim_task(task.id, WORKER)
        assert claimed is not None
        self.running.append(claimed)
        control.pause_session(self.someone.principal, session_id)
        act = next(WHILE_PAUSED)
        if act in ("cancel", "expire"):
            self._end(session_id, act)
            return
        for one in [one for one in self.running if one.session_id == session_id]:
            self.running.remove(one)
            self.late.append(one)
            if act == "fail":
                recording.fail_attempt(one, code="broken", message="It broke.", may_retry=False)
            else:
                recording.record_result(one, RoleResult(output={}))
        if reading.get_session(SYSTEM, session_id).status == S.PAUSED:
            control.end_session(self.someone.principal, session_id)

    @rule(data=st.data())
    @precondition(lambda self: self._branching())
    def fail_beside_another(self, data: st.DataObject) -> None:
        session_id = data.draw(st.sampled_from(self._branching()))
        self.touched.add(session_id)
        for task in self.ready:
            if task.session_id == session_id:
                claimed = claiming.claim_task(task.id, WORKER)
                assert claimed is not None
                self.running.append(claimed)
        first, second = [one for one in self.running if one.session_id == session_id][:2]
        recording.fail_attempt(first, code="broken", message="It broke.", may_retry=False)
        # This one has no session to try again in.
        recording.fail_attempt(second, code="broken", message="It broke.")
        self.running = [one for one in self.running if one not in (first, second)]
        self.late += [first, second]

    @rule(data=st.data(), crashes=st.booleans(), now=st.sampled_from([True, False, False, False]))
    @precondition(lambda self: self.ready)
    def reach_a_bound(self, data: st.DataObject, crashes: bool, now: bool) -> None:
        if not now:  # seldom, so that sessions get further
            return
        task = data.draw(st.sampled_from(self.ready))
        self.touched.add(task.session_id)
        tries = 0
        while claimed := claiming.claim_task(task.id, WORKER):
            tries += 1
            if crashes:
                expire_lease(claimed)
                dispatching.reap_lost_attempts()
            else:
                recording.fail_attempt(claimed, code="broken", message="It broke.")
            self.late.append(claimed)
        assert tries == (3 - task.crashes if crashes else 4 - task.failures)
        session = reading.get_session(SYSTEM, task.session_id)
        assert session.status == (S.ACTIVE if session.stays_open else S.FAILED)

    @rule(data=st.data())
    @precondition(lambda self: self.running)
    def work_on(self, data: st.DataObject) -> None:
        claimed = data.draw(st.sampled_from(self.running))
        self.touched.add(claimed.session_id)
        assert claiming.extend_lease(claimed)
        claiming.note_task(claimed, "Reading the brief")

    @rule(data=st.data())
    @precondition(lambda self: self.late)
    def come_late(self, data: st.DataObject) -> None:
        claimed = data.draw(st.sampled_from(self.late))
        self.touched.add(claimed.session_id)
        before = reading.get_session(SYSTEM, claimed.session_id)
        assert not claiming.extend_lease(claimed)
        claiming.note_task(claimed, "Still here")
        with pytest.raises(Fenced):
            recording.fail_attempt(claimed, code="late", message="Too late.")
        try:
            recording.record_result(claimed, RoleResult(output={"late": True}))
        except Fenced:
            pass
        else:  # only one that had recorded already hears that it is recorded
            assert self._ended_as(claimed) == "completed"
        assert reading.get_session(SYSTEM, claimed.session_id) == before

    @rule(data=st.data(), act=st.sampled_from(STEERING))
    @precondition(lambda self: self.sessions)
    def steer(self, data: st.DataObject, act: str) -> None:
        session = self._any_session(data)
        status = self._status(session)
        is_running = any(claim.session_id == session.id for claim in self.running)
        wanted = SESSION_TABLE.get((status, act))
        try:
            if act == "expire":
                after = control.expire_session(session.id).status
            else:
                after = ACTS[act](self.someone.principal, session.id).status
        except IllegalTransition:
            assert wanted is None
        except TasksRunning:
            assert act == "complete"
            assert is_running
        else:
            assert after == wanted

    @invariant()
    def log_and_tables_agree(self) -> None:
        touched, self.touched = self.touched, set()
        for session_id in touched:
            assert transact(lambda db, id_=session_id: difference(db, id_)) == []
            self._follow_log(session_id)
            self._compare_attempts(session_id)

    def teardown(self) -> None:
        for session in self.sessions:
            assert transact(lambda db, id_=session.id: difference(db, id_)) == []

    def _follow_log(self, session_id: UUID) -> None:
        """Check each change since the last step against the lifecycle."""
        state = self.states.get(session_id, SessionState())
        seq = state.last_seq
        events = transact(lambda db: heads.list_events(db, SYSTEM, session_id, after_seq=seq))
        for event in events:
            after, _ = apply(state, event)
            self._check_moves(state, after)
            state = after
        self.states[session_id] = state

    def _compare_attempts(self, session_id: UUID) -> None:
        """Check that exactly the attempts that we hold are running."""
        tasks = self.tasks[session_id] = reading.list_tasks(SYSTEM, session_id)
        theirs = {(task.id, task.attempt) for task in tasks if task.status == TaskStatus.RUNNING}
        cancelled = {task.id for task in tasks if task.status == TaskStatus.CANCELLED}
        ours = [claim for claim in self.running if claim.session_id == session_id]
        # What ran when its session ended was cancelled with it.
        gone = [claim for claim in ours if claim.task_id in cancelled]
        self.late.extend(gone)
        self.running = [claim for claim in self.running if claim not in gone]
        assert {(c.task_id, c.attempt) for c in ours if c not in gone} == theirs

    @property
    def ready(self) -> list[Task]:
        """What could be claimed."""
        return [
            task
            for session in self.sessions
            if self.states[session.id].status == SessionStatus.ACTIVE
            for task in self.tasks[session.id]
            if task.status == TaskStatus.READY
        ]

    def _check_moves(self, before: SessionState, after: SessionState) -> None:
        if before.last_seq and before.status != after.status:
            seen_of_sessions[before.status, after.status] += 1  # which knows no other
        for task_id, task in after.tasks.items():
            old = before.tasks.get(task_id)
            if old is None or old.status == task.status:
                continue
            seen_of_tasks[old.status, task.status] += 1
            assert old.status not in FINAL_TASK

    def _end(self, session_id: UUID, act: str | None) -> None:
        if act == "cancel":
            control.cancel_session(self.someone.principal, session_id)
        elif act == "expire":
            control.expire_session(session_id)

    def _running_in(self, status: SessionStatus) -> list[Claim]:
        return [one for one in self.running if self.states[one.session_id].status == status]

    def _branching(self) -> list[UUID]:
        """The sessions that fail with their tasks, and have two that run or could."""
        going = [one.session_id for one in (*self._running_in(S.ACTIVE), *self.ready)]
        return [one.id for one in self.sessions if not one.stays_open and going.count(one.id) > 1]

    def _any_session(self, data: st.DataObject) -> Session:
        session = data.draw(st.sampled_from(self.sessions))
        self.touched.add(session.id)
        return session

    def _any_claim(self, data: st.DataObject) -> Claim:
        """Take one of the running attempts; it will have ended."""
        index = data.draw(st.integers(0, len(self.running) - 1))
        claimed = self.running.pop(index)
        self.late.append(claimed)
        self.touched.add(claimed.session_id)
        return claimed

    def _artifacts(self, number: int) -> list[Any]:
        self.slugs += number
        return [make_artifact(f"part-{self.slugs - index}") for index in range(number)]

    def _status(self, session: Session) -> SessionStatus:
        return reading.get_session(SYSTEM, session.id).status

    def _ended_as(self, claimed: Claim) -> str | None:
        return reading.get_snapshot(SYSTEM, claimed.snapshot_id).ended_as


def test_log_and_tables_agree_through_random_lives(
    system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_RETRY_DELAYS_SECONDS", "[0, 0, 0]")  # due at once
    monkeypatch.setenv("SAGE_LEASE_SECONDS", "3600")  # no lease runs out by itself
    get_settings.cache_clear()
    seen = ChainMap(seen_of_sessions, seen_of_tasks)
    run_until_all_seen(Engine, seen, WITH_SERVERS * 2 // 3, settings().stateful_step_count)
