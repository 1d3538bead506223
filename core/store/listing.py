"""A team's sessions, page by page: search, filters, sorting, and what a row of the list says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Subquery,
    Text,
    bindparam,
    case,
    cast,
    false,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.domain.access import Principal
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.domain.session import Session
from core.store.scope import READERS, visible
from core.store.sessions import HEAD_COLUMNS, SESSION_COLUMNS, to_session
from core.store.tables import (
    agent_tasks,
    execution_sessions,
    pipelines,
    session_decisions,
    session_heads,
    task_decisions,
    users,
)

Sort = Literal["newest", "oldest", "longest"]

MOST_WORDS = 8
# A page of a common word is looked for among so many sessions first, in order, before all of its
# matches are read and sorted. More would cost more than they save: PostgreSQL needs 0.12 ms to
# take a brief of 1,500 characters apart.
WALKED = 200
_ID = re.compile(r"(?=.*\d)[0-9a-f]{6,32}\Z")
_WORDS: ColumnElement[Any] = literal_column(
    "to_tsvector('simple'::regconfig,"
    " (execution_sessions.feature_name || ' '::text) || execution_sessions.brief)"
)
_e, _h, _t = execution_sessions.c, session_heads.c, agent_tasks.c


_TEAM: BindParameter[Any] = bindparam("team_id")
_SINCE: BindParameter[Any] = bindparam("since")
_UNTIL: BindParameter[Any] = bindparam("until")
_MOST = bindparam("most", type_=Integer)
_OFFSET = bindparam("offset", type_=Integer)
_LIMIT = bindparam("limit", type_=Integer)
_SORTED_BY = (_e.id, _e.created_at, _e.started_at, _e.ended_at)
_SHAPES = 4  # of questions that one reader asks again and again


@dataclass(frozen=True, slots=True)
class _Shape:
    """What makes two queries one statement with other values."""

    statuses: frozenset[SessionStatus]
    has_since: bool
    has_until: bool
    sort: Sort


@dataclass(frozen=True, slots=True)
class SessionQuery:
    """Which of a team's sessions somebody looks for."""

    team_id: UUID
    text: str = ""  # beginnings of words in name and brief, or the beginning of an id
    statuses: frozenset[SessionStatus] = frozenset()  # none: all
    since: datetime | None = None  # launched then or later
    until: datetime | None = None  # launched before
    sort: Sort = "newest"

    @property
    def shape(self) -> _Shape:
        """Return what its statement depends on, its text apart."""
        return _Shape(self.statuses, self.since is not None, self.until is not None, self.sort)

    @property
    def values(self) -> dict[str, Any]:
        """Return what its statement is asked with."""
        return {"team_id": self.team_id, "since": self.since, "until": self.until}


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session as a row of the list."""

    session: Session
    user_name: str
    roles: int
    roles_done: int
    retries: int  # attempts beyond the first of each role
    decisions: int
    failed_role: str | None
    error_message: str | None


def list_page(
    db: Connection,
    principal: Principal,
    query: SessionQuery,
    *,
    offset: int,
    limit: int,
    is_few: bool = False,
) -> list[ListedSession]:
    """Return a page of a team's sessions: first the page, by an index, then what its rows say.

    `is_few` says that so few match that all of them may be read and sorted; the page is the same.
    """
    rows: list[Any] = []
    if not query.text.strip() and not is_few:
        values = {"offset": offset, "limit": limit} | query.values
        rows = list(db.execute(_plain_page(principal, query.shape), values))
    else:
        found = visible(_of_team(query.shape, *_SORTED_BY), principal)
        for way in _ways(found, query, offset + limit, is_few):
            page = way.offset(offset).limit(limit).subquery()
            rows = list(db.execute(_described(page, query.sort), query.values))
            if len(rows) == limit:
                break
    return [
        ListedSession(
            session=to_session(row),
            user_name=row.user_name,
            roles=row.roles,
            roles_done=row.roles_done,
            retries=int(row.retries),
            decisions=row.decisions,
            failed_role=row.failed_role,
            error_message=row.error_message,
        )
        for row in rows
    ]


@lru_cache(READERS * _SHAPES)
def _plain_page(principal: Principal, shape: _Shape) -> Select[Any]:
    """Select a page of what no text narrows."""
    found = visible(_of_team(shape, *_SORTED_BY), principal)
    page = found.order_by(*_order(_e, shape.sort)).offset(_OFFSET).limit(_LIMIT).subquery()
    return _described(page, shape.sort)


def count_matching(db: Connection, principal: Principal, query: SessionQuery, most: int) -> int:
    """Return how many sessions match, counting no further than `most`."""
    if not query.text.strip():
        counting = _count_plain(principal, query.shape)
    else:
        counting = _count(_of_team(query.shape, _e.id).where(matches(query.text)), principal)
    return int(db.execute(counting, {"most": most} | query.values).scalar_one())


@lru_cache(READERS * _SHAPES)
def _count_plain(principal: Principal, shape: _Shape) -> Select[Any]:
    return _count(_of_team(shape, _e.id), principal)


def _count(found: Select[Any], principal: Principal) -> Select[Any]:
    some = visible(found, principal).limit(_MOST).subquery()
    return select(func.count()).select_from(some)


def count_by_status(
    db: Connection, principal: Principal, team_id: UUID, most: int
) -> dict[SessionStatus, int]:
    """Return how many sessions a team has in each status, counting no further than `most`."""
    rows = db.execute(_by_status(principal), {"team_id": team_id, "most": most})
    numbers = {row.status: row.number for row in rows}
    return {one: numbers[one.value] for one in SessionStatus if one.value in numbers}


@lru_cache(READERS)
def _by_status(principal: Principal) -> Select[Any]:
    # An array, as SQLAlchemy compiles a list of VALUES anew each time.
    every = cast([status.value for status in SessionStatus], ARRAY(Text))
    wanted = func.unnest(every).table_valued("status").render_derived(name="wanted")
    # No column of the heads but those of the index, so that the index alone is read.
    heads = visible(select(_h.team_id).where(_h.team_id == _TEAM), principal)
    some = heads.where(_h.status == wanted.c.status).limit(_MOST).lateral("some")
    return (
        select(wanted.c.status, func.count().label("number"))
        .join_from(wanted, some, true())
        .group_by(wanted.c.status)
    )


def list_pipelines(db: Connection, principal: Principal, team_id: UUID) -> list[Mapping[str, Any]]:
    """Return the definitions of the pipelines that a team defines, by name."""
    return list(db.execute(_pipelines(principal), {"team_id": team_id}).scalars())


@lru_cache(READERS)
def _pipelines(principal: Principal) -> Select[Any]:
    query = select(pipelines.c.definition).where(pipelines.c.team_id == _TEAM)
    return visible(query, principal).order_by(pipelines.c.name)


@dataclass(frozen=True, slots=True)
class UsualTime:
    """How long a team's latest finished sessions took; nothing when there is none."""

    sessions: int = 0
    seconds: float | None = None


def usual_time(db: Connection, principal: Principal, team_id: UUID, latest: int) -> UsualTime:
    """Return the median duration of a team's latest planned sessions."""
    row = db.execute(_usual_time(principal), {"team_id": team_id, "most": latest}).one()
    return UsualTime(row.number, None if row.seconds is None else float(row.seconds))


@lru_cache(READERS)
def _usual_time(principal: Principal) -> Select[Any]:
    took = func.extract("epoch", _e.ended_at - _e.started_at).label("took")
    query = select(took).where(
        _e.team_id == _TEAM, _e.ended_at.is_not(None), _e.outcome == "planned"
    )
    some = visible(query, principal).order_by(_e.ended_at.desc()).limit(_MOST).subquery()
    median = func.percentile_cont(0.5).within_group(some.c.took)
    return select(func.count().label("number"), median.label("seconds")).select_from(some)


def _of_team(shape: _Shape, *columns: ColumnElement[Any]) -> Select[Any]:
    """Select a team's sessions by all that is asked for but the text."""
    found: Select[Any] = select(*columns).where(_e.team_id == _TEAM)
    if shape.statuses:
        wanted = sorted(status.value for status in shape.statuses)
        found = found.join(session_heads, _h.session_id == _e.id).where(
            _h.team_id == _TEAM, _h.status.in_(wanted)
        )
    if shape.has_since:
        found = found.where(_e.created_at >= _SINCE)
    if shape.has_until:
        found = found.where(_e.created_at < _UNTIL)
    return found


def _ways(
    found: Select[Any], query: SessionQuery, reach: int, is_few: bool
) -> Iterator[Select[Any]]:
    """Return ways to what matches, in order: the last leads to all of it, one before to its first.

    Text, order and limit in one plain statement are no way: PostgreSQL then goes by how many
    matches it expects, and for a word that nobody wrote it takes every brief of the team apart.
    """
    order = _order(_e, query.sort)
    if query.text.strip():
        words = _words_of(query.text)
        if words is not None and not is_few and reach <= WALKED:
            walked = found.add_columns(_WORDS.label("words")).order_by(*order).limit(WALKED)
            first = walked.subquery()
            yield _sorted(select(first).where(first.c.words.bool_op("@@")(words)), first, query)
        found = found.where(matches(query.text))
    every = found.offset(0).subquery()  # The offset keeps its plan apart from order and limit.
    yield _sorted(select(every), every, query)


def _sorted(found: Select[Any], source: FromClause, query: SessionQuery) -> Select[Any]:
    return found.order_by(*_order(source.c, query.sort))


def _described(page: Subquery, sort: Sort) -> Select[Any]:
    """Select what the rows of a page say; the page is narrowed to what somebody may see."""
    failed = _t.status == TaskStatus.FAILED.value
    work = (
        select(
            func.count().label("roles"),
            func.count().filter(_t.status == TaskStatus.COMPLETED.value).label("roles_done"),
            func.coalesce(func.sum(func.greatest(_t.attempt - 1, 0)), 0).label("retries"),
            func.min(case((failed, _t.role))).label("failed_role"),
            func.min(case((failed, _t.error_message))).label("error_message"),
        )
        .where(_t.session_id == page.c.id)
        .lateral("work")
    )
    strategic, tactical = (
        select(func.count()).where(table.c.session_id == page.c.id).scalar_subquery()
        for table in (session_decisions, task_decisions)
    )
    return (
        select(
            *(_e[name] for name in SESSION_COLUMNS),
            *HEAD_COLUMNS,
            users.c.user_name,
            work,
            (strategic + tactical).label("decisions"),
        )
        .select_from(page)
        .join(execution_sessions, _e.id == page.c.id)
        .join(session_heads, _h.session_id == page.c.id)
        .join(users, users.c.id == _e.user_id)
        .join(work, true())
        .order_by(*_order(page.c, sort))
    )


def matches(text: str) -> ColumnElement[bool]:
    """Return the condition that a session matches a search, by words or by its id's beginning."""
    beginning = _beginning_of_id(text)
    if beginning is not None:
        return _e.id.between(UUID(beginning.ljust(32, "0")), UUID(beginning.ljust(32, "f")))
    words = _words_of(text)
    return false() if words is None else _WORDS.bool_op("@@")(words)


def _beginning_of_id(text: str) -> str | None:
    compact = text.strip().lower().replace("-", "")
    return compact if _ID.match(compact) else None


def _words_of(text: str) -> ColumnElement[Any] | None:
    """Return what the words of a search ask for; None when it has none, or is an id."""
    words = re.findall(r"[^\W_]+", text)[:MOST_WORDS]
    if not words or _beginning_of_id(text) is not None:
        return None
    return func.to_tsquery(
        literal_column("'simple'::regconfig"), " & ".join(f"{word[:100]}:*" for word in words)
    )


def _order(c: Any, sort: Sort) -> tuple[ColumnElement[Any], ...]:
    if sort == "oldest":
        return c.created_at.asc(), c.id.asc()
    if sort == "longest":
        return (c.ended_at - c.started_at).desc().nulls_last(), c.id.desc()
    return c.created_at.desc(), c.id.desc()
