"""What the dispatcher takes, and when it takes it again."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from core.domain.pipeline import Step
from core.domain.role import RoleProfile
from core.services import control, dispatching, recording
from core.services.transaction import current_engine
from core.store import tasks
from tests.factories import (
    Someone,
    claim,
    complete,
    complete_roles,
    define_role,
    in_parallel,
    launch,
    launch_pipeline,
    task_of,
)


def sent_ago(db: Connection, task_id: UUID, seconds: float) -> None:
    query = """UPDATE agent_tasks SET dispatched_at =
               clock_timestamp() - make_interval(secs => :seconds) WHERE id = :id"""
    db.execute(text(query), {"seconds": seconds, "id": task_id})


def take(db: Connection, **changes: object) -> list[UUID]:
    values = {
        "not_queued": ("external", "recorded"),
        "resend": True,
        "resend_seconds": 5.0,
        "resend_most_seconds": 60.0,
        "most": 200,
    }
    return tasks.take_due(db, **(values | changes))


def test_a_due_task_is_taken_once(someone: Someone) -> None:
    session = launch(someone)
    assert dispatching.take_due_tasks() == [task_of(someone, session, "architect").id]
    assert dispatching.take_due_tasks() == []
    assert dispatching.count_sent_tasks() == 1


def test_a_task_is_not_taken_before_it_is_due(someone: Someone) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    recording.fail_attempt(claimed, code="broken", message="It broke.")
    assert dispatching.take_due_tasks() == []


def test_running_and_blocked_tasks_are_not_taken(someone: Someone) -> None:
    session = launch(someone)
    claim(someone, session, "architect")
    assert dispatching.take_due_tasks() == []


def test_rows_that_another_dispatcher_holds_are_passed_over(someone: Someone) -> None:
    first, second = launch(someone), launch(someone)
    engine = current_engine().execution_options(isolation_level="READ COMMITTED")
    with engine.connect() as one, engine.connect() as two:
        held = take(one, most=1)
        others = take(two)
        assert held == [task_of(someone, first, "architect").id]
        assert others == [task_of(someone, second, "architect").id]
        one.rollback()
        two.rollback()


def test_parallel_dispatchers_take_each_task_once(someone: Someone) -> None:
    sessions = [launch(someone) for _ in range(12)]
    taken = in_parallel(6, lambda _: dispatching.take_due_tasks())
    ids = [task_id for some in taken for task_id in some]
    assert sorted(ids) == sorted(task_of(someone, one, "architect").id for one in sessions)


def test_the_wait_before_a_task_is_sent_again_doubles_up_to_a_minute(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    task_id = task_of(someone, session, "architect").id
    dispatching.take_due_tasks()
    for wait in (5, 10, 20, 40, 60, 60):
        sent_ago(db, task_id, wait - 1)
        assert dispatching.take_due_tasks() == []
        sent_ago(db, task_id, wait + 1)
        assert dispatching.take_due_tasks(resend=False) == []
        assert dispatching.take_due_tasks() == [task_id]


def test_the_wait_stays_a_minute_however_often_it_was_sent(
    someone: Someone, db: Connection
) -> None:
    task_id = task_of(someone, launch(someone), "architect").id
    dispatching.take_due_tasks()
    db.execute(text("UPDATE agent_tasks SET dispatches = 5000"))
    sent_ago(db, task_id, 61)
    assert dispatching.take_due_tasks() == [task_id]


def test_a_task_whose_message_could_not_be_sent_is_taken_by_the_next_sweep(
    someone: Someone,
) -> None:
    launch(someone)
    taken = dispatching.take_due_tasks()
    dispatching.return_tasks(taken)
    assert dispatching.count_sent_tasks() == 0
    assert dispatching.take_due_tasks(resend=False) == taken


def test_a_claimed_task_keeps_its_place_when_its_message_could_not_be_sent(
    someone: Someone,
) -> None:
    session = launch(someone)
    taken = dispatching.take_due_tasks()
    claimed = claim(someone, session, "architect")
    dispatching.return_tasks(taken)
    complete(claimed)


@pytest.mark.parametrize("executor", ["external", "recorded"])
def test_tasks_that_no_worker_does_never_enter_the_queue(someone: Someone, executor: str) -> None:
    define_role(someone.team_id, RoleProfile("dba", "DBA", (), "Derive.", executor=executor))
    launch_pipeline(someone, Step("dba"))
    assert dispatching.take_due_tasks() == []


def test_a_role_of_an_agent_never_enters_the_queue_either(someone: Someone) -> None:
    define_role(someone.team_id, RoleProfile("dba", "DBA", (), "Derive.", executor="external"))
    session = launch_pipeline(someone, Step("architect"), Step("dba"))
    assert dispatching.take_due_tasks() == [task_of(someone, session, "architect").id]


def test_a_paused_sessions_tasks_wait_until_it_is_resumed(someone: Someone) -> None:
    session = launch(someone)
    control.pause_session(someone.principal, session.id)
    assert dispatching.take_due_tasks() == []
    control.resume_session(someone.principal, session.id)
    assert len(dispatching.take_due_tasks()) == 1


def test_a_message_that_came_during_a_pause_is_sent_again_at_the_resume(
    someone: Someone,
) -> None:
    session = launch(someone)
    taken = dispatching.take_due_tasks()
    control.pause_session(someone.principal, session.id)  # its worker claims nothing
    control.resume_session(someone.principal, session.id)
    assert dispatching.take_due_tasks(resend=False) == taken


def test_a_freed_task_is_the_dispatchers_unless_its_worker_sends_it(someone: Someone) -> None:
    session = launch(someone)
    complete(claim(someone, session, "architect"))
    assert len(dispatching.take_due_tasks(resend=False)) == 2


def test_a_task_that_failed_is_sent_afresh_when_it_is_due(someone: Someone, db: Connection) -> None:
    session = launch(someone)
    dispatching.take_due_tasks()
    claimed = claim(someone, session, "architect")
    recording.fail_attempt(claimed, code="broken", message="It broke.")
    db.execute(text("UPDATE agent_tasks SET due_at = clock_timestamp() WHERE status = 'ready'"))
    assert dispatching.take_due_tasks(resend=False) == [claimed.task_id]


def test_what_is_due_longest_is_taken_first(someone: Someone, db: Connection) -> None:
    sessions = [launch(someone) for _ in range(3)]
    ids = [task_of(someone, one, "architect").id for one in reversed(sessions)]
    for age, task_id in enumerate(reversed(ids)):
        query = """UPDATE agent_tasks SET due_at = clock_timestamp() - make_interval(secs => :age)
                   WHERE id = :id"""
        db.execute(text(query), {"age": 10 + age, "id": task_id})
    assert take(db, most=1) + take(db, most=1) + take(db, most=1) == ids


def test_each_job_is_taken_once_by_parallel_dispatchers(system: None, db: Connection) -> None:
    dispatching.schedule_jobs()
    dispatching.schedule_jobs()
    taken = in_parallel(6, lambda _: dispatching.take_due_jobs())
    assert sorted(name for some in taken for name in some) == sorted(dispatching.JOBS)
    assert dispatching.take_due_jobs() == []


def test_a_job_is_due_again_after_its_time(system: None, db: Connection) -> None:
    dispatching.schedule_jobs()
    dispatching.take_due_jobs()
    rows = db.execute(
        text("SELECT name, extract(epoch FROM next_run_at - last_run_at)::float FROM jobs")
    )
    waits = {name: round(wait) for name, wait in rows if wait is not None}
    assert waits == dispatching.JOBS  # beside them stands whose turn it is to deliver
    db.execute(text("UPDATE jobs SET next_run_at = clock_timestamp()"))
    assert sorted(dispatching.take_due_jobs()) == sorted(dispatching.JOBS)


def test_the_queue_gets_nothing_from_a_finished_session(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect"), Step("dba"))
    complete_roles(someone, session, "architect", "dba")
    assert dispatching.take_due_tasks() == []
