"""The one place that says which teams' rows a principal may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    Alias,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Join,
    Select,
    Table,
    false,
    select,
    union,
)

from core.domain.access import (
    Action,
    Principal,
    SystemPrincipal,
    TokenPrincipal,
    scopes_allow,
)
from core.store.tables import team_memberships, teams

Q = TypeVar("Q", bound=Select[Any])

# Of how many readers a statement is kept: to build one takes as long as to have it answered.
READERS = 64


def visible(query: Q, principal: Principal) -> Q:
    """Narrow a query on team-owned tables to the rows of teams that the principal is in.

    Every team-owned table among the query's FROMs is narrowed, also under an alias. Raises
    `ValueError` when there is none: such a query does not belong here; and for a subquery, whose
    inside must be narrowed instead.
    """
    if isinstance(principal, SystemPrincipal):
        return query
    owned = team_columns(_sources(query))
    if not owned:
        raise ValueError("visible() needs a query on a team-owned table")
    mine = _teams_of(principal.user_id)
    narrowed = query.where(*(column.in_(mine) for column in owned))
    if isinstance(principal, TokenPrincipal):
        return _within_token(narrowed, owned, principal)
    return narrowed


def _within_token(query: Q, owned: list[ColumnElement[UUID]], token: TokenPrincipal) -> Q:
    """Narrow further to the token's team; to nothing when none of its scopes lets it read."""
    if not scopes_allow(token.scopes, Action.READ):
        return query.where(false())
    if token.team_id is None:
        return query
    return query.where(*(column == token.team_id for column in owned))


def _sources(query: Select[Any]) -> list[FromClause]:
    """Return what the query reads from: as `get_final_froms()`, which compiles the query for it.

    That took a fourth of a page's time. A test compares both for every query of the store.
    """
    joined = (side for join in query._setup_joins for side in (join[2], join[0]))
    compared = (source for clause in query._where_criteria for source in clause._from_objects)
    listed = (*query.columns_clause_froms, *query._from_obj, *joined, *compared)
    return [source for source in listed if isinstance(source, FromClause)]


def team_columns(sources: Iterable[FromClause]) -> list[ColumnElement[UUID]]:
    """Return the column that names the team of each team-owned table, once each."""
    found = [column for source in sources for column in _team_columns(source)]
    return list({id(column): column for column in found}.values())


def _team_columns(source: FromClause) -> Iterator[ColumnElement[UUID]]:
    if isinstance(source, Join):
        yield from _team_columns(source.left)
        yield from _team_columns(source.right)
        return
    table = source.element if isinstance(source, Alias) else source
    if not isinstance(table, Table):
        raise ValueError("visible() narrows tables; call it inside the subquery")
    if table is teams:
        yield source.c.id
    elif "team_id" in table.c:
        yield source.c.team_id


@lru_cache(maxsize=1024)
def _teams_of(user_id: UUID) -> CompoundSelect[UUID]:
    """The owner always; others only when the team is shared and they are its members.

    A union, as PostgreSQL knows how few rows each half has; of an OR it believes half of all.
    """
    m = team_memberships.c
    owned = select(teams.c.id).where(teams.c.owner_id == user_id)
    shared = select(m.team_id).join(teams).where(m.user_id == user_id, teams.c.is_shared)
    return union(owned, shared)
