"""Notifications as rows: one for each person who is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, select, update

from core.domain.access import Principal, TokenPrincipal, UserPrincipal
from core.domain.notification import Notification, Priority
from core.ids import new_id
from core.store.scope import visible
from core.store.tables import notifications, teams
from core.store.values import bind

_n = notifications.c
Person = UserPrincipal | TokenPrincipal

_INSERT = bind(
    """
    INSERT INTO notifications (id, team_id, user_id, kind, priority, message, sender, session_id,
                               event_seq, task_id, act_key, created_at)
    SELECT told.id, :team_id, told.user_id, :kind, :priority, :message, :sender, :session_id,
           :event_seq, :task_id, :act_key, clock_timestamp()
    FROM unnest(:ids, :user_ids) AS told(id, user_id)
    ON CONFLICT DO NOTHING
    """,
    ids=list[UUID],
    user_ids=list[UUID],
    team_id=UUID,
    kind=str,
    priority=str,
    message=str,
    sender=str,
    session_id=UUID,
    event_seq=int,
    task_id=UUID,
    act_key=str,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be told; `event_seq` or `act_key` say what must not be told twice."""

    team_id: UUID
    kind: str
    priority: Priority
    message: str
    sender: str = ""
    session_id: UUID | None = None
    event_seq: int | None = None
    task_id: UUID | None = None
    act_key: str | None = None


def insert_notifications(db: Connection, draft: Draft, user_ids: Sequence[UUID]) -> None:
    """Tell each of some people; who was told the same before is passed over."""
    values: dict[str, Any] = {name: getattr(draft, name) for name in Draft.__slots__}
    values |= {"priority": draft.priority.value, "user_ids": list(user_ids)}
    db.execute(_INSERT, values | {"ids": [new_id() for _ in user_ids]})


def list_notifications(
    db: Connection,
    principal: Principal,
    user_id: UUID,
    *,
    team_id: UUID | None = None,
    is_unread: bool = False,
    before: UUID | None = None,
    limit: int,
) -> list[Notification]:
    """Return what somebody was told in teams of the principal, newest first."""
    query = visible(
        select(notifications, teams.c.name.label("team_name"))
        .join(teams, teams.c.id == _n.team_id)
        .where(_n.user_id == user_id),
        principal,
    )
    if team_id is not None:
        query = query.where(_n.team_id == team_id)
    if is_unread:
        query = query.where(_n.read_at.is_(None))
    if before is not None:
        query = query.where(_n.id < before)
    rows = db.execute(query.order_by(_n.id.desc()).limit(limit))
    return [_to_notification(row) for row in rows]


def get_notification(
    db: Connection, principal: Principal, user_id: UUID, notification_id: UUID
) -> Notification | None:
    """Return something that somebody was told in a team of the principal, or None."""
    query = visible(
        select(notifications, teams.c.name.label("team_name"))
        .join(teams, teams.c.id == _n.team_id)
        .where(_n.user_id == user_id, _n.id == notification_id),
        principal,
    )
    row = db.execute(query).one_or_none()
    return None if row is None else _to_notification(row)


def count_unread(
    db: Connection, principal: Principal, user_id: UUID, team_id: UUID | None = None
) -> int:
    """Return how much somebody has not read, in teams of the principal."""
    query = visible(
        select(func.count())
        .select_from(notifications)
        .where(_n.user_id == user_id, _n.read_at.is_(None)),
        principal,
    )
    if team_id is not None:
        query = query.where(_n.team_id == team_id)
    return int(db.execute(query).scalar_one())


def mark_read(db: Connection, notification_ids: Collection[UUID]) -> None:
    """Note that notifications were read just now; what was read before stays as it is."""
    change = update(notifications).where(_n.id.in_(notification_ids), _n.read_at.is_(None))
    db.execute(change.values(read_at=func.clock_timestamp()))


def list_unread_ids(
    db: Connection,
    principal: Principal,
    user_id: UUID,
    *,
    team_id: UUID | None,
    until: UUID | None,
    most: int,
) -> list[UUID]:
    """Return what somebody has not read, up to a notification, in teams of the principal."""
    query = visible(select(_n.id).where(_n.user_id == user_id, _n.read_at.is_(None)), principal)
    if team_id is not None:
        query = query.where(_n.team_id == team_id)
    if until is not None:
        query = query.where(_n.id <= until)
    return list(db.execute(query.order_by(_n.id.desc()).limit(most)).scalars())


_UNREAD = bind(
    """
    SELECT n.user_id, count(*) AS unread FROM notifications AS n
    JOIN teams ON teams.id = n.team_id
    WHERE n.user_id = ANY (:user_ids) AND n.read_at IS NULL AND (
        teams.owner_id = n.user_id OR teams.is_shared AND EXISTS (
            SELECT FROM team_memberships AS m
            WHERE m.team_id = n.team_id AND m.user_id = n.user_id
        )
    )
    GROUP BY n.user_id
    """,
    user_ids=list[UUID],
)


def count_unread_of(db: Connection, user_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how much each of some people has not read, in the teams that they are in."""
    rows = db.execute(_UNREAD, {"user_ids": list(user_ids)})
    return dict.fromkeys(user_ids, 0) | {row.user_id: row.unread for row in rows}


def drop_notifications(db: Connection, before: datetime, most: int) -> int:
    """Delete notifications that are older than `before`; returns how many."""
    old = select(_n.id).where(_n.created_at < before).limit(most)
    return db.execute(delete(notifications).where(_n.id.in_(old))).rowcount


def _to_notification(row: Row[Any]) -> Notification:
    return Notification(
        id=row.id,
        team_id=row.team_id,
        team_name=row.team_name,
        kind=row.kind,
        priority=Priority(row.priority),
        message=row.message,
        sender=row.sender,
        session_id=row.session_id,
        task_id=row.task_id,
        created_at=row.created_at,
        read_at=row.read_at,
    )


_SENDER = bind(
    """
    SELECT coalesce((SELECT 'token ' || name || ' of ' FROM api_tokens WHERE id = :token_id), '')
           || user_name AS sender
    FROM users WHERE id = :user_id
    """,
    token_id=UUID,
    user_id=UUID,
)


def read_sender(db: Connection, sender: Person) -> str:
    """Return by which name somebody sends: "mara", or "token ci of mara"."""
    token_id = sender.token_id if isinstance(sender, TokenPrincipal) else None
    values = {"token_id": token_id, "user_id": sender.user_id}
    return str(db.execute(_SENDER, values).scalar_one_or_none() or "")
