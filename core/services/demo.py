"""Sessions for a first look: run by the planner through the same services as any other."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from uuid import UUID

from core import planning
from core.domain.access import Principal, UserPrincipal
from core.domain.attempt import Claim, WorkerIdentity
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.domain.session import LaunchRequest, Session, Task
from core.domain.work import RoleFailed
from core.errors import Fenced
from core.services import claiming, control, launching, reading, recording
from core.services.accounts import ensure_demo_team

WORKER = WorkerIdentity("seed")
KEY = "demo-1"
LONGEST_SECONDS = 60.0

EXPENSES = """\
# Expense approval

Employees photograph a receipt, the amount and the date are read from it, and they can correct
both before they submit. Their line manager approves or rejects with a comment; above {limit} EUR a
second approval by finance is needed. Nobody may approve their own expense. Finance exports all
approved expenses of a month as CSV for payroll, and an expense that was exported once must never
be exported again. Receipts are kept for ten years.

Non-goals: mileage, per diem.
"""
SHIFTS = """\
Shift swap for the ward

Nurses see their own roster for the next six weeks and can offer a shift for swapping. Colleagues
with the same qualification get a notification and can accept; the ward manager confirms or
declines within 24h, otherwise the offer expires. Rest periods of 11 hours between two shifts must
never be violated. It has to work on a phone with bad reception in the basement.
"""
VAGUE = "make the dashboard better, users say it's confusing\n"


@dataclass(frozen=True, slots=True)
class DemoSession:
    """What is launched, and which role's first attempt is to fail."""

    slug: str
    name: str
    brief: str
    failing_role: str | None = None
    edits: dict[str, object] = field(default_factory=dict)


DEMO = (
    DemoSession("vague", "A better dashboard", VAGUE),
    DemoSession("expenses", "Expense approval", EXPENSES.format(limit=500)),
    DemoSession("shifts", "Shift swap", SHIFTS, failing_role="dba"),
    DemoSession(
        "expenses-2",
        "Expense approval, from 1,000 EUR",
        EXPENSES.format(limit=1000),
        edits={"actors": {"add": ["auditor"]}},
    ),
)


def seed_demo() -> int:
    """Put the demo team's sessions into the database; returns how many were missing.

    Each has a launch key of its own, so that seeding again adds nothing.
    """
    user, team = ensure_demo_team()
    principal = UserPrincipal(user.id)
    launched = 0
    for demo in DEMO:
        made = launching.launch_session(
            principal,
            LaunchRequest(
                team_id=team.id,
                feature_name=demo.name,
                brief=demo.brief,
                launch_key=f"{KEY}-{demo.slug}",
                input={"edits": demo.edits} if demo.edits else {},
            ),
        )
        launched += made.is_new
        # One that an earlier seeding left half-way is brought to its end.
        _run(principal, made.session, demo.failing_role)
    return launched


def _run(principal: Principal, session: Session, failing_role: str | None) -> None:
    """Work through a session in this process; workers that run here may take part."""
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end:
        now = reading.get_session(principal, session.id)
        if now.status == SessionStatus.FAILED:
            control.retry_session(principal, session.id)
        elif now.status != SessionStatus.ACTIVE:
            return
        if not any(_work(task, failing_role) for task in _ready(principal, session.id)):
            time.sleep(0.05)


def _ready(principal: Principal, session_id: UUID) -> list[Task]:
    found = reading.list_tasks(principal, session_id)
    return [task for task in found if task.status == TaskStatus.READY]


def _work(task: Task, failing_role: str | None) -> bool:
    """Claim a task and do it; False when a worker took it first."""
    claim = claiming.claim_task(task.id, WORKER)
    if claim is None:
        return False
    try:
        if task.role == failing_role and claim.attempt == 1:
            recording.fail_attempt(
                claim,
                code="connection_lost",
                message="The check of the migration lost its database.",
                may_retry=False,
            )
        else:
            _record(claim)
    except Fenced:
        return False
    return True


def _record(claim: Claim) -> None:
    try:
        recording.record_result(claim, planning.work(claim.work))
    except RoleFailed as error:
        recording.fail_attempt(claim, code=error.code, message=error.message, may_retry=False)
