"""From the domain's objects to payloads, where that is more than their attributes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from api.cursors import SESSIONS, TASKS, moment_cursor
from api.payloads.agent import Order, Recorded
from api.payloads.decision import Decision
from api.payloads.event import (
    Event,
    EventError,
    EventSession,
    EventSnapshot,
    EventTask,
    SnapshotLink,
)
from api.payloads.export import ExportedArtifact, ExportedSnapshot
from api.payloads.session import Session, SessionPage
from api.payloads.task import (
    Artifact,
    Evidence,
    Routed,
    Snapshot,
    Task,
    TaskDetail,
    TaskPage,
    Validation,
)
from core.domain import attempt as attempts
from core.domain import events as ev
from core.domain import routing
from core.domain import session as stored
from core.domain.agent import AgentOrder
from core.domain.events import EventBody, encode_body
from core.domain.following import Entry
from core.domain.origin import current_origin
from core.services.browsing import SessionStretch, TaskStretch
from core.services.inspecting import Inspection

# The names that were promised outside; every other event goes by the catalogue's own.
PUBLIC_NAMES: dict[type[EventBody], str] = {
    ev.SessionLaunched: "session_started",
    ev.SessionFailed: "session_error",
    ev.TaskStarted: "agent_task_started",
    ev.TaskCompleted: "agent_task_completed",
    ev.DecisionRecorded: "decision_created",
}
_PUBLIC_BY_TYPE = {body.type: name for body, name in PUBLIC_NAMES.items()}


def public_name(event_type: str) -> str:
    """Return the public name of an event."""
    return _PUBLIC_BY_TYPE.get(event_type, event_type)


def session_of(found: stored.Session) -> Session:
    """Return a session's payload."""
    return Session(**session_values(found))


def session_values(found: stored.Session) -> dict[str, Any]:
    """Return what every payload of a session says."""
    return {
        "id": found.id,
        "team_id": found.team_id,
        "user_id": found.user_id,
        "feature_name": found.feature_name,
        "status": found.status.value,
        "outcome": None if found.outcome is None else found.outcome.value,
        "pipeline": found.pipeline,
        "role": found.role,
        "task": found.feature_name,
        "metadata": dict(found.metadata),
        "questions": list(found.questions),
        "created_at": found.created_at,
        "started_at": found.started_at,
        "ended_at": found.ended_at,
        "duration_seconds": found.duration_seconds(datetime.now(UTC)),
        "last_seq": found.last_seq,
        "pinned_at": found.pinned_at,
        "events_gone_to_seq": found.events_gone_to_seq,
        "details_gone_at": found.details_gone_at,
    }


def session_page_of(found: SessionStretch) -> SessionPage:
    """Return a page of sessions, and where the next one begins."""
    last = found.sessions[-1] if found.is_more else None
    return SessionPage(
        items=[session_of(one) for one in found.sessions],
        next_cursor=None if last is None else moment_cursor(SESSIONS, last.created_at, last.id),
    )


def task_of(found: stored.Task) -> Task:
    """Return a task's payload."""
    return Task(**task_values(found))


def task_detail_of(found: stored.TaskDetail) -> TaskDetail:
    """Return the payload of a task with what it was given and handed on."""
    return TaskDetail(
        **task_values(found.task),
        retry_count=max(0, found.task.attempt - 1),
        queue_id=found.queue_id,
        input=dict(found.input),
        output=None if found.output is None else dict(found.output),
    )


def task_page_of(found: TaskStretch) -> TaskPage:
    """Return a page of tasks, and where the next one begins."""
    last = found.tasks[-1] if found.is_more else None
    return TaskPage(
        items=[task_of(one) for one in found.tasks],
        next_cursor=None if last is None else moment_cursor(TASKS, last.created_at, last.id),
    )


def task_values(found: stored.Task) -> dict[str, Any]:
    """Return what every payload of a task says."""
    ended = found.finished_at or datetime.now(UTC)
    seconds = None
    if found.started_at is not None and (found.finished_at or found.status == "running"):
        seconds = max(0.0, (ended - found.started_at).total_seconds())
    return {
        "id": found.id,
        "session_id": found.session_id,
        "role": found.role,
        "after": list(found.after),
        "description": found.description,
        "task_type": found.task_type,
        "executor": found.executor,
        "status": found.status.value,
        "attempt": found.attempt,
        "failures": found.failures,
        "crashes": found.crashes,
        "error_code": found.error_code,
        "error_message": found.error_message,
        "created_at": found.created_at,
        "due_at": found.due_at,
        "started_at": found.started_at,
        "finished_at": found.finished_at,
        "duration_seconds": seconds,
    }


def decision_of(found: stored.Decision) -> Decision:
    """Return a decision's payload."""
    return Decision.model_validate(found)


def artifact_of(found: stored.StoredArtifact) -> Artifact:
    """Return an artifact's payload."""
    return Artifact(
        id=found.id,
        session_id=found.session_id,
        task_id=found.task_id,
        role=found.agent_role,
        slug=found.slug,
        kind=found.kind,
        media_type=found.media_type,
        title=found.title,
        validation=Validation.model_validate(found.validation),
        evidence=[Evidence.model_validate(one) for one in found.evidence],
        links=list(found.links),
        created_at=found.created_at,
        url=f"/api/artifacts/{found.id}",
    )


def exported_artifact_of(found: stored.StoredArtifact) -> ExportedArtifact:
    """Return an artifact's payload with its body."""
    return ExportedArtifact(**artifact_of(found).model_dump(), body=found.body or "")


def exported_snapshot_of(found: stored.Snapshot) -> ExportedSnapshot:
    """Return an attempt's snapshot as it is stored."""
    return ExportedSnapshot(
        id=found.id,
        task_id=found.task_id,
        attempt=found.attempt,
        context_state=dict(found.context),
        capabilities=list(found.capabilities),
        decisions=list(found.decisions),
        execution_metadata=None if found.execution is None else dict(found.execution),
        ended_as=found.ended_as,
        created_at=found.created_at,
        ended_at=found.ended_at,
    )


def snapshot_of(found: Inspection) -> Snapshot:
    """Return the payload of an attempt's snapshot."""
    one = found.snapshot
    return Snapshot(
        id=one.id,
        session_id=one.session_id,
        task_id=one.task_id,
        attempt=one.attempt,
        context_state=dict(one.context),
        capabilities=list(one.capabilities),
        decisions=list(one.decisions),
        execution_metadata=None if one.execution is None else dict(one.execution),
        ended_as=one.ended_as,
        created_at=one.created_at,
        ended_at=one.ended_at,
        artifacts=[artifact_of(artifact) for artifact in found.artifacts],
    )


def link_of(found: stored.Snapshot) -> SnapshotLink:
    """Return where an attempt's snapshot is."""
    return SnapshotLink(
        id=found.id,
        attempt=found.attempt,
        ended_as=found.ended_as,
        created_at=found.created_at,
        ended_at=found.ended_at,
        url=_snapshot_url(found.task_id, found.attempt),
    )


def event_of(entry: Entry) -> Event:
    """Return an event's payload: the same document wherever it is read."""
    found = entry.event
    body = found.body
    return Event(
        seq=found.seq,
        session_id=found.session_id,
        at=found.at,
        type=public_name(found.type),
        event=found.type,
        version=body.version,
        data=encode_body(body),
        session=_event_session(found) if isinstance(body, ev.SessionLaunched) else None,
        task=_event_task(entry),
        snapshot=_event_snapshot(entry),
        decision=None if entry.decision is None else decision_of(entry.decision),
        error=_event_error(body) if isinstance(body, ev.SessionFailed) else None,
    )


def _event_session(found: ev.Event) -> EventSession | None:
    body = found.body
    assert isinstance(body, ev.SessionLaunched)
    return EventSession(
        id=found.session_id,
        feature_name=body.name,
        pipeline=body.pipeline or None,
        status=body.status,
    )


def _event_task(entry: Entry) -> EventTask | None:
    body, task = entry.event.body, entry.task
    if task is None or not isinstance(body, ev.TaskStarted | ev.TaskCompleted):
        return None
    return EventTask(
        id=task.id,
        role=task.role,
        description=task.description,
        executor=task.executor,
        attempt=body.attempt,
        status="running" if isinstance(body, ev.TaskStarted) else "completed",
        url=f"/api/tasks/{task.id}",
    )


def _event_snapshot(entry: Entry) -> EventSnapshot | None:
    body = entry.event.body
    if not isinstance(body, ev.TaskCompleted):
        return None
    return EventSnapshot(id=entry.snapshot_id, url=_snapshot_url(body.task_id, body.attempt))


def _event_error(body: ev.SessionFailed) -> EventError:
    return EventError(
        task_id=UUID(body.task_id) if body.task_id else None,
        code=body.error_code,
        message=body.error_message,
    )


def _snapshot_url(task_id: UUID | str, attempt: int) -> str:
    return f"/api/tasks/{task_id}/snapshot?attempt={attempt}"


def order_of(found: AgentOrder) -> Order:
    """Return the payload of a task that an agent has taken up."""
    claim, work = found.claim, found.claim.work
    return Order(
        task_id=work.task_id,
        attempt=work.attempt,
        session_id=work.session_id,
        team_id=claim.team_id,
        role=work.role,
        feature_name=work.feature_name,
        brief=work.brief,
        description=work.description,
        task_type=work.task_type,
        instructions=work.instructions,
        capabilities=list(work.capabilities),
        upstream={role: dict(output) for role, output in work.upstream.items()},
        input=dict(work.input),
        decisions=[decision_of(one) for one in found.decisions],
        started_at=claim.started_at,
        lease_until=found.lease_until,
        lease_seconds=found.lease_seconds,
        deadline_at=claim.deadline_at,
        traceparent=found.traceparent,
    )


def routed_of(found: routing.Routed) -> Routed:
    """Return what routing a task led to, with the id under which this request is found again."""
    return Routed(
        task_id=found.task.id,
        session_id=found.session.id,
        status=found.task.status.value,
        trace_id=current_origin().trace_id,
    )


def recorded_of(found: attempts.Recorded) -> Recorded:
    """Return what a report led to."""
    return Recorded(session_id=found.session_id, last_seq=found.seq, freed=list(found.freed))
