"""The one place that says which teams' rows a principal may see."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, Table, or_, select
from sqlalchemy.sql.util import find_tables

from core.domain.access import Principal, SystemPrincipal
from core.store.tables import team_memberships, teams

Q = TypeVar("Q", bound=Select[Any])


def visible(query: Q, principal: Principal) -> Q:
    """Narrow a query on team-owned tables to the rows of teams that the principal is in.

    Every team-owned table among the query's FROMs is narrowed. Raises `ValueError` when there is
    none: such a query does not belong here.
    """
    if isinstance(principal, SystemPrincipal):
        return query
    owned = [
        table.c.id if table is teams else table.c.team_id
        for source in query.get_final_froms()
        for table in find_tables(source, include_joins=True)
        if isinstance(table, Table) and (table is teams or "team_id" in table.c)
    ]
    if not owned:
        raise ValueError("visible() needs a query on a team-owned table")
    mine = _teams_of(principal.user_id)
    return query.where(*(column.in_(mine) for column in owned))


def _teams_of(user_id: UUID) -> Select[tuple[UUID]]:
    """The owner always; others only when the team is shared and they are its members."""
    joined = select(team_memberships.c.team_id).where(team_memberships.c.user_id == user_id)
    return select(teams.c.id).where(
        or_(teams.c.owner_id == user_id, teams.c.is_shared & teams.c.id.in_(joined))
    )
