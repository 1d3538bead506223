"""The JSON that commands print. Ids are strings, times ISO 8601 in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core.domain.events import Event, encode_body
from core.domain.session import Decision, Session, Snapshot, StoredArtifact, Task

if TYPE_CHECKING:
    from core.services.reading import SessionReport

Shape = dict[str, Any]


def session_shape(session: Session, tasks: Iterable[Task]) -> Shape:
    """Return a session with its tasks."""
    return {**_session(session), "tasks": [_task(task) for task in tasks]}


def sessions_shape(sessions: Iterable[Session]) -> Shape:
    """Return a list of sessions."""
    return {"sessions": [_session(session) for session in sessions]}


def report_shape(report: SessionReport, events: Iterable[Event]) -> Shape:
    """Return a session with everything that it left."""
    return {
        **session_shape(report.session, report.tasks),
        "decisions": [_decision(decision) for decision in report.decisions],
        "artifacts": [_artifact(artifact) for artifact in report.artifacts],
        "snapshots": [_snapshot(snapshot) for snapshot in report.snapshots],
        "events": [_event(event) for event in events],
    }


def events_shape(session: Session, events: Iterable[Event]) -> Shape:
    """Return a session's events."""
    return {**_session(session), "events": [_event(event) for event in events]}


def artifacts_shape(session: Session, written: Sequence[tuple[StoredArtifact, str]]) -> Shape:
    """Return the artifacts that were written, each with its path below the folder."""
    found = [{**_artifact(artifact), "path": path} for artifact, path in written]
    return {**_session(session), "artifacts": found}


def _session(session: Session) -> Shape:
    return {
        "session_id": str(session.id),
        "status": session.status.value,
        "outcome": None if session.outcome is None else session.outcome.value,
        "feature_name": session.feature_name,
        "team_id": str(session.team_id),
        "pipeline": session.pipeline,
        "role": session.role,
        "metadata": dict(session.metadata),
        "questions": list(session.questions),
        "created_at": _time(session.created_at),
        "started_at": _time(session.started_at),
        "ended_at": _time(session.ended_at),
    }


def _task(task: Task) -> Shape:
    return {
        "id": str(task.id),
        "agent_role": task.role,
        "task_type": task.task_type,
        "status": task.status.value,
        "attempt": task.attempt,
        "error_message": task.error_message,
    }


def _decision(decision: Decision) -> Shape:
    return {
        "id": str(decision.id),
        "task_id": None if decision.task_id is None else str(decision.task_id),
        "agent_role": decision.author_role,
        "text": decision.text,
        "rationale": decision.rationale,
        "category": decision.category,
        "confidence": decision.confidence,
        "alternatives": [asdict(alternative) for alternative in decision.alternatives],
        "evidence": list(decision.evidence),
        "revisit_trigger": decision.revisit_trigger,
        "supersedes_id": None if decision.supersedes_id is None else str(decision.supersedes_id),
        "created_at": _time(decision.created_at),
    }


def _artifact(artifact: StoredArtifact) -> Shape:
    return {
        "id": str(artifact.id),
        "kind": artifact.kind,
        "media_type": artifact.media_type,
        "agent_role": artifact.agent_role,
        "slug": artifact.slug,
        "title": artifact.title,
        "links": list(artifact.links),
        "validation": {
            "validator": artifact.validation.validator,
            "verdict": artifact.validation.verdict,
            "messages": list(artifact.validation.messages),
        },
    }


def _snapshot(snapshot: Snapshot) -> Shape:
    return {
        "id": str(snapshot.id),
        "task_id": str(snapshot.task_id),
        "attempt": snapshot.attempt,
        "ended_as": snapshot.ended_as,
        "context": dict(snapshot.context),
        "capabilities": list(snapshot.capabilities),
        "decisions": list(snapshot.decisions),
        "execution": None if snapshot.execution is None else dict(snapshot.execution),
        "created_at": _time(snapshot.created_at),
        "ended_at": _time(snapshot.ended_at),
    }


def _event(event: Event) -> Shape:
    return {
        "seq": event.seq,
        "type": event.type,
        "version": event.body.version,
        "at": _time(event.at),
        "payload": encode_body(event.body),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
