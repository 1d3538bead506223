"""`./sage cancel`, `pause`, `resume`, `end` and `retry`: steering a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import typer

from cli import services
from cli.acting import demand_database, find_principal
from cli.options import AsJson, AsUser, SessionId
from cli.shapes import session_shape
from cli.summary import put_summary
from cli.terminal import put_json
from core.domain.access import UserPrincipal
from core.domain.session import Session

Act = Callable[[UserPrincipal, UUID], Session]


def cancel(
    session: SessionId,
    reason: Annotated[str, typer.Option(help="Why; it stands in the session's log.")] = "",
    as_user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Cancel a session: what runs is stopped, what has finished stays."""

    def act(principal: UserPrincipal, session_id: UUID) -> Session:
        return services.control.cancel_session(principal, session_id, reason)

    steer(session, as_user, as_json, act)


def pause(session: SessionId, as_user: AsUser = None, as_json: AsJson = False) -> None:
    """Pause a session: no further role starts; what runs goes on."""
    steer(session, as_user, as_json, services.control.pause_session)


def resume(session: SessionId, as_user: AsUser = None, as_json: AsJson = False) -> None:
    """Let a paused session go on."""
    steer(session, as_user, as_json, services.control.resume_session)


def end(session: SessionId, as_user: AsUser = None, as_json: AsJson = False) -> None:
    """Complete a session early; refused while a role is at work."""
    steer(session, as_user, as_json, services.control.end_session)


def retry(session: SessionId, as_user: AsUser = None, as_json: AsJson = False) -> None:
    """Take up a failed session from the failed role on."""
    steer(session, as_user, as_json, services.control.retry_session)


def steer(session: str, as_user: str | None, as_json: bool, act: Act) -> None:
    """Act on a session, and tell how it stands then."""
    demand_database()
    principal = find_principal(as_user)
    session_id = services.reading.find_session_id(principal, session)
    after = act(principal, session_id)
    tasks = services.reading.list_tasks(principal, session_id)
    if as_json:
        put_json(session_shape(after, tasks))
    else:
        put_summary(after, tasks)
