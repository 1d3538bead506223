"""Who users are at the identity provider, and the memberships that its groups gave, as rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from core.domain.access import TeamRole
from core.domain.people import User
from core.store.tables import team_memberships, teams, users

_u = users.c
_m = team_memberships.c


@dataclass(frozen=True, slots=True)
class Holder:
    """A user, as far as somebody who comes from the identity provider has to know."""

    user: User
    is_disabled: bool
    has_identity: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """What a user is in a team, and whether groups gave it."""

    team_id: UUID
    role: TeamRole
    is_mapped: bool


def lock_identity(db: Connection, issuer: str, subject: str) -> None:
    """Let others who sign in as this identity, or with it, wait until the commit."""
    key = func.hashtextextended(f"identity {issuer} {subject}", 0)
    db.execute(select(func.pg_advisory_xact_lock(key)))


def find_by_identity(db: Connection, issuer: str, subject: str) -> Holder | None:
    """Return whose identity it is, or None."""
    return _find(db, (_u.identity_issuer == issuer) & (_u.identity_subject == subject))


def lock_by_email(db: Connection, email: str) -> Holder | None:
    """Return who has an address, or None."""
    return _find(db, func.lower(_u.email) == email.lower())


def set_identity(db: Connection, user_id: UUID, issuer: str, subject: str) -> None:
    """Say who a user is at the identity provider."""
    db.execute(
        update(users)
        .where(_u.id == user_id)
        .values(identity_issuer=issuer, identity_subject=subject, updated_at=func.now())
    )


def take_password(db: Connection, user_id: UUID) -> None:
    """Let a user sign in by password no more."""
    change = update(users).where(_u.id == user_id)
    db.execute(change.values(password_hash=None, updated_at=func.now()))


def taken_names(db: Connection, names: Collection[str]) -> set[str]:
    """Return which of some user names, in lower case, somebody has."""
    lower = func.lower(_u.user_name)
    return set(db.execute(select(lower).where(lower.in_(names))).scalars())


def list_memberships(db: Connection, user_id: UUID) -> dict[UUID, Membership]:
    """Return a user's rows of members, by team."""
    rows = db.execute(select(_m.team_id, _m.role, _m.is_mapped).where(_m.user_id == user_id))
    return {row.team_id: Membership(row.team_id, TeamRole(row.role), row.is_mapped) for row in rows}


def list_named(db: Connection, name: str) -> list[UUID]:
    """Return the shared teams of a name that an administrator owns.

    Anybody may call a team what they like: theirs must not draw in people meant for another one.
    """
    query = select(teams.c.id).join(users, _u.id == teams.c.owner_id)
    query = query.where(teams.c.is_shared, _u.is_administrator, _u.disabled_at.is_(None))
    return list(db.execute(query.where(func.lower(teams.c.name) == name.lower())).scalars())


def insert_mapped(db: Connection, team_id: UUID, user_id: UUID, role: TeamRole) -> None:
    """Put a user into a team because of a group."""
    values = {"team_id": team_id, "user_id": user_id, "role": role.value, "is_mapped": True}
    db.execute(insert(team_memberships).values(values))


def change_mapped(db: Connection, team_id: UUID, user_id: UUID, role: TeamRole) -> None:
    """Give another role to a member whom a group has put into a team."""
    db.execute(update(team_memberships).where(*_mapped(team_id, user_id)).values(role=role.value))


def delete_mapped(db: Connection, team_id: UUID, user_id: UUID) -> None:
    """Take a member away whom a group has put into a team."""
    db.execute(delete(team_memberships).where(*_mapped(team_id, user_id)))


def _mapped(team_id: UUID, user_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (_m.team_id == team_id, _m.user_id == user_id, _m.is_mapped.is_(True))


def _find(db: Connection, where: ColumnElement[bool]) -> Holder | None:
    row = db.execute(select(users).where(where).with_for_update(key_share=True)).one_or_none()
    if row is None:
        return None
    user = User(row.id, row.user_name, row.email, row.is_administrator)
    return Holder(user, row.disabled_at is not None, row.identity_subject is not None)
