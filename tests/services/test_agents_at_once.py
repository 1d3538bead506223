"""Agents that want work: when there is none, when it is lost, and when many ask at once."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import Connection, text

from core.domain.access import Principal
from core.domain.agent import WorkQuery
from core.domain.pipeline import Step
from core.domain.role import RoleProfile
from core.errors import TeamArchived
from core.services import agents, claiming, control, reading, reporting
from core.services.transaction import current_engine
from core.settings import get_settings
from core.signals.wakeups import Listener
from embedded.servers import RunningServers
from tests.factories import (
    WORKER,
    Someone,
    define_role,
    events_of,
    in_parallel,
    launch_pipeline,
    make_due,
    statuses,
    task_of,
)
from tests.fold_equality import difference
from tests.services.test_transactions import lost_answers
from tests.services.working import (
    archive,
    external_architect,
    finds_nothing,
    launch_external,
    lose,
    make_agent,
    make_result,
    take,
)


def test_nothing_is_taken_up_in_an_archived_team(someone: Someone) -> None:
    session = launch_external(someone)
    archive(someone.team_id)
    agent = make_agent(someone)
    assert finds_nothing(agent)
    for wanted in (WorkQuery(someone.team_id), WorkQuery(session_id=session.id)):
        with pytest.raises(TeamArchived):
            agents.find_work(agent, wanted)


def test_nothing_is_taken_up_in_paused_and_ended_sessions(someone: Someone) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    control.pause_session(someone.principal, session.id)
    assert finds_nothing(agent)
    assert finds_nothing(agent, session_id=session.id)
    control.resume_session(someone.principal, session.id)
    assert agents.next_work_in(agent, WorkQuery()) == 0
    control.cancel_session(someone.principal, session.id)
    assert finds_nothing(agent)


def test_a_right_that_goes_away_after_the_look_gives_no_work(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch_external(someone)
    list_waiting = agents.external_work.list_waiting

    def list_and_archive(*given: object) -> object:
        found = list_waiting(*given)
        archive(someone.team_id)
        return found

    monkeypatch.setattr(agents.external_work, "list_waiting", list_and_archive)
    monkeypatch.setattr(agents, "may", lambda *_: True)
    assert agents.find_work(make_agent(someone), WorkQuery()) is None
    assert task_of(someone, session, "architect").status == "ready"


def test_a_retry_is_in_sight_before_it_is_due(someone: Someone) -> None:
    launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    reporting.fail_task(agent, order.claim.task_id, order.claim.attempt, "broken", "It broke.")
    in_seconds = agents.next_work_in(agent, WorkQuery())
    assert in_seconds is not None
    assert 4 < in_seconds <= 5
    assert agents.find_work(agent, WorkQuery()) is None
    make_due(order.claim.task_id)
    assert take(agent).claim.attempt == 2


def test_a_lost_lease_goes_to_the_next_who_asks(someone: Someone, db: Connection) -> None:
    session = launch_external(someone)
    dead, next_one = make_agent(someone), make_agent(someone)
    lost = take(dead)
    lose(lost)
    order = take(next_one)
    assert (order.claim.task_id, order.claim.attempt) == (lost.claim.task_id, 2)
    reporting.complete_task(next_one, order.claim.task_id, 2, make_result())
    assert reading.get_session(someone.principal, session.id).status == "completed"
    assert difference(db, session.id) == []


def test_three_lost_leases_fail_the_task_as_a_workers_do(someone: Someone, db: Connection) -> None:
    session = launch_external(someone)
    for _ in range(3):
        lose(take(make_agent(someone)))
    task = task_of(someone, session, "architect")
    assert (task.status, task.crashes, task.error_code) == ("failed", 3, "crashed")
    assert reading.get_session(someone.principal, session.id).status == "failed"
    assert finds_nothing(make_agent(someone))
    assert difference(db, session.id) == []


ROLES = ("architect", "backend_dev", "dba", "frontend_dev", "ui_ux", "security")


def test_many_agents_at_once_never_get_the_same_attempt(someone: Someone, db: Connection) -> None:
    launched = [launch_external(someone, *ROLES) for _ in range(2)]
    agents_ = [make_agent(someone) for _ in range(16)]
    for one in launched:
        assert len(statuses(someone, one)) == 6
    orders = in_parallel(16, lambda index: agents.find_work(agents_[index], WorkQuery()))
    taken = [order.claim.task_id for order in orders if order is not None]
    assert len(taken) == len(set(taken)) == 12  # and nobody goes away while something is left
    assert all(order.claim.attempt == 1 for order in orders if order is not None)
    for session in launched:
        assert difference(db, session.id) == []


def test_agents_and_workers_that_want_the_same_task_never_both_get_it(
    someone: Someone, db: Connection
) -> None:
    for _ in range(5):
        session = launch_external(someone)
        task_id = task_of(someone, session, "architect").id
        agent = make_agent(someone)

        def act(
            index: int, agent: Principal = agent, task_id: object = task_id, s: object = session.id
        ) -> object:
            if index % 2:
                return claiming.claim_task(task_id, WORKER)
            return agents.find_work(agent, WorkQuery(session_id=s))

        got = [one for one in in_parallel(6, act) if one is not None]
        assert len(got) == 1
        assert difference(db, session.id) == []


def test_a_session_that_another_holds_is_passed_over_for_one_that_is_free(
    someone: Someone,
) -> None:
    held, free = launch_external(someone), launch_external(someone)
    engine = current_engine().execution_options(isolation_level="READ COMMITTED")
    query = text("SELECT FROM session_heads WHERE session_id = :id FOR NO KEY UPDATE")
    with engine.connect() as other:
        other.execute(query, {"id": held.id})
        assert take(make_agent(someone)).claim.session_id == free.id
        other.rollback()
    assert take(make_agent(someone)).claim.session_id == held.id


def test_a_claim_whose_answer_is_lost_is_not_left_behind(
    servers: RunningServers, someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch_external(someone, "architect", "dba")
    agent = make_agent(someone)
    with lost_answers(servers, monkeypatch):
        order = agents._take_up(agent, someone.team_id, WorkQuery())
    assert order is not None
    assert list(statuses(someone, session).values()).count("running") == 1
    assert reporting.heartbeat_task(agent, order.claim.task_id, 1)
    assert difference(db, session.id) == []


def test_whatever_makes_work_is_said_on_the_channels_of_agents(someone: Someone) -> None:
    external_architect(someone)
    define_role(someone.team_id, RoleProfile("dba", "DBA", (), "Derive.", executor="external"))
    url = get_settings().redis_url or ""
    agent = make_agent(someone)
    listener = Listener(url, *agents.CHANNELS)
    listener.wait(0.1)
    try:

        def heard() -> bool:
            until = time.monotonic() + 2
            while listener.wait(0.05) is None:
                if time.monotonic() > until:
                    return False
            list(listener.drain())
            return True

        launch_pipeline(someone, Step("architect"), Step("dba", ("architect",)))
        assert heard()
        order = take(agent)
        assert heard()
        lose(order)
        assert heard()
        order = take(agent)
        assert heard()
        reporting.complete_task(agent, order.claim.task_id, 2, make_result())
        assert heard()  # the dba, whom only agents hear of
        assert take(agent).claim.work.role == "dba"
    finally:
        listener.close()


def test_the_log_names_the_agent(someone: Someone) -> None:
    session = launch_external(someone)
    take(someone.principal)
    started = events_of(someone, session)[-1].body
    assert (started.type, started.worker) == ("task_started", f"agent {someone.user.id}")
