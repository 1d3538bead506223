"""Random lives of approvals, with a death between any two steps; beside them a small model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import Engine, event

from core.domain.agent import AgentOrder, WorkQuery
from core.domain.approval import Answer, Approval, ApprovalStatus, Gate, OnExpiry, Question, Terms
from core.domain.pipeline import Step
from core.domain.session import Session
from core.errors import AlreadyAnswered, Conflict, IllegalTransition, LeaseLost
from core.services import agents, answering, approving, control, dispatching, reporting
from core.services.transaction import transact
from core.settings import get_settings
from tests.factories import events_of, expire_lease, launch_pipeline, make_someone
from tests.fold_equality import difference
from tests.profiles import WITH_SERVERS, run_until_all_seen
from tests.services.approvals import NO, YES, asked_of, let_expire, pending_of
from tests.services.working import make_agent, make_result

ROLES = ("architect", "dba", "ui_ux")
STEPS = 14  # no transaction here has more
dies = st.sampled_from([None] * 8 + list(range(STEPS)))  # None: it lives
seen = dict.fromkeys(
    (*set(ApprovalStatus) - {ApprovalStatus.PENDING}, "died", "died late", "late", "asked again"), 0
)


class Death(BaseException):
    """The process ends here."""


@contextmanager
def dying(after: int | None) -> Iterator[None]:
    """Die before the statement of that number, before the commit, or after it."""
    if after is None:
        yield
        return
    left = after
    is_over = False

    def step(*_: object) -> None:
        nonlocal left
        if left == 0 and not is_over:
            raise Death
        left -= 1

    def tell(*_: object, **__: object) -> None:
        seen["died late"] += 1
        raise Death

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    told = [patch.object(module, "announce", tell) for module in (approving, answering)]
    try:
        with told[0], told[1], suppress(Death):
            yield
            return
        seen["died"] += 1
    finally:
        is_over = True
        event.remove(Engine, "before_cursor_execute", step)
        event.remove(Engine, "commit", step)


@st.composite
def pipelines(draw: st.DrawFn) -> list[Step]:
    """Three roles, one after the other or side by side, some of them behind a gate."""
    steps: list[Step] = []
    for role in ROLES:
        after = (steps[-1].role,) if steps and draw(st.booleans()) else ()
        terms = Terms(3600.0, draw(st.sampled_from(OnExpiry)))
        gate = Gate("designer", f"May {role} begin?", terms) if draw(st.booleans()) else None
        steps.append(Step(role, after, gate))
    return steps


class Approvals(RuleBasedStateMachine):
    """A team whose agents ask, and the people who answer or do not."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: list[Session] = []
        self.held: dict[UUID, AgentOrder] = {}
        self.known: dict[UUID, Approval] = {}
        self.final: dict[UUID, ApprovalStatus] = {}
        self.meant: dict[UUID, set[ApprovalStatus]] = {}  # what was ever tried
        self.overdue: set[UUID] = set()

    @initialize()
    def found_a_team(self) -> None:
        self.someone = make_someone()
        self.agent = make_agent(self.someone)

    @precondition(lambda self: len(self.sessions) < 2)
    @rule(steps=pipelines())
    def launch(self, steps: list[Step]) -> None:
        self.sessions.append(launch_pipeline(self.someone, *steps, executor="external"))

    @precondition(lambda self: self.sessions)
    @rule()
    def take_up(self) -> None:
        self._take_up()

    def _take_up(self) -> None:
        order = agents.find_work(self.agent, WorkQuery())
        if order is not None:
            before = self.held.get(order.claim.task_id)  # that asked, and was answered
            assert before is None or before.claim.attempt < order.claim.attempt
            self.held[order.claim.task_id] = order

    @precondition(lambda self: self.sessions)
    @rule(data=st.data(), of=st.sampled_from(["designer", "finance"]), at=dies)
    def ask(self, data: st.DataObject, of: str, at: int | None) -> None:
        """Ask; who died asks again, and there is one approval."""
        self._take_up()
        if not self.held:
            return
        order = self.held[data.draw(st.sampled_from(sorted(self.held)))]
        task_id, attempt = order.claim.task_id, order.claim.attempt
        question = Question(of, f"May {order.claim.work.role} go on?")
        found = None
        with suppress(LeaseLost, Conflict), dying(at):
            found = approving.request_approval(self.agent, task_id, question, attempt=attempt)
        try:
            again = approving.request_approval(self.agent, task_id, question, attempt=attempt)
        except (LeaseLost, Conflict):
            assert found is None  # it had lost the task, or asked often enough
            return
        assert found in (None, again)
        seen["asked again"] += 1
        mine = [one for one in self._stored() if (one.task_id, one.attempt) == (task_id, attempt)]
        assert (
            len([one for one in mine if one.approver_role == of and one.asked_by == "agent"]) == 1
        )

    @precondition(lambda self: self.pending())
    @rule(data=st.data(), decision=st.sampled_from([YES, NO]), at=dies)
    def answer(self, data: st.DataObject, decision: ApprovalStatus, at: int | None) -> None:
        self._answer(data.draw(st.sampled_from(self.pending())), decision, at)

    def _answer(self, approval: Approval, decision: ApprovalStatus, at: int | None) -> None:
        late = approval.id in self.overdue
        given = Answer(decision, "Because.", {"limit": 5} if decision == YES else None)
        self._mean(approval, ApprovalStatus.EXPIRED if late else decision)
        try:
            with dying(at):
                answering.decide_approval(self.someone.principal, approval.id, given)
        except AlreadyAnswered:
            assert late
            seen["late"] += 1
        if asked_of(approval).is_pending:  # who died before it was stored answers again
            assert at is not None
            with suppress(AlreadyAnswered):
                answering.decide_approval(self.someone.principal, approval.id, given)
        expected = ApprovalStatus.EXPIRED if late else decision
        assert asked_of(approval).status == expected

    @precondition(lambda self: self.final)
    @rule(data=st.data(), decision=st.sampled_from([YES, NO]))
    def answer_again(self, data: st.DataObject, decision: ApprovalStatus) -> None:
        approval_id = data.draw(st.sampled_from(sorted(self.final)))
        with pytest.raises(AlreadyAnswered):
            answering.decide_approval(
                self.someone.principal, approval_id, Answer(decision, "Once more.")
            )

    @precondition(lambda self: self.pending())
    @rule(data=st.data(), at=dies, decision=st.sampled_from([YES, NO, None]))
    def let_time_pass(
        self, data: st.DataObject, at: int | None, decision: ApprovalStatus | None
    ) -> None:
        """Let an answer come too late, or none at all."""
        approval = data.draw(st.sampled_from(self.pending()))
        self._let_expire(approval)
        self._mean(approval, ApprovalStatus.EXPIRED)
        if decision is not None:
            self._answer(approval, decision, at)
            return
        with dying(at):
            answering.expire_approvals()
        answering.expire_approvals()
        assert asked_of(approval).status == ApprovalStatus.EXPIRED

    @precondition(lambda self: self.held)
    @rule(data=st.data(), how=st.sampled_from(["complete", "fail", "lose"]))
    def end_attempt(self, data: st.DataObject, how: str) -> None:
        order = self.held[data.draw(st.sampled_from(sorted(self.held)))]
        name = order.claim.task_id, order.claim.attempt
        if how == "lose":  # it died before it asked, or never knew that it had
            expire_lease(order.claim)
            dispatching.reap_lost_attempts()
        with suppress(LeaseLost):
            if how == "complete":
                reporting.complete_task(self.agent, *name, make_result())
            elif how == "fail":
                reporting.fail_task(self.agent, *name, "broken", "No.")

    @precondition(lambda self: self.sessions)
    @rule(data=st.data(), act=st.sampled_from(["retry", "retry", "pause", "resume", "cancel"]))
    def steer(self, data: st.DataObject, act: str) -> None:
        session = data.draw(st.sampled_from(self.sessions))
        with suppress(IllegalTransition):
            getattr(control, f"{act}_session")(self.someone.principal, session.id)

    @invariant()
    def nothing_vanishes_and_nothing_changes_twice(self) -> None:
        stored = {one.id: one for one in self._stored()}
        assert set(self.known) <= set(stored)
        for id_, status in self.final.items():
            assert stored[id_].status == status
        for session in self.sessions:
            assert transact(lambda db, id_=session.id: difference(db, id_)) == []
            log = events_of(self.someone, session)
            decided = [e.body.approval_id for e in log if e.type == "approval_decided"]  # type: ignore[attr-defined]
            assert len(decided) == len(set(decided))
        for one in stored.values():
            if not one.is_pending and one.id not in self.final:
                seen[one.status] += 1
                allowed = {ApprovalStatus.CANCELLED, *self.meant.get(one.id, ())}
                assert one.status in allowed, "an answer that nobody gave"
                self.final[one.id] = one.status
        self.known = stored
        self.held = {id_: order for id_, order in self.held.items() if self._has(order)}

    def pending(self) -> list[Approval]:
        return [one for session in self.sessions for one in pending_of(session)]

    def _stored(self) -> list[Approval]:
        who = self.someone.principal
        filters = [approving.ApprovalFilter(session_id=one.id) for one in self.sessions]
        return [one for each in filters for one in approving.list_approvals(who, each).items]

    def _let_expire(self, approval: Approval) -> None:
        self.overdue.add(approval.id)
        let_expire(approval)

    def _mean(self, approval: Approval, status: ApprovalStatus) -> None:
        self.meant.setdefault(approval.id, set()).add(status)

    def _has(self, order: AgentOrder) -> bool:
        """Tell whether an agent may still ask: while it holds its task, or the task waits."""
        name: Any = order.claim.task_id, order.claim.attempt
        try:
            reporting.heartbeat_task(self.agent, *name)
        except LeaseLost as error:
            return error.reason == "waiting"
        return True


def test_an_approval_is_answered_once_and_never_lost(
    system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_RETRY_DELAYS_SECONDS", "[0, 0, 0]")  # due at once
    monkeypatch.setenv("SAGE_AGENT_LEASE_SECONDS", "3600")  # no lease runs out by itself
    get_settings.cache_clear()
    run_until_all_seen(Approvals, seen, max(1, WITH_SERVERS // 2), 30)
