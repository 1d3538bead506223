"""Telling news: what a session's log says that people and other systems wait for.

A trigger enters such events when they are written. The dispatcher takes them out and writes
everybody's notifications and the webhooks' deliveries in one transaction: nothing is lost or told
twice, whatever dies.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import SYSTEM, TeamRole
from core.domain.news import News, NewsKind, words_of
from core.domain.notification import MOST_CHARACTERS, PRIORITIES
from core.domain.webhook import payload_of
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.signals.wakeups import announce_notices
from core.store import deliveries, news, notifications, operations, teams
from core.store.notifications import Draft

BATCH = 100
DROP_BATCH = 500


def tell_news() -> int:
    """Tell everybody concerned what has happened since; returns how many events."""
    told = 0
    while ask(news.has_untold, budget_seconds=2):
        number, user_ids = transact(_tell_some, budget_seconds=5)
        announce_notices(get_settings().redis_url, user_ids)
        told += number
        if number < BATCH:
            break
    return told


def drop_old_news() -> int:
    """Delete notifications and ended deliveries older than the retention's days; how many."""
    days = get_settings().notification_retention_days

    def work(db: Connection) -> int:
        before = operations.clock(db) - timedelta(days=days)
        dropped = notifications.drop_notifications(db, before, DROP_BATCH)
        return dropped + deliveries.drop_deliveries(db, before, DROP_BATCH)

    total = 0
    while number := transact(work):
        total += number
    return total


def _tell_some(db: Connection) -> tuple[int, set[UUID]]:
    found = news.take_untold(db, BATCH)
    told: set[UUID] = set()
    for one in found:
        concerned = news.keep_members(db, one.team_id, _concerned(db, one))
        draft = Draft(
            one.team_id,
            one.kind.value,
            PRIORITIES[one.kind],
            words_of(one)[:MOST_CHARACTERS],
            session_id=one.session_id,
            event_seq=one.seq,
            task_id=one.task_id,
        )
        notifications.insert_notifications(db, draft, concerned)
        deliveries.insert_for_all(
            db,
            team_id=one.team_id,
            kind=one.kind.value,
            payload=payload_of(one, root_url=get_settings().root_url),
            session_id=one.session_id,
            event_seq=one.seq,
        )
        told.update(concerned)
    return len(found), told


def _concerned(db: Connection, one: News) -> list[UUID]:
    """Return who started the session; for an approval, those whom it asks.

    These are who approves in the name of that role, or has that place in the team; a viewer answers
    nothing. What is asked of nobody is the owner's to answer.
    """
    if one.kind is not NewsKind.APPROVAL_WAITING:
        return [one.started_by]
    members = teams.list_members(db, SYSTEM, one.team_id)
    role = one.approver_role.lower()
    asked = [
        member.user_id
        for member in members
        if member.role != TeamRole.VIEWER and role in (member.role, *member.approver_roles)
    ]
    return asked or [own.user_id for own in members if own.role == TeamRole.OWNER]
