"""The comparison of log and tables, with one fault after the other planted into a sound session."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from core.domain.pipeline import Step
from core.services import approving, control
from core.services.transaction import current_engine, transact
from tests.factories import (
    Someone,
    claim,
    complete,
    launch_pipeline,
    make_artifact,
    make_decision,
)
from tests.fold_equality import difference
from tests.services.approvals import QUESTION

# What is done to the tables behind the log's back, and what must be said of it.
PLANTED = (
    ("UPDATE session_heads SET last_seq = last_seq + 1 {session}", "the head stands at"),
    ("DELETE FROM session_events {session} AND seq = 3", "event numbers have a gap"),
    (
        "UPDATE session_events SET at = at - interval '1 hour' {session} AND seq = 5",
        "event 5 is older than the one before it",
    ),
    ("UPDATE session_heads SET status = 'paused' {session}", "session status"),
    ("UPDATE execution_sessions SET outcome = 'planned' {id}", "session outcome"),
    ("UPDATE execution_sessions SET started_at = clock_timestamp() {id}", "session start"),
    ("UPDATE execution_sessions SET ended_at = clock_timestamp() {id}", "session end"),
    ("UPDATE agent_tasks SET role = 'legal' {session} AND role = 'dba'", "dba role"),
    ("UPDATE agent_tasks SET executor = 'external' {session} AND role = 'dba'", "dba executor"),
    ("UPDATE agent_tasks SET status = 'completed' {session} AND role = 'dba'", "dba status"),
    ("UPDATE agent_tasks SET attempt = 2 {session} AND role = 'dba'", "dba attempt"),
    ("UPDATE agent_tasks SET failures = 1 {session} AND role = 'dba'", "dba failures"),
    ("UPDATE agent_tasks SET crashes = 1 {session} AND role = 'dba'", "dba crashes"),
    ("UPDATE agent_tasks SET due_at = clock_timestamp() {session} AND role = 'dba'", "dba due_at"),
    (
        "UPDATE agent_tasks SET started_at = clock_timestamp() {session} AND role = 'dba'",
        "dba started_at",
    ),
    (
        "UPDATE agent_tasks SET finished_at = clock_timestamp() {session} AND role = 'dba'",
        "dba finished_at",
    ),
    ("DELETE FROM agent_tasks {session} AND role = 'ui_ux'", "task ids"),
    ("DELETE FROM session_decisions {session}", "decisions"),
    ("DELETE FROM task_decisions {session}", "decisions"),
    (
        "UPDATE session_decisions SET supersedes_id = (SELECT id FROM session_decisions"
        " ORDER BY id LIMIT 1) {session} AND id <> (SELECT id FROM session_decisions"
        " ORDER BY id LIMIT 1)",
        "superseded decisions",
    ),
    ("DELETE FROM artifacts {session}", "artifacts"),
    ("DELETE FROM agent_snapshots {session} AND ended_as = 'completed'", "snapshots"),
    (
        "DELETE FROM agent_snapshots {session} AND ended_as = 'completed'",
        "architect attempts with a snapshot",
    ),
    (
        "UPDATE agent_snapshots SET ended_as = NULL {session} AND ended_as = 'completed'",
        "architect open snapshots",
    ),
    (
        "UPDATE agent_snapshots SET ended_as = 'lease_lost' {session} AND ended_as IS NULL",
        "dba open snapshots",
    ),
    ("DELETE FROM approvals {session}", "approvals"),
    ("DELETE FROM approvals {session}", "tasks that wait, and that ask"),
    ("UPDATE session_heads SET events_gone_to_seq = 1 {session}", "events that are gone"),
    (
        "UPDATE session_heads SET events_gone_to_seq = last_seq {session}",
        "an unfinished session has lost its events",
    ),
)
LATE_EVENT = (
    "INSERT INTO session_events (session_id, team_id, seq, type, version, payload, at)"
    " SELECT session_id, team_id, last_seq + 1, 'session_paused', 1, '{}', clock_timestamp()"
    " FROM session_heads WHERE session_id = :id",
    "UPDATE session_heads SET last_seq = last_seq + 1 WHERE session_id = :id",
)


def make_session(someone: Someone) -> UUID:
    """One role has completed, one runs, one waits for an answer, one is blocked."""
    session = launch_pipeline(
        someone,
        Step("architect"),
        Step("dba", ("architect",)),
        Step("backend_dev", ("architect",)),
        Step("ui_ux", ("dba",)),
    )
    complete(
        claim(someone, session, "architect"),
        artifacts=(make_artifact(),),
        decisions=(
            make_decision(strategic=True),
            make_decision(strategic=True, text="One queue"),
            make_decision(),
        ),
    )
    claim(someone, session, "dba")
    approving.await_approval(claim(someone, session, "backend_dev"), QUESTION)
    return session.id


def said_after(session_id: UUID, *statements: str) -> list[str]:
    """What the comparison says after a fault, which is taken back."""
    with current_engine().connect() as db:
        db.execution_options(isolation_level="READ COMMITTED")
        for statement in statements:
            planted = db.execute(text(statement), {"id": session_id})
            assert planted.rowcount > 0, statement
        said = difference(db, session_id)
        db.rollback()
    return said


def test_each_planted_fault_is_said(someone: Someone) -> None:
    session_id = make_session(someone)
    assert transact(lambda db: difference(db, session_id)) == []
    places = {"session": "WHERE session_id = :id", "id": "WHERE id = :id"}
    unsaid = []
    for statement, wanted in PLANTED:
        said = said_after(session_id, statement.format(**places))
        if not any(one.startswith(wanted) for one in said):
            unsaid.append((statement, wanted, said))
    assert unsaid == []


def test_an_event_after_the_end_is_said(someone: Someone) -> None:
    session_id = make_session(someone)
    control.cancel_session(someone.principal, session_id)
    assert transact(lambda db: difference(db, session_id)) == []
    assert any(
        "came after the session was cancelled" in one for one in said_after(session_id, *LATE_EVENT)
    )


def test_a_session_without_a_row_is_said(system: None) -> None:
    missing = UUID(int=1)
    assert transact(lambda db: difference(db, missing)) == [
        f"session {missing} has no head or no row"
    ]
