"""Webhooks as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from core.domain.access import Principal
from core.domain.webhook import Webhook
from core.store.scope import visible
from core.store.tables import users, webhooks

_w = webhooks.c
_UNREAD = ("sealed_secret", "made_by", "act_key")
_COLUMNS = [column for column in _w if column.name not in _UNREAD]


def insert_webhook(
    db: Connection,
    *,
    webhook_id: UUID,
    team_id: UUID,
    url: str,
    kinds: Sequence[str],
    sealed_secret: bytes,
    made_by: UUID | None,
    act_key: str | None = None,
) -> None:
    """Store a webhook."""
    db.execute(
        insert(webhooks).values(
            id=webhook_id,
            team_id=team_id,
            url=url,
            kinds=list(kinds),
            sealed_secret=sealed_secret,
            made_by=made_by,
            created_at=func.clock_timestamp(),
            act_key=act_key,
        )
    )


def list_webhooks(db: Connection, principal: Principal, team_id: UUID) -> list[Webhook]:
    """Return a team's webhooks, the oldest first."""
    rows = db.execute(visible(_of_team(team_id), principal).order_by(_w.id))
    return [_to_webhook(row) for row in rows]


def get_webhook(
    db: Connection, principal: Principal, team_id: UUID, webhook_id: UUID
) -> Webhook | None:
    """Return a webhook of a team, or None."""
    query = _of_team(team_id).where(_w.id == webhook_id)
    row = db.execute(visible(query, principal)).one_or_none()
    return None if row is None else _to_webhook(row)


def find_added(db: Connection, principal: Principal, team_id: UUID, act_key: str) -> Webhook | None:
    """Return the webhook of a team that an act added, or None."""
    query = _of_team(team_id).where(_w.act_key == act_key)
    row = db.execute(visible(query, principal)).one_or_none()
    return None if row is None else _to_webhook(row)


def lock_webhook(db: Connection, webhook_id: UUID) -> bool:
    """Hold a webhook until the transaction ends; False when there is none."""
    query = select(_w.id).where(_w.id == webhook_id).with_for_update(key_share=True)
    return db.execute(query).one_or_none() is not None


def change_webhook(db: Connection, webhook_id: UUID, **values: Any) -> None:
    """Change columns of a webhook."""
    db.execute(update(webhooks).where(_w.id == webhook_id).values(**values))


def delete_webhook(db: Connection, webhook_id: UUID) -> None:
    """Delete a webhook with all that was sent to it."""
    db.execute(delete(webhooks).where(_w.id == webhook_id))


def _of_team(team_id: UUID) -> Select[Any]:
    query: Select[Any] = select(*_COLUMNS, users.c.user_name)
    return query.outerjoin(users, users.c.id == _w.made_by).where(_w.team_id == team_id)


def _to_webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        team_id=row.team_id,
        url=row.url,
        kinds=tuple(row.kinds),
        made_by=row.user_name or "",
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        disabled_because=row.disabled_because,
    )
