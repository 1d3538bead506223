"""Users' accounts as rows: who may sign in, under which name, and who administers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select, update
from sqlalchemy import text as sql

from core.domain.people import User
from core.store.tables import users

# Any number that nothing else locks by.
_FIRST_ADMINISTRATOR = 0x5A6E0001


@dataclass(frozen=True, slots=True)
class Account:
    """A user as an administrator sees them."""

    user: User
    has_password: bool
    created_at: datetime
    disabled_at: datetime | None


def has_administrator(db: Connection) -> bool:
    """Tell whether an administrator can sign in, now, or when enabled or let in again.

    By password, or by an identity provider.
    """
    can = users.c.password_hash.is_not(None) | users.c.identity_subject.is_not(None)
    query = select(exists().where(users.c.is_administrator, can))
    return bool(db.execute(query).scalar_one())


def lock_administrators(db: Connection) -> None:
    """Let others who would become, or cease to be, an administrator wait until the commit."""
    db.execute(sql("SELECT pg_advisory_xact_lock(:key)"), {"key": _FIRST_ADMINISTRATOR})


def find_enabled(db: Connection, user_id: UUID) -> tuple[User, str | None] | None:
    """Return a user who is not disabled, and the hash of their password; or None."""
    query = select(users).where(users.c.id == user_id, users.c.disabled_at.is_(None))
    row = db.execute(query).one_or_none()
    if row is None:
        return None
    return User(row.id, row.user_name, row.email, row.is_administrator), row.password_hash


def list_password_costs(db: Connection) -> list[str]:
    """Return what verifying passwords costs, as their hashes say: mostly one, two after a change.

    Reads all users; there are as many as people, and only a wrong password asks.
    """
    cost = func.split_part(users.c.password_hash, "$", 4)
    query = select(cost).where(users.c.password_hash.is_not(None)).distinct()
    return list(db.execute(query).scalars())


def hold_enabled(db: Connection, user_id: UUID) -> bool:
    """Hold a user's row, so that what opens the account changes before or after; False without one.

    As a change of password or identity holds it, too.
    """
    query = select(users.c.id).where(users.c.id == user_id, users.c.disabled_at.is_(None))
    return db.execute(query.with_for_update(key_share=True)).one_or_none() is not None


def is_administrator(db: Connection, user_id: UUID) -> bool:
    """Tell whether a user administers this Sage Mode, and is not disabled."""
    query = select(
        exists().where(
            users.c.id == user_id, users.c.is_administrator, users.c.disabled_at.is_(None)
        )
    )
    return bool(db.execute(query).scalar_one())


def count_administrators(db: Connection) -> int:
    """Return how many administrators are not disabled."""
    query = (
        select(func.count())
        .select_from(users)
        .where(users.c.is_administrator, users.c.disabled_at.is_(None))
    )
    return int(db.execute(query).scalar_one())


def set_administrator(db: Connection, user_id: UUID, *, is_administrator: bool) -> bool:
    """Let a user administer this Sage Mode, or no longer; False when that changes nothing."""
    change = update(users).where(
        users.c.id == user_id, users.c.is_administrator.is_not(is_administrator)
    )
    values = {"is_administrator": is_administrator, "updated_at": func.now()}
    return db.execute(change.values(values)).rowcount == 1


def count_accounts(db: Connection, text: str) -> int:
    """Return how many users have a text in their name or address."""
    query = select(func.count()).select_from(users).where(_has(text))
    return int(db.execute(query).scalar_one())


def list_accounts(db: Connection, text: str, *, most: int) -> list[Account]:
    """Return the users who have a text in their name or address, by name."""
    query = select(users).where(_has(text))
    rows = db.execute(query.order_by(func.lower(users.c.user_name)).limit(most))
    return [
        Account(
            User(row.id, row.user_name, row.email, row.is_administrator),
            row.password_hash is not None,
            row.created_at,
            row.disabled_at,
        )
        for row in rows
    ]


def _has(text: str) -> ColumnElement[bool]:
    return or_(
        users.c.user_name.icontains(text, autoescape=True),
        users.c.email.icontains(text, autoescape=True),
    )


def rename_user(db: Connection, user_id: UUID, *, user_name: str, email: str) -> None:
    """Change a user's name and address; the unique indexes refuse what is taken."""
    db.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(user_name=user_name, email=email, updated_at=func.now())
    )


def is_taken(db: Connection, user_id: UUID, *, user_name: str, email: str) -> bool:
    """Tell whether somebody else has this name or address, in any case of letters."""
    same = (func.lower(users.c.user_name) == user_name.lower()) | (
        func.lower(users.c.email) == email.lower()
    )
    return bool(db.execute(select(exists().where(users.c.id != user_id, same))).scalar_one())


def set_disabled(db: Connection, user_id: UUID, *, disabled: bool) -> bool:
    """Disable or enable a user; False when that changes nothing."""
    change = update(users).where(users.c.id == user_id)
    change = change.where(
        users.c.disabled_at.is_(None) if disabled else users.c.disabled_at.is_not(None)
    )
    stamp = func.clock_timestamp() if disabled else None
    return db.execute(change.values(disabled_at=stamp, updated_at=func.now())).rowcount == 1
