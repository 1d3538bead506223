"""A user's place in a team: what rows say of it, and holding it until what it allows is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Result

from core.domain.access import TeamRole, effective_role
from core.domain.team import Place
from core.store.values import bind

# Shared, so that many act at once, but nobody archives the team, removes the user or gives them
# another role meanwhile. The team comes first, as it does where members are changed. Each row is
# looked at again once it is had: a statement that waited for it sees what became of it.
HELD_PLACE = """
    held_team AS (
        SELECT id, owner_id, is_shared, archived_at FROM teams WHERE id = :team_id FOR SHARE
    ), held_membership AS (
        SELECT membership.role FROM held_team
        JOIN team_memberships AS membership
            ON membership.team_id = held_team.id AND membership.user_id = :user_id
        FOR SHARE OF membership
    )
"""
_HOLD = bind(
    f"""
    WITH {HELD_PLACE}
    SELECT owner_id, is_shared, archived_at, (SELECT role FROM held_membership) AS role
    FROM held_team
    """,
    team_id=UUID,
    user_id=UUID,
)


def hold_place(db: Connection, team_id: UUID, user_id: UUID) -> Place:
    """Return a user's place in a team, which stays as it is until the transaction ends.

    No role when the team does not exist or is not theirs.
    """
    return to_place(db.execute(_HOLD, {"team_id": team_id, "user_id": user_id}), user_id)


def to_place(found: Result[Any], user_id: UUID) -> Place:
    """Return the place that a team's row and a membership's role give a user; none for no row."""
    row = found.one_or_none()
    if row is None:
        return Place(None, False)
    role = effective_role(
        is_owner=row.owner_id == user_id,
        is_shared=row.is_shared,
        membership=None if row.role is None else TeamRole(row.role),
    )
    return Place(role, row.archived_at is not None)
