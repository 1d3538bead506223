"""Steering a session: cancel, pause, resume, end, retry, expire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.access import SYSTEM, Action, Principal
from core.domain.attempt import TaskView, tasks_to_free
from core.domain.events import EventBody
from core.domain.lifecycle import TaskStatus, next_session_status
from core.domain.session import Session
from core.domain.text import clean_line
from core.errors import Conflict, DetailsGone, NotFound, TasksRunning
from core.services.auditing import note
from core.services.ending import cancel_open_tasks
from core.services.permission import demand_session
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import announce
from core.store import heads, sessions, tasks
from core.store.heads import Head

# What an act does beside the change of state: it writes, and returns the events to append.
Effect = Callable[[Connection, Head, list[TaskView], datetime], list[EventBody]]
# The word by which each act is found in the audit.
_DONE = {
    "cancel": "cancelled",
    "pause": "paused",
    "resume": "resumed",
    "complete": "ended",
    "retry": "retried",
    "expire": "expired",
}


def cancel_session(principal: Principal, session_id: UUID, reason: str = "") -> Session:
    """Cancel a session: what runs is told to stop, what has finished stays."""
    reason = clean_line(reason)[:500]

    def effect(db: Connection, head: Head, views: list[TaskView], now: datetime) -> list[EventBody]:
        bodies = cancel_open_tasks(db, head, views, now)
        sessions.end_session(db, head.session_id, at=now)
        return [*bodies, ev.SessionCancelled(reason)]

    return _act(principal, session_id, "cancel", effect, reason=reason)


def pause_session(principal: Principal, session_id: UUID) -> Session:
    """Pause a session: nothing new is claimed, what runs goes on and records."""
    return _act(principal, session_id, "pause", lambda *_: [ev.SessionPaused()])


def resume_session(principal: Principal, session_id: UUID) -> Session:
    """Let a paused session's tasks be claimed again."""

    def effect(db: Connection, head: Head, views: list[TaskView], now: datetime) -> list[EventBody]:
        # Messages that came during the pause led to no claim: the next sweep sends them again.
        tasks.unstamp(db, [view.id for view in views if view.status == TaskStatus.READY])
        return [ev.SessionResumed()]

    return _act(principal, session_id, "resume", effect, has_work=True)


def end_session(principal: Principal, session_id: UUID) -> Session:
    """Complete a session early; raises `TasksRunning` while a task runs."""

    def effect(db: Connection, head: Head, views: list[TaskView], now: datetime) -> list[EventBody]:
        if any(view.status == TaskStatus.RUNNING for view in views):
            raise TasksRunning
        bodies = cancel_open_tasks(db, head, views, now)
        sessions.end_session(db, head.session_id, at=now)
        return [*bodies, ev.SessionCompleted(None)]

    return _act(principal, session_id, "complete", effect)


def retry_session(principal: Principal, session_id: UUID) -> Session:
    """Take a failed session up again from the failed task on; finished work is kept.

    Raises `DetailsGone` when retention took what its tasks would go on from.
    """

    def effect(db: Connection, head: Head, views: list[TaskView], now: datetime) -> list[EventBody]:
        if head.events_gone_to_seq:
            raise DetailsGone(hint="Launch a new session on the same brief.")
        failed = [view for view in views if view.status == TaskStatus.FAILED]
        freed = [*failed, *tasks_to_free(views)]
        tasks.reset_bounds(db, [view.id for view in failed])
        tasks.free_tasks(db, [view.id for view in freed], now)
        sessions.reopen_session(db, head.session_id)
        bodies: list[EventBody] = [ev.SessionRetried(tuple(str(view.id) for view in failed))]
        return [*bodies, *(ev.TaskReady(str(view.id)) for view in freed)]

    return _act(principal, session_id, "retry", effect, has_work=True)


def expire_session(session_id: UUID, *, inactive_since: datetime | None = None) -> Session:
    """End an unfinished session for lack of activity; retention's act.

    Raises `Conflict` when something has happened in it since `inactive_since`.
    """

    def effect(db: Connection, head: Head, views: list[TaskView], now: datetime) -> list[EventBody]:
        if inactive_since and not sessions.is_inactive(db, head.session_id, inactive_since):
            raise Conflict("Something has happened in it in the meantime.")
        bodies = cancel_open_tasks(db, head, views, now)
        sessions.end_session(db, head.session_id, at=now)
        return [*bodies, ev.SessionExpired()]

    return _act(SYSTEM, session_id, "expire", effect)


def _act(
    principal: Principal,
    session_id: UUID,
    act: str,
    effect: Effect,
    *,
    has_work: bool = False,
    reason: str = "",
) -> Session:
    earlier: list[tuple[int, datetime]] = []

    def work(db: Connection) -> Session:
        session = demand_session(db, principal, session_id, Action.CONTROL)
        head = heads.lock_head(db, session_id)
        if head is None:
            raise NotFound
        for seq, at in earlier[-1:]:  # of a try whose answer was lost
            if heads.has_event(db, session_id, seq, at):
                return session
        status = next_session_status(head.status, act)
        now, views = tasks.locked_tasks(db, session_id)
        bodies = effect(db, head, views, now)
        after = heads.append_events(db, head, bodies, now, status=status)
        note(
            db,
            principal,
            f"session.{_DONE[act]}",
            team_id=head.team_id,
            subject=session.feature_name,
            details={"session_id": str(session_id)} | ({"reason": reason} if reason else {}),
        )
        earlier.append((after.last_seq, now))
        changed = sessions.get_session(db, principal, session_id)
        if changed is None:
            raise NotFound
        return changed

    session = transact(work)
    redis_url = get_settings().redis_url
    announce(redis_url, sessions=[(session_id, session.last_seq)], work=has_work)
    return session
