"""What agents from outside report of the task they hold: signs of life, progress, how it ended.

Only the principal that claimed an attempt may; to others, and to whoever lost it, the answer is
`LeaseLost`, and nothing changes. `(task_id, attempt)` belongs to one principal for ever.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal, TokenPrincipal, UserPrincipal
from core.domain.agent import AgentAttempt, Heartbeat, agent_name
from core.domain.attempt import DEADLINE_PASSED, HeldAttempt, Recorded
from core.domain.submission import check_submission, clean_fraction
from core.domain.text import clean_line
from core.domain.work import RoleResult
from core.errors import Fenced, LeaseLost, NotFound, RedisUnavailable
from core.services import claiming, recording
from core.services.agents import check_agent
from core.services.permission import demand, demand_held
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.signals.limits import Budget, take_from_budget
from core.store import attempts, external_work

_BUDGET_SECONDS = 5.0
_MOST_ATTEMPT = 2**31 - 1
_NOTES = Budget(1, 1.0)

Agent = UserPrincipal | TokenPrincipal

# Why an attempt does not hold its task any more, by how it ended.
_WHY = {
    "cancelled": "The session was cancelled or has ended, and this task with it.",
    "completed": "This attempt has handed in its result already.",
    "failed": "This attempt has failed already.",
    "waiting": "This attempt has asked for an approval; when it is given, the task is free again.",
    "lease_lost": "The lease ran out without a heartbeat; the task goes to whoever asks next.",
    DEADLINE_PASSED: "The deadline of this attempt has passed.",
}


def heartbeat_task(principal: Principal, task_id: UUID, attempt: int) -> Heartbeat:
    """Extend the lease of an agent's attempt, and tell how its session stands.

    Raises `LeaseLost`, which says why, when the session was cancelled, the deadline has passed or
    the lease ran out; `NotFound` or `NotAllowed` for who may not work on it.
    """
    agent = check_agent(principal)
    lease_seconds = get_settings().agent_lease_seconds

    def work(db: Connection) -> Heartbeat:
        found = _find_running(db, agent, task_id, attempt)
        until = attempts.extend_lease(db, task_id, attempt, lease_seconds)
        if until is None or found.deadline_at is None:
            raise why_lost(found)
        return Heartbeat(until, found.deadline_at, found.session_status)

    return transact(work, budget_seconds=_BUDGET_SECONDS)


def report_progress(
    principal: Principal, task_id: UUID, attempt: int, fraction: float | None, note: str = ""
) -> bool:
    """Tell whoever watches how far an agent is, 0 to 1; returns whether its note was recorded.

    A note becomes an event at most once a second for each task; both may be lost. Raises as
    `heartbeat_task` does.
    """
    agent = check_agent(principal)
    found = ask(
        lambda db: _find_running(db, agent, task_id, attempt), budget_seconds=_BUDGET_SECONDS
    )
    if not found.has_lease:
        raise why_lost(found)
    claiming.report_progress(found.held, clean_fraction(fraction))
    text = clean_line(note)
    if not text or not _may_note(task_id):
        return False
    claiming.note_task(found.held, text)
    return True


def complete_task(
    principal: Principal, task_id: UUID, attempt: int, result: RoleResult
) -> Recorded:
    """Record an agent's result as a worker's is: output, artifacts, decisions, what they free.

    Repeated with the same attempt it records nothing and tells the same. Raises `InvalidInput`,
    `TooLarge` or `InvalidResult` for what cannot be stored, which costs the agent nothing, else as
    `heartbeat_task` does.
    """
    agent = check_agent(principal)
    submission = check_submission(result)
    found = _look(agent, task_id, attempt)
    if not found.is_running and found.ended_as != "completed":
        raise why_lost(found)
    try:
        return recording.record_result(
            found.held,
            submission,
            guard=lambda db: _demand_still(db, agent, found.held),
            by=agent,
        )
    except Fenced:
        raise why_lost(_look(agent, task_id, attempt)) from None


def fail_task(
    principal: Principal,
    task_id: UUID,
    attempt: int,
    error_code: str,
    message: str,
    *,
    retryable: bool = True,
) -> Recorded:
    """Record that an agent failed: the task is due again after the next delay, or fails for good.

    Repeated with the same attempt and code it records nothing. Raises as `heartbeat_task` does.
    """
    agent = check_agent(principal)
    code = recording.clean_code(error_code)
    found = _look(agent, task_id, attempt)
    if found.ended_as == "failed" and found.error_code == code:
        return Recorded(found.held.session_id, found.seq)
    if not found.is_running:
        raise why_lost(found)
    try:
        return recording.fail_attempt(
            found.held,
            code=code,
            message=message,
            may_retry=retryable,
            guard=lambda db: _demand_still(db, agent, found.held),
        )
    except Fenced:
        raise why_lost(_look(agent, task_id, attempt)) from None


def _look(agent: Agent, task_id: UUID, attempt: int) -> AgentAttempt:
    return ask(
        lambda db: find_own_attempt(db, agent, task_id, attempt), budget_seconds=_BUDGET_SECONDS
    )


def _find_running(db: Connection, agent: Agent, task_id: UUID, attempt: int) -> AgentAttempt:
    found = find_own_attempt(db, agent, task_id, attempt)
    if not found.is_running:
        raise why_lost(found)
    return found


def find_own_attempt(
    db: Connection, agent: Agent, task_id: UUID, attempt: int | None
) -> AgentAttempt:
    """Return the agent's own attempt, running or ended; raises for another's, and for none.

    Without a number it is the latest one.
    """
    found = None
    if attempt is None or 1 <= attempt <= _MOST_ATTEMPT:
        found = external_work.find_attempt(db, agent, task_id, attempt)
    if found is None:
        raise NotFound("There is no such attempt of a task in your teams.")
    held = found.held
    demand(db, agent, held.team_id, Action.REPORT)
    owner: str | None = held.worker.name
    if not found.is_running:
        owner = external_work.find_worker(db, agent, held.session_id, task_id, held.attempt)
    if owner != agent_name(agent):
        raise LeaseLost
    return found


def _demand_still(db: Connection, agent: Agent, held: HeldAttempt) -> None:
    demand_held(db, agent, held.team_id, Action.REPORT)


def why_lost(found: AgentAttempt) -> LeaseLost:
    """Return why an agent's own attempt does not hold its task."""
    if found.is_running:
        reason = DEADLINE_PASSED if found.is_overdue else "lease_lost"
    elif found.error_code == DEADLINE_PASSED:
        reason = DEADLINE_PASSED
    else:
        reason = found.ended_as or "lease_lost"
    return LeaseLost(_WHY.get(reason), reason=reason)


def _may_note(task_id: UUID) -> bool:
    """Tell whether a note of this task may become an event now; not when nobody can count."""
    url = get_settings().redis_url
    try:
        return url is not None and take_from_budget(url, f"note {task_id}", _NOTES) == 0
    except RedisUnavailable:
        return False
