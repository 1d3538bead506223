"""Tasks: routed to roles; what they decided, knew and made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from sage_mode_client.call import Call, Id, get, json_of, post
from sage_mode_client.models.decisions import DecisionList
from sage_mode_client.models.tasks import (
    ArtifactList,
    Document,
    Routed,
    Snapshot,
    TaskDetail,
    TaskPage,
    TaskStatus,
    Work,
)

_NAME = re.compile(r'filename="([^"/\\]+)"')


def route_task(
    target: str,
    task: Work,
    *,
    context: Mapping[str, Any] | None = None,
    session_id: Id | None = None,
    team_id: Id | None = None,
    idempotency_key: Id | None = None,
) -> Call[Routed]:
    """Route a task to a role, in a session of its own or in one without a pipeline."""
    body = {
        "target": target,
        "task": task,
        "context": context,
        "session_id": session_id,
        "team_id": team_id,
    }
    return post("/tasks/route", json_of(Routed), body, key=idempotency_key)


def list_tasks(
    *,
    team_id: Id | None = None,
    session_id: Id | None = None,
    status: Sequence[TaskStatus] = (),
    role: str = "",
    cursor: str | None = None,
    limit: int = 20,
) -> Call[TaskPage]:
    """List tasks, newest first."""
    query = {
        "team_id": team_id,
        "session_id": session_id,
        "status": tuple(status),
        "role": role,
        "cursor": cursor,
        "limit": limit,
    }
    return get("/tasks", json_of(TaskPage), query=query)


def get_task(task_id: Id) -> Call[TaskDetail]:
    """Return a task with what it handed to those after it."""
    return get("/tasks/{task_id}", json_of(TaskDetail), task_id=task_id)


def list_task_decisions(task_id: Id) -> Call[DecisionList]:
    """List the tactical decisions of a task, in order."""
    return get("/tasks/{task_id}/decisions", json_of(DecisionList), task_id=task_id)


def get_snapshot(task_id: Id, *, attempt: int | None = None) -> Call[Snapshot]:
    """Return what an agent knew in an attempt of a task; without a number in the latest."""
    query = {"attempt": attempt}
    return get("/tasks/{task_id}/snapshot", json_of(Snapshot), query=query, task_id=task_id)


def list_artifacts(task_id: Id) -> Call[ArtifactList]:
    """List what a task made, without bodies."""
    return get("/tasks/{task_id}/artifacts", json_of(ArtifactList), task_id=task_id)


def get_artifact(artifact_id: Id) -> Call[Document]:
    """Return an artifact's body."""
    return get("/artifacts/{artifact_id}", _document, artifact_id=artifact_id)


def _document(answer: httpx.Response) -> Document:
    named = _NAME.search(answer.headers.get("content-disposition", ""))
    return Document(
        media_type=answer.headers.get("content-type", "application/octet-stream"),
        name=named[1] if named else "artifact",
        body=answer.content,
    )
