"""Recording how an attempt ended: its result, or its failure.

One transaction locks the session's head first and then the task, and is fenced by the attempt's
number: a late writer changes nothing. A result frees the roles that waited for it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.artifact import Artifact
from core.domain.attempt import (
    Claim,
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
from core.domain.lifecycle import Outcome, SessionStatus, TaskStatus, next_session_status
from core.domain.text import clean_line
from core.domain.work import RoleResult, clean_result
from core.errors import Fenced
from core.ids import new_id
from core.services.claiming import claim_within
from core.services.ending import cancel_open_tasks, end_without_result
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import announce
from core.store import attempts, heads, journal, sessions, snapshots, tasks
from core.store.heads import Head

MAX_ERROR_CHARACTERS = 2000


def record_result(
    claim: Claim, result: RoleResult, *, take_along: frozenset[str] = frozenset()
) -> Recorded:
    """Record an attempt's result: output, artifacts, decisions, snapshot, events, freed tasks.

    When it frees a task whose executor is in `take_along`, the same worker claims it in the same
    transaction. Raises `Fenced` when the attempt no longer owns its task.
    """
    result = clean_result(result)
    output = dict(result.output)
    sha256 = content_hash(output) if is_large(output) else None

    def work(db: Connection) -> Recorded:
        head = _lock(db, claim)
        now, views = tasks.locked_tasks(db, claim.session_id)
        if has_completed(views, claim.task_id, claim.attempt):
            # An earlier try of this very transaction went through, though its answer was lost.
            ready = tuple(view.id for view in views if view.status == TaskStatus.READY)
            return Recorded(claim.session_id, head.last_seq, ready)
        if not attempts.complete_attempt(
            db, claim.task_id, claim.attempt, output=output, output_sha256=sha256, at=now
        ):
            raise Fenced
        if sha256 is not None:
            snapshots.store_content(
                db,
                session_id=claim.session_id,
                team_id=claim.team_id,
                sha256=sha256,
                body=output,
            )
        bodies = _store_findings(db, head, claim, result, now)
        bodies.append(ev.TaskCompleted(str(claim.task_id), claim.attempt))
        bodies.append(_close_snapshot(db, claim, "completed", now, usage=dict(result.usage)))
        views = as_completed(views, claim.task_id)
        return _advance(db, head, claim, result, views, bodies, now, take_along)

    recorded = transact(work)
    _announce(recorded)
    return recorded


def fail_attempt(claim: Claim, *, code: str, message: str, may_retry: bool = True) -> Recorded:
    """Record that an attempt failed: another is due after the next delay, or the session fails.

    Raises `Fenced` when the attempt no longer owns its task.
    """
    error_message = clean_line(message)[:MAX_ERROR_CHARACTERS] or code

    def work(db: Connection) -> Recorded:
        head = _lock(db, claim)
        now, views = tasks.locked_tasks(db, claim.session_id)
        view = owned_view(views, claim.task_id, claim.attempt)
        if view is None:
            raise Fenced
        return end_without_result(
            db, head, view, now, code=code, message=error_message, may_retry=may_retry
        )

    recorded = transact(work)
    _announce(recorded)
    return recorded


def _advance(
    db: Connection,
    head: Head,
    claim: Claim,
    result: RoleResult,
    views: list[TaskView],
    bodies: list[EventBody],
    now: datetime,
    take_along: frozenset[str],
) -> Recorded:
    """Free what waited for a completed task, or complete the session."""
    open_session = head.status in (SessionStatus.ACTIVE, SessionStatus.PAUSED)
    if open_session and result.outcome == "needs_input":
        bodies.extend(cancel_open_tasks(db, head, views, now))
        sessions.end_session(
            db,
            head.session_id,
            at=now,
            outcome=Outcome.NEEDS_INPUT,
            questions=[clean_line(question) for question in result.questions],
        )
        bodies.append(ev.SessionCompleted(Outcome.NEEDS_INPUT.value))
        status = next_session_status(head.status, "complete")
        head = heads.append_events(db, head, bodies, now, status=status)
        return Recorded(head.session_id, head.last_seq)
    if open_session and all_completed(views):
        sessions.end_session(db, head.session_id, at=now, outcome=Outcome.PLANNED)
        bodies.append(ev.SessionCompleted(Outcome.PLANNED.value))
        status = next_session_status(head.status, "complete")
        head = heads.append_events(db, head, bodies, now, status=status)
        return Recorded(head.session_id, head.last_seq)
    freed = tasks_to_free(views) if open_session else ()
    if freed:
        tasks.free_tasks(db, [task.id for task in freed], now)
        bodies.extend(ev.TaskReady(str(task.id)) for task in freed)
    head = heads.append_events(db, head, bodies, now)
    along = next((task for task in freed if task.executor in take_along), None)
    if along is None or head.status != SessionStatus.ACTIVE:
        return Recorded(head.session_id, head.last_seq, tuple(task.id for task in freed))
    taken = claim_within(db, along.id, claim.worker, None)
    others = tuple(task.id for task in freed if taken is None or task.id != along.id)
    seq = head.last_seq if taken is None else taken.seq
    return Recorded(head.session_id, seq, others, taken)


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


def _close_snapshot(
    db: Connection, claim: Claim, ended_as: str, now: datetime, **execution: object
) -> EventBody:
    took = (now - claim.started_at).total_seconds()
    snapshot_id = snapshots.close_snapshot(
        db,
        claim.task_id,
        claim.attempt,
        ended_as=ended_as,
        execution={
            "executor": claim.executor,
            "worker": claim.worker.name,
            "duration_seconds": took,
            **execution,
        },
        at=now,
    )
    return ev.SnapshotRecorded(str(snapshot_id), str(claim.task_id), claim.attempt)


def _lock(db: Connection, claim: Claim) -> Head:
    head = heads.lock_head(db, claim.session_id)
    if head is None:
        raise Fenced
    return head


def _announce(recorded: Recorded) -> None:
    announce(
        get_settings().redis_url,
        sessions=[(recorded.session_id, recorded.seq)],
        work=bool(recorded.freed),
    )
