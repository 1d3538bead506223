"""Compares a session's log with its tables: `fold(events)` must equal them exactly.

Everything is read in one statement, so that it may be asked at any time, also while workers write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from core.domain.events import Event, decode_body
from core.domain.lifecycle import FINAL_SESSION
from core.domain.session_state import SessionState, fold

_EVERYTHING = text(
    """
    SELECT
      (SELECT to_jsonb(head) FROM session_heads AS head
        WHERE head.session_id = :id) AS head,
      (SELECT to_jsonb(session) - 'brief' FROM execution_sessions AS session
        WHERE session.id = :id) AS session,
      (SELECT jsonb_agg(to_jsonb(task) - 'output' - 'input' - 'instructions')
         FROM agent_tasks AS task WHERE task.session_id = :id) AS tasks,
      (SELECT jsonb_agg(to_jsonb(event) ORDER BY event.seq)
         FROM session_events AS event WHERE event.session_id = :id) AS events,
      (SELECT jsonb_agg(to_jsonb(snapshot) - 'context' - 'execution' - 'capabilities')
         FROM agent_snapshots AS snapshot WHERE snapshot.session_id = :id) AS snapshots,
      (SELECT jsonb_agg(jsonb_build_object('id', artifact.id, 'task_id', artifact.task_id))
         FROM artifacts AS artifact WHERE artifact.session_id = :id) AS artifacts,
      (SELECT jsonb_agg(jsonb_build_object('id', taken.id, 'supersedes_id', taken.supersedes_id))
         FROM session_decisions AS taken WHERE taken.session_id = :id) AS strategic,
      (SELECT jsonb_agg(jsonb_build_object('id', taken.id, 'task_id', taken.task_id))
         FROM task_decisions AS taken WHERE taken.session_id = :id) AS tactical,
      (SELECT jsonb_agg(jsonb_build_object('id', one.id, 'status', one.status,
                                           'task_id', one.task_id))
         FROM approvals AS one WHERE one.session_id = :id) AS approvals
    """
)

_TASK_VALUES = ("role", "executor", "status", "attempt", "failures", "crashes")
_TASK_TIMES = ("due_at", "started_at", "finished_at")


def difference(db: Connection, session_id: UUID) -> list[str]:
    """Return what of a session's log and tables does not fit; empty when all does."""
    found = db.execute(_EVERYTHING, {"id": session_id}).one()._mapping
    if found["head"] is None or found["session"] is None:
        return [f"session {session_id} has no head or no row"]
    if gone := found["head"]["events_gone_to_seq"]:
        # Retention took the log: there is nothing to fold, and no event may come any more.
        return list(_after_retention(gone, found))
    events = [
        Event(session_id, row["seq"], _time(row["at"]), decode_body(row["type"], row["payload"]))
        for row in found["events"] or []
    ]
    problems = list(_numbering(events, found["head"]["last_seq"]))
    if problems:
        return problems  # what cannot be folded cannot be compared
    state = fold(events)
    return [
        *_order(events),
        *_session(state, found["head"], found["session"]),
        *_tasks(state, found["tasks"] or []),
        *_journal(state, found),
        *_snapshots(state, found["tasks"] or [], found["snapshots"] or []),
        *_approvals(state, found["approvals"] or []),
    ]


def _after_retention(gone: int, found: Mapping[str, Any]) -> Iterator[str]:
    yield from _unequal("events that are gone", gone, found["head"]["last_seq"])
    if found["session"]["ended_at"] is None:
        yield "an unfinished session has lost its events"
    if found["session"]["details_gone_at"] is not None:
        for name in ("events", "snapshots", "artifacts"):
            yield from _unequal(name, None, found[name])


def _numbering(events: list[Event], last_seq: int) -> Iterator[str]:
    numbers = [event.seq for event in events]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"event numbers have a gap: {numbers}"
    if last_seq != len(numbers):
        yield f"the head stands at {last_seq}, the log at {len(numbers)}"


def _order(events: list[Event]) -> Iterator[str]:
    for before, after in pairwise(events):
        if after.at < before.at:
            yield f"event {after.seq} is older than the one before it"
    state = SessionState()
    for event in events:
        if state.status in FINAL_SESSION:
            yield f"event {event.seq} ({event.type}) came after the session was {state.status}"
        state = fold([event], state)


def _session(state: SessionState, head: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[str]:
    yield from _unequal("session status", state.status, head["status"])
    yield from _unequal("session outcome", state.outcome, row["outcome"])
    yield from _unequal("session start", state.started_at, _time(row["started_at"]))
    yield from _unequal("session end", state.ended_at, _time(row["ended_at"]))


def _tasks(state: SessionState, rows: list[Mapping[str, Any]]) -> Iterator[str]:
    by_id = {row["id"]: row for row in rows}
    yield from _unequal("task ids", set(state.tasks), set(by_id))
    for task_id, task in state.tasks.items():
        row = by_id.get(task_id)
        if row is None:
            continue
        for name in _TASK_VALUES:
            yield from _unequal(f"{task.role} {name}", getattr(task, name), row[name])
        for name in _TASK_TIMES:
            yield from _unequal(f"{task.role} {name}", getattr(task, name), _time(row[name]))


def _journal(state: SessionState, found: Mapping[str, Any]) -> Iterator[str]:
    strategic, tactical = found["strategic"] or [], found["tactical"] or []
    places = {row["id"]: None for row in strategic} | {
        row["id"]: row["task_id"] for row in tactical
    }
    folded = {key: decision.task_id for key, decision in state.decisions.items()}
    yield from _unequal("decisions", folded, places)
    superseded = {row["supersedes_id"]: row["id"] for row in strategic if row["supersedes_id"]}
    said = {key: d.superseded_by for key, d in state.decisions.items() if d.superseded_by}
    yield from _unequal("superseded decisions", said, superseded)
    artifacts = {row["id"]: row["task_id"] for row in found["artifacts"] or []}
    yield from _unequal("artifacts", dict(state.artifacts), artifacts)


def _snapshots(
    state: SessionState, tasks: list[Mapping[str, Any]], rows: list[Mapping[str, Any]]
) -> Iterator[str]:
    closed = {row["id"]: row["task_id"] for row in rows if row["ended_at"] is not None}
    yield from _unequal("snapshots", dict(state.snapshots), closed)
    for task in tasks:
        of_task = {row["attempt"]: row for row in rows if row["task_id"] == task["id"]}
        attempts = set(range(1, task["attempt"] + 1))
        yield from _unequal(f"{task['role']} attempts with a snapshot", set(of_task), attempts)
        running = {task["attempt"]} if task["status"] == "running" else set()
        open_ones = {number for number, row in of_task.items() if row["ended_as"] is None}
        yield from _unequal(f"{task['role']} open snapshots", open_ones, running)


def _approvals(state: SessionState, rows: list[Mapping[str, Any]]) -> Iterator[str]:
    stored = {row["id"]: row["status"] for row in rows}
    yield from _unequal("approvals", dict(state.approvals), stored)
    asking = {row["task_id"] for row in rows if row["status"] == "pending"}
    waiting = {key for key, task in state.tasks.items() if task.status == "waiting"}
    yield from _unequal("tasks that wait, and that ask", waiting, asking)


def _unequal(what: str, folded: object, stored: object) -> Iterator[str]:
    if folded != stored:
        yield f"{what}: the log says {folded}, the tables say {stored}"


def _time(value: str | None) -> Any:
    return None if value is None else datetime.fromisoformat(value)
