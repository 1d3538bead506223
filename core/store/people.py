"""Users and teams as rows."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, insert, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from core.domain.access import Principal, SystemPrincipal, TeamRole
from core.domain.people import Team, User
from core.store.scope import READERS, visible
from core.store.tables import team_memberships, teams, users


def insert_user(
    db: Connection,
    *,
    user_id: UUID,
    user_name: str,
    email: str,
    is_administrator: bool = False,
    password_hash: str | None = None,
) -> bool:
    """Insert a user; False when the name or the e-mail is taken."""
    result = db.execute(
        upsert(users)
        .values(
            id=user_id,
            user_name=user_name,
            email=email,
            is_administrator=is_administrator,
            password_hash=password_hash,
        )
        .on_conflict_do_nothing()
        .returning(users.c.id)
    )
    return result.one_or_none() is not None


def find_user(db: Connection, user_name: str) -> User | None:
    """Return the user of a name, without regard to case, or None."""
    query = select(users).where(func.lower(users.c.user_name) == user_name.lower())
    row = db.execute(query).one_or_none()
    return None if row is None else _to_user(row)


def get_user(db: Connection, user_id: UUID) -> User | None:
    """Return the user of an id, or None."""
    row = db.execute(select(users).where(users.c.id == user_id)).one_or_none()
    return None if row is None else _to_user(row)


def find_credentials(db: Connection, name_or_email: str) -> tuple[User, str | None] | None:
    """Return the user of a name or an e-mail address, and the password's hash; or None.

    No name contains an @, and every address does: it is never both. Who is disabled has no
    password that opens anything.
    """
    typed = name_or_email.lower()
    query = select(users).where(
        or_(func.lower(users.c.user_name) == typed, func.lower(users.c.email) == typed)
    )
    row = db.execute(query).one_or_none()
    if row is None:
        return None
    return _to_user(row), row.password_hash if row.disabled_at is None else None


def set_password_hash(
    db: Connection, user_id: UUID, password_hash: str, *, instead_of: str | None = None
) -> bool:
    """Store a password's hash; False when there is no such user, or another hash by now."""
    change = update(users).where(users.c.id == user_id).values(password_hash=password_hash)
    if instead_of is not None:
        change = change.where(users.c.password_hash == instead_of)
    return db.execute(change.values(updated_at=func.now())).rowcount == 1


def lacks_password(db: Connection, user_name: str) -> bool:
    """Tell whether there is a user of this name who cannot sign in by password yet."""
    query = select(users.c.id).where(
        func.lower(users.c.user_name) == user_name.lower(), users.c.password_hash.is_(None)
    )
    return db.execute(query).one_or_none() is not None


def insert_first_password(db: Connection, user_name: str, password_hash: str) -> bool:
    """Store the hash of a user who has none yet; False when there is one, or no such user."""
    result = db.execute(
        update(users)
        .where(func.lower(users.c.user_name) == user_name.lower())
        .where(users.c.password_hash.is_(None))
        .values(password_hash=password_hash, updated_at=func.now())
    )
    return result.rowcount == 1


def insert_team(
    db: Connection,
    *,
    team_id: UUID,
    owner_id: UUID,
    name: str,
    is_shared: bool,
    act_key: str | None = None,
) -> bool:
    """Insert a team; False when its owner has one of that name."""
    result = db.execute(
        upsert(teams)
        .values(id=team_id, owner_id=owner_id, name=name, is_shared=is_shared, act_key=act_key)
        .on_conflict_do_nothing()
        .returning(teams.c.id)
    )
    return result.one_or_none() is not None


def insert_membership(db: Connection, team_id: UUID, user_id: UUID, role: TeamRole) -> None:
    """Put a user into a team."""
    db.execute(insert(team_memberships).values(team_id=team_id, user_id=user_id, role=role.value))


def list_teams(db: Connection, principal: Principal) -> list[Team]:
    """Return the teams that a principal is in, by name."""
    return [
        replace(to_team(row), membership=TeamRole(row.membership) if row.membership else None)
        for row in db.execute(_list_teams(principal))
    ]


@lru_cache(READERS)
def _list_teams(principal: Principal) -> Select[Any]:
    query = visible(select(teams), principal).order_by(teams.c.name, teams.c.id)
    if isinstance(principal, SystemPrincipal):
        return query.add_columns(null().label("membership"))
    m = team_memberships.c
    mine = select(m.role).where(m.team_id == teams.c.id, m.user_id == principal.user_id)
    return query.add_columns(mine.scalar_subquery().label("membership"))


def to_team(row: Row[Any]) -> Team:
    """Return a row of `teams` as what it is."""
    return Team(row.id, row.owner_id, row.name, row.is_shared, row.description, row.archived_at)


def _to_user(row: Row[Any]) -> User:
    return User(row.id, row.user_name, row.email, row.is_administrator)
