"""What events of a session's log are about, by the ids that they hold.

For whoever has checked that the session may be read: nothing here asks again.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, any_, bindparam, cast, null, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from core.domain.following import TaskNames
from core.domain.session import Decision
from core.store.journal import SHARED_COLUMNS, to_decision
from core.store.tables import agent_snapshots, agent_tasks, session_decisions, task_decisions

_IDS = any_(bindparam("ids", type_=ARRAY(PgUUID(as_uuid=True))))
_NO_ID = cast(null(), PgUUID(as_uuid=True))
_t = agent_tasks.c
_s = agent_snapshots.c
# Made once: to build them took longer than to ask them.
_TASKS = select(_t.id, _t.role, _t.description, _t.executor).where(_t.id == _IDS)
_SNAPSHOTS = select(_s.task_id, _s.attempt, _s.id).where(_s.task_id == _IDS)
_STRATEGIC = select(
    *(session_decisions.c[name] for name in SHARED_COLUMNS),
    session_decisions.c.supersedes_id,
    _NO_ID.label("task_id"),
).where(session_decisions.c.id == _IDS)
_TACTICAL = select(
    *(task_decisions.c[name] for name in SHARED_COLUMNS),
    _NO_ID.label("supersedes_id"),
    task_decisions.c.task_id,
).where(task_decisions.c.id == _IDS)
_DECISIONS = union_all(_STRATEGIC, _TACTICAL)


def tasks_by_id(db: Connection, ids: Collection[UUID]) -> dict[UUID, TaskNames]:
    """Return what tasks are called; nothing of it changes while they run."""
    rows = db.execute(_TASKS, {"ids": list(ids)}) if ids else ()
    return {row.id: TaskNames(row.id, row.role, row.description, row.executor) for row in rows}


def snapshots_by_attempt(
    db: Connection, task_ids: Collection[UUID]
) -> dict[tuple[UUID, int], UUID]:
    """Return the ids of the snapshots of tasks, by task and attempt."""
    rows = db.execute(_SNAPSHOTS, {"ids": list(task_ids)}) if task_ids else ()
    return {(row.task_id, row.attempt): row.id for row in rows}


def decisions_by_id(db: Connection, ids: Collection[UUID]) -> dict[UUID, Decision]:
    """Return decisions of either kind."""
    rows = db.execute(_DECISIONS, {"ids": list(ids)}) if ids else ()
    return {row.id: to_decision(row) for row in rows}
