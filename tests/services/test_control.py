"""Steering a session: each row of the lifecycle through its use case, all else refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM
from core.domain.lifecycle import SessionStatus
from core.domain.pipeline import Step
from core.domain.session import Session
from core.errors import IllegalTransition, NotFound, TasksRunning
from core.ids import new_id
from core.services import claiming, control, reading, retention
from core.services.transaction import transact
from tests.factories import (
    WORKER,
    Someone,
    claim,
    complete,
    complete_roles,
    events_of,
    fail_for_good,
    launch,
    launch_pipeline,
    open_session,
    statuses,
    task_of,
)
from tests.fold_equality import difference
from tests.lifecycle_table import SESSION_TABLE

S = SessionStatus
ACTS: dict[str, Callable[..., Session]] = {
    "pause": control.pause_session,
    "resume": control.resume_session,
    "cancel": control.cancel_session,
    "complete": control.end_session,
    "retry": control.retry_session,
    "expire": lambda _, session_id: control.expire_session(session_id),
}


def session_in(someone: Someone, status: SessionStatus) -> Session:
    """Make a session and bring it into a state."""
    if status == S.PENDING:
        return open_session(someone)
    session = launch_pipeline(someone, Step("architect"), Step("dba", ("architect",)))
    ways: dict[SessionStatus, Callable[[], object]] = {
        S.ACTIVE: lambda: None,
        S.PAUSED: lambda: control.pause_session(someone.principal, session.id),
        S.COMPLETED: lambda: complete_roles(someone, session, "architect", "dba"),
        S.FAILED: lambda: fail_for_good(someone, session, "architect"),
        S.CANCELLED: lambda: control.cancel_session(someone.principal, session.id),
        S.EXPIRED: lambda: control.expire_session(session.id),
    }
    ways[status]()
    assert reading.get_session(SYSTEM, session.id).status == status
    return session


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", list(S))
def test_an_act_leads_where_the_lifecycle_says_or_is_refused(
    someone: Someone, db: Connection, status: SessionStatus, act: str
) -> None:
    session = session_in(someone, status)
    before = events_of(someone, session)
    wanted = SESSION_TABLE.get((status, act))
    if wanted is None:
        with pytest.raises(IllegalTransition, match=status.value):
            ACTS[act](someone.principal, session.id)
        assert events_of(someone, session) == before
    else:
        assert ACTS[act](someone.principal, session.id).status == wanted
        assert len(events_of(someone, session)) > len(before)
    assert difference(db, session.id) == []


@pytest.mark.parametrize("status", [S.PENDING, S.PAUSED, S.FAILED, S.COMPLETED, S.CANCELLED])
def test_tasks_are_claimed_in_active_sessions_only(someone: Someone, status: S) -> None:
    session = launch_pipeline(someone, Step("architect"))
    task_id = task_of(someone, session, "architect").id
    query = text("UPDATE session_heads SET status = :status WHERE session_id = :id")
    transact(lambda db: db.execute(query, {"status": status.value, "id": session.id}))
    assert claiming.claim_task(task_id, WORKER) is None


def test_end_is_refused_while_a_task_runs(someone: Someone, db: Connection) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    with pytest.raises(TasksRunning):
        control.end_session(someone.principal, session.id)
    complete(claimed)
    ended = control.end_session(someone.principal, session.id)
    assert (ended.status, ended.outcome) == (S.COMPLETED, None)
    assert set(statuses(someone, session).values()) == {"completed", "cancelled"}
    assert difference(db, session.id) == []


def test_cancel_stops_what_runs_and_keeps_what_has_finished(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    complete_roles(someone, session, "architect")
    claimed = claim(someone, session, "dba")
    control.cancel_session(someone.principal, session.id, reason="No\nlonger\x00 wanted " * 100)
    assert statuses(someone, session)["architect"] == "completed"
    assert statuses(someone, session)["dba"] == "cancelled"
    assert reading.get_snapshot(someone.principal, claimed.snapshot_id).ended_as == "cancelled"
    reason = events_of(someone, session)[-1].body.reason
    assert reason.startswith("No longer wanted No longer")
    assert len(reason) <= 500
    assert difference(db, session.id) == []


def test_an_unknown_session_cannot_be_expired(system: None) -> None:
    with pytest.raises(NotFound):
        control.expire_session(new_id())


def test_retention_expires_what_was_silent_for_seven_days(someone: Someone, db: Connection) -> None:
    silent, paused, fresh, failed = (launch(someone) for _ in range(4))
    control.pause_session(someone.principal, paused.id)
    fail_for_good(someone, failed, "architect")
    db.execute(
        text(
            "UPDATE session_heads SET updated_at = clock_timestamp() - interval '169 hours'"
            " WHERE session_id = ANY (:ids)"
        ),
        {"ids": [silent.id, paused.id, failed.id]},
    )
    assert retention.expire_inactive_sessions() == 2
    found = {one.id: one.status for one in reading.list_sessions(someone.principal)}
    assert found == {
        silent.id: S.EXPIRED,
        paused.id: S.EXPIRED,
        fresh.id: S.ACTIVE,
        failed.id: S.FAILED,
    }
    assert retention.expire_inactive_sessions() == 0


def test_jobs_are_known_by_their_names(system: None) -> None:
    from core.services.dispatching import JOBS  # noqa: PLC0415

    for name in JOBS:
        retention.run_job(name)
    with pytest.raises(KeyError):
        retention.run_job("dance")
