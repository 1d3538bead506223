"""Sessions and tasks in order, newest first, from a place on: how programs read long lists.

A place is the time and id of the last one that was read, so a page costs the same however far it
is, and what is launched meanwhile moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, exists, select, tuple_

from core.domain.access import Principal
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.domain.session import Session, Task
from core.store.listing import matches
from core.store.scope import visible
from core.store.sessions import HEAD_COLUMNS, SESSION_COLUMNS, to_session
from core.store.tables import agent_tasks, execution_sessions, session_heads
from core.store.tasks import TASK_COLUMNS, to_task

_e, _h, _t = execution_sessions.c, session_heads.c, agent_tasks.c
_COLUMNS = tuple(_e[name] for name in SESSION_COLUMNS)


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions are read."""

    team_id: UUID | None = None  # none: all of the principal's teams
    text: str = ""  # beginnings of words in name and brief, or the beginning of an id
    statuses: frozenset[SessionStatus] = frozenset()  # none: all
    role: str = ""  # that has a task in it
    since: datetime | None = None  # launched then or later
    until: datetime | None = None  # launched before
    after: tuple[datetime, UUID] | None = None  # the last session that was read


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are read."""

    team_id: UUID | None = None  # none: all of the principal's teams
    session_id: UUID | None = None
    statuses: frozenset[TaskStatus] = frozenset()  # none: all
    role: str = ""
    after: tuple[datetime, UUID] | None = None  # the last task that was read


def list_sessions(
    db: Connection, principal: Principal, query: SessionFilter, most: int
) -> list[Session]:
    """Return sessions that match, newest first."""
    found = visible(_matching(query), principal)
    if query.text.strip():
        # The offset keeps what matches apart from order and limit, which mislead the planner.
        every = found.where(matches(query.text)).offset(0).subquery()
        found = select(every)
        page = found.order_by(every.c.created_at.desc(), every.c.id.desc()).limit(most).subquery()
    else:
        page = found.order_by(_e.created_at.desc(), _e.id.desc()).limit(most).subquery()
    rows = db.execute(
        select(page, *HEAD_COLUMNS)
        .join(session_heads, _h.session_id == page.c.id)
        .order_by(page.c.created_at.desc(), page.c.id.desc())
    )
    return [to_session(row) for row in rows]


def _matching(query: SessionFilter) -> Select[Any]:
    """Select sessions by all that is asked for but the text."""
    found: Select[Any] = select(*_COLUMNS)
    if query.team_id is not None:
        found = found.where(_e.team_id == query.team_id)
    if query.statuses:
        wanted = sorted(status.value for status in query.statuses)
        found = found.join(session_heads, _h.session_id == _e.id).where(_h.status.in_(wanted))
    if query.role:
        found = found.where(exists().where(_t.session_id == _e.id, _t.role == query.role))
    if query.since is not None:
        found = found.where(_e.created_at >= query.since)
    if query.until is not None:
        found = found.where(_e.created_at < query.until)
    if query.after is not None:
        found = found.where(tuple_(_e.created_at, _e.id) < tuple_(*query.after))
    return found


def list_tasks(db: Connection, principal: Principal, query: TaskFilter, most: int) -> list[Task]:
    """Return tasks that match, newest first; those of one launch by their ids, the last first."""
    found: Select[Any] = select(*TASK_COLUMNS)
    if query.team_id is not None:
        found = found.where(_t.team_id == query.team_id)
    if query.session_id is not None:
        found = found.where(_t.session_id == query.session_id)
    if query.statuses:
        found = found.where(_t.status.in_(sorted(status.value for status in query.statuses)))
    if query.role:
        found = found.where(_t.role == query.role)
    if query.after is not None:
        found = found.where(tuple_(_t.created_at, _t.id) < tuple_(*query.after))
    order = (_t.created_at.desc(), _t.id.desc())
    rows = db.execute(visible(found, principal).order_by(*order).limit(most))
    return [to_task(row) for row in rows]
