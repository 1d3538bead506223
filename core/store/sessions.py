"""Sessions as rows: insert, end, find, list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Text, bindparam, cast, select, update

from core.domain.access import Principal
from core.domain.lifecycle import Outcome, SessionStatus
from core.domain.session import Session
from core.store.approvals import asks_nobody
from core.store.scope import READERS, visible
from core.store.tables import execution_sessions, session_heads

_e = execution_sessions.c


def end_session(
    db: Connection,
    session_id: UUID,
    *,
    at: datetime,
    outcome: Outcome | None = None,
    questions: Sequence[str] | None = None,
) -> None:
    """Note when a session ended, and what that means; its head must be locked."""
    db.execute(
        update(execution_sessions)
        .where(_e.id == session_id)
        .values(
            ended_at=at,
            outcome=outcome,
            questions=None if questions is None else list(questions),
        )
    )


def start_session(db: Connection, session_id: UUID, *, at: datetime) -> None:
    """Note when a pending session began; its head must be locked."""
    db.execute(update(execution_sessions).where(_e.id == session_id).values(started_at=at))


def change_session(
    db: Connection, session_id: UUID, *, feature_name: str, metadata: Mapping[str, Any]
) -> None:
    """Store what a session is called, and its metadata; its head must be locked."""
    values = {"feature_name": feature_name, "metadata": dict(metadata)}
    db.execute(update(execution_sessions).where(_e.id == session_id).values(values))


def reopen_session(db: Connection, session_id: UUID) -> None:
    """Forget that a session ended, for its retry; its head must be locked."""
    db.execute(update(execution_sessions).where(_e.id == session_id).values(ended_at=None))


SESSION_COLUMNS = (
    *("id", "team_id", "user_id", "feature_name", "outcome", "pipeline", "questions", "role"),
    *("metadata", "created_at", "started_at", "ended_at", "pinned_at", "details_gone_at"),
)
HEAD_COLUMNS = (
    session_heads.c.status,
    session_heads.c.last_seq,
    session_heads.c.stays_open,
    session_heads.c.events_gone_to_seq,
)
_COLUMNS = tuple(_e[name] for name in SESSION_COLUMNS)
SESSION_QUERY: Select[Any] = select(*_COLUMNS, *HEAD_COLUMNS).join(
    session_heads, session_heads.c.session_id == _e.id
)


def get_session(db: Connection, principal: Principal, session_id: UUID) -> Session | None:
    """Return one session, or None."""
    row = db.execute(_get_session(principal), {"session_id": session_id}).one_or_none()
    return None if row is None else to_session(row)


@lru_cache(READERS)
def _get_session(principal: Principal) -> Select[Any]:
    return visible(SESSION_QUERY.where(_e.id == bindparam("session_id")), principal)


def get_brief(db: Connection, principal: Principal, session_id: UUID) -> str | None:
    """Return the brief that a session was launched with, or None."""
    query = visible(select(_e.brief).where(_e.id == session_id), principal)
    brief: str | None = db.execute(query).scalar_one_or_none()
    return brief


def find_by_launch_key(
    db: Connection, principal: Principal, team_id: UUID, launch_key: str
) -> Session | None:
    """Return the session that a team launched with a key, or None."""
    query = SESSION_QUERY.where(_e.team_id == team_id, _e.launch_key == launch_key)
    row = db.execute(visible(query, principal)).one_or_none()
    return None if row is None else to_session(row)


def find_by_prefix(db: Connection, principal: Principal, prefix: str, *, most: int) -> list[UUID]:
    """Return ids that begin with a prefix, as a terminal's user types them; newest first."""
    pattern = prefix.lower().replace("%", "").replace("_", "")
    query = select(_e.id).where(cast(_e.id, Text).startswith(pattern))
    rows = db.execute(visible(query, principal).order_by(_e.created_at.desc()).limit(most))
    return [row.id for row in rows]


def list_sessions(
    db: Connection,
    principal: Principal,
    *,
    team_id: UUID | None = None,
    limit: int = 20,
) -> list[Session]:
    """Return sessions, newest first."""
    query: Select[Any] = select(*_COLUMNS)
    if team_id is not None:
        query = query.where(_e.team_id == team_id)
    # First the page, by its index, then the heads of those few.
    page = visible(query, principal).order_by(_e.created_at.desc(), _e.id.desc()).limit(limit)
    newest = page.subquery()
    rows = db.execute(
        select(newest, *HEAD_COLUMNS)
        .join(session_heads, session_heads.c.session_id == newest.c.id)
        .order_by(newest.c.created_at.desc(), newest.c.id.desc())
    )
    return [to_session(row) for row in rows]


def list_inactive(db: Connection, before: datetime, most: int) -> list[UUID]:
    """Return unfinished sessions without an event since `before`, the oldest first.

    One that waits for somebody's answer is not among them: when nobody gives it, the approval
    expires, and its pipeline says what happens then.
    """
    h = session_heads.c
    rows = db.execute(
        select(h.session_id)
        .where(h.status.in_(_UNFINISHED), h.updated_at < before, asks_nobody(h.session_id))
        .order_by(h.updated_at)
        .limit(most)
    )
    return [row.session_id for row in rows]


def is_inactive(db: Connection, session_id: UUID, before: datetime) -> bool:
    """Tell whether a session had no event since `before` and waits for nobody's answer.

    Its head must be locked.
    """
    h = session_heads.c
    query = select(h.session_id).where(
        h.session_id == session_id, h.updated_at < before, asks_nobody(h.session_id)
    )
    return db.execute(query).one_or_none() is not None


_UNFINISHED = [SessionStatus.PENDING, SessionStatus.ACTIVE, SessionStatus.PAUSED]


def to_session(row: Any) -> Session:
    """Return a row of sessions joined with their heads as a session."""
    return Session(
        id=row.id,
        team_id=row.team_id,
        user_id=row.user_id,
        feature_name=row.feature_name,
        status=SessionStatus(row.status),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        pipeline=None if row.pipeline is None else row.pipeline["name"],
        questions=tuple(row.questions or ()),
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        last_seq=row.last_seq,
        role=row.role,
        metadata=row.metadata,
        stays_open=row.stays_open,
        pinned_at=row.pinned_at,
        events_gone_to_seq=row.events_gone_to_seq,
        details_gone_at=row.details_gone_at,
    )
