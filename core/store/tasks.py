"""Tasks as rows: insert, read, free, cancel, and what the dispatcher looks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    DateTime,
    Text,
    bindparam,
    func,
    insert,
    literal_column,
    null,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from core.domain.access import Principal
from core.domain.attempt import TaskView
from core.domain.lifecycle import UNFINISHED_TASK, SessionStatus, TaskStatus
from core.domain.session import Task, TaskDetail
from core.store.scope import visible
from core.store.tables import agent_tasks, session_heads
from core.store.values import bind, returning

_t = agent_tasks.c
# Asked once in a statement, not for each row, so that an index can stop at it.
_CLOCK = select(func.clock_timestamp()).scalar_subquery()


_LOCKED = returning(
    bind(
        """
        SELECT clock_timestamp() AS now, id, role, after_roles, executor, status, attempt,
               failures, crashes, lease_until, deadline_at, gate
        FROM agent_tasks WHERE session_id = :session_id ORDER BY position
        """,
        session_id=UUID,
    ),
    *("now", "id", "role", "after_roles", "executor", "status", "attempt"),
    *("failures", "crashes", "lease_until", "deadline_at", "gate"),
)


def locked_tasks(db: Connection, session_id: UUID) -> tuple[datetime, list[TaskView]]:
    """Return the time and a session's tasks, in order of its pipeline; its head must be locked.

    The moment lies after the lock, so that events of one session never run backwards.
    """
    rows = db.execute(_LOCKED, {"session_id": session_id}).all()
    views = [
        TaskView(
            row.id,
            row.role,
            tuple(row.after_roles),
            row.executor,
            TaskStatus(row.status),
            row.attempt,
            row.failures,
            row.crashes,
            row.lease_until,
            row.deadline_at,
            row.gate,
        )
        for row in rows
    ]
    if not rows:  # a pending session has none yet
        return db.execute(select(func.clock_timestamp())).scalar_one(), []
    return rows[0].now, views


_FREE = (
    update(agent_tasks)
    .where(_t.id == func.any(bindparam("task_ids", type_=ARRAY(PgUUID(as_uuid=True)))))
    .values(
        status=TaskStatus.READY.value,
        due_at=bindparam("at", type_=DateTime(timezone=True)),
        finished_at=null(),
        error_code=null(),
        error_message=null(),
        dispatched_at=null(),
        dispatches=0,
    )
)


_NOT_DUE: dict[str, Any] = {
    "due_at": None,
    "finished_at": None,
    "dispatched_at": None,
    "dispatches": 0,
}


def free_tasks(db: Connection, task_ids: Iterable[UUID], at: datetime) -> None:
    """Make blocked, waiting or failed tasks ready and due; their session's head must be locked."""
    db.execute(_FREE, {"task_ids": list(task_ids), "at": at})


def let_wait(db: Connection, task_ids: Collection[UUID]) -> None:
    """Let blocked or failed tasks wait for an approval; their session's head must be locked."""
    db.execute(
        update(agent_tasks)
        .where(_t.id.in_(task_ids))
        .values(status=TaskStatus.WAITING.value, **_NOT_DUE, error_code=None, error_message=None)
    )


def end_waiting(
    db: Connection, task_id: UUID, status: TaskStatus, task_input: Mapping[str, Any], **values: Any
) -> None:
    """Let a waiting task go on, fail or wait further, with its answers in its input.

    One that goes on has passed its gate. Its session's head must be locked.
    """
    if status in (TaskStatus.READY, TaskStatus.BLOCKED):
        values["gate"] = None
    if status != TaskStatus.WAITING:
        values = {**_NOT_DUE, **values}
    db.execute(
        update(agent_tasks)
        .where(_t.id == task_id, _t.status == TaskStatus.WAITING.value)
        .values(status=status.value, input=dict(task_input), **values)
    )


def reset_bounds(db: Connection, task_ids: Collection[UUID]) -> None:
    """Let the count of failures and crashes start anew, for a retry of the session."""
    db.execute(update(agent_tasks).where(_t.id.in_(task_ids)).values(failures=0, crashes=0))


def block_ready(db: Connection, session_id: UUID) -> None:
    """Put tasks that have not started back to blocked; their session's head must be locked."""
    db.execute(
        update(agent_tasks)
        .where(_t.session_id == session_id, _t.status == TaskStatus.READY.value)
        .values(status=TaskStatus.BLOCKED.value, due_at=None, dispatched_at=None, dispatches=0)
    )


def cancel_tasks(db: Connection, task_ids: Collection[UUID], at: datetime) -> None:
    """Cancel unfinished tasks; their session's head must be locked."""
    db.execute(
        update(agent_tasks)
        .where(
            _t.id.in_(task_ids),
            _t.status.in_([status.value for status in UNFINISHED_TASK]),
        )
        .values(
            status=TaskStatus.CANCELLED.value,
            finished_at=at,
            due_at=None,
            lease_owner=None,
            lease_until=None,
            deadline_at=None,
            dispatched_at=None,
            dispatches=0,
        )
    )


# A task is sent anew only when its last message has had time to be taken: after 5, 10, 20 …
# seconds, up to a most. The partial index holds ready tasks only.
#
# The stamp need not be on disk before the messages go: a lost one leads to a second message only.
_TAKE_DUE = text(
    """
    WITH quick AS MATERIALIZED (
        SELECT set_config('synchronous_commit', 'off', true)
    ), due AS (
        SELECT task.id
        FROM agent_tasks AS task
        WHERE task.status = 'ready'
          AND task.due_at <= (SELECT clock_timestamp())  -- once, so that the index stops there
          AND task.executor <> ALL (:not_queued)
          AND (task.dispatched_at IS NULL
               OR :resend AND task.dispatched_at < clock_timestamp() - make_interval(secs => least(
                    :resend_seconds * power(2, least(task.dispatches, 20) - 1), :resend_most)))
          AND EXISTS (SELECT FROM session_heads AS head
                      WHERE head.session_id = task.session_id AND head.status = 'active')
        ORDER BY task.due_at
        LIMIT :most
        FOR UPDATE OF task SKIP LOCKED
    )
    UPDATE agent_tasks AS task
    SET dispatched_at = clock_timestamp(), dispatches = task.dispatches + 1
    FROM due, quick WHERE task.id = due.id
    RETURNING task.id
    """
).bindparams(bindparam("not_queued", type_=ARRAY(Text)))


def take_due(
    db: Connection,
    *,
    not_queued: Collection[str],
    resend: bool,
    resend_seconds: float,
    resend_most_seconds: float,
    most: int,
) -> list[UUID]:
    """Stamp due ready tasks as dispatched and return them; rows that another holds are passed."""
    values = {
        "not_queued": list(not_queued),
        "resend": resend,
        "resend_seconds": resend_seconds,
        "resend_most": resend_most_seconds,
        "most": most,
    }
    return [row.id for row in db.execute(_TAKE_DUE, values)]


def unstamp(db: Connection, task_ids: Collection[UUID]) -> None:
    """Take back the stamp of tasks whose message could not be sent."""
    db.execute(
        update(agent_tasks)
        .where(_t.id.in_(task_ids), _t.status == TaskStatus.READY.value)
        .values(dispatched_at=None, dispatches=0)
    )


@dataclass(frozen=True, slots=True)
class ExpiredLease:
    """A running attempt whose lease has run out."""

    task_id: UUID
    session_id: UUID
    attempt: int
    trace_id: str = ""


def expired_leases(db: Connection, most: int) -> list[ExpiredLease]:
    """Return running attempts whose lease has run out, the oldest first."""
    rows = db.execute(
        select(_t.id, _t.session_id, _t.attempt, _t.trace_id)
        .where(literal_column("status = 'running'"), _t.lease_until < _CLOCK)
        .order_by(_t.lease_until)
        .limit(most)
    )
    return [ExpiredLease(row.id, row.session_id, row.attempt, row.trace_id) for row in rows]


TASK_COLUMNS = (
    _t.id,
    _t.session_id,
    _t.role,
    _t.after_roles,
    _t.description,
    _t.task_type,
    _t.executor,
    _t.status,
    _t.attempt,
    _t.failures,
    _t.crashes,
    _t.error_code,
    _t.error_message,
    _t.created_at,
    _t.due_at,
    _t.started_at,
    _t.finished_at,
)


def list_tasks(db: Connection, principal: Principal, session_id: UUID) -> list[Task]:
    """Return a session's tasks in order of its pipeline."""
    query = visible(select(*TASK_COLUMNS).where(_t.session_id == session_id), principal)
    return [to_task(row) for row in db.execute(query.order_by(_t.position))]


def get_task(db: Connection, principal: Principal, task_id: UUID) -> Task | None:
    """Return one task, or None."""
    query = visible(select(*TASK_COLUMNS).where(_t.id == task_id), principal)
    row = db.execute(query).one_or_none()
    return None if row is None else to_task(row)


def find_routed(db: Connection, principal: Principal, team_id: UUID, route_key: str) -> Task | None:
    """Return the task that was routed in a team with a key, or None."""
    query = select(*TASK_COLUMNS).where(_t.team_id == team_id, _t.route_key == route_key)
    row = db.execute(visible(query, principal)).one_or_none()
    return None if row is None else to_task(row)


def insert_routed(db: Connection, values: Mapping[str, Any], *, at: datetime) -> None:
    """Insert a task that is ready at once; its session's head must be locked."""
    ready = {"after_roles": [], "status": TaskStatus.READY.value, "created_at": at, "due_at": at}
    db.execute(insert(agent_tasks), {**values, **ready})


_DETAIL = select(*TASK_COLUMNS, _t.input, _t.output, _t.queue_id)


def get_detail(db: Connection, principal: Principal, task_id: UUID) -> TaskDetail | None:
    """Return one task with its input and output, or None."""
    row = db.execute(visible(_DETAIL.where(_t.id == task_id), principal)).one_or_none()
    return None if row is None else _to_detail(row)


def list_details(db: Connection, principal: Principal, session_id: UUID) -> list[TaskDetail]:
    """Return a session's tasks with their input and output, in order of its pipeline."""
    query = visible(_DETAIL.where(_t.session_id == session_id), principal)
    return [_to_detail(row) for row in db.execute(query.order_by(_t.position))]


def count_sent(db: Connection) -> int:
    """Return how many tasks were sent to the queue and wait there to be claimed.

    Those of a paused session are not claimed and not sent again, so they do not count.
    """
    found = db.execute(
        select(func.count())
        .select_from(agent_tasks.join(session_heads, session_heads.c.session_id == _t.session_id))
        .where(
            literal_column("agent_tasks.status = 'ready'"),
            _t.dispatched_at.is_not(None),
            session_heads.c.status == SessionStatus.ACTIVE.value,
        )
    )
    return int(found.scalar_one())


def _to_detail(row: Any) -> TaskDetail:
    return TaskDetail(to_task(row), row.input, row.output, row.queue_id)


def to_task(row: Any) -> Task:
    """Return the task that a row of `TASK_COLUMNS` holds."""
    return Task(
        id=row.id,
        session_id=row.session_id,
        role=row.role,
        after=tuple(row.after_roles),
        description=row.description,
        task_type=row.task_type,
        executor=row.executor,
        status=TaskStatus(row.status),
        attempt=row.attempt,
        failures=row.failures,
        crashes=row.crashes,
        error_code=row.error_code,
        error_message=row.error_message,
        created_at=row.created_at,
        due_at=row.due_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
