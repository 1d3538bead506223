"""Keys of requests and the answers kept for them, as rows; one row decides who runs an act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, case, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from core.domain.idempotency import Answer, FoundKey, KeptAnswer
from core.store.tables import idempotency_keys

_k = idempotency_keys.c


@dataclass(frozen=True, slots=True)
class Claimed:
    """A call's hold on a key."""

    id: UUID  # of the row; another one once the key was forgotten and used anew
    holder: UUID


def claim_key(
    db: Connection,
    *,
    holder: UUID,
    user_id: UUID,
    token_id: UUID | None,
    method: str,
    path: str,
    scope: str,
    key: UUID,
    fingerprint: str,
    lock_seconds: float,
    ttl_seconds: float,
) -> Claimed | None:
    """Take a key that is new, expired, or left by a holder that counts as dead; else None.

    Another fingerprint takes over nothing before the key expires. Asked again by the same holder,
    it says the same.
    """
    now = func.clock_timestamp()
    locked_until = now + _seconds(lock_seconds)
    added = upsert(idempotency_keys).values(
        id=holder,
        user_id=user_id,
        token_id=token_id,
        method=method,
        path=path,
        scope_sha256=scope,
        key=key,
        fingerprint=fingerprint,
        state="in_flight",
        holder=holder,
        begun_at=now,
        locked_until=locked_until,
        # A key never expires under its holder.
        expires_at=func.greatest(now + _seconds(ttl_seconds), locked_until),
    )
    new = added.excluded
    is_expired = _k.expires_at <= now
    is_free = and_(
        _k.state == "in_flight",
        _k.fingerprint == new.fingerprint,
        or_(_k.locked_until <= now, _k.holder == new.holder),
    )
    claim = added.on_conflict_do_update(
        index_elements=["scope_sha256", "key"],
        set_={
            # What still runs under the forgotten row must not answer for the new one.
            "id": case((is_expired, new.id), else_=_k.id),
            "created_at": case((is_expired, now), else_=_k.created_at),
            "fingerprint": new.fingerprint,
            "state": "in_flight",
            "holder": new.holder,
            "begun_at": new.begun_at,
            "locked_until": new.locked_until,
            "expires_at": new.expires_at,
            "status": None,
            "headers": literal({}, idempotency_keys.c.headers.type),
            "body": None,
        },
        where=or_(is_free, is_expired),
    ).returning(_k.id)
    row = db.execute(claim).one_or_none()
    return None if row is None else Claimed(row.id, holder)


def find_key(db: Connection, scope: str, key: UUID) -> FoundKey | None:
    """Return a key's row, also when it is expired; None when there is none."""
    now = func.clock_timestamp().label("now")
    query = select(idempotency_keys, now).where(_k.scope_sha256 == scope, _k.key == key)
    row = db.execute(query).one_or_none()
    if row is None:
        return None
    return FoundKey(
        fingerprint=row.fingerprint,
        kept=_to_kept(row),
        begun_at=row.begun_at,
        locked_until=row.locked_until,
        now=row.now,
        is_expired=row.expires_at <= row.now,
    )


def keep_answer(db: Connection, row_id: UUID, answer: Answer, ttl_seconds: float) -> bool:
    """Store the answer of an act; False when one is stored already, or the row is gone.

    The first answer counts, whoever holds the key by now: somebody has heard it.
    """
    change = (
        update(idempotency_keys)
        .where(_k.id == row_id, _k.state == "in_flight")
        .values(
            state="answered",
            status=answer.status,
            headers=dict(answer.headers),
            body=answer.body,
            expires_at=func.clock_timestamp() + _seconds(ttl_seconds),
        )
    )
    return db.execute(change).rowcount == 1


def read_answer(db: Connection, row_id: UUID) -> KeptAnswer | None:
    """Return the answer that a row keeps, or None."""
    now = func.clock_timestamp().label("now")
    row = db.execute(select(idempotency_keys, now).where(_k.id == row_id)).one_or_none()
    return None if row is None else _to_kept(row)


def free_key(db: Connection, claimed: Claimed) -> None:
    """Let the next try of the same request begin at once; nothing when another holds the key."""
    db.execute(
        update(idempotency_keys)
        .where(_k.id == claimed.id, _k.holder == claimed.holder, _k.state == "in_flight")
        .values(locked_until=func.clock_timestamp())
    )


def delete_expired(db: Connection, most: int) -> int:
    """Delete keys that have expired, the oldest first; returns how many."""
    now = select(func.clock_timestamp()).scalar_subquery()  # once, so that the index serves
    some = select(_k.id).where(_k.expires_at <= now).order_by(_k.expires_at).limit(most)
    some = some.with_for_update(skip_locked=True)
    return db.execute(delete(idempotency_keys).where(_k.id.in_(some))).rowcount


def _to_kept(row: Any) -> KeptAnswer | None:
    if row.state != "answered":
        return None
    answer = Answer(row.status, dict(row.headers), bytes(row.body))
    return KeptAnswer(answer, row.fingerprint, (row.expires_at - row.now).total_seconds())


def _seconds(number: float) -> Any:
    return func.make_interval(0, 0, 0, 0, 0, 0, number)
