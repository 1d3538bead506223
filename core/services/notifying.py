"""Notifications: telling people of a team something, and reading what one was told."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal, SystemPrincipal, UserPrincipal
from core.domain.notification import (
    MESSAGE,
    Notification,
    check_message,
    check_priority,
    find_recipients,
)
from core.domain.role import BUILT_IN_PROFILES
from core.domain.text import clean_line
from core.errors import InvalidInput, NotAllowed, NotFound
from core.services.permission import demand, demand_held, may
from core.services.transaction import ask, ask_at_one_moment, transact
from core.settings import get_settings
from core.signals.wakeups import announce_notices
from core.store import configuration, notifications, people, sessions, tasks, teams
from core.store.notifications import Draft, Person

PAGE_ROWS = 50
MARK_BATCH = 500
_MOST_TARGET_CHARACTERS = 200
_BUDGET_SECONDS = 1.0  # of the hub, which would rather hear soon that the database is away


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was sent, and the names of those who got it."""

    team_id: UUID
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticePage:
    """What somebody was told, newest first, and how much of it they have not read."""

    items: tuple[Notification, ...]
    is_more: bool
    unread: int


def notify(
    principal: Principal,
    target: str,
    message: str,
    *,
    priority: str = "normal",
    team_id: UUID | None = None,
    session_id: UUID | None = None,
    task_id: UUID | None = None,
    act_key: str | None = None,
) -> Sent:
    """Tell people of a team something; who they are `find_recipients` says.

    The team is the named one, or that of the named task or session, or the only one in which the
    principal may send anything. A person who tells everybody does not tell themselves. With
    `act_key` nobody is told the same twice. Raises `InvalidInput`, `NotFound`, `NotAllowed`,
    `TeamArchived`.
    """
    text, how = check_message(message), check_priority(priority)
    whom = clean_line(target[: _MOST_TARGET_CHARACTERS + 1])
    if not whom or len(whom) > _MOST_TARGET_CHARACTERS:
        raise InvalidInput(
            "The message is for nobody.", hint="Name a member, a role, or team for everybody."
        )

    def work(db: Connection) -> tuple[Sent, list[UUID]]:
        about = _find_session(db, principal, session_id, task_id)
        of_session, of_team = about or (None, None)
        team = _find_team(db, principal, team_id, of_team)
        demand_held(db, principal, team, Action.NOTIFY)
        members = teams.list_members(db, principal, team)
        roles = BUILT_IN_PROFILES.keys() | configuration.team_profiles(db, principal, team).keys()
        found = find_recipients(whom, members, roles)
        if isinstance(principal, UserPrincipal) and len(found) > 1:
            found = [user_id for user_id in found if user_id != principal.user_id]
        sender = (
            principal.name
            if isinstance(principal, SystemPrincipal)
            else notifications.read_sender(db, principal)
        )
        draft = Draft(
            team,
            MESSAGE,
            how,
            text,
            sender,
            session_id=of_session,
            task_id=task_id,
            act_key=act_key,
        )
        notifications.insert_notifications(db, draft, found)
        names = {one.user_id: one.user_name for one in members}
        return Sent(team, tuple(names[user_id] for user_id in found)), found

    sent, told = transact(work)
    announce_notices(get_settings().redis_url, told)
    return sent


def list_notices(
    principal: Principal,
    *,
    team_id: UUID | None = None,
    is_unread: bool = False,
    before: UUID | None = None,
    rows: int = PAGE_ROWS,
) -> NoticePage:
    """Return what the principal was told in their teams, or in one; raises `NotFound`."""
    person = _demand_person(principal)

    def work(db: Connection) -> NoticePage:
        if team_id is not None:
            demand(db, person, team_id, Action.READ)
        found = notifications.list_notifications(
            db,
            person,
            person.user_id,
            team_id=team_id,
            is_unread=is_unread,
            before=before,
            limit=rows + 1,
        )
        unread = notifications.count_unread(db, person, person.user_id, team_id)
        return NoticePage(tuple(found[:rows]), len(found) > rows, unread)

    return ask_at_one_moment(work)


def mark_notification_read(principal: Principal, notification_id: UUID) -> Notification:
    """Mark something that the principal was told as read, and return it; raises `NotFound`."""
    person = _demand_person(principal)

    def work(db: Connection) -> Notification:
        if notifications.get_notification(db, person, person.user_id, notification_id) is not None:
            notifications.mark_read(db, [notification_id])
            found = notifications.get_notification(db, person, person.user_id, notification_id)
            if found is not None:
                return found
        raise NotFound("You have no such notification.")

    found = transact(work)
    announce_notices(get_settings().redis_url, [person.user_id])
    return found


def mark_all_read(
    principal: Principal, *, team_id: UUID | None = None, until: UUID | None = None
) -> int:
    """Mark what the principal was told as read, up to a notification; returns how many.

    `until` is the newest one that they have seen: what came meanwhile stays unread. Raises
    `NotFound` for a team that is not theirs.
    """
    person = _demand_person(principal)

    def work(db: Connection) -> int:
        if team_id is not None:
            demand(db, person, team_id, Action.READ)
        found = notifications.list_unread_ids(
            db, person, person.user_id, team_id=team_id, until=until, most=MARK_BATCH
        )
        notifications.mark_read(db, found)
        return len(found)

    marked = 0
    while True:
        batch = transact(work)
        marked += batch
        if batch < MARK_BATCH:
            break
    announce_notices(get_settings().redis_url, [person.user_id])
    return marked


def count_unread(user_ids: list[UUID]) -> dict[UUID, int]:
    """Return how much each of some people has not read; for whoever knows that they ask."""
    return ask(
        lambda db: notifications.count_unread_of(db, user_ids), budget_seconds=_BUDGET_SECONDS
    )


def _demand_person(principal: Principal) -> Person:
    if isinstance(principal, SystemPrincipal):
        raise NotAllowed("The system is told nothing.")
    return principal


def _find_session(
    db: Connection, principal: Principal, session_id: UUID | None, task_id: UUID | None
) -> tuple[UUID, UUID] | None:
    """Return the session that is spoken of and its team; None when none is named."""
    if task_id is not None:
        task = tasks.get_task(db, principal, task_id)
        if task is None or session_id not in (None, task.session_id):
            raise NotFound("There is no such task in your teams.")
        session_id = task.session_id
    if session_id is None:
        return None
    session = sessions.get_session(db, principal, session_id)
    if session is None:
        raise NotFound("There is no such session in your teams.")
    return session.id, session.team_id


def _find_team(
    db: Connection, principal: Principal, team_id: UUID | None, of_session: UUID | None
) -> UUID:
    named = {one for one in (team_id, of_session) if one is not None}
    if len(named) > 1:
        raise InvalidInput("The session belongs to another team.", hint="Name one of them only.")
    if named:
        return named.pop()
    open_to = [
        team.id
        for team in people.list_teams(db, principal)
        if may(db, principal, team.id, Action.NOTIFY)
    ]
    if len(open_to) != 1:
        raise InvalidInput("The message names no team.", hint="Send the team's id along.")
    return open_to[0]
