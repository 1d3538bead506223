"""Sessions: launched, listed, read, steered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sage_mode_client.call import Call, Id, Repeats, change, get, json_of, post, post_once
from sage_mode_client.models.decisions import Confidence, Decision, DecisionTree, NewAlternative
from sage_mode_client.models.export import Export
from sage_mode_client.models.retention import RetentionPlan
from sage_mode_client.models.sessions import (
    ChangedStatus,
    EventPage,
    Replay,
    Session,
    SessionDetail,
    SessionPage,
    SessionStatus,
    Ticket,
    Timeline,
)


def launch(
    team_id: Id,
    feature_name: str,
    brief: str,
    *,
    pipeline: str = "seven_roles",
    executor: str | None = None,
    input: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    idempotency_key: Id | None = None,
) -> Call[Session]:
    """Launch a session on a brief."""
    body = {
        "team_id": team_id,
        "feature_name": feature_name,
        "brief": brief,
        "pipeline": pipeline,
        "executor": executor,
        "input": input,
        "metadata": metadata,
    }
    return post("/sessions", json_of(Session), body, key=idempotency_key)


def open_session(
    *,
    team_id: Id | None = None,
    task: str | None = None,
    feature_name: str | None = None,
    brief: str | None = None,
    role: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    idempotency_key: Id | None = None,
) -> Call[Session]:
    """Make a session without a pipeline: pending, until a task is routed to it."""
    body = {
        "team_id": team_id,
        "task": task,
        "feature_name": feature_name,
        "brief": brief,
        "role": role,
        "metadata": metadata,
    }
    return post("/sessions", json_of(Session), body, key=idempotency_key)


def list_sessions(
    *,
    team_id: Id | None = None,
    status: Sequence[SessionStatus] = (),
    role: str = "",
    text: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Call[SessionPage]:
    """List sessions, newest first."""
    query = {
        "team_id": team_id,
        "status": tuple(status),
        "role": role,
        "text": text,
        "since": since,
        "until": until,
        "cursor": cursor,
        "limit": limit,
    }
    return get("/sessions", json_of(SessionPage), query=query)


def get_session(session_id: Id) -> Call[SessionDetail]:
    """Return a session with its brief, tasks and decisions."""
    return get("/sessions/{session_id}", json_of(SessionDetail), session_id=session_id)


def change_session(
    session_id: Id,
    *,
    status: ChangedStatus | None = None,
    task: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Call[Session]:
    """Change a session's name, metadata (merged; None in it removes a key) or status.

    With a status it is sent again only where nothing was heard: `pause` and its like take a key.
    """
    body = {"status": status, "task": task, "metadata": metadata}
    call = change("PUT", "/sessions/{session_id}", json_of(Session), body, session_id=session_id)
    return call if status is None else replace(call, repeats=Repeats.NEVER)


def get_decisions(session_id: Id) -> Call[DecisionTree]:
    """Return a session's decisions as a tree: the strategic ones, then those of each task."""
    return get("/sessions/{session_id}/decisions", json_of(DecisionTree), session_id=session_id)


def record_decision(
    session_id: Id,
    text: str,
    rationale: str,
    category: str,
    *,
    confidence: Confidence = "medium",
    alternatives: Sequence[NewAlternative] = (),
    evidence: Sequence[str] = (),
    revisit_trigger: str | None = None,
    supersedes_id: Id | None = None,
    idempotency_key: Id | None = None,
) -> Call[Decision]:
    """Record a strategic decision; tasks that start later are guided by it."""
    body = {
        "text": text,
        "rationale": rationale,
        "category": category,
        "confidence": confidence,
        "alternatives": alternatives,
        "evidence": evidence,
        "revisit_trigger": revisit_trigger,
        "supersedes_id": supersedes_id,
    }
    path = "/sessions/{session_id}/decisions"
    return post(path, json_of(Decision), body, key=idempotency_key, session_id=session_id)


def list_events(session_id: Id, *, after: int = 0, limit: int = 500) -> Call[EventPage]:
    """List a session's events after a number, in order; `events` reads them all."""
    query = {"after": after, "limit": limit}
    path = "/sessions/{session_id}/events"
    return get(path, json_of(EventPage), query=query, session_id=session_id)


def make_ticket(session_id: Id) -> Call[Ticket]:
    """Make a ticket that opens a session's socket once, for who cannot send a header with it."""
    return post_once("/ws/tickets", json_of(Ticket), {"session_id": session_id})


def get_timeline(session_id: Id) -> Call[Timeline]:
    """Return what happened in a session, in words and in lanes over time."""
    return get("/sessions/{session_id}/timeline", json_of(Timeline), session_id=session_id)


def get_replay(session_id: Id) -> Call[Replay]:
    """Return a session's tasks in order, each with its decisions, snapshots and artifacts."""
    return get("/sessions/{session_id}/replay", json_of(Replay), session_id=session_id)


def export_session(session_id: Id) -> Call[Export]:
    """Return a session with all that it left, as one document; the audit notes who took it."""
    return get("/sessions/{session_id}/export", json_of(Export), session_id=session_id)


def pause(session_id: Id, *, idempotency_key: Id | None = None) -> Call[Session]:
    """Claim nothing new; what runs goes on and records."""
    return _steer("pause", session_id, idempotency_key)


def resume(session_id: Id, *, idempotency_key: Id | None = None) -> Call[Session]:
    """Let a paused session's tasks be claimed again."""
    return _steer("resume", session_id, idempotency_key)


def cancel(session_id: Id, *, reason: str = "", idempotency_key: Id | None = None) -> Call[Session]:
    """Stop a session for good; what has finished stays."""
    return _steer("cancel", session_id, idempotency_key, {"reason": reason})


def end(session_id: Id, *, idempotency_key: Id | None = None) -> Call[Session]:
    """Complete a session early; refused while a task runs."""
    return _steer("end", session_id, idempotency_key)


def retry(session_id: Id, *, idempotency_key: Id | None = None) -> Call[Session]:
    """Take a failed session up again from the failed task on."""
    return _steer("retry", session_id, idempotency_key)


def pin(session_id: Id, *, idempotency_key: Id | None = None) -> Call[Session]:
    """Keep a session's events, snapshots and artifacts for good; raises `Gone`."""
    return _steer("pin", session_id, idempotency_key)


def unpin(session_id: Id) -> Call[Session]:
    """Leave a session to retention again."""
    return change("DELETE", "/sessions/{session_id}/pin", json_of(Session), session_id=session_id)


def get_retention(team_id: Id, *, limit: int = 20) -> Call[RetentionPlan]:
    """Tell which sessions will expire, which will lose their details, and when."""
    return get("/retention", json_of(RetentionPlan), query={"team_id": team_id, "limit": limit})


def _steer(
    act: str, session_id: Id, key: Id | None, body: Mapping[str, Any] | None = None
) -> Call[Session]:
    path = f"/sessions/{{session_id}}/{act}"
    return post(path, json_of(Session), body, key=key, session_id=session_id)
