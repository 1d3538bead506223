"""Session heads and the numbered log: lock a head, then append; no reader can skip an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Integer, Select, bindparam, select

from core.domain.access import Principal
from core.domain.events import Event, EventBody, decode_body, encode_body
from core.domain.lifecycle import SessionStatus
from core.store.scope import READERS, visible
from core.store.tables import session_events, session_heads
from core.store.values import bind, returning


@dataclass(frozen=True, slots=True)
class Head:
    """A session's locked head: whoever holds it may change the session's tasks and its log.

    One that `stays_open` ends neither with its last task nor with a failed one.
    """

    session_id: UUID
    team_id: UUID
    status: SessionStatus
    last_seq: int
    stays_open: bool = False
    events_gone_to_seq: int = 0  # up to this number retention took the events


_LOCK = returning(
    bind(
        """
        SELECT session_id, team_id, status, last_seq, stays_open, events_gone_to_seq
        FROM session_heads
        WHERE session_id = :session_id FOR NO KEY UPDATE
        """,
        session_id=UUID,
    ),
    *("session_id", "team_id", "status", "last_seq", "stays_open", "events_gone_to_seq"),
)

# One round trip for the head and its events. The lock on the head is held already, so the
# numbers are known before the statement runs.
_APPEND = bind(
    """
    WITH head AS (
        UPDATE session_heads SET last_seq = :last_seq, status = :status, updated_at = :at
        WHERE session_id = :session_id
    )
    INSERT INTO session_events (session_id, team_id, seq, type, version, payload, at)
    SELECT :session_id, :team_id, entry.seq, entry.type, entry.version, entry.payload, :at
    FROM jsonb_to_recordset(:events)
        AS entry(seq bigint, type text, version int, payload jsonb)
    """,
    session_id=UUID,
    team_id=UUID,
    last_seq=int,
    status=str,
    at=datetime,
    events=list,
)
# A log without its beginning could not be folded, so what comes later is only numbered.
_COUNT_GONE = bind(
    """
    UPDATE session_heads
    SET last_seq = :last_seq, events_gone_to_seq = :last_seq, status = :status, updated_at = :at
    WHERE session_id = :session_id
    """,
    session_id=UUID,
    last_seq=int,
    status=str,
    at=datetime,
)


def lock_head(db: Connection, session_id: UUID) -> Head | None:
    """Lock a session's head until the transaction ends; always before any of its tasks."""
    row = db.execute(_LOCK, {"session_id": session_id}).one_or_none()
    if row is None:
        return None
    status = SessionStatus(row.status)
    return Head(
        row.session_id,
        row.team_id,
        status,
        row.last_seq,
        stays_open=row.stays_open,
        events_gone_to_seq=row.events_gone_to_seq,
    )


def number_events(
    head: Head, bodies: Sequence[EventBody], status: SessionStatus | None = None
) -> tuple[Head, list[dict[str, Any]]]:
    """Number events; returns the head after them, and their rows for a statement."""
    after = replace(head, last_seq=head.last_seq + len(bodies), status=status or head.status)
    return after, [
        {"seq": seq, "type": body.type, "version": body.version, "payload": encode_body(body)}
        for seq, body in enumerate(bodies, head.last_seq + 1)
    ]


def append_events(
    db: Connection,
    head: Head,
    bodies: Sequence[EventBody],
    at: datetime,
    *,
    status: SessionStatus | None = None,
) -> Head:
    """Number events and store them, with the session's new status; returns the new head.

    Where retention took a session's events, these are gone as well.
    """
    after, events = number_events(head, bodies, status)
    values = {
        "session_id": head.session_id,
        "last_seq": after.last_seq,
        "status": after.status.value,
        "at": at,
    }
    if head.events_gone_to_seq:
        db.execute(_COUNT_GONE, values)
        return replace(after, events_gone_to_seq=after.last_seq)
    db.execute(_APPEND, {**values, "team_id": head.team_id, "events": events})
    return after


def has_event(db: Connection, session_id: UUID, seq: int, at: datetime) -> bool:
    """Tell whether the event with this number was written at this very moment.

    Thereby a repeated transaction recognises what an earlier try, whose answer was lost, stored.
    """
    e = session_events.c
    query = select(e.seq).where(e.session_id == session_id, e.seq == seq, e.at == at)
    return db.execute(query).one_or_none() is not None


def read_mark(db: Connection, session_id: UUID) -> tuple[int, SessionStatus] | None:
    """Return how far a session's log is, and the session's status; None without a session."""
    h = session_heads.c
    row = db.execute(select(h.last_seq, h.status).where(h.session_id == session_id)).one_or_none()
    return None if row is None else (row.last_seq, SessionStatus(row.status))


def list_events(
    db: Connection,
    principal: Principal,
    session_id: UUID,
    *,
    after_seq: int = 0,
    limit: int | None = None,
) -> list[Event]:
    """Return a session's events after `after_seq`, in order."""
    asked = {"session_id": session_id, "after_seq": after_seq, "most": limit}
    rows = db.execute(_list_events(principal), asked)
    return [Event(session_id, row.seq, row.at, decode_body(row.type, row.payload)) for row in rows]


@lru_cache(READERS)
def _list_events(principal: Principal) -> Select[Any]:
    e = session_events.c
    query = select(e.seq, e.type, e.payload, e.at).where(
        e.session_id == bindparam("session_id"), e.seq > bindparam("after_seq")
    )
    # LIMIT NULL is no limit.
    most = bindparam("most", type_=Integer)
    return visible(query, principal).order_by(e.seq).limit(most)
