"""Recording how an attempt ended: its result, or its failure.

One transaction locks the session's head first and then the task, and is fenced by the attempt's
number: a late writer changes nothing. A result frees the roles that waited for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from core.domain import events as ev
from core.domain.artifact import Artifact
from core.domain.attempt import (
    NOT_QUEUED,
    Claim,
    Output,
    Recorded,
    TaskView,
    all_completed,
    as_completed,
    content_hash,
    has_completed,
    is_large,
    owned_view,
    tasks_to_free,
)
from core.domain.events import EventBody
from core.domain.lifecycle import Outcome, SessionStatus, next_session_status
from core.domain.text import clean_line
from core.domain.work import RoleResult, clean_result
from core.errors import Fenced, InvalidInput, InvalidResult
from core.ids import new_id
from core.services.claiming import make_claim, open_snapshot
from core.services.ending import cancel_open_tasks, end_without_result
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import announce
from core.store import attempts, heads, journal, orders, sessions, snapshots, tasks
from core.store.attempts import Completion, OpenSnapshot
from core.store.heads import Head

MAX_ERROR_CHARACTERS = 2000
MAX_CODE_CHARACTERS = 100


def record_result(
    claim: Claim,
    result: RoleResult,
    *,
    take_along: frozenset[str] = frozenset(),
    sends_freed: bool = False,
) -> Recorded:
    """Record an attempt's result: output, artifacts, decisions, snapshot, events, freed tasks.

    When it frees a task whose executor is in `take_along`, the same worker goes on with it: it is
    claimed in the same transaction. With `sends_freed` the caller puts the other freed tasks into
    the queue itself, else the dispatcher does. Raises `Fenced` when the attempt no longer owns
    its task, and `InvalidResult` for a result that cannot be stored.
    """
    try:
        result = clean_result(result)
    except InvalidInput as error:
        raise InvalidResult(error.message) from error
    sha256 = content_hash(result.output) if is_large(result.output) else None

    earlier: list[Recorded] = []

    def work(db: Connection) -> Recorded:
        head = _lock(db, claim)
        now, views = tasks.locked_tasks(db, claim.session_id)
        if has_completed(views, claim.task_id, claim.attempt):
            # An earlier try of this very transaction went through, though its answer was lost.
            return earlier[-1] if earlier else Recorded(claim.session_id, head.last_seq)
        if owned_view(views, claim.task_id, claim.attempt) is None:
            raise Fenced
        if sha256 is not None:
            snapshots.store_content(
                db,
                session_id=claim.session_id,
                team_id=claim.team_id,
                sha256=sha256,
                body=result.output,
            )
        bodies = _store_findings(db, head, claim, result, now)
        bodies.append(ev.TaskCompleted(str(claim.task_id), claim.attempt))
        bodies.append(
            ev.SnapshotRecorded(str(claim.snapshot_id), str(claim.task_id), claim.attempt)
        )
        views = as_completed(views, claim.task_id)
        status, freed = _advance(db, head, result, views, bodies, now)
        along = next((view for view in freed if view.executor in take_along), None)
        output = Output(result.output, sha256)
        taken = None if along is None else _take(db, head, claim, along, output, now)
        if taken is None:
            along = None
        else:
            started = taken.claim
            bodies.append(
                ev.TaskStarted(str(started.task_id), started.attempt, started.worker.name)
            )
        others = tuple(view.id for view in freed if view is not along)
        after = attempts.record_completion(
            db,
            head,
            _completion(claim, result, sha256, now),
            bodies,
            now,
            status=status,
            freed_ids=others,
            are_sent=sends_freed,
            taken=None if taken is None else taken.snapshot,
            worker=claim.worker.name,
            lease_seconds=get_settings().lease_seconds,
        )
        if after is None:
            raise Fenced
        queued = tuple(
            view.id for view in freed if view is not along and view.executor not in NOT_QUEUED
        )
        next_claim = None if taken is None else replace(taken.claim, seq=after.last_seq)
        earlier.append(Recorded(head.session_id, after.last_seq, queued, next_claim))
        return earlier[-1]

    try:
        recorded = transact(work)
    except IntegrityError as error:
        raise InvalidResult from error
    announce(
        get_settings().redis_url,
        sessions=[(recorded.session_id, recorded.seq)],
        work=bool(recorded.freed) and not sends_freed,
    )
    return recorded


def fail_attempt(claim: Claim, *, code: str, message: str, may_retry: bool = True) -> Recorded:
    """Record that an attempt failed: another is due after the next delay, or the session fails.

    Raises `Fenced` when the attempt no longer owns its task.
    """
    code = clean_line(code)[:MAX_CODE_CHARACTERS] or "role_failed"
    error_message = clean_line(message)[:MAX_ERROR_CHARACTERS] or code

    earlier: list[tuple[Recorded, datetime]] = []

    def work(db: Connection) -> Recorded:
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


def _advance(
    db: Connection,
    head: Head,
    result: RoleResult,
    views: list[TaskView],
    bodies: list[EventBody],
    now: datetime,
) -> tuple[SessionStatus, tuple[TaskView, ...]]:
    """Find what a completed task leads to: the session's status and the tasks that it frees.

    Adds their events to `bodies`. In a session that has failed, nothing is freed.
    """
    if head.status not in (SessionStatus.ACTIVE, SessionStatus.PAUSED):
        return head.status, ()
    if result.outcome == "needs_input":
        bodies.extend(cancel_open_tasks(db, head, views, now))
        questions = [clean_line(question) for question in result.questions]
        return _complete(db, head, Outcome.NEEDS_INPUT, bodies, now, questions), ()
    if all_completed(views):
        return _complete(db, head, Outcome.PLANNED, bodies, now), ()
    freed = tasks_to_free(views)
    bodies.extend(ev.TaskReady(str(view.id)) for view in freed)
    return head.status, freed


def _complete(
    db: Connection,
    head: Head,
    outcome: Outcome,
    bodies: list[EventBody],
    now: datetime,
    questions: list[str] | None = None,
) -> SessionStatus:
    sessions.end_session(db, head.session_id, at=now, outcome=outcome, questions=questions)
    bodies.append(ev.SessionCompleted(outcome.value))
    return next_session_status(head.status, "complete")


@dataclass(frozen=True, slots=True)
class _Taken:
    claim: Claim
    snapshot: OpenSnapshot


def _take(
    db: Connection,
    head: Head,
    claim: Claim,
    view: TaskView,
    output: Output,
    now: datetime,
) -> _Taken | None:
    """Prepare the claim of a task that this attempt frees; None while the session is paused.

    What this worker knows already is not read again: the brief, and the output that it records.
    """
    if head.status != SessionStatus.ACTIVE:
        return None
    context, guiding, upstream = orders.read_task_order(
        db, head.session_id, view.id, {claim.work.role: output}
    )
    next_claim = make_claim(
        head,
        view.id,
        role=view.role,
        attempt=view.attempt + 1,
        order=replace(claim.order, guiding=guiding),
        context=context,
        upstream=upstream,
        worker=claim.worker,
        started_at=now,
        deadline_at=now + timedelta(seconds=context.timeout_seconds),
    )
    return _Taken(next_claim, open_snapshot(next_claim, upstream))


def _completion(claim: Claim, result: RoleResult, sha256: str | None, now: datetime) -> Completion:
    return Completion(
        task_id=claim.task_id,
        attempt=claim.attempt,
        snapshot_id=claim.snapshot_id,
        output=result.output,
        output_sha256=sha256,
        execution={
            "executor": claim.executor,
            "worker": claim.worker.name,
            "duration_seconds": (now - claim.started_at).total_seconds(),
            "usage": dict(result.usage),
        },
    )


def _store_findings(
    db: Connection, head: Head, claim: Claim, result: RoleResult, now: datetime
) -> list[EventBody]:
    """Store an attempt's artifacts and decisions; returns their events, in the order stored."""
    bodies: list[EventBody] = []
    task_id = str(claim.task_id)
    if result.artifacts:
        found: list[tuple[UUID, Artifact]] = [(new_id(), item) for item in result.artifacts]
        journal.insert_artifacts(
            db,
            found,
            session_id=claim.session_id,
            team_id=claim.team_id,
            task_id=claim.task_id,
            attempt=claim.attempt,
            agent_role=claim.work.role,
            at=now,
        )
        bodies.extend(
            ev.ArtifactRecorded(str(artifact_id), task_id, artifact.slug, artifact.kind)
            for artifact_id, artifact in found
        )
    strategic, tactical = [], []
    for draft in result.decisions:
        decision_id = new_id()
        values = journal.decision_values(
            draft,
            decision_id=decision_id,
            session_id=claim.session_id,
            team_id=claim.team_id,
            author_role=claim.work.role,
            seq=head.last_seq + len(bodies) + 1,
            at=now,
        )
        if draft.strategic:
            strategic.append(values)
        else:
            tactical.append({**values, "task_id": claim.task_id, "attempt": claim.attempt})
        of_task = None if draft.strategic else task_id
        bodies.append(ev.DecisionRecorded(str(decision_id), of_task, draft.category))
    if strategic:
        journal.insert_session_decisions(db, strategic)
    if tactical:
        journal.insert_task_decisions(db, tactical)
    return bodies


def _lock(db: Connection, claim: Claim) -> Head:
    head = heads.lock_head(db, claim.session_id)
    if head is None:
        raise Fenced
    return head
