"""Connections that are lost for real, and answers of the database that never arrive."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from core.domain.access import SYSTEM
from core.domain.lifecycle import SessionStatus
from core.domain.pipeline import Step
from core.domain.work import RoleResult
from core.errors import DatabaseUnavailable, Unconfirmed
from core.services import (
    accounts,
    claiming,
    control,
    health,
    reading,
    recording,
    transaction,
)
from core.services.transaction import ask, ask_at_one_moment, current_engine, transact
from core.settings import get_settings
from core.store import attempts
from core.store.database import Driver, driver_connection
from embedded.servers import RunningServers
from tests.factories import (
    WORKER,
    Someone,
    claim,
    events_of,
    launch,
    launch_pipeline,
    task_of,
)
from tests.fold_equality import difference


def terminate(servers: RunningServers, pid: int) -> None:
    """End a connection as an administrator, or a restart of the server, would."""
    with psycopg.connect(servers.admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def pid_of(db: Connection) -> int:
    return db.execute(text("SELECT pg_backend_pid()")).scalar_one()


@contextmanager
def lost_answers(
    servers: RunningServers, monkeypatch: pytest.MonkeyPatch, times: int = 1
) -> Iterator[list[int]]:
    """Let the next commits go through, and their connections die before they can say so."""
    dialect = current_engine().dialect
    commit: Callable[[object], None] = dialect.do_commit
    lost: list[int] = []

    def commit_and_die(connection: object) -> None:
        commit(connection)
        if len(lost) < times:
            pid = connection.driver_connection.info.backend_pid
            lost.append(pid)
            terminate(servers, pid)
            connection.driver_connection.execute("SELECT 1")  # finds that nobody is there

    @contextmanager
    def driver_that_dies(engine: Engine) -> Iterator[Driver]:
        with driver_connection(engine) as driver:
            yield driver
            if len(lost) < times:
                lost.append(driver.info.backend_pid)
                terminate(servers, lost[-1])
                driver.execute("SELECT 1")

    with monkeypatch.context() as patch:
        patch.setattr(dialect, "do_commit", commit_and_die)
        patch.setattr(transaction, "driver_connection", driver_that_dies)
        yield lost
    assert len(lost) == times


def test_work_is_repeated_when_its_connection_is_terminated(
    servers: RunningServers, someone: Someone
) -> None:
    pids: list[int] = []

    def work(db: Connection) -> int:
        pids.append(pid_of(db))
        if len(pids) < 3:
            terminate(servers, pids[-1])
        return db.execute(text("SELECT 42")).scalar_one()

    assert transact(work) == 42
    assert len(set(pids)) == 3


def test_reads_of_one_moment_see_nothing_that_came_since(someone: Someone) -> None:
    def count(db: Connection) -> int:
        return db.execute(text("SELECT count(*) FROM execution_sessions")).scalar_one()

    def work(db: Connection) -> list[int]:
        before = count(db)
        launch(someone)
        return [before, count(db)]

    before, after = ask_at_one_moment(work)
    assert before == after
    assert ask_at_one_moment(count) == before + 1


def test_reads_of_one_moment_write_nothing_and_leave_the_connection_as_it_was(
    someone: Someone,
) -> None:
    def write(db: Connection) -> int:
        return db.execute(text("UPDATE session_heads SET last_seq = last_seq")).rowcount

    launch(someone)
    with pytest.raises(DBAPIError, match="read-only transaction"):
        ask_at_one_moment(write)
    assert transact(write) > 0
    assert ask(lambda db: db.execute(text("SHOW transaction_isolation")).scalar_one()) == (
        "read committed"
    )


def test_an_idle_connection_that_died_in_the_pool_is_not_noticed(
    servers: RunningServers, someone: Someone
) -> None:
    terminate(servers, transact(pid_of))
    assert transact(lambda db: db.execute(text("SELECT 1")).scalar_one()) == 1


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "57P01", "25P03"])
def test_work_is_repeated_when_the_server_asks_for_it(system: None, state: str) -> None:
    tries = []

    def work(db: Connection) -> int:
        tries.append(1)
        if len(tries) == 1:
            db.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$"))
        return len(tries)

    assert transact(work) == 2


def test_other_errors_are_not_repeated(system: None) -> None:
    tries = []

    def work(db: Connection) -> None:
        tries.append(1)
        db.execute(text("SELECT 1 / 0"))

    with pytest.raises(Exception, match="division by zero"):
        transact(work)
    assert len(tries) == 1


def test_a_deadlock_is_survived_by_both(someone: Someone) -> None:
    ids = [launch(someone).id for _ in range(2)]
    meeting = threading.Barrier(2, timeout=5)
    query = text("UPDATE session_heads SET updated_at = updated_at WHERE session_id = :id")
    tries = []

    def cross(first: UUID, second: UUID) -> None:
        met: list[bool] = []

        def work(db: Connection) -> None:
            tries.append(1)
            db.execute(query, {"id": first})
            if not met:
                met.append(True)
                meeting.wait()
            db.execute(query, {"id": second})

        transact(work)

    threads = [threading.Thread(target=cross, args=pair) for pair in (ids, list(reversed(ids)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(tries) == 3  # one of the two had to go again


def test_work_is_rolled_back_as_a_whole_when_it_raises(someone: Someone) -> None:
    session = launch(someone)

    def work(db: Connection) -> None:
        db.execute(text("UPDATE session_heads SET last_seq = 999"))
        raise KeyError("stop")

    with pytest.raises(KeyError):
        transact(work)
    assert reading.get_session(SYSTEM, session.id) == session


def test_a_launch_whose_answer_is_lost_gives_one_session(
    servers: RunningServers, someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lost_answers(servers, monkeypatch):
        session = launch(someone)
    assert [one.id for one in reading.list_sessions(someone.principal)] == [session.id]
    assert difference(db, session.id) == []


def test_a_result_whose_answer_is_lost_is_recorded_once(
    servers: RunningServers, someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    with lost_answers(servers, monkeypatch):
        recorded = recording.record_result(claimed, RoleResult({"plan": 1}))
    assert recorded.seq == events_of(someone, session)[-1].seq
    completed = [one for one in events_of(someone, session) if one.type == "task_completed"]
    assert len(completed) == 1
    assert difference(db, session.id) == []


@pytest.mark.parametrize("outcome", ["done", "needs_input"])
def test_a_result_is_recorded_when_its_connection_dies_under_it(
    servers: RunningServers,
    someone: Someone,
    db: Connection,
    monkeypatch: pytest.MonkeyPatch,
    outcome: str,
) -> None:
    session = launch_pipeline(someone, Step("architect"))
    claimed = claim(someone, session, "architect")
    record, pids = attempts.record_result, []

    def record_and_die(driver: Driver, *given: object, **named: object) -> object:
        pids.append(driver.info.backend_pid)
        if len(pids) == 1:
            terminate(servers, pids[0])
        return record(driver, *given, **named)

    monkeypatch.setattr(attempts, "record_result", record_and_die)
    recording.record_result(claimed, RoleResult({}, outcome=outcome, questions=("Who?",)))
    assert len(pids) == 2
    assert reading.get_session(SYSTEM, session.id).status == SessionStatus.COMPLETED
    assert difference(db, session.id) == []


def test_a_failure_whose_answer_is_lost_is_counted_once(
    servers: RunningServers, someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    with lost_answers(servers, monkeypatch):
        recording.fail_attempt(claimed, code="broken", message="It broke.")
    assert task_of(someone, session, "architect").failures == 1
    assert difference(db, session.id) == []


def test_a_task_that_was_taken_along_is_not_forgotten_when_the_answer_is_lost(
    servers: RunningServers, someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    with lost_answers(servers, monkeypatch):
        recorded = recording.record_result(
            claimed, RoleResult({}), take_along=frozenset({"planner"})
        )
    assert recorded.next_claim is not None
    assert claiming.extend_lease(recorded.next_claim)
    assert difference(db, session.id) == []


def test_a_claim_whose_answer_is_lost_is_held_and_not_given_twice(
    servers: RunningServers, someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch(someone)
    task_id = task_of(someone, session, "architect").id
    with lost_answers(servers, monkeypatch):
        claimed = claiming.claim_task(task_id, WORKER)
    assert claimed is not None
    assert claiming.extend_lease(claimed)
    assert claiming.claim_task(task_id, WORKER) is None
    assert task_of(someone, session, "architect").attempt == 1
    assert difference(db, session.id) == []


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (control.cancel_session, SessionStatus.CANCELLED),
        (control.pause_session, SessionStatus.PAUSED),
        (control.end_session, SessionStatus.COMPLETED),
    ],
)
def test_an_act_whose_answer_is_lost_has_happened_once_and_is_no_error(
    servers: RunningServers,
    someone: Someone,
    db: Connection,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable,
    status: SessionStatus,
) -> None:
    session = launch(someone)
    with lost_answers(servers, monkeypatch):
        assert act(someone.principal, session.id).status == status
    types = [event.type for event in events_of(someone, session)]
    assert types.count(f"session_{status}") == 1
    assert difference(db, session.id) == []


def test_an_act_that_went_on_meanwhile_is_still_recognised(
    servers: RunningServers, someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch_pipeline(someone, Step("architect"))
    claimed = claim(someone, session, "architect")
    lock_head = control.heads.lock_head
    calls = []

    def lock_late(db: Connection, session_id: UUID) -> object:
        calls.append(1)
        if len(calls) == 2:  # between the two tries, the worker records
            recording.record_result(claimed, RoleResult({}))
        return lock_head(db, session_id)

    with lost_answers(servers, monkeypatch), monkeypatch.context() as patch:
        patch.setattr(control.heads, "lock_head", lock_late)
        control.pause_session(someone.principal, session.id)
    assert reading.get_session(SYSTEM, session.id).status == SessionStatus.COMPLETED
    assert difference(db, session.id) == []


def test_a_user_whose_creation_was_not_confirmed_is_made_once(
    servers: RunningServers, system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lost_answers(servers, monkeypatch):
        user = accounts.create_user("alice", "alice@example.org")
    assert accounts.get_user("alice") == user


def test_a_lost_commit_that_cannot_be_repeated_is_unconfirmed(
    servers: RunningServers, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lost_answers(servers, monkeypatch), pytest.raises(Unconfirmed):
        transact(lambda db: db.execute(text("SELECT 1")), budget_seconds=0)


@pytest.mark.parametrize("read", [ask, ask_at_one_moment])
def test_a_read_that_is_lost_at_its_end_stored_nothing_for_sure(
    servers: RunningServers, someone: Someone, monkeypatch: pytest.MonkeyPatch, read: Callable
) -> None:
    with (
        lost_answers(servers, monkeypatch),
        pytest.raises(DatabaseUnavailable) as caught,
    ):
        read(lambda db: db.execute(text("SELECT 1")).scalar_one(), budget_seconds=0)
    assert not isinstance(caught.value, Unconfirmed)


def test_what_was_lost_before_its_commit_was_surely_not_stored(
    servers: RunningServers, someone: Someone
) -> None:
    def work(db: Connection) -> None:
        terminate(servers, pid_of(db))
        db.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailable) as caught:
        transact(work, budget_seconds=0)
    assert not isinstance(caught.value, Unconfirmed)


WAYS = {
    "transact": lambda: transact(lambda db: db.execute(text("SELECT 1")), budget_seconds=0.2),
    "alone": lambda: transaction.transact_alone(
        lambda db: db.execute(text("SELECT 1")), budget_seconds=0.2
    ),
    "directly": lambda: transaction.transact_directly(
        lambda db: db.execute("SELECT 1"), budget_seconds=0.2
    ),
    "ask": lambda: transaction.ask(lambda db: db.execute(text("SELECT 1")), budget_seconds=0.2),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_database_that_is_not_there_is_said_to_be_unavailable(
    system: None, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    get_settings.cache_clear()
    with pytest.raises(DatabaseUnavailable) as caught:
        WAYS[way]()
    assert not isinstance(caught.value, Unconfirmed)  # nothing was sent
    assert "database" in health.check_readiness().missing


def test_without_a_database_url_the_message_says_what_to_do(
    system: None, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("SAGE_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    with pytest.raises(DatabaseUnavailable, match="No database is configured"):
        current_engine()


def test_a_report_shows_one_moment_while_workers_record(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch_pipeline(someone, Step("architect"))
    claimed = claim(someone, session, "architect")
    list_tasks = reading.tasks.list_tasks

    def record_first(*args: object) -> object:
        monkeypatch.setattr(reading.tasks, "list_tasks", list_tasks)
        recording.record_result(claimed, RoleResult({}))
        return list_tasks(*args)

    monkeypatch.setattr(reading.tasks, "list_tasks", record_first)
    report = reading.get_report(someone.principal, session.id)
    states = report.session.status.value, report.tasks[0].status.value
    assert states == ("active", "running")
