"""Answering approvals: the first answer counts, and without one they expire.

Everything happens under the lock of the session's head, so that of two answers, or of an answer
and the expiry, one is first and the other hears so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.access import (
    OWNER_APPROVES,
    SYSTEM,
    Principal,
    SystemPrincipal,
    TokenPrincipal,
)
from core.domain.agent import agent_name
from core.domain.approval import (
    EXPIRED_CODE,
    REJECTED_CODE,
    Answer,
    Approval,
    ApprovalStatus,
    AskedBy,
    OnExpiry,
    Question,
    Terms,
    check_answer,
    next_input,
)
from core.domain.attempt import TaskView
from core.domain.events import EventBody
from core.domain.lifecycle import SessionStatus, TaskStatus, next_session_status, next_task_status
from core.errors import AlreadyAnswered, NotAllowed, NotFound
from core.ids import new_id
from core.services.approving import asked_events
from core.services.auditing import note_approval
from core.services.ending import cancel_questions, fail_session
from core.services.permission import demand_approver
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.signals.wakeups import announce
from core.store import approvals, heads, people, tasks
from core.store.approvals import Due
from core.store.heads import Head

BATCH = 200
_TOLD = {
    ApprovalStatus.APPROVED: "This approval was given already{by}; the first answer counts.",
    ApprovalStatus.REJECTED: "This approval was rejected already{by}; the first answer counts.",
    ApprovalStatus.EXPIRED: "Nobody answered this approval in time, and it has expired: {then}.",
    ApprovalStatus.CANCELLED: "This approval was cancelled, as nothing waits for it any more.",
}


@dataclass(frozen=True, slots=True)
class _Settled:
    """What an answer led to: the log's end, and whether work came of it."""

    session_id: UUID
    seq: int
    has_work: bool


def decide_approval(principal: Principal, approval_id: UUID, answer: Answer) -> Approval:
    """Answer an approval: a yes lets its task go on, perhaps with changed input, a no fails it.

    Raises `InvalidInput` for a no without reason, `AlreadyAnswered` for whoever is not the first or
    comes after it expired, `NotFound`, and `NotAllowed` for who lacks the approver role.
    """
    answer = check_answer(answer)
    if isinstance(principal, SystemPrincipal):
        raise NotAllowed("Sage Mode itself answers no approval.", hint="Answer it as a person.")
    user_id = principal.user_id
    earlier: list[tuple[_Settled, datetime]] = []

    def work(db: Connection) -> tuple[_Settled, Approval]:
        found = approvals.get_approval(db, principal, approval_id)
        if found is None:
            raise NotFound("There is no such approval in your teams.")
        demand_approver(db, principal, found.team_id, found.approver_role)
        _demand_another(db, principal, approval_id)
        head = _lock(db, found.session_id)
        found = _read(db, approval_id)
        for settled, at in earlier[-1:]:  # of a try whose answer was lost
            if heads.has_event(db, found.session_id, settled.seq, at):
                return settled, found
        if not found.is_pending:
            raise AlreadyAnswered(_told(found))
        now, views = tasks.locked_tasks(db, found.session_id)
        if found.expires_at <= now:  # whoever looks for that has not come to it yet
            decided = replace(found, status=ApprovalStatus.EXPIRED, decided_at=now)
            return _settle(db, SYSTEM, head, views, decided, now), decided
        user = people.get_user(db, user_id)
        decided = replace(
            found,
            status=answer.decision,
            reason=answer.reason,
            changed_input=answer.changed_input,
            decided_at=now,
            decided_by=None if user is None else user.user_name,
        )
        settled = _settle(db, principal, head, views, decided, now)
        earlier.append((settled, now))
        return settled, _read(db, approval_id)

    settled, decided = transact(work)
    _announce(settled)
    if decided.status == ApprovalStatus.EXPIRED:
        raise AlreadyAnswered(_told(decided))
    return decided


def expire_approvals() -> int:
    """Expire what nobody answered in time, each as its pipeline says; returns how many."""
    due = ask(lambda db: approvals.list_due(db, BATCH))
    return sum(_expire(one) for one in due)


def _expire(due: Due) -> bool:
    def work(db: Connection) -> _Settled | None:
        head = heads.lock_head(db, due.session_id)
        found = approvals.get_approval(db, SYSTEM, due.approval_id)
        if head is None or found is None or not found.is_pending:
            return None  # answered, or expired by an earlier try, since we looked
        now, views = tasks.locked_tasks(db, due.session_id)
        if found.expires_at > now:
            return None
        decided = replace(found, status=ApprovalStatus.EXPIRED, decided_at=now)
        return _settle(db, SYSTEM, head, views, decided, now)

    settled = transact(work, budget_seconds=5)
    if settled is not None:
        _announce(settled)
    return settled is not None


def _settle(
    db: Connection,
    who: Principal,
    head: Head,
    views: list[TaskView],
    decided: Approval,
    now: datetime,
) -> _Settled:
    """Store an answer, or (we ourselves) that none came, and do what follows from it."""
    view = next(one for one in views if one.id == decided.task_id)
    user_id = None if isinstance(who, SystemPrincipal) else who.user_id
    approvals.answer_approval(db, decided, user_id)
    note_approval(db, who, decided.status.value, decided, **_details(decided))
    bodies: list[EventBody] = [ev.ApprovalDecided(str(decided.id), decided.status.value)]
    goes_on = _goes_on(decided)
    after: SessionStatus | None = None
    has_work = False
    if goes_on and approvals.count_pending_of(db, view.id):
        status = TaskStatus.WAITING  # for the others that it asked
    elif goes_on:
        stopped = head.status == SessionStatus.FAILED
        status = next_task_status(view.status, "block" if stopped else "free")
        has_work = not stopped
        bodies.append(ev.TaskReady(str(view.id)))
    elif decided.status == ApprovalStatus.EXPIRED and decided.on_expiry == OnExpiry.ESCALATE:
        status = TaskStatus.WAITING
        bodies += _escalate(db, head, view, decided, now)
    else:
        status = next_task_status(view.status, "fail")
        failed, after = _fail(db, who, head, view, decided, now)
        bodies += failed
    values: dict[str, Any] = {}
    if status == TaskStatus.READY:
        values = {"due_at": now}
    elif status == TaskStatus.FAILED:
        values = {
            "finished_at": now,
            "error_code": _code(decided),
            "error_message": _message(decided),
        }
    answered = next_input(approvals.get_input(db, view.id), decided)
    tasks.end_waiting(db, view.id, status, answered, **values)
    head = heads.append_events(db, head, bodies, now, status=after)
    return _Settled(head.session_id, head.last_seq, has_work)


def _details(decided: Approval) -> dict[str, Any]:
    if decided.status == ApprovalStatus.EXPIRED:
        return {"on_expiry": decided.on_expiry.value}
    return {"changed": sorted(decided.changed_input or {})}


def _goes_on(decided: Approval) -> bool:
    if decided.status == ApprovalStatus.EXPIRED:
        return decided.on_expiry == OnExpiry.GO_ON
    return decided.status == ApprovalStatus.APPROVED


def _escalate(
    db: Connection, head: Head, view: TaskView, expired: Approval, now: datetime
) -> list[EventBody]:
    """Ask an owner of the team the same, for as long once more; then the task fails."""
    approval_id = new_id()
    asked = Question(OWNER_APPROVES, expired.question, expired.details)
    seconds = (expired.expires_at - expired.requested_at).total_seconds()
    approvals.insert_approval(
        db,
        approval_id,
        asked,
        Terms(seconds, OnExpiry.FAIL),
        session_id=head.session_id,
        team_id=head.team_id,
        task_id=view.id,
        attempt=view.attempt,
        asked_by=AskedBy.ESCALATION,
        asker=approvals.get_asker(db, expired.id),
        at=now,
    )
    note_approval(db, SYSTEM, "escalated", expired, next_approval_id=str(approval_id))
    return asked_events(approval_id, view, asked)


def _fail(
    db: Connection,
    who: Principal,
    head: Head,
    view: TaskView,
    decided: Approval,
    now: datetime,
) -> tuple[list[EventBody], SessionStatus | None]:
    """Fail a task for its answer, and its session with it; what else it asked is cancelled."""
    bodies = cancel_questions(db, who, [view.id], now)
    code, message = _code(decided), _message(decided)
    bodies.append(ev.TaskFailed(str(view.id), view.attempt, code, message, "approval"))
    if head.status == SessionStatus.FAILED or head.stays_open:
        return bodies, None
    bodies.append(fail_session(db, head, view.id, now, code=code, message=message))
    return bodies, next_session_status(head.status, "fail")


def _code(decided: Approval) -> str:
    return EXPIRED_CODE if decided.status == ApprovalStatus.EXPIRED else REJECTED_CODE


def _message(decided: Approval) -> str:
    if decided.status == ApprovalStatus.EXPIRED:
        return f"Nobody answered in time: {decided.question}"
    return f"{decided.decided_by or 'Somebody'} said no: {decided.reason}"


def _demand_another(db: Connection, principal: Principal, approval_id: UUID) -> None:
    """Raise when the token that asked answers itself; its person may."""
    if not isinstance(principal, TokenPrincipal):
        return
    if approvals.get_asker(db, approval_id) == agent_name(principal):
        raise NotAllowed(
            "This token has asked for the approval itself.", hint="Let a person answer it."
        )


def _lock(db: Connection, session_id: UUID) -> Head:
    head = heads.lock_head(db, session_id)
    if head is None:
        raise NotFound
    return head


def _read(db: Connection, approval_id: UUID) -> Approval:
    found = approvals.get_approval(db, SYSTEM, approval_id)
    if found is None:
        raise NotFound
    return found


def _told(approval: Approval) -> str:
    by = f" by {approval.decided_by}" if approval.decided_by else ""
    return _TOLD[approval.status].format(by=by, then=approval.after_expiry)


def _announce(settled: _Settled) -> None:
    sessions = [(settled.session_id, settled.seq)]
    announce(get_settings().redis_url, sessions=sessions, work=settled.has_work)
