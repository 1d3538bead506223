"""What agents from outside report, and what becomes of whoever comes late or is not theirs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from core.domain.access import SYSTEM, Principal, Scope, TeamRole
from core.domain.agent import AgentOrder, WorkQuery
from core.errors import (
    AppError,
    LeaseLost,
    NotAllowed,
    NotFound,
    TeamArchived,
)
from core.services import agents, approving, control, dispatching, members, reading, reporting
from core.store import external_work
from tests.factories import (
    Someone,
    claim,
    expire_lease,
    launch,
    make_due,
    make_someone,
    make_team_of,
    statuses,
)
from tests.fold_equality import difference
from tests.services.approvals import QUESTION, pending_of
from tests.services.reports import REPORTS, names
from tests.services.working import (
    archive,
    joined,
    launch_external,
    lose,
    make_agent,
    make_result,
    row_of,
    take,
)


def assert_refused(
    order: AgentOrder, principal: Principal, error: type[AppError], attempt: int | None = None
) -> list[AppError]:
    """Send each report; all are refused, and nothing changes."""
    task_id, number = names(order)
    before = row_of(task_id), reading.list_events(SYSTEM, order.claim.session_id)
    caught = []
    for report in REPORTS.values():
        with pytest.raises(error) as raised:
            report(principal, task_id, attempt or number)
        assert type(raised.value) is error
        caught.append(raised.value)
    assert (row_of(task_id), reading.list_events(SYSTEM, order.claim.session_id)) == before
    return caught


def test_a_heartbeat_extends_the_lease_and_never_beyond_the_deadline(someone: Someone) -> None:
    launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    beat = reporting.heartbeat_task(agent, *names(order))
    assert beat.lease_until > order.lease_until
    assert beat.deadline_at == order.claim.deadline_at
    assert beat.session_status == "active"
    assert row_of(order.claim.task_id)["lease_until"] == beat.lease_until


def test_a_heartbeat_says_that_the_session_was_paused(someone: Someone) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    control.pause_session(someone.principal, session.id)
    assert reporting.heartbeat_task(agent, *names(order)).session_status == "paused"
    reporting.complete_task(agent, *names(order), make_result())
    assert reading.get_session(someone.principal, session.id).status == "completed"


def test_a_result_in_a_failed_session_is_kept(someone: Someone, db: Connection) -> None:
    session = launch_external(someone, "architect", "dba")
    agent = make_agent(someone)
    order, sibling = take(agent), take(agent)
    reporting.fail_task(agent, *names(sibling), "broken", "It broke.", retryable=False)
    assert reporting.heartbeat_task(agent, *names(order)).session_status == "failed"
    reporting.complete_task(agent, *names(order), make_result())
    assert statuses(someone, session) == {"architect": "completed", "dba": "failed"}
    assert difference(db, session.id) == []


@pytest.mark.parametrize("act", [control.cancel_session, control.pause_session])
def test_a_cancelled_task_is_lost_and_says_why(someone: Someone, db: Connection, act: Any) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    act(someone.principal, session.id)
    if act is control.pause_session:
        control.cancel_session(someone.principal, session.id)
    for error in assert_refused(order, agent, LeaseLost):
        assert (error.code, error.reason) == ("lease_lost", "cancelled")
        assert "cancelled" in error.message
        assert error.hint_text
    assert difference(db, session.id) == []


@pytest.mark.parametrize("overdue", [True, False])
def test_the_dead_hear_why_before_and_after_the_dispatcher_found_them(
    someone: Someone, db: Connection, overdue: bool
) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    expire_lease(order.claim, overdue=overdue)
    reason = "deadline_passed" if overdue else "lease_lost"
    for report in (REPORTS["heartbeat"], REPORTS["progress"]):
        with pytest.raises(LeaseLost) as caught:
            report(agent, *names(order))
        assert caught.value.reason == reason
    dispatching.reap_lost_attempts()
    assert {error.reason for error in assert_refused(order, agent, LeaseLost)} == {reason}
    assert difference(db, session.id) == []
    make_due(order.claim.task_id)
    living = make_agent(someone)
    newer = take(living)
    assert newer.claim.attempt == 2
    assert {error.reason for error in assert_refused(order, agent, LeaseLost)} == {reason}
    reporting.complete_task(living, *names(newer), make_result())
    assert difference(db, session.id) == []


def test_the_zombie_changes_nothing_after_the_living_have_finished(
    someone: Someone, db: Connection
) -> None:
    session = launch_external(someone)
    dead, living = make_agent(someone), make_agent(someone)
    old = take(dead)
    lose(old)
    new = take(living)
    reporting.complete_task(living, *names(new), make_result(output={"by": "the living"}))
    assert_refused(old, dead, LeaseLost)
    assert row_of(new.claim.task_id)["output"] == {"by": "the living"}
    assert difference(db, session.id) == []


def test_an_agent_that_lost_its_task_and_got_it_again_reports_only_as_the_newer(
    someone: Someone,
) -> None:
    launch_external(someone)
    agent = make_agent(someone)
    old = take(agent)
    lose(old)
    new = take(agent)
    assert_refused(old, agent, LeaseLost)
    assert reporting.heartbeat_task(agent, *names(new))


def test_another_principal_reports_nothing_with_the_same_number(someone: Someone) -> None:
    launch_external(someone)
    order = take(make_agent(someone))
    others = [make_agent(someone), someone.principal, joined(someone, TeamRole.OWNER).principal]
    for other in others:  # also the very person whose token it is
        for error in assert_refused(order, other, LeaseLost):
            assert (error.message, error.reason) == (LeaseLost().message, "not_held")
            assert str(order.claim.worker.name) not in error.message + error.hint_text


def test_another_principal_hears_nothing_of_an_attempt_that_has_ended(someone: Someone) -> None:
    launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    reporting.complete_task(agent, *names(order), make_result())
    for error in assert_refused(order, make_agent(someone), LeaseLost):
        assert (error.message, error.reason) == (LeaseLost().message, "not_held")


def test_a_workers_attempt_is_no_agents(someone: Someone) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    assert_refused(AgentOrder(claimed, 60, ()), make_agent(someone), LeaseLost)


@pytest.mark.parametrize("attempt", [2, 0, -1, 2**31, 2**70])
def test_an_attempt_that_never_was_is_not_found(someone: Someone, attempt: int) -> None:
    launch_external(someone)
    agent = make_agent(someone)
    task_id, _ = names(take(agent))
    for report in REPORTS.values():
        with pytest.raises(NotFound):
            report(agent, task_id, attempt)


def test_who_may_not_execute_there_is_refused_as_everywhere(someone: Someone) -> None:
    launch_external(someone)
    order = take(make_agent(someone))
    elsewhere = make_team_of(someone.user).team_id
    for principal, error in (
        (joined(someone, TeamRole.VIEWER).principal, NotAllowed),
        (make_agent(joined(someone, TeamRole.VIEWER)), NotAllowed),
        (make_agent(someone, scopes=frozenset(Scope) - {Scope.EXECUTE}), NotAllowed),
        (SYSTEM, NotAllowed),
        (make_someone().principal, NotFound),
        (make_agent(someone, team_id=elsewhere), NotFound),
    ):
        assert_refused(order, principal, error)


@pytest.mark.parametrize("name", REPORTS)
def test_what_an_agent_holds_it_reports_on_though_its_team_was_archived(
    someone: Someone, name: str
) -> None:
    session = launch_external(someone, "architect", "dba")
    agent = make_agent(someone)
    order = take(agent)
    archive(someone.team_id)
    REPORTS[name](agent, *names(order))
    if name == "complete":
        assert statuses(someone, session)["architect"] == "completed"
    with pytest.raises(TeamArchived):  # and takes up nothing new
        agents.find_work(agent, WorkQuery(someone.team_id))


def test_an_agent_asks_in_an_archived_team(someone: Someone) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    archive(someone.team_id)
    asked = approving.request_approval(agent, order.claim.task_id, QUESTION)
    assert pending_of(session) == [asked]


@pytest.mark.parametrize("name", ["complete", "fail"])
def test_a_right_that_goes_away_after_the_look_stores_nothing(
    someone: Someone, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    launch_external(someone)
    member = joined(someone, TeamRole.MEMBER)
    agent = make_agent(member)
    order = take(agent)
    find = external_work.find_attempt

    def find_and_demote(*given: Any) -> Any:
        found = find(*given)
        members.change_role(someone.principal, someone.team_id, member.user.id, "viewer")
        return found

    monkeypatch.setattr(external_work, "find_attempt", find_and_demote)
    monkeypatch.setattr(reporting, "demand", lambda *_: None)
    with pytest.raises(NotAllowed):
        REPORTS[name](agent, *names(order))
    assert row_of(order.claim.task_id)["status"] == "running"


@pytest.mark.parametrize("name", ["complete", "fail"])
@pytest.mark.parametrize("is_taken_again", [True, False])
def test_a_lease_that_is_lost_after_the_look_stores_nothing(
    someone: Someone,
    db: Connection,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    is_taken_again: bool,
) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    look, looks = reporting._look, []

    def look_and_lose(*given: Any) -> Any:
        found = look(*given)
        if not looks:
            lose(order)
            if is_taken_again:
                take(agent)
        looks.append(1)
        return found

    monkeypatch.setattr(reporting, "_look", look_and_lose)
    with pytest.raises(LeaseLost) as caught:
        REPORTS[name](agent, *names(order))
    assert caught.value.reason == "lease_lost"
    assert row_of(order.claim.task_id)["status"] == ("running" if is_taken_again else "ready")
    assert difference(db, session.id) == []
