"""Users' accounts as rows: who may sign in, under which name, and who administers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, exists, func, select, text, update

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
    """Tell whether an administrator can sign in by password, now or when enabled again."""
    query = select(exists().where(users.c.is_administrator, users.c.password_hash.is_not(None)))
    return bool(db.execute(query).scalar_one())


def lock_administrators(db: Connection) -> None:
    """Let others who would become, or cease to be, an administrator wait until the commit."""
    db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _FIRST_ADMINISTRATOR})


def find_enabled(db: Connection, user_id: UUID) -> tuple[User, str | None] | None:
    """Return a user who is not disabled, and the hash of their password; or None."""
    query = select(users).where(users.c.id == user_id, users.c.disabled_at.is_(None))
    row = db.execute(query).one_or_none()
    if row is None:
        return None
    return User(row.id, row.user_name, row.email, row.is_administrator), row.password_hash


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


def list_accounts(db: Connection, *, most: int) -> list[Account]:
    """Return the users, by name."""
    rows = db.execute(select(users).order_by(func.lower(users.c.user_name)).limit(most))
    return [
        Account(
            User(row.id, row.user_name, row.email, row.is_administrator),
            row.password_hash is not None,
            row.created_at,
            row.disabled_at,
        )
        for row in rows
    ]


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
