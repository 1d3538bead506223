"""Sessions: launched and listed; and how a session or a task stands."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from api.cursors import SESSIONS, read_moment_cursor
from api.payloads.payload import Request
from api.payloads.session import Launch, Session, SessionPage
from api.payloads.team import Team, TeamList
from api.rendering import session_of, session_page_of
from api.tools.tool import Call, Repeatable, reads, writes_once
from core.domain.lifecycle import SessionStatus
from core.domain.session import LaunchRequest
from core.services import accounts, browsing, launching

Words = Annotated[str, StringConstraints(max_length=200)]


class Nothing(Request):
    """Takes nothing."""


class LaunchSession(Launch, Repeatable):
    """A session to be launched on a brief."""

    pipeline: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "seven_roles"


class ListSessions(Request):
    """Which sessions."""

    team_id: UUID | None = Field(None, description="without it: of all your teams")
    status: list[SessionStatus] = Field([], max_length=20)
    role: Words = Field("", description="that has a task in it")
    text: Words = Field("", description="beginnings of words in name and brief")
    since: AwareDatetime | None = Field(None, description="launched then or later")
    until: AwareDatetime | None = Field(None, description="launched before")
    cursor: Words | None = Field(None, description="`next_cursor` of the page before")
    limit: int = Field(20, ge=1, le=100, strict=True)


@reads
def list_teams(call: Call, wanted: Nothing) -> TeamList:
    """List the teams that you work in; other tools want the id of one."""
    found = accounts.list_teams(call.principal)
    return TeamList(items=[Team.model_validate(one) for one in found])


@writes_once
def launch_session(call: Call, wanted: LaunchSession) -> Session:
    """Launch a session of a team on a brief: its roles begin to work at once.

    The brief says in a few sentences who needs what, and why. Look how it goes with fetch_status;
    read what came of it from the resource `sage://sessions/{id}/report`.
    """
    order = LaunchRequest(**wanted.model_dump(exclude={"idempotency_key"}), launch_key=call.act_key)
    return session_of(launching.launch_session(call.principal, order).session)


@reads
def list_sessions(call: Call, wanted: ListSessions) -> SessionPage:
    """List sessions of your teams, newest first."""
    query = browsing.SessionFilter(
        team_id=wanted.team_id,
        text=wanted.text,
        statuses=frozenset(wanted.status),
        role=wanted.role,
        since=wanted.since,
        until=wanted.until,
        after=None if wanted.cursor is None else read_moment_cursor(SESSIONS, wanted.cursor),
    )
    return session_page_of(browsing.walk_sessions(call.principal, query, rows=wanted.limit))


tools = (list_teams, launch_session, list_sessions)
