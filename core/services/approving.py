"""Asking people for a yes or no, and reading what was asked.

Who asks ends its attempt with that, which counts nothing: the task waits without a worker and
without a lease. `core.services.answering` takes it up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.access import SYSTEM, Action, Principal, SystemPrincipal, answered_roles
from core.domain.agent import agent_name
from core.domain.approval import (
    MOST_AT_ONCE,
    Approval,
    ApprovalStatus,
    AskedBy,
    Question,
    check_question,
    terms_from_json,
    terms_of,
)
from core.domain.attempt import Attempt, Recorded, TaskView
from core.domain.events import EventBody
from core.domain.lifecycle import TaskStatus
from core.errors import Conflict, Fenced, InvalidInput, InvalidResult, NotFound
from core.ids import new_id
from core.services.agents import check_agent
from core.services.auditing import note_approval
from core.services.permission import demand, demand_held, may
from core.services.reporting import find_own_attempt, why_lost
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.signals.wakeups import announce
from core.store import approvals, attempts, heads, operations, snapshots, tasks, teams
from core.store.approvals import ApprovalFilter

__all__ = [
    "ApprovalFilter",
    "ApprovalPage",
    "Inbox",
    "ask_at_gates",
    "await_approval",
    "get_approval",
    "list_approvals",
    "read_inbox",
    "request_approval",
]

MOST_LISTED = 100
MOST_WAITING = 20  # that an inbox shows at once
_WAITING = frozenset({ApprovalStatus.PENDING})


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """Approvals in order, and whether more follow."""

    items: tuple[Approval, ...]
    is_more: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """What a team is asked; `answerable` are those that who looks may answer."""

    now: datetime
    approvals: tuple[Approval, ...]
    answerable: frozenset[UUID]
    is_more: bool


def request_approval(
    principal: Principal, task_id: UUID, asked: Question, *, attempt: int | None = None
) -> Approval:
    """Ask for a person's yes in the name of an agent's attempt, and end that attempt.

    The lease ends with it. Once everything that the task asks is approved, it is free for the next
    claim, which finds the answers in its input. Without `attempt` it is the task's latest one.
    Asked again, the same question finds its approval; other approver roles may be asked while the
    task waits. Raises `InvalidInput`, `Conflict` for another question to the same role, and
    `LeaseLost`, `NotFound`, `NotAllowed` as `reporting.heartbeat_task` does.
    """
    agent = check_agent(principal)
    question = check_question(asked)
    approval_id = new_id()

    def work(db: Connection) -> tuple[Approval, int]:
        found = find_own_attempt(db, agent, task_id, attempt)
        if not found.is_running and found.ended_as != "waiting":
            raise why_lost(found)
        demand_held(db, agent, found.held.team_id, Action.REPORT)
        try:
            return _ask(db, found.held, question, approval_id, agent)
        except Fenced:
            raise why_lost(find_own_attempt(db, agent, task_id, attempt)) from None

    approval, seq = transact(work)
    announce(get_settings().redis_url, sessions=[(approval.session_id, seq)])
    return approval


def await_approval(claim: Attempt, asked: Question) -> Recorded:
    """End a worker's attempt with a question to people.

    Raises `Fenced` when the attempt no longer owns its task, `InvalidResult` for no question.
    """
    try:
        question = check_question(asked)
    except InvalidInput as error:
        raise InvalidResult(error.message) from error
    approval_id = new_id()

    def work(db: Connection) -> tuple[Approval, int]:
        return _ask(db, claim, question, approval_id, SYSTEM)

    approval, seq = transact(work)
    announce(get_settings().redis_url, sessions=[(approval.session_id, seq)])
    return Recorded(approval.session_id, seq)


def ask_at_gates(
    db: Connection, head: heads.Head, views: Sequence[TaskView], now: datetime
) -> list[EventBody]:
    """Let tasks wait at their gates; returns the events to append.

    Inside the caller's transaction, which holds the head. A gate that was answered with no, and
    whose session is retried, asks anew.
    """
    bodies: list[EventBody] = []
    tasks.let_wait(db, [view.id for view in views])
    for view in views:
        gate = view.gate or {}
        approval_id = new_id()
        question = Question(gate["approver_role"], gate["question"])
        approvals.insert_approval(
            db,
            approval_id,
            question,
            terms_from_json(gate),
            session_id=head.session_id,
            team_id=head.team_id,
            task_id=view.id,
            attempt=view.attempt,
            asked_by=AskedBy.GATE,
            asker=None,
            at=now,
        )
        bodies += asked_events(approval_id, view, question)
    return bodies


def asked_events(approval_id: UUID, view: TaskView, asked: Question) -> list[EventBody]:
    """Return the events by which a task asks and waits."""
    task_id = str(view.id)
    return [
        ev.ApprovalRequested(str(approval_id), task_id, asked.approver_role, asked.question),
        ev.TaskWaiting(task_id, view.attempt, str(approval_id)),
    ]


def get_approval(principal: Principal, approval_id: UUID) -> Approval:
    """Return one approval; raises `NotFound`."""
    found = ask(lambda db: approvals.get_approval(db, principal, approval_id))
    if found is None:
        raise NotFound("There is no such approval in your teams.")
    return found


def list_approvals(
    principal: Principal, query: ApprovalFilter, most: int = MOST_LISTED
) -> ApprovalPage:
    """Return approvals of the principal's teams, oldest first; raises `NotFound` for a team."""
    most = max(1, min(most, MOST_LISTED))

    def work(db: Connection) -> ApprovalPage:
        if query.team_id is not None:
            demand(db, principal, query.team_id, Action.READ)
        found = approvals.list_approvals(db, principal, query, most + 1)
        return ApprovalPage(tuple(found[:most]), len(found) > most)

    return ask(work)


def read_inbox(
    principal: Principal,
    team_id: UUID,
    *,
    answered: bool = False,
    session_id: UUID | None = None,
) -> Inbox:
    """Return what a team is asked and waits for, or what was answered, newest first.

    What waits: first what the principal may answer, then what others may, each oldest first. What
    the named session asks is among them, however much waits. Raises `NotFound`.
    """

    def work(db: Connection) -> Inbox:
        demand(db, principal, team_id, Action.READ)
        if answered:
            found = approvals.list_approvals(db, principal, _answered(team_id), MOST_LISTED + 1)
            shown = tuple(found[:MOST_LISTED])
            return Inbox(operations.clock(db), shown, frozenset(), len(found) > MOST_LISTED)
        roles = _roles_of(db, principal, team_id)
        found = _list_waiting(db, principal, team_id, roles)
        shown = tuple(found[:MOST_WAITING])
        if session_id is not None:
            asking = ApprovalFilter(team_id, session_id, statuses=_WAITING)
            of_session = approvals.list_approvals(db, principal, asking, MOST_WAITING)
            missing = [one for one in of_session if one not in shown]
            shown = (*missing, *shown)[:MOST_WAITING]
        mine = (one.id for one in shown if roles is None or one.approver_role in roles)
        return Inbox(operations.clock(db), shown, frozenset(mine), len(found) > MOST_WAITING)

    return ask(work)


def _answered(team_id: UUID) -> ApprovalFilter:
    return ApprovalFilter(team_id, statuses=frozenset(ApprovalStatus) - _WAITING, newest_first=True)


def _roles_of(db: Connection, principal: Principal, team_id: UUID) -> frozenset[str] | None:
    """Return the approver roles in whose name the principal answers there; None for every role."""
    if isinstance(principal, SystemPrincipal) or not may(db, principal, team_id, Action.APPROVE):
        return frozenset()
    role = teams.read_place(db, team_id, principal.user_id).role
    return answered_roles(role, teams.approver_roles(db, team_id, principal.user_id))


def _list_waiting(
    db: Connection, principal: Principal, team_id: UUID, roles: frozenset[str] | None
) -> list[Approval]:
    """Return what a team is asked, what asks one of the roles first; one more than is shown."""
    waiting = ApprovalFilter(team_id, statuses=_WAITING)
    mine = replace(waiting, approver_roles=roles)
    found = approvals.list_approvals(db, principal, mine, MOST_WAITING + 1)
    if roles is None or len(found) > MOST_WAITING:
        return found
    others = replace(waiting, other_roles_than=roles)
    return found + approvals.list_approvals(db, principal, others, MOST_WAITING + 1 - len(found))


def _ask(
    db: Connection,
    held: Attempt,
    asked: Question,
    approval_id: UUID,
    who: Principal,
) -> tuple[Approval, int]:
    """End an attempt with a question, or add one to those that its task waits for."""
    asker = None if isinstance(who, SystemPrincipal) else agent_name(who)
    asked_by = AskedBy.EXECUTOR if asker is None else AskedBy.AGENT
    head = heads.lock_head(db, held.session_id)
    if head is None:
        raise Fenced
    earlier = approvals.find_asked(db, held.task_id, held.attempt, asked.approver_role)
    if earlier is not None:  # asked again, or a try whose answer was lost
        if (earlier.question, earlier.details) != (asked.question, asked.details):
            raise Conflict(
                f"This attempt has asked the role '{asked.approver_role}' something else.",
                hint="Wait for the answer; the next attempt may ask again.",
            )
        return earlier, head.last_seq
    now, views = tasks.locked_tasks(db, held.session_id)
    view = next((one for one in views if one.id == held.task_id), None)
    if view is None or view.attempt != held.attempt:
        raise Fenced
    bodies: list[EventBody] = []
    if view.status == TaskStatus.WAITING:
        if approvals.count_pending_of(db, view.id) >= MOST_AT_ONCE:
            raise Conflict(f"A task waits for {MOST_AT_ONCE} answers at most.")
    elif view.status == TaskStatus.RUNNING:
        bodies.append(_end_attempt(db, view, now))
    else:
        raise Fenced
    approvals.insert_approval(
        db,
        approval_id,
        asked,
        terms_of(approvals.get_pipeline(db, held.session_id), view.role),
        session_id=head.session_id,
        team_id=head.team_id,
        task_id=view.id,
        attempt=view.attempt,
        asked_by=asked_by,
        asker=asker,
        at=now,
    )
    bodies = asked_events(approval_id, view, asked) + bodies
    after = heads.append_events(db, head, bodies, now)
    approval = approvals.get_approval(db, SYSTEM, approval_id)
    if approval is None:
        raise Fenced
    note_approval(db, who, "requested", approval, asked_by=asked_by.value)
    return approval, after.last_seq


def _end_attempt(db: Connection, view: TaskView, now: datetime) -> EventBody:
    values = {"error_code": None, "error_message": None, "due_at": None}
    if not attempts.end_attempt(db, view.id, view.attempt, status=TaskStatus.WAITING, **values):
        raise Fenced
    snapshot_id = snapshots.close_snapshot(
        db, view.id, view.attempt, ended_as="waiting", execution={}, at=now
    )
    return ev.SnapshotRecorded(str(snapshot_id), str(view.id), view.attempt)
