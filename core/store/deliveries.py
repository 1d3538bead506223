"""Deliveries of webhooks as rows: written with the news, taken by whoever sends them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, select, update

from core.domain.access import Principal
from core.domain.webhook import Delivery, DeliveryStatus, Order, Reply
from core.ids import new_id
from core.store.scope import visible
from core.store.tables import webhook_deliveries
from core.store.values import bind, returning

_d = webhook_deliveries.c
_COLUMNS = [column for column in _d if column.name not in ("payload", "event_seq", "lease_until")]
_PENDING = DeliveryStatus.PENDING.value

_INSERT = bind(
    """
    INSERT INTO webhook_deliveries
        (id, webhook_id, team_id, kind, session_id, event_seq, payload, status, created_at, due_at)
    VALUES (:id, :webhook_id, :team_id, :kind, :session_id, :event_seq, :payload, 'pending',
            clock_timestamp(), clock_timestamp())
    ON CONFLICT DO NOTHING
    """,
    id=UUID,
    webhook_id=UUID,
    team_id=UUID,
    kind=str,
    session_id=UUID,
    event_seq=int,
    payload=dict,
)
_WANTED_BY = bind(
    """
    SELECT id FROM webhooks
    WHERE team_id = :team_id AND disabled_at IS NULL AND :kind = ANY (kinds)
    FOR SHARE
    """,
    team_id=UUID,
    kind=str,
)

# Of each webhook that nobody sends to at the moment, the delivery that has been due for longest.
_NEXT = """
    SELECT next.id FROM webhooks AS hook CROSS JOIN LATERAL (
        SELECT d.id, d.due_at, d.lease_until FROM webhook_deliveries AS d
        WHERE d.webhook_id = hook.id AND d.status = 'pending'
          AND d.due_at <= (SELECT clock_timestamp())
        ORDER BY d.due_at, d.id LIMIT 1
    ) AS next
    WHERE hook.disabled_at IS NULL AND NOT EXISTS (
        SELECT FROM webhook_deliveries AS taken
        WHERE taken.webhook_id = hook.id AND taken.status = 'pending'
          AND taken.lease_until > (SELECT clock_timestamp())
    )
"""
_CLAIM = returning(
    bind(
        f"""
        UPDATE webhook_deliveries AS d
        SET tries = d.tries + 1, tried_at = clock_timestamp(),
            lease_until = clock_timestamp() + make_interval(secs => :lease_seconds)
        FROM webhooks AS hook
        WHERE hook.id = d.webhook_id AND d.status = 'pending'
          AND (d.lease_until IS NULL OR d.lease_until <= clock_timestamp())
          AND d.id IN ({_NEXT} ORDER BY next.due_at LIMIT :most)
        RETURNING d.id, d.webhook_id, d.team_id, hook.url, hook.sealed_secret, d.payload, d.tries
        """,
        lease_seconds=float,
        most=int,
    ),
    *("id", "webhook_id", "team_id", "url", "sealed_secret", "payload", "tries"),
)
_TAKE_TURN = bind(
    f"""
    UPDATE jobs SET last_run_at = clock_timestamp(),
           next_run_at = clock_timestamp() + make_interval(secs => :seconds)
    WHERE name = :name AND next_run_at <= clock_timestamp() AND EXISTS ({_NEXT})
    RETURNING name
    """,
    name=str,
    seconds=float,
)


def insert_delivery(
    db: Connection,
    *,
    delivery_id: UUID,
    webhook_id: UUID,
    team_id: UUID,
    kind: str,
    payload: Mapping[str, Any],
    session_id: UUID | None = None,
    event_seq: int | None = None,
) -> None:
    """Have something sent; of the same event, a webhook is sent one thing."""
    values = {
        "id": delivery_id,
        "webhook_id": webhook_id,
        "team_id": team_id,
        "kind": kind,
        "session_id": session_id,
        "event_seq": event_seq,
        "payload": dict(payload),
    }
    db.execute(_INSERT, values)


def insert_for_all(
    db: Connection,
    *,
    team_id: UUID,
    kind: str,
    payload: Mapping[str, Any],
    session_id: UUID,
    event_seq: int,
) -> None:
    """Have news sent to every webhook of a team that wants them."""
    for row in db.execute(_WANTED_BY, {"team_id": team_id, "kind": kind}).all():
        insert_delivery(
            db,
            delivery_id=new_id(),
            webhook_id=row.id,
            team_id=team_id,
            kind=kind,
            payload=payload,
            session_id=session_id,
            event_seq=event_seq,
        )


def take_turn(db: Connection, name: str, seconds: float) -> bool:
    """Take the turn to have deliveries sent, for so long; False when none is due or it is taken."""
    return db.execute(_TAKE_TURN, {"name": name, "seconds": seconds}).one_or_none() is not None


def claim_deliveries(db: Connection, *, lease_seconds: float, most: int) -> list[Order]:
    """Take due deliveries to send them now, at most one of each webhook."""
    rows = db.execute(_CLAIM, {"lease_seconds": lease_seconds, "most": most})
    return [Order(**row._mapping) for row in rows]


def end_try(
    db: Connection,
    order: Order,
    reply: Reply,
    *,
    status: DeliveryStatus,
    due_at: datetime | None,
) -> bool:
    """Record what came of a try; False when another one has begun or ended since."""
    values: dict[str, Any] = {
        "status": status.value,
        "lease_until": None,
        "answer_status": reply.status,
        "answer": reply.answer,
        "error": reply.error,
    }
    if status is DeliveryStatus.PENDING:
        values["due_at"] = due_at
    else:
        values["ended_at"] = func.clock_timestamp()
    change = update(webhook_deliveries).where(
        _d.id == order.id, _d.status == _PENDING, _d.tries == order.tries
    )
    return db.execute(change.values(**values)).rowcount == 1


def fail_pending(db: Connection, webhook_id: UUID, error: str) -> None:
    """Give up what was to be sent to a webhook."""
    change = update(webhook_deliveries).where(_d.webhook_id == webhook_id, _d.status == _PENDING)
    values = {"status": DeliveryStatus.FAILED.value, "lease_until": None, "error": error}
    db.execute(change.values(**values, ended_at=func.clock_timestamp()))


def send_again(db: Connection, delivery_id: UUID) -> None:
    """Have a delivery sent from the first try on, at once; one that is being sent goes on."""
    change = update(webhook_deliveries).where(
        _d.id == delivery_id,
        (_d.lease_until.is_(None)) | (_d.lease_until <= func.clock_timestamp()),
    )
    db.execute(
        change.values(
            status=_PENDING,
            tries=0,
            due_at=func.clock_timestamp(),
            lease_until=None,
            ended_at=None,
        )
    )


def list_deliveries(
    db: Connection,
    principal: Principal,
    team_id: UUID,
    webhook_id: UUID,
    *,
    before: UUID | None = None,
    limit: int,
) -> list[Delivery]:
    """Return what was or is to be sent to a webhook of a team, newest first."""
    query = select(*_COLUMNS).where(_d.team_id == team_id, _d.webhook_id == webhook_id)
    if before is not None:
        query = query.where(_d.id < before)
    rows = db.execute(visible(query, principal).order_by(_d.id.desc()).limit(limit))
    return [_to_delivery(row) for row in rows]


def get_delivery(
    db: Connection, principal: Principal, team_id: UUID, webhook_id: UUID, delivery_id: UUID
) -> Delivery | None:
    """Return a delivery to a webhook of a team, or None."""
    query = select(*_COLUMNS).where(
        _d.team_id == team_id, _d.webhook_id == webhook_id, _d.id == delivery_id
    )
    row = db.execute(visible(query, principal)).one_or_none()
    return None if row is None else _to_delivery(row)


def drop_deliveries(db: Connection, before: datetime, most: int) -> int:
    """Delete ended deliveries that are older than `before`; returns how many."""
    old = select(_d.id).where(_d.created_at < before, _d.status != _PENDING).limit(most)
    return db.execute(delete(webhook_deliveries).where(_d.id.in_(old))).rowcount


def _to_delivery(row: Row[Any]) -> Delivery:
    values = dict(row._mapping)
    return Delivery(**(values | {"status": DeliveryStatus(row.status)}))
