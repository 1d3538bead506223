"""What must hold after a run, whatever happened during it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from core.domain.events import Event
from core.services import reading
from core.services.reading import SessionReport
from tests.chaos.plans import Plan
from tests.chaos.witness import Witness
from tests.factories import Someone
from tests.fold_equality import difference

FAILURES = {"failing": 4, "refusing": 1}  # after which a weak role's task has failed for good
CODES = {"failing": "not_today", "refusing": "refused"}


@dataclass(frozen=True)
class Case:
    """A session after the run, with what it was meant for."""

    plan: Plan
    report: SessionReport
    events: list[Event]
    may_be_complete: bool  # a person came too late to cancel it

    def findings(self) -> Iterator[str]:
        """Return what must not be."""
        for finding in (*self._ending(), *self._tasks(), *self._attempts(), *self._order()):
            session = self.report.session
            yield f"{self.plan.name} session {self.plan.number} ({session.id}): {finding}"

    def _ending(self) -> Iterator[str]:
        session = self.report.session
        ending = (session.status.value, session.outcome and session.outcome.value)
        wanted = ("completed", "planned") if self.may_be_complete else self.plan.ending
        if ending != wanted:
            yield f"ended as {ending}, not as {wanted}"
        if self.plan.name == "healing" and not self._of("session_retried"):
            yield "was never retried"

    def _tasks(self) -> Iterator[str]:
        status = self.report.session.status.value
        weak = next((t for t in self.report.tasks if t.role == self.plan.weak_role), None)
        if weak is not None and self.plan.name in FAILURES:
            found = (weak.status.value, weak.failures, weak.error_code)
            wanted = ("failed", FAILURES[self.plan.name], CODES[self.plan.name])
            if found != wanted:
                yield f"its weak task is {found}, not {wanted}"
        allowed = {
            "completed": {"completed", "cancelled"},
            "cancelled": {"completed", "cancelled"},
            "failed": {"completed", "failed", "blocked"},
        }.get(status, set())
        for task in self.report.tasks:
            if task.status.value not in allowed:
                yield f"{status}, but its {task.role} is {task.status.value}"

    def _attempts(self) -> Iterator[str]:
        started = Counter((e.body.task_id, e.body.attempt) for e in self._of("task_started"))
        ended = Counter((e.body.task_id, e.body.attempt) for e in self._of("snapshot_recorded"))
        completed = Counter(e.body.task_id for e in self._of("task_completed"))
        for attempt in started.keys() | ended.keys():
            if (started[attempt], ended[attempt]) != (1, 1):
                yield f"attempt {attempt}: {started[attempt]} starts, {ended[attempt]} ends"
        for task_id, times in completed.items():
            if times > 1:
                yield f"task {task_id} completed {times} times"

    def _order(self) -> Iterator[str]:
        after = {task.role: task.after for task in self.report.tasks}
        roles = {str(task.id): task.role for task in self.report.tasks}
        done: set[str] = set()
        for event in self.events:
            if event.type == "task_completed":
                done.add(roles[event.body.task_id])
            elif event.type == "task_started":
                role = roles[event.body.task_id]
                if not done.issuperset(after[role]):
                    yield f"{role} started before {after[role]} had completed"

    def _of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event.type == kind]


def check_session(
    db: Connection, someone: Someone, session_id: UUID, plan: Plan, *, may_be_complete: bool
) -> list[str]:
    """Return what is wrong with a session: its log, its tables, or how it ended."""
    gaps = [f"session {session_id}: {problem}" for problem in difference(db, session_id)]
    report = reading.get_report(someone.principal, session_id)
    events = reading.list_events(someone.principal, session_id)
    return [*gaps, *Case(plan, report, events, may_be_complete).findings()]


_RECORDED = text("SELECT id, attempt, status FROM agent_tasks")
_FOREIGN = text(
    """
    SELECT artifact.id FROM artifacts AS artifact JOIN agent_tasks AS task
      ON task.id = artifact.task_id AND task.attempt <> artifact.attempt
    """
)


def check_witness(db: Connection, witness: Witness) -> list[str]:
    """Return where the witness contradicts itself or the tables."""
    tasks = {row.id: row for row in db.execute(_RECORDED)}
    findings = witness.findings()
    for line in witness.lines("completed"):
        task = tasks[line.task_id]
        if (task.status, task.attempt) != ("completed", line.attempt):
            findings.append(
                f"witness: attempt {line.attempt} of task {line.task_id} was recorded as completed;"
                f" the task is {task.status} by attempt {task.attempt}"
            )
    findings += [
        f"artifact {row.id} is of an attempt that did not count" for row in db.execute(_FOREIGN)
    ]
    return findings
