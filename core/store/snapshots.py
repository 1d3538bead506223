"""Snapshots of attempts, and the large values that they refer to by hash."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, bindparam, select, update
from sqlalchemy.dialects.postgresql import JSONB

from core.domain.access import Principal
from core.domain.session import Snapshot
from core.store.scope import visible
from core.store.tables import agent_snapshots, agent_tasks, snapshot_contents

_s = agent_snapshots.c


_CLOSE = (
    update(agent_snapshots)
    .where(
        _s.task_id == bindparam("of_task"),
        _s.attempt == bindparam("of_attempt"),
        _s.ended_at.is_(None),
    )
    .values(
        ended_as=bindparam("ended_as"),
        execution=bindparam("execution", type_=JSONB),
        ended_at=bindparam("ended_at"),
    )
    .returning(_s.id)
)


def close_snapshot(
    db: Connection,
    task_id: UUID,
    attempt: int,
    *,
    ended_as: str,
    execution: Mapping[str, Any],
    at: datetime,
) -> UUID:
    """Complete the snapshot of an attempt that ended; returns its id."""
    values = {
        "of_task": task_id,
        "of_attempt": attempt,
        "ended_as": ended_as,
        "execution": dict(execution),
        "ended_at": at,
    }
    snapshot_id: UUID = db.execute(_CLOSE, values).scalar_one()
    return snapshot_id


def get_content(db: Connection, principal: Principal, session_id: UUID, sha256: str) -> Any:
    """Return a value that snapshots of a session refer to; None when there is none."""
    c = snapshot_contents.c
    query = select(c.body).where(c.session_id == session_id, c.sha256 == sha256)
    return db.execute(visible(query, principal)).scalar_one_or_none()


def list_content_hashes(db: Connection, principal: Principal, session_id: UUID) -> list[str]:
    """Return the hashes of the values that snapshots of a session refer to."""
    c = snapshot_contents.c
    query = visible(select(c.sha256).where(c.session_id == session_id), principal)
    return list(db.execute(query.order_by(c.sha256)).scalars())


def list_snapshots(db: Connection, principal: Principal, session_id: UUID) -> list[Snapshot]:
    """Return the snapshots of a session's attempts, in order of pipeline and attempt."""
    query = (
        select(agent_snapshots)
        .join(agent_tasks, and_(agent_tasks.c.id == _s.task_id))
        .where(_s.session_id == session_id)
        .order_by(agent_tasks.c.position, _s.attempt)
    )
    return [_to_snapshot(row) for row in db.execute(visible(query, principal))]


def get_snapshot(db: Connection, principal: Principal, snapshot_id: UUID) -> Snapshot | None:
    """Return one snapshot, or None."""
    query = visible(select(agent_snapshots).where(_s.id == snapshot_id), principal)
    row = db.execute(query).one_or_none()
    return None if row is None else _to_snapshot(row)


def find_snapshot_id(
    db: Connection, principal: Principal, task_id: UUID, attempt: int | None
) -> UUID | None:
    """Return the id of an attempt's snapshot, of the latest attempt by default; None without."""
    query = select(_s.id).where(_s.task_id == task_id)
    if attempt is not None:
        query = query.where(_s.attempt == attempt)
    latest = visible(query, principal).order_by(_s.attempt.desc()).limit(1)
    return db.execute(latest).scalar_one_or_none()


def _to_snapshot(row: Row[Any]) -> Snapshot:
    return Snapshot(
        id=row.id,
        session_id=row.session_id,
        task_id=row.task_id,
        attempt=row.attempt,
        context=row.context,
        capabilities=tuple(row.capabilities),
        decisions=tuple(row.decisions),
        execution=row.execution,
        ended_as=row.ended_as,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
