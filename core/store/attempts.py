"""The engine's statements on one attempt: claim, heartbeat, complete, end.

All of them compare before they set. Whoever changes a task holds its session's head, except for
the heartbeat, which touches only the lease, and for the dispatcher's stamp.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Double, Text, and_, bindparam, func, null, select, update
from sqlalchemy.dialects.postgresql import JSONB

from core.domain.lifecycle import SessionStatus, TaskStatus
from core.store.heads import Head
from core.store.tables import agent_tasks, session_heads

_t = agent_tasks.c
_now = func.clock_timestamp()


def _seconds(value: Any) -> Any:
    """Return an interval; make_interval's seventh place is seconds."""
    return func.make_interval(0, 0, 0, 0, 0, 0, value)


@dataclass(frozen=True, slots=True)
class ClaimedRow:
    """What the claiming statement returns."""

    head: Head
    attempt: int
    role: str
    description: str
    instructions: str
    capabilities: tuple[str, ...]
    executor: str
    timeout_seconds: float
    input: Mapping[str, Any]
    upstream_roles: tuple[str, ...]
    started_at: datetime
    deadline_at: datetime


_head = (
    select(
        session_heads.c.session_id,
        session_heads.c.team_id,
        session_heads.c.status,
        session_heads.c.last_seq,
    )
    .where(
        session_heads.c.session_id
        == select(_t.session_id).where(_t.id == bindparam("task_id")).scalar_subquery()
    )
    .with_for_update(key_share=True)
    .cte("head")
)

# The head is locked first and read as it is after the lock; the task's row is then compared in
# its latest version, so a second delivery of the same id finds nothing to claim.
_CLAIM = (
    update(agent_tasks)
    .where(
        _t.id == bindparam("task_id"),
        _t.session_id == _head.c.session_id,
        _head.c.status == SessionStatus.ACTIVE.value,
        _t.status == TaskStatus.READY.value,
        _t.due_at <= _now,
    )
    .values(
        status=TaskStatus.RUNNING.value,
        attempt=_t.attempt + 1,
        lease_owner=bindparam("worker", type_=Text),
        queue_id=bindparam("queue_id", type_=Text),
        lease_until=_now + _seconds(bindparam("lease_seconds", type_=Double)),
        deadline_at=_now + _seconds(_t.timeout_seconds),
        started_at=_now,
        finished_at=null(),
    )
    .returning(
        _head.c.session_id,
        _head.c.team_id,
        _head.c.status.label("session_status"),
        _head.c.last_seq,
        _t.attempt,
        _t.role,
        _t.description,
        _t.instructions,
        _t.capabilities,
        _t.executor,
        _t.timeout_seconds,
        _t.input,
        _t.upstream_roles,
        _t.started_at,
        _t.deadline_at,
    )
)


def claim_ready(
    db: Connection, task_id: UUID, *, worker: str, queue_id: str | None, lease_seconds: float
) -> ClaimedRow | None:
    """Move a due task from ready to running under a new attempt; None when it cannot be had."""
    row = db.execute(
        _CLAIM,
        {
            "task_id": task_id,
            "worker": worker,
            "queue_id": queue_id,
            "lease_seconds": lease_seconds,
        },
    ).one_or_none()
    if row is None:
        return None
    return ClaimedRow(
        head=Head(row.session_id, row.team_id, SessionStatus(row.session_status), row.last_seq),
        attempt=row.attempt,
        role=row.role,
        description=row.description,
        instructions=row.instructions,
        capabilities=tuple(row.capabilities),
        executor=row.executor,
        timeout_seconds=row.timeout_seconds,
        input=row.input,
        upstream_roles=tuple(row.upstream_roles),
        started_at=row.started_at,
        deadline_at=row.deadline_at,
    )


# A lease never outlives its deadline, so that the reaper needs one clock only.
_HEARTBEAT = (
    update(agent_tasks)
    .where(
        _t.id == bindparam("task_id"),
        _t.attempt == bindparam("claimed_attempt"),
        _t.status == TaskStatus.RUNNING.value,
        _t.lease_until > _now,
    )
    .values(
        lease_until=func.least(
            _now + _seconds(bindparam("lease_seconds", type_=Double)), _t.deadline_at
        )
    )
    .returning(_t.id)
)


def extend_lease(db: Connection, task_id: UUID, attempt: int, lease_seconds: float) -> bool:
    """Extend the lease of a running attempt; False when lease or deadline has passed."""
    values = {"task_id": task_id, "claimed_attempt": attempt, "lease_seconds": lease_seconds}
    return db.execute(_HEARTBEAT, values).one_or_none() is not None


_owned = and_(
    _t.id == bindparam("task_id"),
    _t.attempt == bindparam("claimed_attempt"),
    _t.status == TaskStatus.RUNNING.value,
)
_released: dict[str, Any] = {
    "lease_owner": null(),
    "lease_until": null(),
    "deadline_at": null(),
    "dispatched_at": null(),
    "dispatches": 0,
}

_COMPLETE = (
    update(agent_tasks)
    .where(_owned)
    .values(
        **_released,
        status=TaskStatus.COMPLETED.value,
        output=bindparam("output", type_=JSONB),
        output_sha256=bindparam("output_sha256", type_=Text),
        error_code=null(),
        error_message=null(),
        due_at=null(),
        finished_at=bindparam("at"),
    )
)


def complete_attempt(
    db: Connection,
    task_id: UUID,
    attempt: int,
    *,
    output: Mapping[str, Any],
    output_sha256: str | None,
    at: datetime,
) -> bool:
    """Complete a running attempt; False when it no longer owns the task."""
    result = db.execute(
        _COMPLETE,
        {
            "task_id": task_id,
            "claimed_attempt": attempt,
            "output": dict(output),
            "output_sha256": output_sha256,
            "at": at,
        },
    )
    return result.rowcount == 1


def end_attempt(
    db: Connection,
    task_id: UUID,
    attempt: int,
    *,
    status: TaskStatus,
    lease_before: datetime | None = None,
    **values: Any,
) -> bool:
    """End a running attempt without result; False when it no longer owns the task.

    With `lease_before`, only an attempt whose lease ran out before that moment: a heartbeat may
    have come in since the reaper looked.
    """
    statement = update(agent_tasks).where(
        _t.id == task_id, _t.attempt == attempt, _t.status == TaskStatus.RUNNING.value
    )
    if lease_before is not None:
        statement = statement.where(_t.lease_until < lease_before)
    result = db.execute(statement.values(**_released, status=status.value, **values))
    return result.rowcount == 1
