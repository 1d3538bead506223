"""API tokens as rows.

They belong to a user and not to a team, even when they are bound to one: each read names the user,
or holds the token's hash.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from core.domain.access import Scope
from core.domain.token import Token
from core.store.tables import api_tokens, users

_OF_ENABLED = (
    select(api_tokens)
    .join(users, users.c.id == api_tokens.c.user_id)
    .where(users.c.disabled_at.is_(None))
)


def insert_token(db: Connection, token: Token, sha256: str) -> None:
    """Store a token's hash, and what it is for."""
    db.execute(
        insert(api_tokens).values(
            id=token.id,
            user_id=token.user_id,
            team_id=token.team_id,
            name=token.name,
            token_sha256=sha256,
            scopes=sorted(token.scopes),
            created_at=token.created_at,
            expires_at=token.expires_at,
        )
    )


def list_tokens_of(db: Connection, user_id: UUID, *, most: int) -> list[Token]:
    """Return a user's tokens that are not revoked, the latest first."""
    query = (
        select(api_tokens)
        .where(api_tokens.c.user_id == user_id, api_tokens.c.revoked_at.is_(None))
        .order_by(api_tokens.c.id.desc())
        .limit(most)
    )
    return [_to_token(row) for row in db.execute(query)]


def revoke_token(db: Connection, user_id: UUID, token_id: UUID) -> Token | None:
    """Revoke a user's token and return it; None when it is not theirs or is revoked already."""
    change = (
        update(api_tokens)
        .where(
            api_tokens.c.id == token_id,
            api_tokens.c.user_id == user_id,
            api_tokens.c.revoked_at.is_(None),
        )
        .values(revoked_at=func.clock_timestamp())
        .returning(api_tokens)
    )
    row = db.execute(change).one_or_none()
    return None if row is None else _to_token(row)


def revoke_tokens_of(db: Connection, user_id: UUID) -> list[Token]:
    """Revoke every token of a user and return those that were not revoked before, by age."""
    change = (
        update(api_tokens)
        .where(api_tokens.c.user_id == user_id, api_tokens.c.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp())
        .returning(api_tokens)
    )
    return sorted((_to_token(row) for row in db.execute(change)), key=lambda token: token.id)


def find_by_hash(db: Connection, sha256: str) -> Token | None:
    """Return the token of a hash whose user may sign in; it may have ended since."""
    row = db.execute(_OF_ENABLED.where(api_tokens.c.token_sha256 == sha256)).one_or_none()
    return None if row is None else _to_token(row)


def find_by_id(db: Connection, token_id: UUID) -> Token | None:
    """Return a token whose user may sign in; it may have ended since."""
    row = db.execute(_OF_ENABLED.where(api_tokens.c.id == token_id)).one_or_none()
    return None if row is None else _to_token(row)


def stamp_use(db: Connection, token_id: UUID, now: datetime, *, exact_to: timedelta) -> None:
    """Note that a token was used now, unless that was noted a moment ago."""
    last = api_tokens.c.last_used_at
    db.execute(
        update(api_tokens)
        .where(api_tokens.c.id == token_id, or_(last.is_(None), last <= now - exact_to))
        .values(last_used_at=now)
    )


def _to_token(row: Row[Any]) -> Token:
    return Token(
        row.id,
        row.user_id,
        row.team_id,
        row.name,
        frozenset(Scope(scope) for scope in row.scopes),
        row.created_at,
        row.expires_at,
        row.last_used_at,
        row.revoked_at,
    )
