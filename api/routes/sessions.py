"""Sessions: made, listed, read, changed; and what is decided on them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import Response

from api.calls import Caller, Route
from api.cursors import SESSIONS, read_moment_cursor
from api.documentation import READS, WRITES
from api.drafts import draft_of, opening_of
from api.payloads.decision import Decision, DecisionTree, NewDecision
from api.payloads.session import Change, Launch, NewSession, Session, SessionDetail, SessionPage
from api.rendering import decision_of, session_of, session_page_of, session_values, task_of
from api.repeats import act_key
from core.domain.lifecycle import SessionStatus
from core.domain.routing import SessionChange
from core.domain.session import LaunchRequest
from core.services import browsing, control, journaling, launching, reading, routing

_router = APIRouter(tags=["sessions"], route_class=Route)
routers = (_router,)


@_router.post("/sessions", status_code=201, **WRITES)
def create_session(
    caller: Caller, wanted: NewSession, request: Request, response: Response
) -> Session:
    """Launch a session on a brief; without a pipeline make one that tasks are routed to."""
    if isinstance(wanted, Launch):
        order = LaunchRequest(**wanted.model_dump(), launch_key=act_key(request))
        session = launching.launch_session(caller, order).session
    else:
        session = routing.open_session(caller, opening_of(wanted, act_key(request))).session
    response.headers["Location"] = f"/api/sessions/{session.id}"
    return session_of(session)


@_router.get("/sessions", **READS)
def list_sessions(
    caller: Caller,
    team_id: Annotated[UUID | None, Query(description="without it: all of one's teams")] = None,
    status: Annotated[
        list[SessionStatus] | None, Query(description="repeat it for several")
    ] = None,
    role: Annotated[str, Query(max_length=200, description="that has a task in it")] = "",
    text: Annotated[
        str, Query(max_length=200, description="beginnings of words in name and brief")
    ] = "",
    since: Annotated[AwareDatetime | None, Query(description="launched then or later")] = None,
    until: Annotated[AwareDatetime | None, Query(description="launched before")] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> SessionPage:
    """List sessions, newest first."""
    query = browsing.SessionFilter(
        team_id=team_id,
        text=text,
        statuses=frozenset(status or ()),
        role=role,
        since=since,
        until=until,
        after=None if cursor is None else read_moment_cursor(SESSIONS, cursor),
    )
    return session_page_of(browsing.walk_sessions(caller, query, rows=limit))


@_router.get("/sessions/{session_id}", **READS)
def get_session(caller: Caller, session_id: UUID) -> SessionDetail:
    """Return a session with its brief, tasks and decisions."""
    found = reading.get_outline(caller, session_id)
    return SessionDetail(
        **session_values(found.session),
        brief=found.brief,
        tasks=[task_of(one) for one in found.tasks],
        decisions=[decision_of(one) for one in found.decisions],
    )


@_router.put("/sessions/{session_id}", **WRITES)
def change_session(caller: Caller, session_id: UUID, wanted: Change) -> Session:
    """Change a session's status, name or metadata; what is so already stays as it is."""
    change = SessionChange(wanted.status, wanted.task, wanted.metadata)
    return session_of(control.change_session(caller, session_id, change))


@_router.get("/sessions/{session_id}/decisions", **READS)
def get_decisions(caller: Caller, session_id: UUID) -> DecisionTree:
    """Return a session's decisions as a tree: the strategic ones, then those of each task."""
    return DecisionTree.model_validate(journaling.decision_tree(caller, session_id))


@_router.post("/sessions/{session_id}/decisions", status_code=201, **WRITES)
def record_decision(
    caller: Caller, session_id: UUID, wanted: NewDecision, request: Request
) -> Decision:
    """Record a strategic decision; tasks that start later are guided by it."""
    draft = draft_of(wanted, strategic=True)
    decision_id = journaling.record_decision(
        caller, session_id, draft, supersedes_id=wanted.supersedes_id, act_key=act_key(request)
    )
    return decision_of(journaling.get_entry(caller, decision_id).entry.decision)
