"""What the board shows: open sessions, what ended, and what people are asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Connection,
    Float,
    Integer,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)

from core.domain.access import Principal
from core.domain.approval import ApprovalStatus
from core.domain.lifecycle import Outcome, SessionStatus, TaskStatus
from core.store.scope import READERS, visible
from core.store.tables import (
    agent_tasks,
    approvals,
    execution_sessions,
    session_events,
    session_heads,
)

_e, _h, _t = execution_sessions.c, session_heads.c, agent_tasks.c
_OPEN = [SessionStatus.PENDING.value, SessionStatus.ACTIVE.value, SessionStatus.PAUSED.value]


@dataclass(frozen=True, slots=True)
class BoardSession:
    """A session as far as its card on the board needs it."""

    id: UUID
    name: str
    status: SessionStatus
    has_pipeline: bool
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


_TEAM: BindParameter[Any] = bindparam("team_id")
_SINCE: BindParameter[Any] = bindparam("since")
_MOST = bindparam("most", type_=Integer)

_SESSION: Select[Any] = select(
    _e.id,
    _e.feature_name,
    _h.status,
    _e.pipeline.is_not(None).label("has_pipeline"),
    _e.questions,
    _e.started_at,
    _e.ended_at,
).join(session_heads, _h.session_id == _e.id)
_ENDED_SO = (
    _e.team_id == _TEAM,
    _e.ended_at >= _SINCE,
    _h.status == bindparam("status"),
    _e.outcome.is_distinct_from(Outcome.NEEDS_INPUT.value),
)


def open_sessions(
    db: Connection, principal: Principal, team_id: UUID, most: int
) -> list[BoardSession]:
    """Return a team's unfinished sessions, the oldest first."""
    rows = db.execute(_open_sessions(principal), {"team_id": team_id, "most": most})
    return [_to_session(row) for row in rows]


@lru_cache(READERS)
def _open_sessions(principal: Principal) -> Select[Any]:
    query = _SESSION.where(_h.team_id == _TEAM, _h.status.in_(_OPEN))
    return visible(query, principal).order_by(_e.created_at).limit(_MOST)


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
    asked = {"team_id": team_id, "status": status.value, "since": since, "most": most}
    return [_to_session(row) for row in db.execute(_ended_sessions(principal), asked)]


@lru_cache(READERS)
def _ended_sessions(principal: Principal) -> Select[Any]:
    query = visible(_SESSION.where(*_ENDED_SO), principal)
    return query.order_by(_e.ended_at.desc()).limit(_MOST)


def count_ended(
    db: Connection,
    principal: Principal,
    team_id: UUID,
    status: SessionStatus,
    *,
    since: datetime,
) -> int:
    """Return how many sessions ended so since a moment, those that ask something left out."""
    asked = {"team_id": team_id, "status": status.value, "since": since}
    return int(db.execute(_count_ended(principal), asked).scalar_one())


@lru_cache(READERS)
def _count_ended(principal: Principal) -> Select[Any]:
    both = execution_sessions.join(session_heads, _h.session_id == _e.id)
    return visible(select(func.count()).select_from(both).where(*_ENDED_SO), principal)


def unanswered_sessions(
    db: Connection, principal: Principal, team_id: UUID, *, since: datetime, most: int
) -> list[BoardSession]:
    """Return sessions that ask something and that no later launch answers, the oldest first."""
    asked = {"team_id": team_id, "since": since, "most": most}
    return [_to_session(row) for row in db.execute(_unanswered_sessions(principal), asked)]


@lru_cache(READERS)
def _unanswered_sessions(principal: Principal) -> Select[Any]:
    answer = execution_sessions.alias("answer")
    answered = select(answer.c.id).where(
        literal_column("(answer.input ->> 'answer_to')") == cast(_e.id, Text),
        answer.c.team_id == _e.team_id,
    )
    query = _SESSION.where(
        _e.team_id == _TEAM,
        literal_column("execution_sessions.outcome = 'needs_input'"),
        _e.created_at >= _SINCE,
        ~answered.correlate(execution_sessions).exists(),
    )
    return visible(query, principal).order_by(_e.created_at).limit(_MOST)


def list_tasks_of(
    db: Connection, principal: Principal, session_ids: Collection[UUID]
) -> list[BoardTask]:
    """Return the tasks of some sessions in order of their pipelines."""
    rows = db.execute(_list_tasks_of(principal), {"session_ids": list(session_ids)})
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
        for row in rows
    ]


@lru_cache(READERS)
def _list_tasks_of(principal: Principal) -> Select[Any]:
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
    ).where(_t.session_id.in_(bindparam("session_ids", expanding=True)))
    return visible(query, principal).order_by(_t.session_id, _t.position)


def count_waiting(
    db: Connection, principal: Principal, team_id: UUID, *, not_queued: Collection[str]
) -> int:
    """Return how many of a team's tasks wait for a worker."""
    asked = {"team_id": team_id, "not_queued": sorted(not_queued)}
    return int(db.execute(_count_waiting(principal), asked).scalar_one())


@lru_cache(READERS)
def _count_waiting(principal: Principal) -> Select[Any]:
    query = (
        select(func.count())
        .select_from(agent_tasks.join(session_heads, _h.session_id == _t.session_id))
        .where(
            _t.team_id == _TEAM,
            literal_column("agent_tasks.status = 'ready'"),  # as the partial index has it
            _t.due_at <= func.now(),
            _t.executor.not_in(bindparam("not_queued", expanding=True)),
            _h.status == SessionStatus.ACTIVE.value,
        )
    )
    return visible(query, principal)


def usual_seconds(
    db: Connection, principal: Principal, team_id: UUID, *, latest: int, share: float
) -> dict[str, float]:
    """Return within which time a share of a role's attempts complete, by role.

    Only the team's latest sessions count: what was usual a year ago is not.
    """
    asked = {"team_id": team_id, "most": latest, "share": share}
    rows = db.execute(_usual_seconds(principal), asked)
    return {row.role: float(row.seconds) for row in rows}


@lru_cache(READERS)
def _usual_seconds(principal: Principal) -> Select[Any]:
    some = select(_e.id).where(_e.team_id == _TEAM).order_by(_e.created_at.desc()).limit(_MOST)
    took = func.extract("epoch", _t.finished_at - _t.started_at)
    share = bindparam("share", type_=Float)
    query = (
        select(_t.role, func.percentile_cont(share).within_group(took).label("seconds"))
        .where(_t.session_id.in_(some), _t.status == TaskStatus.COMPLETED.value)
        .group_by(_t.role)
    )
    return visible(query, principal)


def _to_session(row: Row[Any]) -> BoardSession:
    return BoardSession(
        id=row.id,
        name=row.feature_name,
        status=SessionStatus(row.status),
        has_pipeline=row.has_pipeline,
        questions=tuple(row.questions or ()),
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
