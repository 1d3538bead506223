"""Tasks: routed to roles; their decisions, their agent's state, what they made."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.calls import Caller, Route
from api.cursors import TASKS, read_moment_cursor
from api.documentation import READ, READS, SECURITY, WRITES, refusals
from api.drafts import route_of
from api.payloads import task as work
from api.payloads.decision import DecisionList
from api.payloads.task import ArtifactList, Routed, Snapshot, TaskDetail, TaskPage
from api.rendering import (
    artifact_of,
    decision_of,
    routed_of,
    snapshot_of,
    task_detail_of,
    task_page_of,
)
from api.repeats import act_key
from core.domain.lifecycle import TaskStatus
from core.services import browsing, inspecting, reading, routing

_router = APIRouter(tags=["tasks"], route_class=Route)
routers = (_router,)
_BIGGEST = 2**31 - 1
_TOKEN = r"[A-Za-z0-9!#$&^_.+-]{1,80}"
_MEDIA_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}(; ?{_TOKEN}={_TOKEN}){{0,4}}")
_PLAIN = "application/octet-stream"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


@_router.post("/tasks/route", status_code=202, **WRITES)
def route_task(caller: Caller, wanted: work.Route, request: Request, response: Response) -> Routed:
    """Route a task to a role, in a session of its own or in one without a pipeline."""
    routed = routing.route_task(caller, route_of(wanted, act_key(request)))
    response.headers["Location"] = f"/api/tasks/{routed.task.id}"
    return routed_of(routed)


@_router.get("/tasks", **READS)
def list_tasks(
    caller: Caller,
    team_id: Annotated[UUID | None, Query(description="without it: all of one's teams")] = None,
    session_id: Annotated[UUID | None, Query(description="without it: all sessions")] = None,
    status: Annotated[list[TaskStatus] | None, Query(description="repeat it for several")] = None,
    role: Annotated[str, Query(max_length=200, description="whose tasks")] = "",
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> TaskPage:
    """List tasks, newest first."""
    query = browsing.TaskFilter(
        team_id=team_id,
        session_id=session_id,
        statuses=frozenset(status or ()),
        role=role,
        after=None if cursor is None else read_moment_cursor(TASKS, cursor),
    )
    return task_page_of(browsing.walk_tasks(caller, query, rows=limit))


@_router.get("/tasks/{task_id}", **READS)
def get_task(caller: Caller, task_id: UUID) -> TaskDetail:
    """Return a task with what it was given, and what it handed to those after it."""
    return task_detail_of(inspecting.get_task(caller, task_id))


@_router.get("/tasks/{task_id}/decisions", **READS)
def list_decisions(caller: Caller, task_id: UUID) -> DecisionList:
    """List the tactical decisions of a task, in order."""
    found = inspecting.list_task_decisions(caller, task_id)
    return DecisionList(items=[decision_of(one) for one in found])


@_router.get("/tasks/{task_id}/snapshot", **READS)
def get_snapshot(
    caller: Caller,
    task_id: UUID,
    attempt: Annotated[
        int | None, Query(ge=1, le=_BIGGEST, description="without it: the latest")
    ] = None,
) -> Snapshot:
    """Return what an agent knew in an attempt of a task."""
    return snapshot_of(inspecting.inspect_task(caller, task_id, attempt))


@_router.get("/tasks/{task_id}/artifacts", **READS)
def list_artifacts(caller: Caller, task_id: UUID) -> ArtifactList:
    """List what a task made, without bodies."""
    found = inspecting.list_task_artifacts(caller, task_id)
    return ArtifactList(items=[artifact_of(one) for one in found])


@_router.get(
    "/artifacts/{artifact_id}",
    response_class=Response,
    responses={
        200: {
            "description": "The body, in its own media type",
            "content": {
                "*/*": {
                    "schema": {"type": "string"},
                    "example": "CREATE TABLE expense (id bigint PRIMARY KEY);",
                }
            },
        },
        **refusals(*READ),
    },
    openapi_extra={"security": SECURITY},
)
def get_artifact(caller: Caller, artifact_id: UUID) -> Response:
    """Return an artifact's body, to be saved and never to be shown in place."""
    found = reading.get_artifact(caller, artifact_id)
    media_type = found.media_type if _MEDIA_TYPE.fullmatch(found.media_type) else _PLAIN
    name = _UNSAFE.sub("-", found.slug)[:100] or "artifact"
    return Response(
        (found.body or "").encode(),
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
