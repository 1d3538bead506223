"""What a team did in a week: what ended, what was decided, and why sessions failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Connection,
    DateTime,
    Integer,
    Row,
    Select,
    bindparam,
    func,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.domain.access import Principal
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.store.scope import READERS, visible
from core.store.tables import (
    agent_tasks,
    execution_sessions,
    session_decisions,
    session_heads,
    task_decisions,
)

_e, _h, _t = execution_sessions.c, session_heads.c, agent_tasks.c
_TEAM: BindParameter[Any] = bindparam("team_id")
_FIRST: BindParameter[Any] = bindparam("first")
_LAST: BindParameter[Any] = bindparam("last")
_EDGES = bindparam("edges", type_=ARRAY(DateTime(timezone=True)))


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a team's sessions did in a stretch of time, such as a day."""

    finished: int = 0
    well: int = 0
    median_seconds: float | None = None
    decisions: int = 0


@dataclass(frozen=True, slots=True)
class Weeks:
    """What a team did in a week, day by day, and in the week before."""

    days: tuple[Stretch, ...]
    week: Stretch
    before: Stretch


def read_weeks(
    db: Connection, principal: Principal, team_id: UUID, edges: Sequence[datetime]
) -> Weeks:
    """Return what happened between each two edges, which rise; the first two hold the week before.

    One statement, as a week's median does not follow from those of its days.
    """
    rows = db.execute(_read_weeks(principal), _asked_edges(team_id, edges))
    found = {(row.place, row.in_week): row for row in rows}
    decided = count_decisions(db, principal, team_id, edges)
    days = range(2, len(edges))
    return Weeks(
        days=tuple(_to_stretch(found.get((day, None)), decided.get(day, 0)) for day in days),
        week=_to_stretch(found.get((None, True)), sum(decided.get(day, 0) for day in days)),
        before=_to_stretch(found.get((None, False)), decided.get(1, 0)),
    )


@lru_cache(READERS)
def _read_weeks(principal: Principal) -> Select[Any]:
    ended = visible(
        select(
            func.width_bucket(_e.ended_at, _EDGES).label("place"),
            (_e.ended_at >= bindparam("second")).label("in_week"),
            (_h.status == SessionStatus.COMPLETED.value).label("is_well"),
            func.extract("epoch", _e.ended_at - _e.started_at).label("took"),
        )
        .select_from(execution_sessions.join(session_heads, _h.session_id == _e.id))
        .where(_e.team_id == _TEAM, _e.ended_at >= _FIRST, _e.ended_at < _LAST),
        principal,
    ).subquery()
    return select(
        ended.c.place,
        ended.c.in_week,
        func.count().label("finished"),
        func.count().filter(ended.c.is_well).label("well"),
        func.percentile_cont(0.5).within_group(ended.c.took).label("median"),
    ).group_by(func.grouping_sets(tuple_(ended.c.place), tuple_(ended.c.in_week)))


@dataclass(frozen=True, slots=True)
class FailureCause:
    """Why sessions failed: the error of a role, how often, and when last."""

    error_code: str
    role: str
    times: int
    last_at: datetime
    message: str


def list_failure_causes(
    db: Connection, principal: Principal, team_id: UUID, *, since: datetime, most: int
) -> list[FailureCause]:
    """Return why a team's sessions failed since a moment, the most frequent first."""
    asked = {"team_id": team_id, "since": since, "most": most}
    return [
        FailureCause(row.error_code, row.role, row.times, row.last_at, row.message)
        for row in db.execute(_list_failure_causes(principal), asked)
    ]


@lru_cache(READERS)
def _list_failure_causes(principal: Principal) -> Select[Any]:
    times, last_at = func.count(), func.max(_e.ended_at)
    query = (
        select(
            func.coalesce(_t.error_code, "role_failed").label("error_code"),
            _t.role,
            times.label("times"),
            last_at.label("last_at"),
            func.coalesce(func.max(_t.error_message), "").label("message"),
        )
        .select_from(
            execution_sessions.join(session_heads, _h.session_id == _e.id).join(
                agent_tasks, _t.session_id == _e.id
            )
        )
        .where(
            _e.team_id == _TEAM,
            _e.ended_at >= bindparam("since"),
            _h.status == SessionStatus.FAILED.value,
            _t.status == TaskStatus.FAILED.value,
        )
        .group_by(_t.error_code, _t.role)
    )
    return (
        visible(query, principal)
        .order_by(times.desc(), last_at.desc())
        .limit(bindparam("most", type_=Integer))
    )


def count_decisions(
    db: Connection, principal: Principal, team_id: UUID, edges: Sequence[datetime]
) -> dict[int, int]:
    """Return how many decisions were taken between each two edges, by the stretch's number."""
    rows = db.execute(_count_decisions(principal), _asked_edges(team_id, edges))
    return {row.place: row.number for row in rows}


@lru_cache(READERS)
def _count_decisions(principal: Principal) -> Select[Any]:
    found = [
        visible(
            select(func.width_bucket(table.c.created_at, _EDGES).label("place")).where(
                table.c.team_id == _TEAM,
                table.c.created_at >= _FIRST,
                table.c.created_at < _LAST,
            ),
            principal,
        )
        for table in (session_decisions, task_decisions)
    ]
    both = union_all(*found).subquery()
    return select(both.c.place, func.count().label("number")).group_by(both.c.place)


def _to_stretch(row: Row[Any] | None, decisions: int) -> Stretch:
    if row is None:
        return Stretch(decisions=decisions)
    return Stretch(row.finished, row.well, _seconds(row.median), decisions)


def _asked_edges(team_id: UUID, edges: Sequence[datetime]) -> dict[str, Any]:
    ends = {"first": edges[0], "second": edges[1], "last": edges[-1]}
    return ends | {"team_id": team_id, "edges": list(edges)}


def _seconds(value: Any) -> float | None:
    return None if value is None else float(value)
