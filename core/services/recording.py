"""Recording how an attempt ended: its result, or its failure.

One transaction locks the session's head first and then the task, and is fenced by the attempt's
number: a late writer changes nothing. A result frees the roles that waited for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from core.domain import events as ev
from core.domain.access import SYSTEM, Principal
from core.domain.attempt import Attempt, Recorded, content_hash, is_large, owned_view
from core.domain.events import EventBody
from core.domain.lifecycle import Outcome, SessionStatus, next_session_status
from core.domain.routing import number_slugs
from core.domain.text import clean_line
from core.domain.work import RoleResult, clean_result
from core.errors import Fenced, InvalidInput, InvalidResult
from core.ids import new_id
from core.services.auditing import note
from core.services.ending import cancel_open_tasks, end_without_result
from core.services.transaction import transact, transact_directly
from core.settings import get_settings
from core.signals.wakeups import announce
from core.store import attempts, heads, journal, sessions, tasks
from core.store.attempts import Completed, Completion
from core.store.database import Driver, send_directly
from core.store.heads import Head

MAX_ERROR_CHARACTERS = 2000
MAX_CODE_CHARACTERS = 100

# Runs first in the transaction that records, and raises what forbids it.
Guard = Callable[[Connection], None]


def record_result(
    claim: Attempt,
    result: RoleResult,
    *,
    take_along: frozenset[str] = frozenset(),
    sends_freed: bool = False,
    guard: Guard | None = None,
    by: Principal = SYSTEM,
) -> Recorded:
    """Record an attempt's result: output, artifacts, decisions, snapshot, events, freed tasks.

    When a task of the session is ready then and its executor is in `take_along`, the same worker
    goes on with it: it is claimed in the same transaction. With `sends_freed` the caller puts the
    other freed tasks into the queue itself, else the dispatcher does. What somebody from outside
    hands in, `by`, leaves its decisions in the audit. Raises `Fenced` when the attempt no longer
    owns its task, `InvalidResult` for a result that cannot be stored, and what `guard` raises.
    """
    try:
        result = clean_result(result)
    except InvalidInput as error:
        raise InvalidResult(error.message) from error
    result = number_slugs(result, claim.routed_number)
    completion = _completion(claim, result)
    next_snapshot_id = new_id()  # by which a repeated try finds what it took along
    asks = result.outcome == "needs_input"

    def work(db: Driver) -> Completed:
        completed = attempts.record_result(
            db,
            claim,
            completion,
            goes_on=not asks,
            are_sent=sends_freed,
            take_along=take_along,
            next_snapshot_id=next_snapshot_id,
            lease_seconds=get_settings().lease_seconds,
        )
        if completed is None:
            raise Fenced
        return completed

    def work_whole(db: Connection) -> Completed:
        if guard is not None:
            guard(db)
        completed = send_directly(db, work)
        if completed.is_repeat:
            return completed
        if by != SYSTEM:
            _note_decisions(db, by, claim, completion)
        return _end_with_questions(db, by, completed, result) if asks else completed

    is_one_statement = not asks and guard is None and by == SYSTEM
    try:
        done = transact_directly(work) if is_one_statement else transact(work_whole)
    except IntegrityError as error:
        raise InvalidResult from error
    recorded = done.recorded
    announce(
        get_settings().redis_url,
        sessions=[(recorded.session_id, recorded.seq)],
        work=bool(recorded.freed) and not sends_freed,
    )
    return recorded


def fail_attempt(
    claim: Attempt,
    *,
    code: str,
    message: str,
    may_retry: bool = True,
    guard: Guard | None = None,
) -> Recorded:
    """Record that an attempt failed: another is due after the next delay, or the session fails.

    Raises `Fenced` when the attempt no longer owns its task.
    """
    code = clean_code(code)
    error_message = clean_line(message)[:MAX_ERROR_CHARACTERS] or code

    earlier: list[tuple[Recorded, datetime]] = []

    def work(db: Connection) -> Recorded:
        if guard is not None:
            guard(db)
        head = _lock(db, claim)
        for recorded, at in earlier[-1:]:  # of a try whose answer was lost
            if heads.has_event(db, claim.session_id, recorded.seq, at):
                return recorded
        now, views = tasks.locked_tasks(db, claim.session_id)
        view = owned_view(views, claim.task_id, claim.attempt)
        if view is None:
            raise Fenced
        recorded = end_without_result(
            db, head, view, now, code=code, message=error_message, may_retry=may_retry
        )
        earlier.append((recorded, now))
        return recorded

    recorded = transact(work)
    announce(get_settings().redis_url, sessions=[(recorded.session_id, recorded.seq)])
    return recorded


def clean_code(code: str) -> str:
    """Return the code of a failure as it is stored."""
    return clean_line(code)[:MAX_CODE_CHARACTERS] or "role_failed"


def _note_decisions(db: Connection, by: Principal, claim: Attempt, completion: Completion) -> None:
    for one in completion.decisions:
        note(
            db,
            by,
            "decision.recorded",
            team_id=claim.team_id,
            subject=one["text"],
            details={
                "decision_id": str(one["id"]),
                "session_id": str(claim.session_id),
                "task_id": str(claim.task_id),
                "attempt": claim.attempt,
            },
        )


def _end_with_questions(
    db: Connection, by: Principal, completed: Completed, result: RoleResult
) -> Completed:
    """End the session of a result that asks people: nothing else of it is done.

    In the transaction that recorded the result, which holds the head. A session that has failed
    stays so, and one that stays open goes on: there the questions stand in the task's output.
    """
    recorded = completed.recorded
    head = heads.lock_head(db, recorded.session_id)
    if head is None or head.status not in (SessionStatus.ACTIVE, SessionStatus.PAUSED):
        return completed
    if head.stays_open:
        return completed
    now, views = tasks.locked_tasks(db, head.session_id)
    bodies = cancel_open_tasks(db, by, head, views, now)
    questions = [clean_line(question) for question in result.questions]
    outcome = Outcome.NEEDS_INPUT
    sessions.end_session(db, head.session_id, at=now, outcome=outcome, questions=questions)
    bodies.append(ev.SessionCompleted(outcome.value))
    status = next_session_status(head.status, "complete")
    after = heads.append_events(db, head, bodies, now, status=status)
    return replace(completed, recorded=replace(recorded, seq=after.last_seq))


def _completion(claim: Attempt, result: RoleResult) -> Completion:
    """Return what recording a result writes: artifacts and decisions, and the events of all."""
    task_id = str(claim.task_id)
    artifacts, decisions = [], []
    bodies: list[EventBody] = []
    for artifact in result.artifacts:
        artifact_id = new_id()
        artifacts.append(journal.artifact_values(artifact, artifact_id))
        bodies.append(ev.ArtifactRecorded(str(artifact_id), task_id, artifact.slug, artifact.kind))
    for draft in result.decisions:
        decision_id = new_id()
        of_task = None if draft.strategic else task_id
        bodies.append(ev.DecisionRecorded(str(decision_id), of_task, draft.category))
        values = journal.decision_values(draft, decision_id)
        decisions.append({**values, "strategic": draft.strategic, "event": len(bodies)})
    bodies.append(ev.TaskCompleted(task_id, claim.attempt))
    bodies.append(ev.SnapshotRecorded(str(claim.snapshot_id), task_id, claim.attempt))
    return Completion(
        output=result.output,
        output_sha256=content_hash(result.output) if is_large(result.output) else None,
        execution={
            "executor": claim.executor,
            "worker": claim.worker.name,
            "usage": dict(result.usage),
        },
        artifacts=artifacts,
        decisions=decisions,
        events=bodies,
    )


def _lock(db: Connection, claim: Attempt) -> Head:
    head = heads.lock_head(db, claim.session_id)
    if head is None:
        raise Fenced
    return head
