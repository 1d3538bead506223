"""Teams and their members as rows: what changes them, and a user's place in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from core.domain.access import Principal, TeamRole
from core.domain.people import Team
from core.domain.team import Member, Place
from core.store.people import to_team
from core.store.places import to_place
from core.store.scope import visible
from core.store.tables import team_memberships, teams, users

_t = teams.c
_m = team_memberships.c
_PLACE = (
    select(_t.owner_id, _t.is_shared, _t.archived_at, _m.role)
    .outerjoin(team_memberships, and_(_m.team_id == _t.id, _m.user_id == bindparam("user_id")))
    .where(_t.id == bindparam("team_id"))
)


def read_place(db: Connection, team_id: UUID, user_id: UUID) -> Place:
    """Return a user's place in a team; no role when the team does not exist or is not theirs."""
    return to_place(db.execute(_PLACE, {"team_id": team_id, "user_id": user_id}), user_id)


def get_team(db: Connection, principal: Principal, team_id: UUID) -> Team | None:
    """Return a team that the principal is in, or None."""
    row = db.execute(visible(select(teams), principal).where(_t.id == team_id)).one_or_none()
    return None if row is None else to_team(row)


def find_created(db: Connection, principal: Principal, act_key: str) -> Team | None:
    """Return the team that an act created, while the principal is in it; or None."""
    row = db.execute(visible(select(teams), principal).where(_t.act_key == act_key)).one_or_none()
    return None if row is None else to_team(row)


def lock_team(db: Connection, team_id: UUID) -> Team | None:
    """Return a team as it is, held until the end of the transaction: one manages it at a time."""
    query = select(teams).where(_t.id == team_id).with_for_update(key_share=True)
    row = db.execute(query).one_or_none()
    return None if row is None else to_team(row)


def lock_owned(db: Connection, user_id: UUID) -> list[Team]:
    """Return the teams that a user owns, held like `lock_team` does, always in one order."""
    query = select(teams).where(_t.owner_id == user_id).order_by(_t.id)
    return [to_team(row) for row in db.execute(query.with_for_update(key_share=True))]


def list_members(db: Connection, principal: Principal, team_id: UUID) -> list[Member]:
    """Return who is in a team, the owner first, the others by name.

    The owner belongs to it with or without a row of members; others only while it is shared.
    """
    owning = select(users.c.id, users.c.user_name, users.c.email, _t.is_shared, _t.created_at)
    owning = owning.join(users, users.c.id == _t.owner_id).where(_t.id == team_id)
    owner = db.execute(visible(owning, principal)).one_or_none()
    joined = select(
        users.c.id, users.c.user_name, users.c.email, _m.role, _m.approver_roles, _m.created_at
    )
    joined = joined.join(users, users.c.id == _m.user_id).where(_m.team_id == team_id)
    rows = db.execute(visible(joined, principal).order_by(func.lower(users.c.user_name))).all()
    members = [
        Member(row.id, row.user_name, row.email, TeamRole(row.role), tuple(row[4]), row.created_at)
        for row in rows
    ]
    if owner is None:
        return members
    since = owner.created_at
    head = Member(owner.id, owner.user_name, owner.email, TeamRole.OWNER, (), since)
    head = next((replace(one, role=head.role) for one in members if one.user_id == owner.id), head)
    others = members if owner.is_shared else []
    return [head, *(one for one in others if one.user_id != owner.id)]


def count_members(db: Connection, team_id: UUID) -> int:
    """Return how many rows of members a team has."""
    query = select(func.count()).select_from(team_memberships).where(_m.team_id == team_id)
    return int(db.execute(query).scalar_one())


def member_role(db: Connection, team_id: UUID, user_id: UUID) -> TeamRole | None:
    """Return the role that stands in a member's row, or None without one."""
    query = select(_m.role).where(_m.team_id == team_id, _m.user_id == user_id)
    role = db.execute(query).scalar_one_or_none()
    return None if role is None else TeamRole(role)


def approver_roles(db: Connection, team_id: UUID, user_id: UUID) -> tuple[str, ...]:
    """Return in the name of which roles a member answers approvals."""
    query = select(_m.approver_roles).where(_m.team_id == team_id, _m.user_id == user_id)
    found: list[str] | None = db.execute(query).scalar_one_or_none()
    return tuple(found or ())


def put_member(
    db: Connection,
    team_id: UUID,
    user_id: UUID,
    role: TeamRole,
    approver_roles: Sequence[str] | None = None,
    *,
    is_given: bool = False,
) -> None:
    """Give a member a role, and approver roles where they are named; makes the row if needed.

    With `is_given` the membership is one that people gave: groups of an identity provider neither
    change it any more nor take it away.
    """
    changed: dict[str, Any] = {"role": role.value}
    if is_given:
        changed["is_mapped"] = False
    if approver_roles is not None:
        changed["approver_roles"] = list(approver_roles)
    insert = upsert(team_memberships).values(team_id=team_id, user_id=user_id, **changed)
    db.execute(insert.on_conflict_do_update(index_elements=["team_id", "user_id"], set_=changed))


def delete_member(db: Connection, team_id: UUID, user_id: UUID) -> bool:
    """Take a member's row away; False when there was none."""
    gone = delete(team_memberships).where(_m.team_id == team_id, _m.user_id == user_id)
    return db.execute(gone).rowcount == 1


def delete_other_members(db: Connection, team_id: UUID, owner_id: UUID) -> list[UUID]:
    """Take away the rows of everybody but the owner; returns whose they were."""
    gone = delete(team_memberships).where(_m.team_id == team_id, _m.user_id != owner_id)
    return list(db.execute(gone.returning(_m.user_id)).scalars())


def change_team(db: Connection, team_id: UUID, **values: Any) -> bool:
    """Change columns of a team; False when its owner has another team of that name."""
    change = update(teams).where(_t.id == team_id).values(**values, updated_at=func.now())
    try:
        with db.begin_nested():
            db.execute(change)
    except IntegrityError:
        return False
    return True
