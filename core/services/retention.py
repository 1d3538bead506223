"""Retention: what has been without activity for long ends, or is forgotten."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import SYSTEM, Action, Principal
from core.domain.retention import Aging, Details, RetentionPlan, RetentionPreview
from core.errors import Conflict, IllegalTransition
from core.services.answering import expire_approvals
from core.services.auditing import drop_old_audit, note
from core.services.control import expire_session
from core.services.idempotency import drop_expired_keys
from core.services.permission import demand, may
from core.services.telling import drop_old_news
from core.services.transaction import ask, ask_at_one_moment, transact
from core.settings import get_settings
from core.store import operations, retention, sessions
from core.store.retention import Fate

BATCH = 100  # sessions that are looked up at once
PIECE = 500  # rows of each kind that one transaction takes
RUN_SECONDS = 20.0  # after which a run leaves the rest to the next one
SHOWN = 50
SILENT_WORKER_SECONDS = 86_400.0
DETAILS_JOB = "take_old_details"


def plan_retention(principal: Principal, team_id: UUID, *, most: int = SHOWN) -> RetentionPlan:
    """Return what will become of a team's sessions, and when; raises `NotFound`."""
    settings = get_settings()
    most = max(1, min(most, 500))

    def work(db: Connection) -> RetentionPlan:
        demand(db, principal, team_id, Action.READ)

        def list_of(fate: Fate) -> list[Aging]:
            return retention.list_aging(db, principal, fate, team_id=team_id, most=most)

        def count_of(fate: Fate) -> int:
            return retention.count_aging(db, principal, fate, team_id=team_id)

        keep_days = settings.detail_retention_days
        return RetentionPlan(
            now=operations.clock(db),
            session_days=settings.session_retention_days,
            detail_days=keep_days,
            audit_days=settings.audit_retention_days,
            expiring=_due(list_of(Fate.EXPIRES), settings.session_retention_days),
            losing_details=_due(list_of(Fate.LOSES_DETAILS), keep_days) if keep_days else (),
            pinned=tuple(list_of(Fate.PINNED)),
            count_expiring=count_of(Fate.EXPIRES),
            count_losing=count_of(Fate.LOSES_DETAILS) if keep_days else 0,
            count_pinned=count_of(Fate.PINNED),
            count_gone=count_of(Fate.GONE),
            may_pin=may(db, principal, team_id, Action.CONTROL),
        )

    return ask_at_one_moment(work)


def preview_retention(
    *, session_days: int | None = None, detail_days: int | None = None
) -> RetentionPreview:
    """Return what would go now, of all teams, by the settings or by other days; takes nothing."""
    settings = get_settings()
    expire_days = settings.session_retention_days if session_days is None else session_days
    keep_days = settings.detail_retention_days if detail_days is None else detail_days

    def work(db: Connection) -> RetentionPreview:
        now = operations.clock(db)
        limits = {Fate.EXPIRES: expire_days}
        if keep_days:
            limits[Fate.LOSES_DETAILS] = keep_days
        before = {fate: now - timedelta(days=days) for fate, days in limits.items()}
        listed: dict[Fate, tuple[Aging, ...]] = {}
        counted: dict[Fate, int] = {}
        for fate, since in before.items():
            found = retention.list_aging(db, SYSTEM, fate, team_id=None, before=since, most=SHOWN)
            listed[fate] = _due(found, limits[fate])
            counted[fate] = retention.count_aging(db, SYSTEM, fate, team_id=None, before=since)
        return RetentionPreview(
            session_days=expire_days,
            detail_days=keep_days,
            expiring=listed[Fate.EXPIRES],
            losing_details=listed.get(Fate.LOSES_DETAILS, ()),
            count_expiring=counted[Fate.EXPIRES],
            count_losing=counted.get(Fate.LOSES_DETAILS, 0),
            details=retention.count_details(db, before[Fate.LOSES_DETAILS])
            if keep_days
            else Details(),
        )

    return ask_at_one_moment(work)


def _due(found: list[Aging], days: int) -> tuple[Aging, ...]:
    """Say when each is due."""
    return tuple(replace(one, due_at=one.active_at + timedelta(days=days)) for one in found)


def expire_inactive_sessions() -> int:
    """Expire unfinished sessions without activity for the retention's days; returns how many.

    Each in a transaction of its own, and only when it is still inactive once it is locked. What
    waits for somebody's answer does not expire: its approval does, in its own time.
    """
    days = get_settings().session_retention_days
    expired = 0
    while True:
        since, found = ask(lambda db: _list_inactive(db, days))
        before = expired
        for session_id in found:
            try:
                expire_session(session_id, inactive_since=since)
            except (IllegalTransition, Conflict):
                continue  # it ended, asks, or something happened in it, since we looked
            expired += 1
        if len(found) < BATCH or expired == before:
            return expired


def _list_inactive(db: Connection, days: int) -> tuple[datetime, list[UUID]]:
    since = operations.clock(db) - timedelta(days=days)
    return since, sessions.list_inactive(db, since, BATCH)


def take_old_details() -> Details:
    """Take events, snapshots and artifacts of sessions that finished long ago; returns what.

    Decisions, tasks, times and the audit stay, and so does all of what is pinned. Every piece is a
    transaction of its own that also notes it in the audit: whoever is killed between two has lost
    nothing, and the next run goes on. Several may run at once. What takes long is left to another
    run, which is made due at once.
    """
    days = get_settings().detail_retention_days
    if not days:
        return Details()
    end = time.monotonic() + RUN_SECONDS
    taken = Details()
    while True:
        before, found = ask(lambda db: _list_old(db, days))
        pieces = 0
        for session_id in found:
            while piece := transact(partial(_take_piece, session_id=session_id, before=before)):
                taken, pieces = taken + piece, pieces + 1
                if time.monotonic() >= end:
                    transact(lambda db: operations.make_job_due(db, DETAILS_JOB))
                    return taken
        if len(found) < BATCH or not pieces:  # or others are at it
            return taken


def _list_old(db: Connection, days: int) -> tuple[datetime, list[UUID]]:
    before = operations.clock(db) - timedelta(days=days)
    return before, retention.list_old(db, before, BATCH)


def _take_piece(db: Connection, *, session_id: UUID, before: datetime) -> Details | None:
    """Take a piece of a session's details; None when there is nothing (left) to take for us."""
    losing = retention.lock_old(db, session_id, before)
    if losing is None:
        return None
    piece = retention.take_details(db, session_id, PIECE)
    is_last = max(piece.events, piece.snapshots, piece.contents, piece.artifacts) < PIECE
    if is_last:
        retention.note_gone(db, session_id)
    note(
        db,
        SYSTEM,
        "session.details_taken",
        team_id=losing.team_id,
        subject=losing.feature_name,
        details={
            "session_id": str(session_id),
            "through_seq": losing.last_seq,
            "events": piece.events,
            "snapshots": piece.snapshots,
            "contents": piece.contents,
            "artifacts": piece.artifacts,
            "is_last": is_last,
        },
    )
    return piece


def apply_retention() -> tuple[int, Details]:
    """Do now what the scheduled jobs do, to the end.

    Returns how many sessions expired, and what was taken.
    """
    expired, taken = expire_inactive_sessions(), Details()
    while (piece := take_old_details()).rows:
        taken += piece
    return expired, taken


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
        DETAILS_JOB: take_old_details,
    }[name]()
