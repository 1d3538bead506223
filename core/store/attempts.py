"""The engine's statements on attempts: claim, begin, heartbeat, record, end.

All of them compare before they set. Whoever changes a task holds its session's head, except for
the heartbeat, which touches only the lease, and for the dispatcher's stamp. What is written
together goes in one statement, because a round trip costs more than the writing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, update

from core.domain.attempt import ExecutionContext
from core.domain.events import EventBody
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.store.heads import Head, number_events
from core.store.tables import agent_tasks
from core.store.values import bind, returning

_t = agent_tasks.c


@dataclass(frozen=True, slots=True)
class ClaimedRow:
    """What the claiming statement returns."""

    head: Head
    role: str
    attempt: int
    context: ExecutionContext
    started_at: datetime
    deadline_at: datetime


# The head is locked first and read as it is after the lock; the task's row is then compared in
# its latest version, so a second delivery of the same id finds nothing to claim.
_CLAIM = returning(
    bind(
        """
        WITH head AS (
            SELECT session_id, team_id, status, last_seq FROM session_heads
            WHERE session_id = (SELECT session_id FROM agent_tasks WHERE id = :task_id)
            FOR NO KEY UPDATE
        )
        UPDATE agent_tasks AS task
        SET status = 'running', attempt = task.attempt + 1,
            lease_owner = :worker, queue_id = :queue_id,
            lease_until = clock_timestamp()
                + make_interval(secs => least(:lease_seconds, task.timeout_seconds)),
            deadline_at = clock_timestamp() + make_interval(secs => task.timeout_seconds),
            started_at = clock_timestamp(), finished_at = NULL
        FROM head
        WHERE task.id = :task_id AND task.session_id = head.session_id
          AND head.status = 'active' AND task.status = 'ready' AND task.due_at <= clock_timestamp()
        RETURNING head.session_id, head.team_id, head.status AS session_status, head.last_seq,
            task.role, task.attempt, task.description, task.instructions, task.capabilities,
            task.executor, task.timeout_seconds, task.input, task.upstream_roles,
            task.started_at, task.deadline_at
        """,
        task_id=UUID,
        worker=str,
        queue_id=str,
        lease_seconds=float,
    ),
    *("session_id", "team_id", "session_status", "last_seq", "role", "attempt"),
    *("description", "instructions", "capabilities", "executor", "timeout_seconds"),
    *("input", "upstream_roles", "started_at", "deadline_at"),
)


def claim_ready(
    db: Connection, task_id: UUID, *, worker: str, queue_id: str | None, lease_seconds: float
) -> ClaimedRow | None:
    """Move a due task from ready to running under a new attempt; None when it cannot be had."""
    values = {
        "task_id": task_id,
        "worker": worker,
        "queue_id": queue_id,
        "lease_seconds": lease_seconds,
    }
    row = db.execute(_CLAIM, values).one_or_none()
    if row is None:
        return None
    return ClaimedRow(
        head=Head(row.session_id, row.team_id, SessionStatus(row.session_status), row.last_seq),
        role=row.role,
        attempt=row.attempt,
        context=ExecutionContext(
            description=row.description,
            instructions=row.instructions,
            capabilities=tuple(row.capabilities),
            executor=row.executor,
            timeout_seconds=row.timeout_seconds,
            input=row.input,
            upstream_roles=tuple(row.upstream_roles),
        ),
        started_at=row.started_at,
        deadline_at=row.deadline_at,
    )


_BEGIN = bind(
    """
    WITH opened AS (
        INSERT INTO agent_snapshots
            (id, session_id, team_id, task_id, attempt, context, capabilities, decisions,
             created_at)
        VALUES (:snapshot_id, :session_id, :team_id, :task_id, :attempt, :context, :capabilities,
                :decisions, :at)
    ), head AS (
        UPDATE session_heads SET last_seq = :last_seq, updated_at = :at
        WHERE session_id = :session_id
    )
    INSERT INTO session_events (session_id, team_id, seq, type, version, payload, at)
    SELECT :session_id, :team_id, entry.seq, entry.type, entry.version, entry.payload, :at
    FROM jsonb_to_recordset(:events)
        AS entry(seq bigint, type text, version int, payload jsonb)
    """,
    snapshot_id=UUID,
    session_id=UUID,
    team_id=UUID,
    task_id=UUID,
    attempt=int,
    context=dict,
    capabilities=list,
    decisions=list,
    at=datetime,
    events=list,
)


@dataclass(frozen=True, slots=True)
class OpenSnapshot:
    """The snapshot of an attempt that begins."""

    snapshot_id: UUID
    task_id: UUID
    attempt: int
    context: Mapping[str, Any]
    capabilities: Sequence[str]
    decisions: Sequence[str]


def begin_attempt(
    db: Connection, head: Head, snapshot: OpenSnapshot, bodies: Sequence[EventBody], at: datetime
) -> Head:
    """Store what a claimed attempt knows, and its events; returns the new head."""
    after, events = number_events(head, bodies)
    db.execute(
        _BEGIN,
        {
            "snapshot_id": snapshot.snapshot_id,
            "session_id": head.session_id,
            "team_id": head.team_id,
            "task_id": snapshot.task_id,
            "attempt": snapshot.attempt,
            "context": dict(snapshot.context),
            "capabilities": list(snapshot.capabilities),
            "decisions": list(snapshot.decisions),
            "at": at,
            "last_seq": after.last_seq,
            "events": events,
        },
    )
    return after


# A lease never outlives its deadline, so that the reaper needs one clock only.
_HEARTBEAT = returning(
    bind(
        """
        UPDATE agent_tasks
        SET lease_until = least(
            clock_timestamp() + make_interval(secs => :lease_seconds), deadline_at)
        WHERE id = :task_id AND attempt = :attempt AND status = 'running'
          AND lease_until > clock_timestamp()
        RETURNING id
        """,
        task_id=UUID,
        attempt=int,
        lease_seconds=float,
    ),
    "id",
)


def extend_lease(db: Connection, task_id: UUID, attempt: int, lease_seconds: float) -> bool:
    """Extend the lease of a running attempt; False when lease or deadline has passed."""
    values = {"task_id": task_id, "attempt": attempt, "lease_seconds": lease_seconds}
    return db.execute(_HEARTBEAT, values).one_or_none() is not None


# The fence is `attempt = :attempt AND status = 'running'`: without a row, nothing of this may
# stay, and the caller rolls back. `taken_id` is a task that the same worker goes on with.
_RECORD = returning(
    bind(
        """
        WITH completed AS (
            UPDATE agent_tasks
            SET status = 'completed', output = :output, output_sha256 = :output_sha256,
                error_code = NULL, error_message = NULL, finished_at = :at, due_at = NULL,
                lease_owner = NULL, lease_until = NULL, deadline_at = NULL,
                dispatched_at = NULL, dispatches = 0
            WHERE id = :task_id AND attempt = :attempt AND status = 'running'
            RETURNING id
        ), closed AS (
            UPDATE agent_snapshots
            SET ended_as = 'completed', execution = :execution, ended_at = :at
            WHERE id = :snapshot_id AND ended_at IS NULL
        ), freed AS (
            UPDATE agent_tasks
            SET status = 'ready', due_at = :at,
                dispatched_at = :dispatched_at, dispatches = :dispatches
            WHERE id = ANY (:freed_ids) AND status = 'blocked'
        ), taken AS (
            UPDATE agent_tasks
            SET status = 'running', attempt = attempt + 1, due_at = :at, started_at = :at,
                finished_at = NULL, error_code = NULL, error_message = NULL,
                lease_owner = :worker, queue_id = NULL,
                lease_until = least(clock_timestamp() + make_interval(secs => :lease_seconds),
                                    :at + make_interval(secs => timeout_seconds)),
                deadline_at = :at + make_interval(secs => timeout_seconds)
            WHERE id = :taken_id AND status = 'blocked'
        ), opened AS (
            INSERT INTO agent_snapshots
                (id, session_id, team_id, task_id, attempt, context, capabilities, decisions,
                 created_at)
            SELECT :opened_id, :session_id, :team_id, :taken_id, :taken_attempt, :taken_context,
                   :taken_capabilities, :taken_decisions, :at
            WHERE :taken_id IS NOT NULL
        ), head AS (
            UPDATE session_heads SET last_seq = :last_seq, status = :status, updated_at = :at
            WHERE session_id = :session_id
        ), logged AS (
            INSERT INTO session_events (session_id, team_id, seq, type, version, payload, at)
            SELECT :session_id, :team_id, entry.seq, entry.type, entry.version,
                   entry.payload, :at
            FROM jsonb_to_recordset(:events)
            AS entry(seq bigint, type text, version int, payload jsonb)
        )
        SELECT id FROM completed
        """,
        task_id=UUID,
        attempt=int,
        output=dict,
        output_sha256=str,
        at=datetime,
        snapshot_id=UUID,
        execution=dict,
        freed_ids=list[UUID],
        dispatched_at=datetime,
        dispatches=int,
        taken_id=UUID,
        taken_attempt=int,
        taken_context=dict,
        taken_capabilities=list,
        taken_decisions=list,
        opened_id=UUID,
        worker=str,
        lease_seconds=float,
        session_id=UUID,
        team_id=UUID,
        last_seq=int,
        status=str,
        events=list,
    ),
    "id",
)


@dataclass(frozen=True, slots=True)
class Completion:
    """An attempt's result as it is written; `output_sha256` only of a large output."""

    task_id: UUID
    attempt: int
    snapshot_id: UUID
    output: Mapping[str, Any]
    output_sha256: str | None
    execution: Mapping[str, Any]


def record_completion(
    db: Connection,
    head: Head,
    completion: Completion,
    bodies: Sequence[EventBody],
    at: datetime,
    *,
    status: SessionStatus,
    freed_ids: Sequence[UUID] = (),
    are_sent: bool = False,
    taken: OpenSnapshot | None = None,
    worker: str = "",
    lease_seconds: float = 0.0,
) -> Head | None:
    """Complete an attempt, free tasks, start the one that is taken along, append the events.

    `are_sent` stamps the freed tasks as dispatched, for a caller that puts them into the queue
    itself. Returns the new head, or None when the attempt no longer owns its task: then the
    caller must roll back.
    """
    after, events = number_events(head, bodies, status)
    row = db.execute(
        _RECORD,
        {
            "task_id": completion.task_id,
            "attempt": completion.attempt,
            "snapshot_id": completion.snapshot_id,
            "output": dict(completion.output),
            "output_sha256": completion.output_sha256,
            "execution": dict(completion.execution),
            "at": at,
            "freed_ids": list(freed_ids),
            "dispatched_at": at if are_sent else None,
            "dispatches": int(are_sent),
            "taken_id": taken and taken.task_id,
            "taken_attempt": taken and taken.attempt,
            "taken_context": dict(taken.context) if taken else {},
            "taken_capabilities": list(taken.capabilities) if taken else [],
            "taken_decisions": list(taken.decisions) if taken else [],
            "opened_id": taken and taken.snapshot_id,
            "worker": worker,
            "lease_seconds": lease_seconds,
            "session_id": head.session_id,
            "team_id": head.team_id,
            "last_seq": after.last_seq,
            "status": after.status.value,
            "events": events,
        },
    ).one_or_none()
    return None if row is None else after


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
    statement = statement.values(
        lease_owner=None,
        lease_until=None,
        deadline_at=None,
        dispatched_at=None,
        dispatches=0,
        status=status.value,
        **values,
    )
    return db.execute(statement).rowcount == 1
