"""The life of an attempt, on a real database."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.domain.pipeline import Step
from core.domain.role import RoleProfile
from core.domain.session_state import fold
from core.errors import Fenced
from core.ids import new_id
from core.services import claiming, control, dispatching, reading, recording
from core.settings import get_settings
from tests.factories import (
    WORKER,
    Someone,
    claim,
    complete,
    define_role,
    events_of,
    expire_lease,
    in_parallel,
    launch,
    launch_pipeline,
    make_due,
    statuses,
    task_of,
)
from tests.fold_equality import difference


def lease_of(db: Connection, task_id: object) -> tuple:
    query = "SELECT lease_until, deadline_at, clock_timestamp() FROM agent_tasks WHERE id = :id"
    return tuple(db.execute(text(query), {"id": task_id}).one())


def fail(claimed: claiming.Claim) -> None:
    recording.fail_attempt(claimed, code="broken", message="It broke.")


def test_second_claim_gets_nothing(someone: Someone) -> None:
    session = launch(someone)
    claim(someone, session, "architect")
    assert claiming.claim_task(task_of(someone, session, "architect").id, WORKER) is None


def test_of_twenty_parallel_claims_one_gets_the_task(someone: Someone, db: Connection) -> None:
    session = launch(someone)
    task_id = task_of(someone, session, "architect").id
    claims = in_parallel(20, lambda _: claiming.claim_task(task_id, WORKER))
    assert [claimed is not None for claimed in claims].count(True) == 1
    assert task_of(someone, session, "architect").attempt == 1
    assert difference(db, session.id) == []


def test_parallel_claims_of_siblings_all_succeed(someone: Someone, db: Connection) -> None:
    roles = ("architect", "backend_dev", "dba", "frontend_dev", "ui_ux", "security")
    session = launch_pipeline(someone, *map(Step, roles))
    ids = [task_of(someone, session, role).id for role in roles]
    claims = in_parallel(len(ids), lambda index: claiming.claim_task(ids[index], WORKER))
    assert None not in claims
    in_parallel(len(ids), lambda index: complete(claims[index]))
    assert reading.get_session(SYSTEM, session.id).status == SessionStatus.COMPLETED
    assert difference(db, session.id) == []


def test_a_task_that_never_existed_cannot_be_claimed(system: None) -> None:
    assert claiming.claim_task(new_id(), WORKER) is None


def test_a_blocked_task_cannot_be_claimed(someone: Someone) -> None:
    session = launch(someone)
    assert claiming.claim_task(task_of(someone, session, "dba").id, WORKER) is None


def test_seven_roles_run_to_the_end(someone: Someone) -> None:
    session = launch(someone)
    complete(claim(someone, session, "architect"))
    for role in ("backend_dev", "dba", "frontend_dev", "ui_ux", "security", "it_admin"):
        complete(claim(someone, session, role))
    assert reading.get_session(someone.principal, session.id).status == SessionStatus.COMPLETED
    assert fold(events_of(someone, session)).status == "completed"


def test_an_older_attempt_changes_nothing_while_a_newer_one_runs(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    old = claim(someone, session, "architect")
    expire_lease(old)
    dispatching.reap_lost_attempts()
    new = claim(someone, session, "architect")
    before = events_of(someone, session)

    with pytest.raises(Fenced):
        complete(old, output={"from": "the dead"})
    with pytest.raises(Fenced):
        fail(old)
    claiming.note_task(old, "still here")
    assert not claiming.extend_lease(old)
    assert events_of(someone, session) == before

    complete(new, output={"from": "the living"})
    output = db.execute(
        text("SELECT output FROM agent_tasks WHERE id = :id"), {"id": new.task_id}
    ).scalar_one()
    assert output == {"from": "the living"}
    assert difference(db, session.id) == []


def test_a_late_writer_changes_nothing_after_cancel(someone: Someone, db: Connection) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    control.cancel_session(someone.principal, session.id)
    before = events_of(someone, session)
    with pytest.raises(Fenced):
        complete(claimed)
    with pytest.raises(Fenced):
        fail(claimed)
    assert not claiming.extend_lease(claimed)
    assert events_of(someone, session) == before
    assert difference(db, session.id) == []


def test_recording_twice_records_once(someone: Someone, db: Connection) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    complete(claimed, output={"first": True})
    before = events_of(someone, session)
    complete(claimed, output={"second": True})
    assert events_of(someone, session) == before
    assert difference(db, session.id) == []


def test_retries_wait_5_10_and_20_seconds_then_task_and_session_fail(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    waits = []
    for _ in range(3):
        claimed = claim(someone, session, "architect")
        fail(claimed)
        task = task_of(someone, session, "architect")
        assert task.status == TaskStatus.READY
        assert claiming.claim_task(task.id, WORKER) is None  # not due yet
        failed_at = events_of(someone, session)[-1].at
        waits.append((task.due_at - failed_at).total_seconds())
        assert difference(db, session.id) == []
        make_due(task.id)
    fail(claim(someone, session, "architect"))
    assert waits == [5, 10, 20]
    task = task_of(someone, session, "architect")
    assert (task.status, task.failures, task.error_code) == (TaskStatus.FAILED, 4, "broken")
    assert reading.get_session(SYSTEM, session.id).status == SessionStatus.FAILED
    assert set(statuses(someone, session).values()) == {"failed", "blocked"}


def test_a_failure_that_may_not_be_retried_fails_the_session_at_once(someone: Someone) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    recording.fail_attempt(claimed, code="no_such_role", message="No.", may_retry=False)
    task = task_of(someone, session, "architect")
    assert (task.status, task.failures) == (TaskStatus.FAILED, 1)
    assert reading.get_session(SYSTEM, session.id).status == SessionStatus.FAILED


def test_the_third_crash_fails_the_task_with_that_reason(someone: Someone, db: Connection) -> None:
    session = launch(someone)
    for crashes in (1, 2, 3):
        claimed = claim(someone, session, "architect")
        expire_lease(claimed)
        assert dispatching.reap_lost_attempts() == 1
        snapshot = reading.get_snapshot(SYSTEM, claimed.snapshot_id)
        assert (snapshot.attempt, snapshot.ended_as) == (crashes, "lease_lost")
        assert snapshot.execution["error_code"] == "crashed"
        task = task_of(someone, session, "architect")
        assert (task.crashes, task.failures) == (crashes, 0)
        assert difference(db, session.id) == []
    assert (task.status, task.error_code) == (TaskStatus.FAILED, "crashed")
    assert reading.get_session(SYSTEM, session.id).status == SessionStatus.FAILED


def test_failures_and_crashes_are_counted_apart(someone: Someone, db: Connection) -> None:
    session = launch(someone)
    for _ in range(2):
        expire_lease(claim(someone, session, "architect"))
        dispatching.reap_lost_attempts()
    for _ in range(3):
        fail(claim(someone, session, "architect"))
        make_due(task_of(someone, session, "architect").id)
    task = task_of(someone, session, "architect")
    assert (task.status, task.failures, task.crashes) == (TaskStatus.READY, 3, 2)
    complete(claim(someone, session, "architect"))
    assert task_of(someone, session, "architect").status == TaskStatus.COMPLETED


def test_a_passed_deadline_counts_as_a_failure(someone: Someone, db: Connection) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    expire_lease(claimed, overdue=True)
    assert dispatching.reap_lost_attempts() == 1
    assert reading.get_snapshot(SYSTEM, claimed.snapshot_id).ended_as == "failed"
    task = task_of(someone, session, "architect")
    assert (task.failures, task.crashes, task.error_code) == (1, 0, "deadline_passed")
    assert (task.due_at - events_of(someone, session)[-1].at).total_seconds() == 5
    assert difference(db, session.id) == []


def test_a_lost_lease_is_reaped_once_by_parallel_dispatchers(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    expire_lease(claim(someone, session, "architect"))
    reaped = in_parallel(6, lambda _: dispatching.reap_lost_attempts())
    assert sum(reaped) == 1
    assert task_of(someone, session, "architect").crashes == 1
    assert difference(db, session.id) == []


def test_a_living_lease_is_not_reaped(someone: Someone) -> None:
    session = launch(someone)
    claim(someone, session, "architect")
    assert dispatching.reap_lost_attempts() == 0
    assert statuses(someone, session)["architect"] == "running"


def test_a_heartbeat_extends_the_lease(someone: Someone, db: Connection) -> None:
    claimed = claim(someone, launch(someone), "architect")
    until, _, _ = lease_of(db, claimed.task_id)
    assert claiming.extend_lease(claimed)
    later, _, now = lease_of(db, claimed.task_id)
    assert later > until
    assert 9 < (later - now).total_seconds() <= 10


def test_a_heartbeat_comes_too_late_once_the_lease_ran_out(someone: Someone) -> None:
    claimed = claim(someone, launch(someone), "architect")
    expire_lease(claimed)
    assert not claiming.extend_lease(claimed)


def test_a_lease_never_outlives_its_deadline(someone: Someone, db: Connection) -> None:
    quick = RoleProfile("sprinter", "Sprinter", (), "Run.", timeout_seconds=2.0)
    define_role(someone.team_id, quick)
    define_role(someone.team_id, RoleProfile("second", "Second", (), "Run.", timeout_seconds=2.0))
    session = launch_pipeline(someone, Step("sprinter"), Step("second", ("sprinter",)))
    claimed = claim(someone, session, "sprinter")
    until, deadline, _ = lease_of(db, claimed.task_id)
    assert until <= deadline
    assert claiming.extend_lease(claimed)
    until, deadline, _ = lease_of(db, claimed.task_id)
    assert until == deadline
    taken = recording.record_result(
        claimed, recording.RoleResult({}), take_along=frozenset({"planner"})
    ).next_claim
    assert taken is not None
    until, deadline, _ = lease_of(db, taken.task_id)
    assert until <= deadline


def test_a_heartbeat_of_a_paused_session_is_taken(someone: Someone) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    control.pause_session(someone.principal, session.id)
    assert claiming.extend_lease(claimed)


def test_a_note_is_an_event_of_its_attempt_in_one_short_line(someone: Someone) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    claiming.note_task(claimed, "Reading\n the\x00 brief " + "x" * 1000)
    note = events_of(someone, session)[-1].body
    assert note.type == "task_note"
    assert note.text.startswith("Reading the brief")
    assert len(note.text) == claiming.MAX_NOTE_CHARACTERS


def test_times_are_those_of_the_latest_attempt(someone: Someone) -> None:
    session = launch(someone)
    first = claim(someone, session, "architect")
    expire_lease(first)
    dispatching.reap_lost_attempts()
    second = claim(someone, session, "architect")
    complete(second)
    task = task_of(someone, session, "architect")
    assert task.started_at == second.started_at > first.started_at
    assert task.finished_at > task.started_at


def test_the_deadline_is_the_roles_own_or_the_settings_or_five_minutes(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = claim(someone, launch(someone), "architect")
    assert claimed.work.timeout_seconds == 5 * 60
    monkeypatch.setenv("SAGE_TASK_TIMEOUT_SECONDS", "42")
    get_settings.cache_clear()
    define_role(someone.team_id, RoleProfile("dba", "DBA", (), "Derive.", timeout_seconds=7.0))
    session = launch_pipeline(someone, Step("architect"), Step("dba"))
    for role, seconds in (("architect", 42), ("dba", 7)):
        claimed = claim(someone, session, role)
        assert claimed.work.timeout_seconds == seconds
        assert (claimed.deadline_at - claimed.started_at).total_seconds() == pytest.approx(
            seconds, abs=0.1
        )
