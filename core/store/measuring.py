"""What the metrics count in the tables, of all teams together."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from core.domain.lifecycle import SessionStatus, TaskStatus
from core.store.tables import agent_tasks, session_heads

_h, _t = session_heads.c, agent_tasks.c
_UNFINISHED = [SessionStatus.PENDING, SessionStatus.ACTIVE, SessionStatus.PAUSED]


def count_sessions(db: Connection) -> dict[str, int]:
    """Return how many sessions there are by status."""
    query = select(_h.status, func.count().label("number")).group_by(_h.status)
    return {row.status: row.number for row in db.execute(query)}


def count_tasks(db: Connection) -> dict[str, int]:
    """Return how many tasks there are by status, of sessions that have not ended.

    Those that run are all counted: a failed session may have some. What has ended is not read: it
    grows for good.
    """
    unfinished = select(_h.session_id).where(_h.status.in_(_UNFINISHED))
    query = (
        select(_t.status, func.count().label("number"))
        .where(_t.session_id.in_(unfinished))
        .group_by(_t.status)
    )
    counted = {row.status: row.number for row in db.execute(query)}
    running = select(func.count()).where(_t.status == TaskStatus.RUNNING.value)
    counted[TaskStatus.RUNNING.value] = db.execute(running).scalar_one()
    return counted
