"""What the board shows: open sessions, what ended, what people are asked, and the week."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Cast,
    Connection,
    DateTime,
    Row,
    Select,
    Text,
    cast,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.domain.access import Principal
from core.domain.approval import ApprovalStatus
from core.domain.lifecycle import Outcome, SessionStatus, TaskStatus
from core.store.scope import visible
from core.store.tables import (
    agent_tasks,
    approvals,
    execution_sessions,
    session_decisions,
    session_events,
    session_heads,
    task_decisions,
)

_e, _h, _t = execution_sessions.c, session_heads.c, agent_tasks.c
_OPEN = [SessionStatus.PENDING.value, SessionStatus.ACTIVE.value, SessionStatus.PAUSED.value]


@dataclass(frozen=True, slots=True)
class BoardSession:
    """A session as far as its card on the board needs it."""

    id: UUID
    name: str
    status: SessionStatus
    questions: tuple[str, ...]
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardTask:
    """A task as far as the card of its session needs it; `moved_at` is its last progress."""

    session_id: UUID
    role: str
    executor: str
    status: TaskStatus
    attempt: int
    due_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None
    moved_at: datetime | None
    error_message: str | None
    question: str | None = None  # that it waits for an answer to


_SESSION: Select[Any] = select(
    _e.id, _e.feature_name, _h.status, _e.questions, _e.started_at, _e.ended_at
).join(session_heads, _h.session_id == _e.id)


def open_sessions(
    db: Connection, principal: Principal, team_id: UUID, most: int
) -> list[BoardSession]:
    """Return a team's unfinished sessions, the oldest first."""
    query = _SESSION.where(_h.team_id == team_id, _h.status.in_(_OPEN))
    rows = db.execute(visible(query, principal).order_by(_e.created_at).limit(most))
    return [_to_session(row) for row in rows]


def ended_sessions(
    db: Connection,
    principal: Principal,
    team_id: UUID,
    status: SessionStatus,
    *,
    since: datetime,
    most: int,
) -> list[BoardSession]:
    """Return a team's sessions that ended so since a moment, the latest first."""
    query = _SESSION.where(
        _e.team_id == team_id,
        _e.ended_at >= since,
        _h.status == status.value,
        _e.outcome.is_distinct_from(Outcome.NEEDS_INPUT.value),
    )
    rows = db.execute(visible(query, principal).order_by(_e.ended_at.desc()).limit(most))
    return [_to_session(row) for row in rows]


def count_ended(
    db: Connection,
    principal: Principal,
    team_id: UUID,
    status: SessionStatus,
    *,
    since: datetime,
) -> int:
    """Return how many sessions ended so since a moment, those that ask something left out."""
    query = (
        select(func.count())
        .select_from(execution_sessions.join(session_heads, _h.session_id == _e.id))
        .where(
            _e.team_id == team_id,
            _e.ended_at >= since,
            _h.status == status.value,
            _e.outcome.is_distinct_from(Outcome.NEEDS_INPUT.value),
        )
    )
    return int(db.execute(visible(query, principal)).scalar_one())


def unanswered_sessions(
    db: Connection, principal: Principal, team_id: UUID, *, since: datetime, most: int
) -> list[BoardSession]:
    """Return sessions that ask something and that no later launch answers, the oldest first."""
    answer = execution_sessions.alias("answer")
    answered = select(answer.c.id).where(
        literal_column("(answer.input ->> 'answer_to')") == cast(_e.id, Text),
        answer.c.team_id == _e.team_id,
    )
    query = _SESSION.where(
        _e.team_id == team_id,
        literal_column("execution_sessions.outcome = 'needs_input'"),
        _e.created_at >= since,
        ~answered.correlate(execution_sessions).exists(),
    )
    rows = db.execute(visible(query, principal).order_by(_e.created_at).limit(most))
    return [_to_session(row) for row in rows]


def list_tasks_of(
    db: Connection, principal: Principal, session_ids: Collection[UUID]
) -> list[BoardTask]:
    """Return the tasks of some sessions in order of their pipelines."""
    v = session_events.c
    noted = (
        select(func.max(v.at))
        .where(
            v.session_id == _t.session_id,
            v.type == "task_note",
            v.payload["task_id"].astext == cast(_t.id, Text),
            v.at >= _t.started_at,
            _t.status == TaskStatus.RUNNING.value,
        )
        .correlate(agent_tasks)
        .scalar_subquery()
    )
    asked = (
        select(func.min(approvals.c.question))
        .where(
            approvals.c.task_id == _t.id,
            approvals.c.status == ApprovalStatus.PENDING.value,
            _t.status == TaskStatus.WAITING.value,
        )
        .correlate(agent_tasks)
        .scalar_subquery()
    )
    query = select(
        _t.session_id,
        _t.role,
        _t.executor,
        _t.status,
        _t.attempt,
        _t.due_at,
        _t.lease_owner,
        _t.lease_until,
        func.greatest(_t.started_at, noted).label("moved_at"),
        _t.error_message,
        asked.label("question"),
    ).where(_t.session_id.in_(session_ids))
    return [
        BoardTask(
            session_id=row.session_id,
            role=row.role,
            executor=row.executor,
            status=TaskStatus(row.status),
            attempt=row.attempt,
            due_at=row.due_at,
            lease_owner=row.lease_owner,
            lease_until=row.lease_until,
            moved_at=row.moved_at,
            error_message=row.error_message,
            question=row.question,
        )
        for row in db.execute(visible(query, principal).order_by(_t.session_id, _t.position))
    ]


def count_waiting(
    db: Connection, principal: Principal, team_id: UUID, *, not_queued: Collection[str]
) -> int:
    """Return how many of a team's tasks wait for a worker."""
    t, h = agent_tasks.c, session_heads.c
    query = (
        select(func.count())
        .select_from(agent_tasks.join(session_heads, h.session_id == t.session_id))
        .where(
            t.team_id == team_id,
            literal_column("agent_tasks.status = 'ready'"),  # as the partial index has it
            t.due_at <= func.now(),
            t.executor.not_in(not_queued),
            h.status == SessionStatus.ACTIVE.value,
        )
    )
    return int(db.execute(visible(query, principal)).scalar_one())


def usual_seconds(
    db: Connection, principal: Principal, team_id: UUID, *, latest: int, share: float
) -> dict[str, float]:
    """Return within which time a share of a role's attempts complete, by role.

    Only the team's latest sessions count: what was usual a year ago is not.
    """
    some = select(_e.id).where(_e.team_id == team_id).order_by(_e.created_at.desc()).limit(latest)
    took = func.extract("epoch", _t.finished_at - _t.started_at)
    query = (
        select(_t.role, func.percentile_cont(share).within_group(took).label("seconds"))
        .where(_t.session_id.in_(some), _t.status == TaskStatus.COMPLETED.value)
        .group_by(_t.role)
    )
    return {row.role: float(row.seconds) for row in db.execute(visible(query, principal))}


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
    place = func.width_bucket(_e.ended_at, _bounds(edges))
    ended = visible(
        select(
            place.label("place"),
            (_e.ended_at >= edges[1]).label("in_week"),
            (_h.status == SessionStatus.COMPLETED.value).label("is_well"),
            func.extract("epoch", _e.ended_at - _e.started_at).label("took"),
        )
        .select_from(execution_sessions.join(session_heads, _h.session_id == _e.id))
        .where(_e.team_id == team_id, _e.ended_at >= edges[0], _e.ended_at < edges[-1]),
        principal,
    ).subquery()
    rows = db.execute(
        select(
            ended.c.place,
            ended.c.in_week,
            func.count().label("finished"),
            func.count().filter(ended.c.is_well).label("well"),
            func.percentile_cont(0.5).within_group(ended.c.took).label("median"),
        ).group_by(func.grouping_sets(tuple_(ended.c.place), tuple_(ended.c.in_week)))
    )
    found = {(row.place, row.in_week): row for row in rows}
    decided = count_decisions(db, principal, team_id, edges)
    days = range(2, len(edges))
    return Weeks(
        days=tuple(_to_stretch(found.get((day, None)), decided.get(day, 0)) for day in days),
        week=_to_stretch(found.get((None, True)), sum(decided.get(day, 0) for day in days)),
        before=_to_stretch(found.get((None, False)), decided.get(1, 0)),
    )


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
            _e.team_id == team_id,
            _e.ended_at >= since,
            _h.status == SessionStatus.FAILED.value,
            _t.status == TaskStatus.FAILED.value,
        )
        .group_by(_t.error_code, _t.role)
    )
    rows = db.execute(visible(query, principal).order_by(times.desc(), last_at.desc()).limit(most))
    return [
        FailureCause(row.error_code, row.role, row.times, row.last_at, row.message) for row in rows
    ]


def count_decisions(
    db: Connection, principal: Principal, team_id: UUID, edges: Sequence[datetime]
) -> dict[int, int]:
    """Return how many decisions were taken between each two edges, by the stretch's number."""
    bounds = _bounds(edges)
    found = [
        visible(
            select(func.width_bucket(table.c.created_at, bounds).label("place")).where(
                table.c.team_id == team_id,
                table.c.created_at >= edges[0],
                table.c.created_at < edges[-1],
            ),
            principal,
        )
        for table in (session_decisions, task_decisions)
    ]
    both = union_all(*found).subquery()
    rows = db.execute(select(both.c.place, func.count().label("number")).group_by(both.c.place))
    return {row.place: row.number for row in rows}


def _to_session(row: Row[Any]) -> BoardSession:
    return BoardSession(
        id=row.id,
        name=row.feature_name,
        status=SessionStatus(row.status),
        questions=tuple(row.questions or ()),
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _to_stretch(row: Row[Any] | None, decisions: int) -> Stretch:
    if row is None:
        return Stretch(decisions=decisions)
    return Stretch(row.finished, row.well, _seconds(row.median), decisions)


def _bounds(edges: Sequence[datetime]) -> Cast[Any]:
    return cast(list(edges), ARRAY(DateTime(timezone=True)))


def _seconds(value: Any) -> float | None:
    return None if value is None else float(value)
