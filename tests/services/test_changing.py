"""Changing a session: its state by name, what it is called, its metadata."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from core.domain.access import TeamRole
from core.domain.lifecycle import SessionStatus
from core.domain.routing import SessionChange
from core.domain.session import Session
from core.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    TasksRunning,
    TooLarge,
    UnknownStatus,
)
from core.services import claiming, control, reading
from core.services.transaction import transact
from tests.factories import (
    WORKER,
    Someone,
    claim,
    complete,
    events_of,
    in_parallel,
    launch,
    make_someone,
    open_session,
    route,
)
from tests.fold_equality import difference
from tests.services.working import joined

S = SessionStatus
# (from, asked for) -> what happens: an act of the lifecycle, or nothing for what is so already.
ACTS = {
    (S.PENDING, "active"): "session_activated",
    (S.ACTIVE, "paused"): "session_paused",
    (S.PAUSED, "active"): "session_resumed",
    (S.ACTIVE, "completed"): "session_completed",
    (S.PAUSED, "completed"): "session_completed",
    (S.ACTIVE, "failed"): "session_failed",
    (S.PAUSED, "failed"): "session_failed",
    (S.PENDING, "cancelled"): "session_cancelled",
    (S.ACTIVE, "cancelled"): "session_cancelled",
    (S.PAUSED, "cancelled"): "session_cancelled",
}


def change(someone: Someone, session: Session, **values: Any) -> Session:
    return control.change_session(someone.principal, session.id, SessionChange(**values))


def open_in(someone: Someone, status: SessionStatus) -> Session:
    """Make a session without pipeline in some state."""
    session = open_session(someone, metadata={"kept": 1})
    if status == S.EXPIRED:
        control.expire_session(session.id)
    elif status != S.PENDING:
        change(someone, session, status="active")
        if status != S.ACTIVE:
            change(someone, session, status=status.value)
    return reading.get_session(someone.principal, session.id)


@pytest.mark.parametrize("wanted", list(S))
@pytest.mark.parametrize("status", list(S))
def test_a_state_is_reached_as_the_lifecycle_says_or_is_refused(
    someone: Someone, status: SessionStatus, wanted: SessionStatus
) -> None:
    session = open_in(someone, status)
    before = len(events_of(someone, session))
    act = ACTS.get((status, wanted.value))
    if act is None and status != wanted:
        with pytest.raises(IllegalTransition, match=status.value):
            change(someone, session, status=wanted.value)
    else:
        assert change(someone, session, status=wanted.value).status == wanted
    added = [event.type for event in events_of(someone, session)[before:]]
    assert added == ([act] if act else [])
    assert transact(lambda db: difference(db, session.id)) == []


def test_an_unknown_state_is_refused_as_such(someone: Someone) -> None:
    with pytest.raises(UnknownStatus):
        change(someone, open_session(someone), status="error")


def test_metadata_is_merged_at_its_top_and_null_takes_away(someone: Someone) -> None:
    session = open_session(someone, metadata={"a": 1, "b": {"x": 1}, "c": 3})
    changed = change(someone, session, metadata={"b": {"y": 2}, "c": None, "d": [4]})
    assert changed.metadata == {"a": 1, "b": {"y": 2}, "d": [4]}
    assert reading.get_session(someone.principal, session.id) == changed
    body = events_of(someone, session)[-1].body
    assert (body.type, getattr(body, "metadata_keys", ())) == ("session_changed", ("b", "c", "d"))


def test_metadata_of_two_at_once_is_merged_from_both(someone: Someone) -> None:
    session = open_session(someone)
    in_parallel(6, lambda n: change(someone, session, metadata={f"key{n}": n}))
    found = reading.get_session(someone.principal, session.id).metadata
    assert found == {f"key{n}": n for n in range(6)}


def test_metadata_outgrows_its_bound_by_no_merge(someone: Someone) -> None:
    session = open_session(someone, metadata={"a": "x" * 10_000})
    with pytest.raises(TooLarge):
        change(someone, session, metadata={"b": "x" * 10_000})
    change(someone, session, metadata={"a": None, "b": "x" * 10_000})


def test_the_task_of_a_session_is_what_it_is_called(someone: Someone) -> None:
    session = open_session(someone)
    assert change(someone, session, feature_name=" Billing ").feature_name == "Billing"
    assert transact(lambda db: difference(db, session.id)) == []
    with pytest.raises(InvalidInput):
        change(someone, session, feature_name=" ")


def test_all_of_a_change_is_stored_or_nothing(someone: Someone) -> None:
    session = open_session(someone)
    with pytest.raises(IllegalTransition):
        change(someone, session, status="paused", feature_name="Billing", metadata={"a": 1})
    assert reading.get_session(someone.principal, session.id) == session
    changed = change(someone, session, status="active", feature_name="Billing", metadata={"a": 1})
    assert (changed.status, changed.feature_name) == ("active", "Billing")
    assert changed.metadata == {"a": 1}


def test_a_change_sent_again_changes_nothing(someone: Someone) -> None:
    session = open_session(someone)
    wanted = {"status": "active", "feature_name": "Billing", "metadata": {"a": 1, "b": None}}
    first = change(someone, session, **wanted)
    assert change(someone, session, **wanted) == first


@pytest.mark.parametrize("status", [S.COMPLETED, S.CANCELLED, S.EXPIRED])
def test_what_has_ended_for_good_is_frozen(someone: Someone, status: SessionStatus) -> None:
    session = open_in(someone, status)
    for values in ({"metadata": {"a": 1}}, {"feature_name": "Other"}):
        with pytest.raises(IllegalTransition, match="does not change any more"):
            change(someone, session, **values)
    assert change(someone, session, metadata={"kept": 1}) == session


def test_pausing_by_name_is_pausing(someone: Someone) -> None:
    session = launch(someone)
    running = claim(someone, session, "architect")
    change(someone, session, status="paused")
    complete(running)
    tasks = reading.list_tasks(someone.principal, session.id)
    assert claiming.claim_task(tasks[1].id, WORKER) is None
    change(someone, session, status="active")
    assert claiming.claim_task(tasks[1].id, WORKER) is not None


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_no_session_is_ended_by_name_while_a_task_runs(someone: Someone, status: str) -> None:
    session = launch(someone)
    claim(someone, session, "architect")
    with pytest.raises(TasksRunning):
        change(someone, session, status=status)


def test_a_session_said_to_have_failed_can_be_retried(someone: Someone) -> None:
    session = open_session(someone)
    routed = route(someone, session)
    change(someone, session, status="failed")
    assert claiming.claim_task(routed.task.id, WORKER) is None
    control.retry_session(someone.principal, session.id)
    assert claiming.claim_task(routed.task.id, WORKER) is not None
    assert transact(lambda db: difference(db, session.id)) == []


def test_who_may_not_steer_may_not_change(someone: Someone) -> None:
    session = open_session(someone)
    wanted = SessionChange(metadata={"a": 1})
    with pytest.raises(NotAllowed):
        control.change_session(joined(someone, TeamRole.VIEWER).principal, session.id, wanted)
    with pytest.raises(NotFound):
        control.change_session(make_someone().principal, session.id, wanted)


def test_changes_are_in_the_audit_without_their_values(someone: Someone) -> None:
    session = open_session(someone)
    change(someone, session, status="active", metadata={"secret": "x"})
    query = text("SELECT kind, details FROM audit_events WHERE team_id = :id ORDER BY id")
    rows = transact(lambda db: db.execute(query, {"id": someone.team_id}).all())
    kinds = [row.kind for row in rows]
    assert kinds == ["session.opened", "session.changed", "session.activated"]
    assert rows[1].details == {"session_id": str(session.id), "metadata": ["secret"]}
