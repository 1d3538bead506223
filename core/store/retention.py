"""What retention looks for, and how it takes a session's details in small pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, func, select, update

from core.domain.access import Principal
from core.domain.lifecycle import SessionStatus
from core.domain.retention import Aging, Details
from core.store.approvals import asks_nobody
from core.store.scope import visible
from core.store.tables import (
    agent_snapshots,
    artifacts,
    execution_sessions,
    session_events,
    session_heads,
    snapshot_contents,
    users,
)
from core.store.values import bind, returning

_e, _h = execution_sessions.c, session_heads.c
_UNFINISHED = _h.status.in_([SessionStatus.PENDING, SessionStatus.ACTIVE, SessionStatus.PAUSED])
# As the index says it.
_TAKEABLE = (_e.ended_at.is_not(None), _e.details_gone_at.is_(None), _e.pinned_at.is_(None))
_BOTH = execution_sessions.join(session_heads, _h.session_id == _e.id)


class Fate(Enum):
    """What time does to a session."""

    EXPIRES = "expires"
    LOSES_DETAILS = "loses details"
    PINNED = "pinned"
    GONE = "its details are gone"


_OF_FATE: Mapping[Fate, Sequence[ColumnElement[bool]]] = {
    Fate.EXPIRES: (_UNFINISHED, asks_nobody(_e.id)),
    Fate.LOSES_DETAILS: _TAKEABLE,
    Fate.PINNED: (_e.pinned_at.is_not(None),),
    Fate.GONE: (_e.details_gone_at.is_not(None),),
}


def list_aging(
    db: Connection,
    principal: Principal,
    fate: Fate,
    *,
    team_id: UUID | None,
    before: datetime | None = None,
    most: int,
) -> list[Aging]:
    """Return sessions of a fate, the longest silent first; with `before`, those silent since."""
    query = (
        select(
            *(_e.id, _e.team_id, _e.feature_name, _e.pinned_at, users.c.user_name),
            *(_h.status, _h.updated_at),
        )
        .select_from(_BOTH.outerjoin(users, users.c.id == _e.pinned_by))
        .where(*_conditions(fate, team_id, before))
        .order_by(_h.updated_at, _e.id)
        .limit(most)
    )
    rows = db.execute(visible(query, principal))
    return [
        Aging(
            session_id=row.id,
            team_id=row.team_id,
            feature_name=row.feature_name,
            status=SessionStatus(row.status),
            active_at=row.updated_at,
            due_at=None,
            pinned_at=row.pinned_at,
            pinned_by=row.user_name or "",
        )
        for row in rows
    ]


def count_aging(
    db: Connection,
    principal: Principal,
    fate: Fate,
    *,
    team_id: UUID | None,
    before: datetime | None = None,
) -> int:
    """Return how many sessions `list_aging` would return without a limit."""
    conditions = _conditions(fate, team_id, before)
    query: Select[Any] = select(func.count()).select_from(_BOTH).where(*conditions)
    count: int = db.execute(visible(query, principal)).scalar_one()
    return count


def _conditions(
    fate: Fate, team_id: UUID | None, before: datetime | None
) -> list[ColumnElement[bool]]:
    conditions = list(_OF_FATE[fate])
    if team_id is not None:
        conditions.append(_e.team_id == team_id)
    if before is not None:
        conditions.append(_h.updated_at < before)
    return conditions


def count_details(db: Connection, before: datetime) -> Details:
    """Return how many rows all sessions would lose that had no event since `before`."""
    losing = (
        select(_e.id)
        .join(session_heads, _h.session_id == _e.id)
        .where(*_TAKEABLE, _h.updated_at < before)
    )

    def count(table: Any) -> Any:
        rows = select(func.count()).select_from(table).where(table.c.session_id.in_(losing))
        return rows.scalar_subquery()

    tables = (session_events, agent_snapshots, snapshot_contents, artifacts)
    return Details(*db.execute(select(*map(count, tables))).one())


def list_old(db: Connection, before: datetime, most: int) -> list[UUID]:
    """Return finished sessions that may lose their details, those that ended first before others.

    Whoever takes them looks again once the head is locked.
    """
    query = (
        select(_e.id)
        .join(session_heads, _h.session_id == _e.id)
        .where(*_TAKEABLE, _e.ended_at < before, _h.updated_at < before)
        .order_by(_e.ended_at)
        .limit(most)
    )
    return [row.id for row in db.execute(query)]


@dataclass(frozen=True, slots=True)
class Losing:
    """A session that loses its details, whose head is locked."""

    session_id: UUID
    team_id: UUID
    feature_name: str
    last_seq: int


# Whoever else takes this session, or works on it, is not waited for.
_LOCK_SILENT = bind(
    """
    SELECT FROM session_heads WHERE session_id = :session_id AND updated_at < :before
    FOR NO KEY UPDATE SKIP LOCKED
    """,
    session_id=UUID,
    before=datetime,
)
# A statement of its own, after the lock: what is joined to a row that is being locked is read as of
# the statement's beginning, so that a pin or another taker of just then would not be seen.
_LOSING = returning(
    bind(
        """
        SELECT head.session_id, head.team_id, head.last_seq, session.feature_name
        FROM session_heads AS head
        JOIN execution_sessions AS session ON session.id = head.session_id
        WHERE head.session_id = :session_id
            AND session.ended_at IS NOT NULL AND session.pinned_at IS NULL
            AND session.details_gone_at IS NULL
            AND NOT EXISTS (SELECT FROM agent_tasks AS task
                WHERE task.session_id = head.session_id AND task.status IN ('running', 'waiting'))
        """,
        session_id=UUID,
    ),
    *("session_id", "team_id", "last_seq", "feature_name"),
)


def lock_old(db: Connection, session_id: UUID, before: datetime) -> Losing | None:
    """Lock the head of a session that still may lose its details; None when it may not now."""
    locked = db.execute(_LOCK_SILENT, {"session_id": session_id, "before": before})
    if locked.one_or_none() is None:
        return None
    row = db.execute(_LOSING, {"session_id": session_id}).one_or_none()
    if row is None:
        return None
    return Losing(row.session_id, row.team_id, row.feature_name, row.last_seq)


# The newest events first: what is left of a log is its beginning, which can still be folded.
_TAKE = bind(
    """
    WITH marked AS (
        UPDATE session_heads SET events_gone_to_seq = last_seq
        WHERE session_id = :session_id AND events_gone_to_seq < last_seq
    ), events AS (
        DELETE FROM session_events WHERE session_id = :session_id AND seq IN (
            SELECT seq FROM session_events WHERE session_id = :session_id
            ORDER BY seq DESC LIMIT :most)
        RETURNING 1
    ), snapshots AS (
        DELETE FROM agent_snapshots WHERE id IN (
            SELECT id FROM agent_snapshots WHERE session_id = :session_id LIMIT :most)
        RETURNING 1
    ), contents AS (
        DELETE FROM snapshot_contents WHERE session_id = :session_id AND sha256 IN (
            SELECT sha256 FROM snapshot_contents WHERE session_id = :session_id LIMIT :most)
        RETURNING 1
    ), documents AS (
        DELETE FROM artifacts WHERE id IN (
            SELECT id FROM artifacts WHERE session_id = :session_id LIMIT :most)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM events) AS events,
        (SELECT count(*) FROM snapshots) AS snapshots,
        (SELECT count(*) FROM contents) AS contents,
        (SELECT count(*) FROM documents) AS artifacts
    """,
    session_id=UUID,
    most=int,
)


def take_details(db: Connection, session_id: UUID, most: int) -> Details:
    """Delete at most `most` rows of each kind; the head must be locked.

    The head names its events as gone from the first piece on.
    """
    row = db.execute(_TAKE, {"session_id": session_id, "most": most}).one()
    return Details(*row)


def note_gone(db: Connection, session_id: UUID) -> None:
    """Note that the last of a session's details was taken; its head must be locked."""
    db.execute(
        update(execution_sessions)
        .where(_e.id == session_id)
        .values(details_gone_at=func.clock_timestamp())
    )


def set_pin(db: Connection, session_id: UUID, user_id: UUID | None) -> bool:
    """Pin a session for a user, or (None) unpin it; False when it was so already.

    Its head must be locked.
    """
    is_other = _e.pinned_at.is_(None) if user_id else _e.pinned_at.is_not(None)
    done = db.execute(
        update(execution_sessions)
        .where(_e.id == session_id, is_other)
        .values(pinned_at=func.clock_timestamp() if user_id else None, pinned_by=user_id)
    )
    return done.rowcount == 1
