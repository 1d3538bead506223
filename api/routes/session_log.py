"""A session's log: its events, its timeline, its replay."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from api.calls import Caller, Route
from api.documentation import FOLDS, READ, READS, SECURITY, refusals
from api.payloads.event import EVENT, EventPage, Lane, Moment, Replay, ReplayedTask, Timeline
from api.rendering import (
    artifact_of,
    decision_of,
    event_of,
    link_of,
    public_name,
    session_of,
    task_of,
)
from core.services import following, reading, replaying

_router = APIRouter(tags=["sessions"], route_class=Route)
routers = (_router,)
NDJSON = "application/x-ndjson"
_BIGGEST = 2**31 - 1


@_router.get(
    "/sessions/{session_id}/events",
    response_model=EventPage,
    responses={
        200: {
            "description": "Events in order; as NDJSON, one on each line",
            "content": {
                NDJSON: {"schema": {"type": "string"}, "example": f"{json.dumps(EVENT)}\n"}
            },
        },
        **refusals(*READ, 410),
    },
    openapi_extra={"security": SECURITY},
)
def list_events(
    caller: Caller,
    session_id: UUID,
    after: Annotated[int, Query(ge=0, le=_BIGGEST, description="the last number one has")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> EventPage | Response:
    """List a session's events after a number, in order; as NDJSON for who accepts that.

    410 when retention took some of these.
    """
    found = following.list_entries(caller, session_id, after_seq=after, limit=limit + 1)
    events = [event_of(one) for one in found[:limit]]
    if NDJSON in accept.lower():
        lines = "".join(f"{one.model_dump_json()}\n" for one in events)
        return Response(lines, media_type=NDJSON)
    return EventPage(
        items=events,
        last_seq=events[-1].seq if events else after,
        is_more=len(found) > limit,
    )


@_router.get("/sessions/{session_id}/timeline", **FOLDS)
def get_timeline(caller: Caller, session_id: UUID) -> Timeline:
    """Return what happened in a session, in words and in lanes over time."""
    found = replaying.get_replay(caller, session_id).timeline
    moments = [Moment.model_validate(one) for one in found.moments]
    for moment in moments:
        moment.type = public_name(moment.type)
    return Timeline(
        session_id=session_id,
        started_at=found.started_at,
        end_ms=found.end_ms,
        moments=moments,
        lanes=[Lane.model_validate(one) for one in found.lanes],
    )


@_router.get("/sessions/{session_id}/replay", **READS)
def get_replay(caller: Caller, session_id: UUID) -> Replay:
    """Return a session's tasks in order, each with its decisions, snapshots and artifacts."""
    found = reading.get_report(caller, session_id)

    def of(task_id: UUID, things: Iterable[Any]) -> list[Any]:
        return [one for one in things if one.task_id == task_id]

    return Replay(
        session=session_of(found.session),
        session_decisions=[decision_of(one) for one in found.decisions if one.task_id is None],
        tasks=[
            ReplayedTask(
                task=task_of(task),
                decisions=[decision_of(one) for one in of(task.id, found.decisions)],
                snapshots=[link_of(one) for one in of(task.id, found.snapshots)],
                artifacts=[artifact_of(one) for one in of(task.id, found.artifacts)],
            )
            for task in found.tasks
        ],
    )
