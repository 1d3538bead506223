"""Scheduled work: what has been without activity for long ends, or is forgotten."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection

from core.errors import IllegalTransition
from core.services.answering import expire_approvals
from core.services.auditing import drop_old_audit
from core.services.control import expire_session
from core.services.idempotency import drop_expired_keys
from core.services.telling import drop_old_news
from core.services.transaction import transact
from core.settings import get_settings
from core.store import operations, sessions

BATCH = 100
SILENT_WORKER_SECONDS = 86_400.0


def expire_inactive_sessions() -> int:
    """Expire unfinished sessions without activity for the retention's days; returns how many."""
    days = get_settings().session_retention_days

    def inactive(db: Connection) -> list[UUID]:
        before = operations.clock(db) - timedelta(days=days)
        return sessions.list_inactive(db, before, BATCH)

    expired = 0
    for session_id in transact(inactive):
        try:
            expire_session(session_id)
        except IllegalTransition:
            continue  # it ended since we looked
        expired += 1
    return expired


def forget_silent_workers() -> None:
    """Delete the notes of workers that were not seen for a day."""
    transact(lambda db: operations.forget_silent(db, SILENT_WORKER_SECONDS))


def run_job(name: str) -> None:
    """Run a scheduled job by its name; raises `KeyError` for one that is not known."""
    {
        "drop_expired_keys": drop_expired_keys,
        "drop_old_audit": drop_old_audit,
        "drop_old_news": drop_old_news,
        "expire_approvals": expire_approvals,
        "expire_sessions": expire_inactive_sessions,
        "forget_silent_workers": forget_silent_workers,
    }[name]()
