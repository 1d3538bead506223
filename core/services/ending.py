"""How attempts end without a result: by a failure, a crash, or with their session.

These run inside the transaction of a use case that holds the session's head.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.access import Principal
from core.domain.approval import ApprovalStatus
from core.domain.attempt import Recorded, TaskView, retry_delay
from core.domain.events import EventBody
from core.domain.lifecycle import SessionStatus, TaskStatus, next_session_status
from core.errors import Fenced
from core.services.auditing import note_approval
from core.settings import get_settings
from core.store import approvals, attempts, heads, sessions, snapshots, tasks
from core.store.heads import Head


def end_without_result(
    db: Connection,
    head: Head,
    view: TaskView,
    now: datetime,
    *,
    code: str,
    message: str,
    may_retry: bool = True,
    is_crash: bool = False,
) -> Recorded:
    """End a running attempt as a failure or a crash, inside the caller's transaction.

    Crashes and failures are counted apart, each with its bound. The head must be locked. Raises
    `Fenced` when the attempt ended, or a heartbeat saved its lease, in the meantime.
    """
    settings = get_settings()
    failures = view.failures + (not is_crash)
    crashes = view.crashes + is_crash
    delay: float | None
    if is_crash:
        delay = 0.0 if crashes < settings.max_crashes else None
    else:
        delay = retry_delay(failures, settings.retry_delays_seconds) if may_retry else None
    stopped = head.status == SessionStatus.FAILED
    if delay is None:
        status, due_at = TaskStatus.FAILED, None
    elif stopped:
        status, due_at = TaskStatus.BLOCKED, None
    else:
        status, due_at = TaskStatus.READY, now + timedelta(seconds=delay)
    if not attempts.end_attempt(
        db,
        view.id,
        view.attempt,
        status=status,
        lease_before=now if is_crash else None,
        failures=failures,
        crashes=crashes,
        error_code=code,
        error_message=message,
        due_at=due_at,
        finished_at=now if status == TaskStatus.FAILED else None,
    ):
        raise Fenced
    task_id = str(view.id)
    bodies: list[EventBody] = []
    if status == TaskStatus.FAILED:
        kind = "crash" if is_crash else "failure"
        bodies.append(ev.TaskFailed(task_id, view.attempt, code, message, kind))
    elif is_crash:
        bodies.append(ev.TaskLeaseLost(task_id, view.attempt, code, message))
    else:
        due = (due_at or now).isoformat()
        bodies.append(ev.TaskRetryScheduled(task_id, view.attempt, due, code, message))
    snapshot_id = snapshots.close_snapshot(
        db,
        view.id,
        view.attempt,
        ended_as="lease_lost" if is_crash else "failed",
        execution={"error_code": code, "error_message": message},
        at=now,
    )
    bodies.append(ev.SnapshotRecorded(str(snapshot_id), task_id, view.attempt))
    after: SessionStatus | None = None
    if status == TaskStatus.FAILED and not stopped and not head.stays_open:
        after = next_session_status(head.status, "fail")
        bodies.append(fail_session(db, head, view.id, now, code=code, message=message))
    head = heads.append_events(db, head, bodies, now, status=after)
    freed = (view.id,) if due_at == now else ()
    return Recorded(head.session_id, head.last_seq, freed)


def fail_session(
    db: Connection, head: Head, task_id: UUID, now: datetime, *, code: str, message: str
) -> EventBody:
    """End a session for a task that failed for good; returns the event to append.

    Inside the caller's transaction. What waits for an answer goes on waiting for it.
    """
    tasks.block_ready(db, head.session_id)
    sessions.end_session(db, head.session_id, at=now)
    return ev.SessionFailed(str(task_id), code, message)


def cancel_questions(
    db: Connection, who: Principal, task_ids: Collection[UUID], now: datetime
) -> list[EventBody]:
    """Cancel what some tasks wait for, which is `who`'s act; returns the events to append.

    Inside the caller's transaction; the head must be locked.
    """
    cancelled = approvals.cancel_pending(db, task_ids, now)
    for one in cancelled:
        note_approval(db, who, "cancelled", one)
    status = ApprovalStatus.CANCELLED.value
    return [ev.ApprovalDecided(str(one.id), status) for one in cancelled]


def cancel_open_tasks(
    db: Connection, who: Principal, head: Head, views: list[TaskView], now: datetime
) -> list[EventBody]:
    """Cancel every unfinished task and what it asks, and complete the snapshots of those that run.

    Inside the caller's transaction; the head must be locked. Returns the events to append.
    """
    bodies: list[EventBody] = []
    tasks.cancel_tasks(db, [view.id for view in views if view.is_unfinished], now)
    waiting = [view.id for view in views if view.status == TaskStatus.WAITING]
    if waiting:
        bodies += cancel_questions(db, who, waiting, now)
    for view in views:
        if view.status == TaskStatus.RUNNING:
            snapshot_id = snapshots.close_snapshot(
                db, view.id, view.attempt, ended_as="cancelled", execution={}, at=now
            )
            bodies.append(ev.SnapshotRecorded(str(snapshot_id), str(view.id), view.attempt))
        if view.is_unfinished:
            bodies.append(ev.TaskCancelled(str(view.id)))
    return bodies
