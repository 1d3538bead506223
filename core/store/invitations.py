"""Invitations as rows: made, found by id or by their link's hash, answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from core.domain.access import Principal, TeamRole
from core.domain.team import Invitation
from core.store.scope import visible
from core.store.tables import team_invitations, teams, users

_i = team_invitations.c
_invited, _inviting = users.alias("invited"), users.alias("inviting")
_QUERY: Select[Any] = (
    select(
        _i.id,
        _i.team_id,
        teams.c.name.label("team_name"),
        _i.role,
        _i.user_id,
        _invited.c.user_name,
        _i.email,
        _inviting.c.user_name.label("invited_by"),
        _i.answer,
        _i.created_at,
        _i.expires_at,
    )
    .join(teams, teams.c.id == _i.team_id)
    .join(_inviting, _inviting.c.id == _i.invited_by)
    .outerjoin(_invited, _invited.c.id == _i.user_id)
)


def insert_invitation(
    db: Connection,
    *,
    invitation_id: UUID,
    team_id: UUID,
    role: TeamRole,
    user_id: UUID | None,
    email: str | None,
    token_sha256: str | None,
    invited_by: UUID,
    at: datetime,
    expires_at: datetime,
    act_key: str | None = None,
) -> bool:
    """Insert an invitation; False when its user has an open one into this team."""
    insert = upsert(team_invitations).values(
        id=invitation_id,
        team_id=team_id,
        role=role.value,
        user_id=user_id,
        email=email,
        token_sha256=token_sha256,
        invited_by=invited_by,
        created_at=at,
        expires_at=expires_at,
        act_key=act_key,
    )
    result = db.execute(insert.on_conflict_do_nothing().returning(_i.id))
    return result.one_or_none() is not None


def list_open(
    db: Connection, principal: Principal, team_id: UUID, now: datetime
) -> list[Invitation]:
    """Return a team's invitations that can still be answered, the newest first."""
    query = visible(_QUERY, principal).where(_i.team_id == team_id, *_is_open(now))
    return [_to_invitation(row) for row in db.execute(query.order_by(_i.id.desc()))]


def list_waiting(db: Connection, user_id: UUID, now: datetime) -> list[Invitation]:
    """Return the invitations that wait for a user, the newest first.

    They are the user's own: the teams are those that they are not in yet.
    """
    query = _QUERY.where(_i.user_id == user_id, *_is_open(now))
    return [_to_invitation(row) for row in db.execute(query.order_by(_i.id.desc()))]


def get_invitation(db: Connection, invitation_id: UUID) -> Invitation | None:
    """Return the invitation of an id, whoever's it is, or None."""
    row = db.execute(_QUERY.where(_i.id == invitation_id)).one_or_none()
    return None if row is None else _to_invitation(row)


def find_sent(
    db: Connection, principal: Principal, team_id: UUID, act_key: str
) -> Invitation | None:
    """Return the invitation into a team that an act made, or None."""
    query = _QUERY.where(_i.team_id == team_id, _i.act_key == act_key)
    row = db.execute(visible(query, principal)).one_or_none()
    return None if row is None else _to_invitation(row)


def find_by_token(db: Connection, token_sha256: str) -> Invitation | None:
    """Return the invitation of a link, by the hash of its token, or None."""
    row = db.execute(_QUERY.where(_i.token_sha256 == token_sha256)).one_or_none()
    return None if row is None else _to_invitation(row)


def count_open(db: Connection, team_id: UUID, now: datetime) -> int:
    """Return how many invitations of a team can still be answered."""
    query = select(func.count()).select_from(team_invitations)
    return int(db.execute(query.where(_i.team_id == team_id, *_is_open(now))).scalar_one())


def has_open(
    db: Connection, team_id: UUID, *, user_id: UUID | None, email: str | None, now: datetime
) -> bool:
    """Tell whether somebody is invited into a team already."""
    who = _i.user_id == user_id if user_id is not None else func.lower(_i.email) == email
    query = select(_i.id).where(_i.team_id == team_id, who, *_is_open(now)).limit(1)
    return db.execute(query).one_or_none() is not None


def answer_invitation(
    db: Connection, invitation_id: UUID, answer: str, at: datetime, *, user_id: UUID | None = None
) -> None:
    """Note the answer to an invitation, and who gave it when that was left open."""
    values: dict[str, Any] = {"answer": answer, "answered_at": at}
    if user_id is not None:
        values["user_id"] = user_id
    db.execute(update(team_invitations).where(_i.id == invitation_id).values(**values))


def withdraw_all(
    db: Connection,
    team_id: UUID,
    at: datetime,
    *,
    user_id: UUID | None = None,
    only_expired: bool = False,
) -> None:
    """Close what nobody has answered in a team: all of it, a user's, or only what expired."""
    change = update(team_invitations).where(_i.team_id == team_id, _i.answer.is_(None))
    if user_id is not None:
        change = change.where(_i.user_id == user_id)
    if only_expired:
        change = change.where(_i.expires_at <= at)
    db.execute(change.values(answer="withdrawn", answered_at=at))


def _is_open(now: datetime) -> tuple[Any, ...]:
    return _i.answer.is_(None), _i.expires_at > now


def _to_invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        team_id=row.team_id,
        team_name=row.team_name,
        role=TeamRole(row.role),
        user_id=row.user_id,
        user_name=row.user_name,
        email=row.email,
        invited_by=row.invited_by,
        answer=row.answer,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
