"""A team's sessions, page by page: search, filters, sorting, and what a row of the list says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    false,
    func,
    literal_column,
    select,
    true,
)

from core.domain.access import Principal
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.domain.session import Session
from core.store.scope import visible
from core.store.sessions import to_session
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
_ID = re.compile(r"(?=.*\d)[0-9a-f]{6,32}\Z")
_WORDS: ColumnElement[Any] = literal_column(
    "to_tsvector('simple'::regconfig,"
    " (execution_sessions.feature_name || ' '::text) || execution_sessions.brief)"
)
_SESSION_COLUMNS = (
    *("id", "team_id", "user_id", "feature_name", "outcome", "pipeline", "questions"),
    *("created_at", "started_at", "ended_at"),
)
_e, _h, _t = execution_sessions.c, session_heads.c, agent_tasks.c


@dataclass(frozen=True, slots=True)
class SessionQuery:
    """Which of a team's sessions somebody looks for."""

    team_id: UUID
    text: str = ""  # beginnings of words in name and brief, or the beginning of an id
    statuses: frozenset[SessionStatus] = frozenset()  # none: all
    since: datetime | None = None  # launched then or later
    until: datetime | None = None  # launched before
    sort: Sort = "newest"


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session as a row of the list."""

    session: Session
    user_name: str
    roles: int
    roles_done: int
    tries_again: int  # attempts beyond the first of each role
    decisions: int
    failed_role: str | None
    error_message: str | None


def list_page(
    db: Connection, principal: Principal, query: SessionQuery, *, offset: int, limit: int
) -> list[ListedSession]:
    """Return a page of a team's sessions: first the page, by an index, then what its rows say."""
    found = visible(_filtered(query, _e.id, _e.created_at, _e.started_at, _e.ended_at), principal)
    page = found.order_by(*_order(_e, query.sort)).offset(offset).limit(limit).subquery()
    failed = _t.status == TaskStatus.FAILED.value
    work = (
        select(
            func.count().label("roles"),
            func.count().filter(_t.status == TaskStatus.COMPLETED.value).label("roles_done"),
            func.coalesce(func.sum(func.greatest(_t.attempt - 1, 0)), 0).label("tries_again"),
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
    rows = db.execute(
        select(
            *(_e[name] for name in _SESSION_COLUMNS),
            _h.status,
            _h.last_seq,
            users.c.user_name,
            work,
            (strategic + tactical).label("decisions"),
        )
        .select_from(page)
        .join(execution_sessions, _e.id == page.c.id)
        .join(session_heads, _h.session_id == page.c.id)
        .join(users, users.c.id == _e.user_id)
        .join(work, true())
        .order_by(*_order(page.c, query.sort))
    )
    return [
        ListedSession(
            session=to_session(row),
            user_name=row.user_name,
            roles=row.roles,
            roles_done=row.roles_done,
            tries_again=int(row.tries_again),
            decisions=row.decisions,
            failed_role=row.failed_role,
            error_message=row.error_message,
        )
        for row in rows
    ]


def count_matching(db: Connection, principal: Principal, query: SessionQuery, most: int) -> int:
    """Return how many sessions match, counting no further than `most`."""
    some = visible(_filtered(query, _e.id), principal).limit(most).subquery()
    return int(db.execute(select(func.count()).select_from(some)).scalar_one())


def count_by_status(
    db: Connection, principal: Principal, team_id: UUID, most: int
) -> dict[SessionStatus, int]:
    """Return how many sessions a team has in each status, counting no further than `most`."""

    def number_of(status: SessionStatus) -> ColumnElement[int]:
        query = select(_h.session_id).where(_h.team_id == team_id, _h.status == status.value)
        some = visible(query, principal).limit(most).subquery()
        return select(func.count()).select_from(some).scalar_subquery().label(status.value)

    row = db.execute(select(*map(number_of, SessionStatus))).one()
    return {status: number for status, number in zip(SessionStatus, row, strict=True) if number}


def list_pipelines(db: Connection, principal: Principal, team_id: UUID) -> list[Mapping[str, Any]]:
    """Return the definitions of the pipelines that a team defines, by name."""
    query = select(pipelines.c.definition).where(pipelines.c.team_id == team_id)
    return list(db.execute(visible(query, principal).order_by(pipelines.c.name)).scalars())


@dataclass(frozen=True, slots=True)
class UsualTime:
    """How long a team's latest finished sessions took; nothing when there is none."""

    sessions: int = 0
    seconds: float | None = field(default=None)


def usual_time(db: Connection, principal: Principal, team_id: UUID, latest: int) -> UsualTime:
    """Return the median duration of a team's latest planned sessions."""
    took = func.extract("epoch", _e.ended_at - _e.started_at).label("took")
    query = select(took).where(
        _e.team_id == team_id, _e.ended_at.is_not(None), _e.outcome == "planned"
    )
    some = visible(query, principal).order_by(_e.ended_at.desc()).limit(latest).subquery()
    median = func.percentile_cont(0.5).within_group(some.c.took)
    row = db.execute(
        select(func.count().label("number"), median.label("seconds")).select_from(some)
    ).one()
    return UsualTime(row.number, None if row.seconds is None else float(row.seconds))


def _filtered(query: SessionQuery, *columns: ColumnElement[Any]) -> Select[Any]:
    found: Select[Any] = select(*columns).where(_e.team_id == query.team_id)
    if query.statuses:
        wanted = sorted(status.value for status in query.statuses)
        found = found.join(session_heads, _h.session_id == _e.id).where(
            _h.team_id == query.team_id, _h.status.in_(wanted)
        )
    if query.since is not None:
        found = found.where(_e.created_at >= query.since)
    if query.until is not None:
        found = found.where(_e.created_at < query.until)
    if query.text.strip():
        found = found.where(_matches(query.text.strip()))
    return found


def _matches(text: str) -> ColumnElement[bool]:
    compact = text.lower().replace("-", "")
    if _ID.match(compact):
        return _e.id.between(UUID(compact.ljust(32, "0")), UUID(compact.ljust(32, "f")))
    words = re.findall(r"[^\W_]+", text)[:MOST_WORDS]
    if not words:
        return false()
    wanted = func.to_tsquery(
        literal_column("'simple'::regconfig"), " & ".join(f"{word[:100]}:*" for word in words)
    )
    return _WORDS.bool_op("@@")(wanted)


def _order(c: Any, sort: Sort) -> tuple[ColumnElement[Any], ...]:
    if sort == "oldest":
        return c.created_at.asc(), c.id.asc()
    if sort == "longest":
        return (c.ended_at - c.started_at).desc().nulls_last(), c.id.desc()
    return c.created_at.desc(), c.id.desc()
