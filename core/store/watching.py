"""What is read while somebody watches, each in one statement: a session, or many for the hub."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from core.domain.access import Principal
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.domain.session import Session
from core.store.scope import READERS, visible
from core.store.sessions import SESSION_QUERY, to_session
from core.store.tables import agent_tasks, execution_sessions, session_heads, users

_e = execution_sessions.c
# A team's unfinished sessions: how many, how far they are, when one moved last.
TeamMark = tuple[int, int, datetime | None]

_h = session_heads.c
_t = agent_tasks.c
_UNFINISHED = [SessionStatus.PENDING, SessionStatus.ACTIVE, SessionStatus.PAUSED]


@dataclass(frozen=True, slots=True)
class Lease:
    """The lease of a running attempt, and how long it still holds."""

    session_id: UUID
    task_id: UUID
    attempt: int
    executor: str
    until: datetime
    seconds_left: float


@dataclass(frozen=True, slots=True)
class SessionAtWork:
    """A session, who started it, and what works in it."""

    session: Session
    started_by: str
    executors: tuple[str, ...]  # in order of the pipeline
    running: int  # tasks


def get_session_at_work(
    db: Connection, principal: Principal, session_id: UUID
) -> SessionAtWork | None:
    """Return a session with what stands above its pages, or None."""
    row = db.execute(_session_at_work(principal), {"session_id": session_id}).one_or_none()
    if row is None:
        return None
    executors = tuple(dict.fromkeys(row.executors or ()))
    return SessionAtWork(to_session(row), row.started_by or "", executors, row.running)


@lru_cache(READERS)
def _session_at_work(principal: Principal) -> Select[Any]:
    of_session = _t.session_id == bindparam("session_id")
    executors = select(func.array_agg(aggregate_order_by(_t.executor, _t.position)))
    running = select(func.count()).where(of_session, _t.status == TaskStatus.RUNNING)
    starter = select(users.c.user_name).where(users.c.id == _e.user_id)
    query = SESSION_QUERY.where(_e.id == bindparam("session_id"))
    return visible(query, principal).add_columns(
        starter.scalar_subquery().label("started_by"),
        executors.where(of_session).scalar_subquery().label("executors"),
        running.scalar_subquery().label("running"),
    )


def last_seqs(db: Connection, session_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how far sessions are."""
    query = select(_h.session_id, _h.last_seq).where(_h.session_id.in_(session_ids))
    return {row.session_id: row.last_seq for row in db.execute(query)}


def list_leases(db: Connection, session_ids: Collection[UUID]) -> list[Lease]:
    """Return the leases of what runs in sessions."""
    left = func.extract("epoch", _t.lease_until - func.clock_timestamp())
    query = select(
        _t.session_id, _t.id, _t.attempt, _t.executor, _t.lease_until, left.label("left")
    ).where(
        _t.session_id.in_(session_ids),
        _t.status == TaskStatus.RUNNING,
        _t.lease_until.is_not(None),
    )
    return [
        Lease(row.session_id, row.id, row.attempt, row.executor, row.lease_until, float(row.left))
        for row in db.execute(query)
    ]


def team_marks(db: Connection, team_ids: Collection[UUID]) -> dict[UUID, TeamMark]:
    """Return what changes whenever a team's unfinished sessions move; an idle team has none."""
    query = (
        select(
            _h.team_id,
            func.count().label("sessions"),
            func.sum(_h.last_seq).label("events"),
            func.max(_h.updated_at).label("moved_at"),
        )
        .where(_h.team_id.in_(team_ids), _h.status.in_(_UNFINISHED))
        .group_by(_h.team_id)
    )
    return {row.team_id: (row.sessions, int(row.events), row.moved_at) for row in db.execute(query)}


def teams_of(db: Connection, session_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the team of each session."""
    query = select(_h.session_id, _h.team_id).where(_h.session_id.in_(session_ids))
    return {row.session_id: row.team_id for row in db.execute(query)}
