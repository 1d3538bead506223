"""The fold: a session's state as its events tell it.

`apply` is the only fold in Sage Mode. The hub, the socket API and the replay all send what it
returns; browsers merge its patches and compute nothing. `fold(events)` equals the tables in the
session's status and outcome, in each task's status, attempt, failures, crashes and times, in the
decisions' ids and what supersedes them, in the artifacts' ids and in the approvals' states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from core.domain import events as ev
from core.domain.events import Event, EventBody

# The shape of RFC 7396: an object is merged, null removes a key, everything else replaces.
Patch = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task as of an event; times are those of the latest attempt."""

    role: str
    after: tuple[str, ...]
    executor: str
    status: str = "blocked"
    attempt: int = 0
    failures: int = 0
    crashes: int = 0
    due_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    note: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    approval_id: str | None = None
    approver_role: str | None = None
    task_type: str | None = None  # of a routed task


@dataclass(frozen=True, slots=True)
class DecisionState:
    """A decision in the journal: where it stands, and what took its place."""

    task_id: str | None
    category: str
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class SessionState:
    """A session as of its event `last_seq`; 0 before the first."""

    name: str = ""
    pipeline: str = ""
    status: str = "pending"
    outcome: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    last_seq: int = 0
    tasks: Mapping[str, TaskState] = field(default_factory=dict)
    decisions: Mapping[str, DecisionState] = field(default_factory=dict)
    artifacts: Mapping[str, str] = field(default_factory=dict)  # id -> task id
    snapshots: Mapping[str, str] = field(default_factory=dict)  # id -> task id
    approvals: Mapping[str, str] = field(default_factory=dict)  # id -> status


def apply(state: SessionState, event: Event) -> tuple[SessionState, Patch]:
    """Return the state after `event`, and the patch that leads there.

    Raises `ValueError` when the event is not the next one: a fold must never skip.
    """
    if event.seq != state.last_seq + 1:
        raise ValueError(f"event {event.seq} does not follow {state.last_seq}")
    changed = _HANDLERS[type(event.body)](state, event.body, event.at)
    after = replace(changed, last_seq=event.seq)
    return after, diff(state, after)


def fold(events: Iterable[Event], start: SessionState | None = None) -> SessionState:
    """Apply events in order; `start` is a checkpoint, or the beginning."""
    state = start or SessionState()
    for event in events:
        state, _ = apply(state, event)
    return state


def to_json(value: Any) -> Any:
    """Return a state, or a part of one, as JSON-able values; times are ISO 8601."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: to_json(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [to_json(inner) for inner in value]
    if isinstance(value, SessionState | TaskState | DecisionState):
        pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {name: to_json(inner) for name, inner in pairs if inner is not None}
    return value


def diff(before: SessionState, after: SessionState) -> Patch:
    """Return the merge patch from one state to a later one of the same session."""
    return _diff_parts(before, after)


def merge(document: Patch, patch: Patch) -> Patch:
    """Apply a merge patch to a JSON document (RFC 7396) and return the new document."""
    merged = dict(document)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            inner = merged.get(key)
            merged[key] = merge(inner if isinstance(inner, dict) else {}, value)
        else:
            merged[key] = value
    return merged


def _diff_parts(before: Any, after: Any) -> Patch:
    patch: Patch = {}
    for spec in fields(after):
        old, new = getattr(before, spec.name), getattr(after, spec.name)
        if old is new or old == new:
            continue
        if isinstance(new, Mapping):
            patch[spec.name] = {
                key: _diff_parts(old[key], value)
                if key in old and isinstance(value, TaskState | DecisionState)
                else to_json(value)
                for key, value in new.items()
                if key not in old or old[key] != value
            }
        else:
            patch[spec.name] = to_json(new)
    return patch


Handler = Callable[[SessionState, Any, datetime], SessionState]
_HANDLERS: dict[type[EventBody], Handler] = {}


def _handles(*types: type[EventBody]) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        for type_ in types:
            _HANDLERS[type_] = handler
        return handler

    return register


def _with_task(state: SessionState, task_id: str, **changes: Any) -> SessionState:
    task = replace(state.tasks[task_id], **changes)
    return replace(state, tasks={**state.tasks, task_id: task})


@_handles(ev.SessionLaunched)
def _launched(state: SessionState, body: ev.SessionLaunched, at: datetime) -> SessionState:
    tasks = {t.task_id: TaskState(t.role, t.after, t.executor) for t in body.tasks}
    return replace(
        state,
        name=body.name,
        pipeline=body.pipeline,
        status=body.status,
        started_at=at if body.status == "active" else None,
        tasks=tasks,
    )


@_handles(ev.SessionActivated)
def _activated(state: SessionState, body: ev.SessionActivated, at: datetime) -> SessionState:
    return replace(state, status="active", started_at=at)


@_handles(ev.SessionChanged)
def _changed(state: SessionState, body: ev.SessionChanged, at: datetime) -> SessionState:
    return state if body.name is None else replace(state, name=body.name)


@_handles(ev.SessionPaused)
def _paused(state: SessionState, body: ev.SessionPaused, at: datetime) -> SessionState:
    return replace(state, status="paused")


@_handles(ev.SessionResumed)
def _resumed(state: SessionState, body: ev.SessionResumed, at: datetime) -> SessionState:
    return replace(state, status="active")


@_handles(ev.SessionCompleted)
def _completed(state: SessionState, body: ev.SessionCompleted, at: datetime) -> SessionState:
    return replace(state, status="completed", outcome=body.outcome, ended_at=at)


@_handles(ev.SessionFailed)
def _failed(state: SessionState, body: ev.SessionFailed, at: datetime) -> SessionState:
    tasks = {
        task_id: replace(task, status="blocked", due_at=None) if task.status == "ready" else task
        for task_id, task in state.tasks.items()
    }
    return replace(state, status="failed", ended_at=at, tasks=tasks)


@_handles(ev.SessionCancelled)
def _cancelled(state: SessionState, body: ev.SessionCancelled, at: datetime) -> SessionState:
    return replace(state, status="cancelled", ended_at=at)


@_handles(ev.SessionExpired)
def _expired(state: SessionState, body: ev.SessionExpired, at: datetime) -> SessionState:
    return replace(state, status="expired", ended_at=at)


@_handles(ev.SessionRetried)
def _retried(state: SessionState, body: ev.SessionRetried, at: datetime) -> SessionState:
    tasks = {
        task_id: replace(task, failures=0, crashes=0) if task_id in body.task_ids else task
        for task_id, task in state.tasks.items()
    }
    return replace(state, status="active", ended_at=None, tasks=tasks)


@_handles(ev.TaskRouted)
def _task_routed(state: SessionState, body: ev.TaskRouted, at: datetime) -> SessionState:
    task = TaskState(body.role, (), body.executor, task_type=body.task_type)
    return replace(state, tasks={**state.tasks, body.task_id: task})


@_handles(ev.TaskReady)
def _task_ready(state: SessionState, body: ev.TaskReady, at: datetime) -> SessionState:
    stopped = state.status == "failed"  # answered then; it starts when the session is retried
    return _with_task(
        state,
        body.task_id,
        status="blocked" if stopped else "ready",
        due_at=None if stopped else at,
        finished_at=None,
        error_code=None,
        error_message=None,
    )


@_handles(ev.TaskStarted)
def _task_started(state: SessionState, body: ev.TaskStarted, at: datetime) -> SessionState:
    return _with_task(
        state,
        body.task_id,
        status="running",
        attempt=body.attempt,
        started_at=at,
        finished_at=None,
        note=None,
    )


@_handles(ev.TaskNote)
def _task_note(state: SessionState, body: ev.TaskNote, at: datetime) -> SessionState:
    return _with_task(state, body.task_id, note=body.text)


@_handles(ev.TaskRetryScheduled)
def _task_retry(state: SessionState, body: ev.TaskRetryScheduled, at: datetime) -> SessionState:
    stopped = state.status == "failed"
    return _with_task(
        state,
        body.task_id,
        status="blocked" if stopped else "ready",
        failures=state.tasks[body.task_id].failures + 1,
        due_at=None if stopped else datetime.fromisoformat(body.due_at),
        error_code=body.error_code,
        error_message=body.error_message,
    )


@_handles(ev.TaskLeaseLost)
def _lease_lost(state: SessionState, body: ev.TaskLeaseLost, at: datetime) -> SessionState:
    stopped = state.status == "failed"
    return _with_task(
        state,
        body.task_id,
        status="blocked" if stopped else "ready",
        crashes=state.tasks[body.task_id].crashes + 1,
        due_at=None if stopped else at,
        error_code=body.error_code,
        error_message=body.error_message,
    )


@_handles(ev.TaskWaiting)
def _task_waiting(state: SessionState, body: ev.TaskWaiting, at: datetime) -> SessionState:
    return _with_task(
        state,
        body.task_id,
        status="waiting",
        approval_id=body.approval_id,
        due_at=None,
        finished_at=None,
        error_code=None,
        error_message=None,
    )


@_handles(ev.TaskCompleted)
def _task_completed(state: SessionState, body: ev.TaskCompleted, at: datetime) -> SessionState:
    return _with_task(
        state,
        body.task_id,
        status="completed",
        finished_at=at,
        due_at=None,
        error_code=None,
        error_message=None,
    )


@_handles(ev.TaskFailed)
def _task_failed(state: SessionState, body: ev.TaskFailed, at: datetime) -> SessionState:
    task = state.tasks[body.task_id]
    return _with_task(
        state,
        body.task_id,
        status="failed",
        failures=task.failures + (body.counts_as == "failure"),
        crashes=task.crashes + (body.counts_as == "crash"),
        finished_at=at,
        due_at=None,
        error_code=body.error_code,
        error_message=body.error_message,
    )


@_handles(ev.TaskCancelled)
def _task_cancelled(state: SessionState, body: ev.TaskCancelled, at: datetime) -> SessionState:
    return _with_task(state, body.task_id, status="cancelled", finished_at=at, due_at=None)


@_handles(ev.DecisionRecorded)
def _decision(state: SessionState, body: ev.DecisionRecorded, at: datetime) -> SessionState:
    decision = DecisionState(body.task_id, body.category)
    return replace(state, decisions={**state.decisions, body.decision_id: decision})


@_handles(ev.DecisionSuperseded)
def _superseded(state: SessionState, body: ev.DecisionSuperseded, at: datetime) -> SessionState:
    old = replace(state.decisions[body.decision_id], superseded_by=body.superseded_by)
    return replace(state, decisions={**state.decisions, body.decision_id: old})


@_handles(ev.ArtifactRecorded)
def _artifact(state: SessionState, body: ev.ArtifactRecorded, at: datetime) -> SessionState:
    return replace(state, artifacts={**state.artifacts, body.artifact_id: body.task_id})


@_handles(ev.SnapshotRecorded)
def _snapshot(state: SessionState, body: ev.SnapshotRecorded, at: datetime) -> SessionState:
    return replace(state, snapshots={**state.snapshots, body.snapshot_id: body.task_id})


@_handles(ev.ApprovalRequested)
def _approval(state: SessionState, body: ev.ApprovalRequested, at: datetime) -> SessionState:
    state = replace(state, approvals={**state.approvals, body.approval_id: "pending"})
    if body.task_id not in state.tasks:
        return state
    note = body.question or state.tasks[body.task_id].note
    return _with_task(state, body.task_id, approver_role=body.approver_role, note=note)


@_handles(ev.ApprovalDecided)
def _approval_decided(state: SessionState, body: ev.ApprovalDecided, at: datetime) -> SessionState:
    return replace(state, approvals={**state.approvals, body.approval_id: body.status})
