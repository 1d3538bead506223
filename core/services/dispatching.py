"""What the dispatcher does each sweep: reap lost leases, take due tasks, take due jobs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from core.domain.attempt import CRASHED, DEADLINE_PASSED, NOT_QUEUED, Recorded, owned_view
from core.domain.origin import Origin, coming_from
from core.errors import Fenced
from core.services.delivering import DELIVERY_TURN
from core.services.ending import end_without_result
from core.services.transaction import ask, transact, transact_alone
from core.settings import get_settings
from core.signals import tallies
from core.signals.wakeups import announce
from core.store import heads, operations, tasks
from core.store.tasks import ExpiredLease

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200
JOBS = {  # name -> every so many seconds
    "drop_expired_keys": 600.0,
    "drop_old_audit": 3600.0,
    "drop_old_news": 3600.0,
    "expire_approvals": 10.0,
    "expire_sessions": 3600.0,
    "forget_silent_workers": 600.0,
    "take_old_details": 3600.0,
}


def take_due_tasks(*, resend: bool = True) -> list[UUID]:
    """Return due tasks to send to the queue, stamped as sent.

    With `resend` also those that were sent before and not claimed for a while.
    """
    settings = get_settings()
    return transact_alone(
        lambda db: tasks.take_due(
            db,
            not_queued=NOT_QUEUED,
            resend=resend,
            resend_seconds=settings.resend_seconds,
            resend_most_seconds=settings.resend_most_seconds,
            most=MOST_AT_ONCE,
        ),
        budget_seconds=2,
    )


def count_sent_tasks() -> int:
    """Return how many tasks were sent to the queue and not claimed yet."""
    return ask(tasks.count_sent, budget_seconds=2)


def return_tasks(task_ids: Sequence[UUID]) -> None:
    """Take back the stamp of tasks that could not be sent, so that the next sweep sends them."""
    transact(lambda db: tasks.unstamp(db, task_ids), budget_seconds=5)


def reap_lost_attempts() -> int:
    """End the attempts whose lease ran out; returns how many.

    A passed deadline counts as a failure, a lost lease as a crash.
    """
    leases = ask(lambda db: tasks.expired_leases(db, MOST_AT_ONCE), budget_seconds=2)
    reaped = 0
    for lease in leases:
        with coming_from(Origin("", lease.trace_id)):
            reaped += _reap(lease)
    return reaped


def _reap(lease: ExpiredLease) -> bool:
    overdue = False

    def work(db: Connection) -> Recorded | None:
        nonlocal overdue
        head = heads.lock_head(db, lease.session_id)
        if head is None:
            return None
        now, views = tasks.locked_tasks(db, lease.session_id)
        view = owned_view(views, lease.task_id, lease.attempt)
        if view is None or view.lease_until is None or view.lease_until >= now:
            return None
        overdue = view.deadline_at is not None and view.deadline_at <= now
        return end_without_result(
            db,
            head,
            view,
            now,
            code=DEADLINE_PASSED if overdue else CRASHED,
            message="The attempt did not end by its deadline."
            if overdue
            else "The worker died or stopped answering.",
            is_crash=not overdue,
        )

    try:
        recorded = transact(work, budget_seconds=5)
    except Fenced:
        return False
    if recorded is None:
        return False
    why = "its deadline has passed" if overdue else "its lease ran out"
    log.warning("attempt %s of task %s is lost: %s", lease.attempt, lease.task_id, why)
    redis_url = get_settings().redis_url
    tallies.count(redis_url, "deadlines_passed" if overdue else "leases_lost")
    announce(redis_url, sessions=[(recorded.session_id, recorded.seq)])
    return True


def schedule_jobs() -> None:
    """Enter all jobs into the schedule."""
    transact(lambda db: operations.add_jobs(db, [*JOBS, DELIVERY_TURN]))


def return_job(name: str) -> None:
    """Have a job that could not be sent to the queue run at the next look."""
    transact(lambda db: operations.make_job_due(db, name), budget_seconds=5)


def take_due_jobs() -> list[str]:
    """Return the names of jobs to run now; of several dispatchers only one gets each."""

    def work(db: Connection) -> list[str]:
        taken: list[str] = []
        for name, every_seconds in JOBS.items():
            taken.extend(operations.take_jobs(db, [name], every_seconds))
        return taken

    return transact(work, budget_seconds=2)
