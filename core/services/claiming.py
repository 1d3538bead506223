"""Claiming a task and holding it: claim, heartbeat, progress, note.

A claim is a compare-and-set from ready to running under a new attempt, whose number is the fence
for everything that the attempt writes later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.attempt import (
    Claim,
    ExecutionContext,
    Order,
    Output,
    WorkerIdentity,
    owned_view,
    snapshot_context,
)
from core.domain.text import clean_line
from core.domain.work import RoleWork
from core.ids import new_id
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import announce, announce_progress
from core.store import attempts, heads, orders, tasks
from core.store.attempts import OpenSnapshot
from core.store.heads import Head

MAX_NOTE_CHARACTERS = 500


def claim_task(
    task_id: UUID, worker: WorkerIdentity, *, queue_id: str | None = None
) -> Claim | None:
    """Claim a due task for a worker; None when it cannot be had, as with a second delivery."""
    earlier: list[Claim] = []

    def work(db: Connection) -> Claim | None:
        for lost in earlier[-1:]:  # of a try whose answer was lost
            if heads.has_event(db, lost.session_id, lost.seq, lost.started_at):
                return lost
        claim = claim_within(db, task_id, worker, queue_id)
        earlier.extend([claim] if claim else [])
        return claim

    claim = transact(work, budget_seconds=5)
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
    order, upstream = orders.read_order(db, session_id, row.context.upstream_roles)
    claim = make_claim(
        row.head,
        task_id,
        role=row.role,
        attempt=row.attempt,
        order=order,
        context=row.context,
        upstream=upstream,
        worker=worker,
        started_at=row.started_at,
        deadline_at=row.deadline_at,
    )
    body = ev.TaskStarted(str(task_id), row.attempt, worker.name)
    snapshot = open_snapshot(claim, upstream)
    head = attempts.begin_attempt(db, row.head, snapshot, [body], row.started_at)
    return replace(claim, seq=head.last_seq)


def make_claim(
    head: Head,
    task_id: UUID,
    *,
    role: str,
    attempt: int,
    order: Order,
    context: ExecutionContext,
    upstream: Mapping[str, Output],
    worker: WorkerIdentity,
    started_at: datetime,
    deadline_at: datetime,
) -> Claim:
    """Return the claim of an attempt that begins."""
    return Claim(
        work=RoleWork(
            session_id=head.session_id,
            task_id=task_id,
            attempt=attempt,
            role=role,
            feature_name=order.feature_name,
            brief=order.brief,
            description=context.description,
            instructions=context.instructions,
            capabilities=context.capabilities,
            upstream={name: output.body for name, output in upstream.items()},
            input=context.input,
            timeout_seconds=context.timeout_seconds,
        ),
        team_id=head.team_id,
        executor=context.executor,
        snapshot_id=new_id(),
        worker=worker,
        order=order,
        started_at=started_at,
        deadline_at=deadline_at,
        seq=head.last_seq,
    )


def open_snapshot(claim: Claim, upstream: Mapping[str, Output]) -> OpenSnapshot:
    """Return the snapshot with which an attempt begins."""
    return OpenSnapshot(
        snapshot_id=claim.snapshot_id,
        task_id=claim.task_id,
        attempt=claim.attempt,
        context=snapshot_context(claim.work, claim.order.brief_sha256, upstream),
        capabilities=claim.work.capabilities,
        decisions=claim.order.guiding,
    )
