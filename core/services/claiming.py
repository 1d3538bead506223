"""Claiming a task and holding it: claim, heartbeat, progress, note.

A claim is a compare-and-set from ready to running under a new attempt, whose number is the fence
for everything that the attempt writes later.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.attempt import Attempt, Claim, WorkerIdentity, owned_view
from core.domain.text import clean_line
from core.ids import new_id
from core.services.transaction import transact, transact_alone, transact_directly
from core.settings import get_settings
from core.signals import tallies
from core.signals.wakeups import announce, announce_progress
from core.store import attempts, heads, tasks

MAX_NOTE_CHARACTERS = 500


def claim_task(
    task_id: UUID, worker: WorkerIdentity, *, queue_id: str | None = None
) -> Claim | None:
    """Claim a due task for a worker; None when it cannot be had, as with a second delivery."""
    snapshot_id = new_id()  # by which a repeated try finds its own claim
    settings = get_settings()
    claim = transact_directly(
        lambda db: attempts.claim_task(
            db,
            task_id,
            snapshot_id=snapshot_id,
            worker=worker,
            queue_id=queue_id,
            lease_seconds=settings.lease_seconds,
        ),
        budget_seconds=5,
    )
    if claim is None:
        tallies.count(settings.redis_url, "claims_missed")
    else:
        announce(settings.redis_url, sessions=[(claim.session_id, claim.seq)])
    return claim


def extend_lease(claim: Claim) -> bool:
    """Extend an attempt's lease; False when it has lost the task or its deadline has passed."""
    lease_seconds = get_settings().lease_seconds
    return transact_alone(
        lambda db: (
            attempts.extend_lease(db, claim.task_id, claim.attempt, lease_seconds) is not None
        ),
        budget_seconds=lease_seconds / 3,
    )


def report_progress(claim: Attempt, fraction: float | None) -> None:
    """Tell whoever watches how far an attempt is, 0 to 1; may be lost."""
    url = get_settings().redis_url
    announce_progress(url, claim.session_id, claim.task_id, claim.attempt, fraction)


def note_task(claim: Attempt, text: str) -> None:
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
