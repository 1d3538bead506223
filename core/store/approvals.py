"""Approvals as rows: asked, found, answered. Whoever changes one holds its session's head."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)

from core.domain.access import Principal
from core.domain.approval import (
    Approval,
    ApprovalStatus,
    AskedBy,
    OnExpiry,
    Question,
    Terms,
    without_answers,
)
from core.store.scope import visible
from core.store.tables import agent_tasks, approvals, execution_sessions, users

_a = approvals.c
_t = agent_tasks.c
_e = execution_sessions.c
_PENDING = ApprovalStatus.PENDING.value
_CLOCK = select(func.clock_timestamp()).scalar_subquery()
_ONE: Select[Any] = select(
    *(_a.id, _a.session_id, _a.team_id, _a.task_id, _a.attempt, _a.asked_by, _a.asker),
    *(_a.approver_role, _a.question, _a.details, _a.status, _a.on_expiry, _a.requested_at),
    *(_a.expires_at, _a.decided_at, _a.reason, _a.changed_input),
    _t.role,
    _t.input,
    _e.feature_name,
    users.c.user_name.label("decided_by"),
).select_from(
    approvals.join(agent_tasks, _t.id == _a.task_id)
    .join(execution_sessions, _e.id == _a.session_id)
    .outerjoin(users, users.c.id == _a.decided_by)
)


@dataclass(frozen=True, slots=True)
class ApprovalFilter:
    """Which approvals are read."""

    team_id: UUID | None = None  # none: of all the principal's teams
    session_id: UUID | None = None
    task_id: UUID | None = None
    statuses: frozenset[ApprovalStatus] = frozenset()  # none: all
    after: tuple[datetime, UUID] | None = None  # the last one that was read
    newest_first: bool = False
    approver_roles: frozenset[str] | None = None  # that are asked; none: all
    other_roles_than: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """A pending approval that nobody answered in time."""

    approval_id: UUID
    session_id: UUID


def insert_approval(
    db: Connection,
    approval_id: UUID,
    asked: Question,
    terms: Terms,
    *,
    session_id: UUID,
    team_id: UUID,
    task_id: UUID,
    attempt: int,
    asked_by: AskedBy,
    asker: str | None,
    at: datetime,
) -> None:
    """Enter an approval that waits for its answer; its session's head must be locked."""
    db.execute(
        insert(approvals).values(
            id=approval_id,
            session_id=session_id,
            team_id=team_id,
            task_id=task_id,
            attempt=attempt,
            asked_by=asked_by.value,
            asker=asker,
            approver_role=asked.approver_role,
            question=asked.question,
            details=asked.details,
            on_expiry=terms.on_expiry.value,
            requested_at=at,
            expires_at=at + timedelta(seconds=terms.expires_after_seconds),
        )
    )


def get_approval(db: Connection, principal: Principal, approval_id: UUID) -> Approval | None:
    """Return one approval, or None."""
    row = db.execute(visible(_ONE.where(_a.id == approval_id), principal)).one_or_none()
    return None if row is None else _to_approval(row)


def get_asker(db: Connection, approval_id: UUID) -> str | None:
    """Return the name under which an agent held the task that asked; None for all others."""
    query = select(_a.asker).where(_a.id == approval_id)
    asker: str | None = db.execute(query).scalar_one_or_none()
    return asker


def find_asked(db: Connection, task_id: UUID, attempt: int, approver_role: str) -> Approval | None:
    """Return what an attempt has asked a role already; gates do not count."""
    query = _ONE.where(
        _a.task_id == task_id,
        _a.attempt == attempt,
        _a.approver_role == approver_role,
        literal_column("approvals.asked_by IN ('executor', 'agent')"),  # as the index says it
    )
    row = db.execute(query).one_or_none()
    return None if row is None else _to_approval(row)


def list_approvals(
    db: Connection, principal: Principal, query: ApprovalFilter, most: int
) -> list[Approval]:
    """Return approvals that match, the oldest first unless asked otherwise."""
    found = _ONE
    for column, wanted in (
        (_a.team_id, query.team_id),
        (_a.session_id, query.session_id),
        (_a.task_id, query.task_id),
    ):
        if wanted is not None:
            found = found.where(column == wanted)
    if query.statuses == {ApprovalStatus.PENDING}:
        found = found.where(literal_column("approvals.status = 'pending'"))
    elif query.statuses:
        found = found.where(_a.status.in_(sorted(query.statuses)))
    if query.approver_roles is not None:
        found = found.where(_a.approver_role.in_(sorted(query.approver_roles)))
    if query.other_roles_than:
        found = found.where(_a.approver_role.not_in(sorted(query.other_roles_than)))
    if query.after is not None:
        found = found.where(tuple_(_a.requested_at, _a.id) > tuple_(*query.after))
    keys = (_a.requested_at, _a.id)
    order = [key.desc() if query.newest_first else key.asc() for key in keys]
    rows = db.execute(visible(found, principal).order_by(*order).limit(most))
    return [_to_approval(row) for row in rows]


def asks_nobody(session_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Return the condition that a session waits for nobody's answer."""
    # As the index says it.
    pending: ColumnElement[bool] = literal_column("approvals.status = 'pending'")
    return ~select(_a.id).where(_a.session_id == session_id, pending).exists()


def count_pending_of(db: Connection, task_id: UUID) -> int:
    """Return how many answers a task waits for."""
    query = select(func.count()).where(_a.task_id == task_id, _a.status == _PENDING)
    return int(db.execute(query).scalar_one())


def answer_approval(db: Connection, decided: Approval, by: UUID | None) -> None:
    """Store the answer of an approval; its session's head must be locked."""
    changed = None if decided.changed_input is None else dict(decided.changed_input)
    db.execute(
        update(approvals)
        .where(_a.id == decided.id, _a.status == _PENDING)
        .values(
            status=decided.status.value,
            decided_at=decided.decided_at,
            decided_by=by,
            reason=decided.reason,
            changed_input=changed,
        )
    )


def cancel_pending(db: Connection, task_ids: Collection[UUID], at: datetime) -> list[Approval]:
    """Cancel what some tasks wait for; returns it; their session's head must be locked."""
    cancelled = (
        update(approvals)
        .where(_a.task_id.in_(task_ids), _a.status == _PENDING)
        .values(status=ApprovalStatus.CANCELLED.value, decided_at=at)
        .returning(_a.id)
    )
    ids = db.execute(cancelled).scalars().all()
    if not ids:
        return []
    return [_to_approval(row) for row in db.execute(_ONE.where(_a.id.in_(ids)).order_by(_a.id))]


def list_due(db: Connection, most: int) -> list[Due]:
    """Return pending approvals that were to be answered by now, the longest overdue first."""
    query = (
        select(_a.id, _a.session_id)
        .where(literal_column("status = 'pending'"), _a.expires_at <= _CLOCK)
        .order_by(_a.expires_at)
        .limit(most)
    )
    return [Due(row.id, row.session_id) for row in db.execute(query)]


def get_pipeline(db: Connection, session_id: UUID) -> dict[str, Any] | None:
    """Return the frozen pipeline of a session, which says on what terms its roles ask.

    None for one that tasks are routed to.
    """
    found: dict[str, Any] | None = db.execute(
        select(_e.pipeline).where(_e.id == session_id)
    ).scalar_one()
    return found


def get_input(db: Connection, task_id: UUID) -> dict[str, Any]:
    """Return a task's input, with the answers that it got."""
    found: dict[str, Any] = db.execute(select(_t.input).where(_t.id == task_id)).scalar_one()
    return found


def _to_approval(row: Row[Any]) -> Approval:
    return Approval(
        id=row.id,
        session_id=row.session_id,
        team_id=row.team_id,
        task_id=row.task_id,
        attempt=row.attempt,
        role=row.role,
        feature_name=row.feature_name,
        asked_by=AskedBy(row.asked_by),
        approver_role=row.approver_role,
        question=row.question,
        details=row.details,
        status=ApprovalStatus(row.status),
        on_expiry=OnExpiry(row.on_expiry),
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
        changed_input=row.changed_input,
        input=without_answers(row.input),
    )
