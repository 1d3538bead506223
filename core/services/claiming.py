"""Claiming a task and holding it: claim, heartbeat, progress, note.

A claim is a compare-and-set from ready to running under a new attempt, whose number is the fence
for everything that the attempt writes later.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.attempt import Claim, WorkerIdentity, owned_view, snapshot_context
from core.domain.text import clean_line
from core.domain.work import RoleWork
from core.ids import new_id
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import announce, announce_progress
from core.store import attempts, heads, journal, sessions, snapshots, tasks

MAX_NOTE_CHARACTERS = 500


def claim_task(
    task_id: UUID, worker: WorkerIdentity, *, queue_id: str | None = None
) -> Claim | None:
    """Claim a due task for a worker; None when it cannot be had, as with a second delivery."""
    claim = transact(lambda db: claim_within(db, task_id, worker, queue_id), budget_seconds=5)
    if claim is not None:
        settings = get_settings()
        announce(settings.redis_url, sessions=[(claim.session_id, claim.seq)])
    return claim


def extend_lease(claim: Claim) -> bool:
    """Extend an attempt's lease; False when it has lost the task or its deadline has passed."""
    lease_seconds = get_settings().lease_seconds
    return transact(
        lambda db: attempts.extend_lease(db, claim.task_id, claim.attempt, lease_seconds),
        budget_seconds=lease_seconds / 3,
    )


def report_progress(claim: Claim, fraction: float | None) -> None:
    """Tell whoever watches how far an attempt is, 0 to 1; may be lost."""
    url = get_settings().redis_url
    announce_progress(url, claim.session_id, claim.task_id, claim.attempt, fraction)


def note_task(claim: Claim, text: str) -> None:
    """Record what an attempt is doing, as an event; nothing happens when it lost its task."""
    note = clean_line(text)[:MAX_NOTE_CHARACTERS]

    def work(db: Connection) -> int | None:
        head = heads.lock_head(db, claim.session_id)
        if head is None:
            return None
        now, views = tasks.locked_tasks(db, claim.session_id)
        if owned_view(views, claim.task_id, claim.attempt) is None:
            return None
        body = ev.TaskNote(str(claim.task_id), claim.attempt, note)
        return heads.append_events(db, head, [body], now).last_seq

    seq = transact(work, budget_seconds=2)
    if seq is not None:
        announce(get_settings().redis_url, sessions=[(claim.session_id, seq)])


def claim_within(
    db: Connection, task_id: UUID, worker: WorkerIdentity, queue_id: str | None
) -> Claim | None:
    """Claim a due task inside the caller's transaction; None when it cannot be had."""
    row = attempts.claim_ready(
        db,
        task_id,
        worker=worker.name,
        queue_id=queue_id,
        lease_seconds=get_settings().lease_seconds,
    )
    if row is None:
        return None
    session_id = row.head.session_id
    order = sessions.get_order(db, session_id)
    upstream = tasks.upstream_outputs(db, session_id, row.upstream_roles)
    work = RoleWork(
        session_id=session_id,
        task_id=task_id,
        attempt=row.attempt,
        role=row.role,
        feature_name=order.feature_name,
        brief=order.brief,
        description=row.description,
        instructions=row.instructions,
        capabilities=row.capabilities,
        upstream={role: output for role, (output, _) in upstream.items()},
        input=row.input,
        timeout_seconds=row.timeout_seconds,
    )
    hashes = {role: sha256 for role, (_, sha256) in upstream.items() if sha256}
    snapshot_id = new_id()
    snapshots.open_snapshot(
        db,
        snapshot_id=snapshot_id,
        session_id=session_id,
        team_id=row.head.team_id,
        task_id=task_id,
        attempt=row.attempt,
        context=snapshot_context(work, order.brief_sha256, hashes),
        capabilities=row.capabilities,
        decisions=journal.guiding_decisions(db, session_id),
        at=row.started_at,
    )
    body = ev.TaskStarted(str(task_id), row.attempt, worker.name)
    head = heads.append_events(db, row.head, [body], row.started_at)
    return Claim(
        work=work,
        team_id=head.team_id,
        executor=row.executor,
        snapshot_id=snapshot_id,
        worker=worker,
        started_at=row.started_at,
        deadline_at=row.deadline_at,
        seq=head.last_seq,
    )
