"""Tasks that wait for agents from outside, and the attempts that agents hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, case, func, literal_column, select

from core.domain.access import Principal
from core.domain.agent import AgentAttempt, WorkQuery
from core.domain.attempt import BY_AGENTS, HeldAttempt, WorkerIdentity
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.store.scope import visible
from core.store.tables import agent_snapshots, agent_tasks, session_events, session_heads

_t = agent_tasks.c
_h = session_heads.c
_s = agent_snapshots.c
_e = session_events.c
_CLOCK = select(func.clock_timestamp()).scalar_subquery()  # once in a statement
_WITH_HEAD = agent_tasks.join(session_heads, _h.session_id == _t.session_id)


@dataclass(frozen=True, slots=True)
class WaitingTeam:
    """A team in which tasks wait for agents, and when the first of them is due."""

    team_id: UUID
    due_in_seconds: float  # below 0: since then


def list_waiting(db: Connection, principal: Principal, wanted: WorkQuery) -> list[WaitingTeam]:
    """Return the teams with tasks that wait for an agent; the first due first."""
    due_in = func.extract("epoch", func.min(_t.due_at) - _CLOCK)
    query = (
        select(_t.team_id, due_in.label("due_in"))
        .select_from(_WITH_HEAD)
        .where(*_wanted(wanted))
        .group_by(_t.team_id)
        .order_by(func.min(_t.due_at))
    )
    rows = db.execute(visible(query, principal))
    return [WaitingTeam(row.team_id, float(row.due_in)) for row in rows]


def pick_task(
    db: Connection, principal: Principal, team_id: UUID, wanted: WorkQuery, *, waits: bool
) -> UUID | None:
    """Return the task that has been due for longest in a team, and lock its session's head.

    Sessions whose head another holds are passed over, unless it `waits` for them: then the task
    may be taken meanwhile.
    """
    query: Any = (
        select(_t.id)
        .select_from(_WITH_HEAD)
        .where(*_wanted(wanted), _t.team_id == team_id, _t.due_at <= _CLOCK)
        .order_by(_t.due_at, _t.position)
        .limit(1)
        .with_for_update(of=session_heads, key_share=True, skip_locked=not waits)
    )
    task_id: UUID | None = db.execute(visible(query, principal)).scalar_one_or_none()
    return task_id


def _wanted(wanted: WorkQuery) -> list[Any]:
    conditions = [
        literal_column("agent_tasks.status = 'ready'"),  # as the partial index says it
        _t.executor == BY_AGENTS,
        _h.status == SessionStatus.ACTIVE.value,
    ]
    if wanted.team_id is not None:
        conditions.append(_t.team_id == wanted.team_id)
    if wanted.session_id is not None:
        conditions.append(_t.session_id == wanted.session_id)
    if wanted.roles:
        conditions.append(_t.role.in_(wanted.roles))
    return conditions


def find_attempt(
    db: Connection, principal: Principal, task_id: UUID, attempt: int | None
) -> AgentAttempt | None:
    """Return an attempt of a task, running or ended; None when there never was one.

    Without a number it is the latest. Its worker is named only while it runs; `find_worker` knows
    the others'.
    """
    number = _t.attempt if attempt is None else attempt
    query = (
        select(
            _t.session_id,
            _t.team_id,
            _t.executor,
            _t.status,
            _t.attempt.label("latest"),
            _t.lease_owner,
            _t.lease_until,
            _t.deadline_at,
            case((_t.task_type.is_not(None), _t.position + 1), else_=0).label("routed_number"),
            _s.id.label("snapshot_id"),
            _s.attempt.label("number"),
            _s.ended_as,
            _s.execution["error_code"].astext.label("error_code"),
            _h.status.label("session_status"),
            _h.last_seq,
            _CLOCK.label("now"),
        )
        .select_from(
            _WITH_HEAD.join(
                agent_snapshots,
                and_(_s.task_id == _t.id, _s.attempt == number),
            )
        )
        .where(_t.id == task_id)
    )
    row = db.execute(visible(query, principal)).one_or_none()
    if row is None:
        return None
    is_running = row.status == TaskStatus.RUNNING and row.latest == row.number
    return AgentAttempt(
        held=HeldAttempt(
            session_id=row.session_id,
            team_id=row.team_id,
            task_id=task_id,
            attempt=row.number,
            executor=row.executor,
            snapshot_id=row.snapshot_id,
            worker=WorkerIdentity(row.lease_owner if is_running else ""),
            routed_number=row.routed_number,
        ),
        is_running=is_running,
        now=row.now,
        lease_until=row.lease_until if is_running else None,
        deadline_at=row.deadline_at if is_running else None,
        ended_as=row.ended_as,
        error_code=row.error_code,
        session_status=SessionStatus(row.session_status),
        seq=row.last_seq,
    )


def find_worker(
    db: Connection, principal: Principal, session_id: UUID, task_id: UUID, attempt: int
) -> str | None:
    """Return who began an attempt, as the session's log says."""
    query = select(_e.payload["worker"].astext).where(
        _e.session_id == session_id,
        _e.type == "task_started",
        _e.payload["task_id"].astext == str(task_id),
        _e.payload["attempt"].astext == str(attempt),
    )
    name: str | None = db.execute(visible(query, principal)).scalar_one_or_none()
    return name
