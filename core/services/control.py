"""Steering a session: activate, pause, resume, cancel, end, fail, retry, expire, and rename."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.access import SYSTEM, Action, Principal
from core.domain.attempt import TaskView, tasks_to_free
from core.domain.events import EventBody
from core.domain.lifecycle import (
    FINAL_SESSION,
    TaskStatus,
    act_towards,
    next_session_status,
    read_session_status,
)
from core.domain.routing import SessionChange, merge_metadata
from core.domain.session import Session
from core.domain.text import check_name, clean_line
from core.errors import Conflict, DetailsGone, IllegalTransition, NotFound, TasksRunning
from core.services.approving import ask_at_gates
from core.services.auditing import note
from core.services.ending import cancel_open_tasks
from core.services.permission import demand_session
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import announce
from core.store import heads, sessions, tasks
from core.store.heads import Head

# What an act does beside the change of state: it writes, and returns the events to append.
Effect = Callable[[Connection, Principal, Head, list[TaskView], datetime], list[EventBody]]

SET_FAILED = "set_failed"  # the code of a session that somebody said has failed


@dataclass(frozen=True, slots=True)
class Act:
    """A change of a session's state: what it does, and the word by which the audit knows it.

    `has_work` says that tasks may be claimed after it.
    """

    name: str
    done: str
    effect: Effect
    has_work: bool = False
    reason: str = ""


def cancel_session(principal: Principal, session_id: UUID, reason: str = "") -> Session:
    """Cancel a session: what runs is told to stop, what has finished stays."""
    return _act(principal, session_id, _cancelling(clean_line(reason)[:500]))


def pause_session(principal: Principal, session_id: UUID) -> Session:
    """Pause a session: nothing new is claimed, what runs goes on and records."""
    return _act(principal, session_id, ACTS["pause"])


def resume_session(principal: Principal, session_id: UUID) -> Session:
    """Let a paused session's tasks be claimed again."""
    return _act(principal, session_id, ACTS["resume"])


def end_session(principal: Principal, session_id: UUID) -> Session:
    """Complete a session early; raises `TasksRunning` while a task runs."""
    return _act(principal, session_id, ACTS["complete"])


def retry_session(principal: Principal, session_id: UUID) -> Session:
    """Take a failed session up again from the failed task on; finished work is kept.

    Raises `DetailsGone` when retention took what its tasks would go on from.
    """
    return _act(principal, session_id, ACTS["retry"])


def expire_session(session_id: UUID, *, inactive_since: datetime | None = None) -> Session:
    """End an unfinished session for lack of activity; retention's act.

    Raises `Conflict` when something has happened in it since `inactive_since`, or when it waits
    for somebody's answer.
    """

    def expire(
        db: Connection, who: Principal, head: Head, views: list[TaskView], now: datetime
    ) -> list[EventBody]:
        if inactive_since and not sessions.is_inactive(db, head.session_id, inactive_since):
            raise Conflict(
                "Something has happened in it in the meantime, or it waits for an answer."
            )
        return _expire(db, who, head, views, now)

    return _act(SYSTEM, session_id, replace(ACTS["expire"], effect=expire))


def change_session(principal: Principal, session_id: UUID, change: SessionChange) -> Session:
    """Change what a session is called, its metadata, its state, or several of these at once.

    A state is asked for by its name, and reached by the same act as everywhere. What is so
    already is left, so that a request can be repeated; without any change nothing is recorded.
    Raises `UnknownStatus`, `IllegalTransition` (also for any change of a session that has ended
    for good), `TasksRunning`, `InvalidInput` and `TooLarge`.
    """
    wanted = None if change.status is None else read_session_status(change.status)
    name = None if change.feature_name is None else check_name(change.feature_name)

    def find_act(session: Session, head: Head) -> Act | None:
        act = None if wanted is None else act_towards(head.status, wanted)
        return None if act is None else ACTS[act]

    return _steer(principal, session_id, find_act, replace(change, feature_name=name))


def _act(principal: Principal, session_id: UUID, act: Act) -> Session:
    return _steer(principal, session_id, lambda *_: act)


def _steer(
    principal: Principal,
    session_id: UUID,
    find_act: Callable[[Session, Head], Act | None],
    change: SessionChange | None = None,
) -> Session:
    """Change a session's state, and what else is asked for, in one transaction."""
    earlier: list[tuple[int, datetime]] = []
    acts: list[Act] = []

    def work(db: Connection) -> Session:
        acts.clear()
        session = demand_session(db, principal, session_id, Action.CONTROL)
        head = heads.lock_head(db, session_id)
        if head is None:
            raise NotFound
        for seq, at in earlier[-1:]:  # of a try whose answer was lost
            if heads.has_event(db, session_id, seq, at):
                return session
        act = find_act(session, head)
        status = head.status if act is None else next_session_status(head.status, act.name)
        now, views = tasks.locked_tasks(db, session_id)
        bodies = _rewrite(db, principal, head, change) if change is not None else []
        if act is not None:
            acts.append(act)
            bodies += act.effect(db, principal, head, views, now)
            about = {"session_id": str(session_id)} | ({"reason": act.reason} if act.reason else {})
            note(
                db,
                principal,
                f"session.{act.done}",
                team_id=head.team_id,
                subject=session.feature_name,
                details=about,
            )
        if not bodies:
            return session
        after = heads.append_events(db, head, bodies, now, status=status)
        earlier.append((after.last_seq, now))
        changed = sessions.get_session(db, principal, session_id)
        if changed is None:
            raise NotFound
        return changed

    session = transact(work)
    if earlier:
        redis_url = get_settings().redis_url
        has_work = any(act.has_work for act in acts)
        announce(redis_url, sessions=[(session_id, session.last_seq)], work=has_work)
    return session


def _rewrite(
    db: Connection, principal: Principal, head: Head, change: SessionChange
) -> list[EventBody]:
    """Store what a session is called, and its metadata; returns the event, if any changed."""
    session = sessions.get_session(db, principal, head.session_id)  # as it is under the lock
    if session is None:
        raise NotFound
    name = change.feature_name or session.feature_name
    metadata = merge_metadata(session.metadata, change.metadata or {})
    keys = sorted(
        key
        for key in {*metadata, *session.metadata}
        if metadata.get(key) != session.metadata.get(key)
    )
    if name == session.feature_name and not keys:
        return []
    if head.status in FINAL_SESSION:
        raise IllegalTransition(f"A session that is {head.status} does not change any more.")
    sessions.change_session(db, head.session_id, feature_name=name, metadata=metadata)
    details = {"session_id": str(head.session_id), "metadata": keys}
    note(db, principal, "session.changed", team_id=head.team_id, subject=name, details=details)
    return [ev.SessionChanged(name if name != session.feature_name else None, tuple(keys))]


def _activate(
    db: Connection, who: Principal, head: Head, views: list[TaskView], now: datetime
) -> list[EventBody]:
    sessions.start_session(db, head.session_id, at=now)
    return [ev.SessionActivated()]


def _resume(
    db: Connection, who: Principal, head: Head, views: list[TaskView], now: datetime
) -> list[EventBody]:
    # Messages that came during the pause led to no claim: the next sweep sends them again.
    tasks.unstamp(db, [view.id for view in views if view.status == TaskStatus.READY])
    return [ev.SessionResumed()]


def _end(
    db: Connection, who: Principal, head: Head, views: list[TaskView], now: datetime
) -> list[EventBody]:
    _demand_none_runs(views)
    bodies = cancel_open_tasks(db, who, head, views, now)
    sessions.end_session(db, head.session_id, at=now)
    return [*bodies, ev.SessionCompleted(None)]


def _fail(
    db: Connection, who: Principal, head: Head, views: list[TaskView], now: datetime
) -> list[EventBody]:
    _demand_none_runs(views)
    tasks.block_ready(db, head.session_id)
    sessions.end_session(db, head.session_id, at=now)
    return [ev.SessionFailed(None, SET_FAILED, "Somebody said that it has failed.")]


def _cancelling(reason: str) -> Act:
    def cancel(
        db: Connection, who: Principal, head: Head, views: list[TaskView], now: datetime
    ) -> list[EventBody]:
        bodies = cancel_open_tasks(db, who, head, views, now)
        sessions.end_session(db, head.session_id, at=now)
        return [*bodies, ev.SessionCancelled(reason)]

    return Act("cancel", "cancelled", cancel, reason=reason)


def _retry(
    db: Connection, who: Principal, head: Head, views: list[TaskView], now: datetime
) -> list[EventBody]:
    if head.events_gone_to_seq:
        raise DetailsGone(hint="Launch a new session on the same brief.")
    failed = [view for view in views if view.status == TaskStatus.FAILED]
    next_ones = [*failed, *tasks_to_free(views)]
    freed = [view for view in next_ones if view.gate is None]
    tasks.reset_bounds(db, [view.id for view in failed])
    tasks.free_tasks(db, [view.id for view in freed], now)
    sessions.reopen_session(db, head.session_id)
    bodies: list[EventBody] = [ev.SessionRetried(tuple(str(view.id) for view in failed))]
    bodies += [ev.TaskReady(str(view.id)) for view in freed]
    return bodies + ask_at_gates(db, head, [v for v in next_ones if v.gate is not None], now)


def _expire(
    db: Connection, who: Principal, head: Head, views: list[TaskView], now: datetime
) -> list[EventBody]:
    bodies = cancel_open_tasks(db, who, head, views, now)
    sessions.end_session(db, head.session_id, at=now)
    return [*bodies, ev.SessionExpired()]


def _demand_none_runs(views: list[TaskView]) -> None:
    if any(view.status == TaskStatus.RUNNING for view in views):
        raise TasksRunning


ACTS = {
    act.name: act
    for act in (
        Act("activate", "activated", _activate),
        Act("pause", "paused", lambda *_: [ev.SessionPaused()]),
        Act("resume", "resumed", _resume, has_work=True),
        Act("complete", "ended", _end),
        Act("fail", "failed", _fail),
        _cancelling(""),
        Act("retry", "retried", _retry, has_work=True),
        Act("expire", "expired", _expire),
    )
}
