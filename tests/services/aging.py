"""Sessions that ended long ago, for the tests of retention."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from core.domain.session import Session
from core.services import (
    control,
    reading,
)
from tests.factories import (
    Someone,
    claim,
    complete,
    fail_for_good,
    launch,
    make_artifact,
    make_decision,
)

DAYS = 30
DETAILS = ("session_events", "agent_snapshots", "snapshot_contents", "artifacts")


def finished(someone: Someone, *, end: str = "cancel") -> Session:
    """Make a session with a row of everything that retention takes, and end it."""
    session = launch(someone, brief="Employees submit expenses. " * 200)
    complete(
        claim(someone, session, "architect"),
        output={"large": "x" * 5000},
        artifacts=(make_artifact(), make_artifact("api")),
        decisions=(make_decision(strategic=True), make_decision()),
    )
    if end == "fail":
        fail_for_good(someone, session, "dba")
    elif end == "cancel":
        control.cancel_session(someone.principal, session.id)
    return reading.get_session(someone.principal, session.id)


def age(db: Connection, session_id: UUID, days: float) -> None:
    """Move a session's end and last event into the past."""
    values = {"id": session_id, "days": days}
    for query in (
        "UPDATE execution_sessions SET ended_at = ended_at - make_interval(secs => 86400 * :days)"
        " WHERE id = :id",
        "UPDATE session_heads SET updated_at = updated_at - make_interval(secs => 86400 * :days)"
        " WHERE session_id = :id",
    ):
        db.execute(text(query), values)


def counts(db: Connection, session_id: UUID) -> dict[str, int]:
    return {
        name: db.execute(
            text(f"SELECT count(*) FROM {name} WHERE session_id = :id"), {"id": session_id}
        ).scalar_one()
        for name in DETAILS
    }


def kept_of(db: Connection) -> dict[str, Any]:
    """Return everything that retention must leave as it is, of all sessions."""

    def read(query: str) -> list[Any]:
        return sorted(map(str, db.execute(text(query)).scalars()))

    return {
        "strategic": read("SELECT to_jsonb(d) FROM session_decisions AS d"),
        "tactical": read("SELECT to_jsonb(d) FROM task_decisions AS d"),
        "tasks": read("SELECT to_jsonb(t) FROM agent_tasks AS t"),
        "sessions": read("SELECT to_jsonb(s) - 'details_gone_at' FROM execution_sessions AS s"),
        "heads": read("SELECT to_jsonb(h) - 'events_gone_to_seq' FROM session_heads AS h"),
        "audit": read(
            "SELECT to_jsonb(a) FROM audit_events AS a WHERE kind <> 'session.details_taken'"
        ),
    }
