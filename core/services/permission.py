"""Asking `core.domain.access` about a principal and a team, inside a use case."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import (
    Action,
    Principal,
    SystemPrincipal,
    is_for_every_role,
    require,
)
from core.domain.session import Session
from core.errors import NotFound
from core.store import people, sessions


def demand(db: Connection, principal: Principal, team_id: UUID, action: Action) -> None:
    """Raise unless the principal may do `action` in a team: `NotFound` or `NotAllowed`."""
    if isinstance(principal, SystemPrincipal):
        return
    require(people.team_role(db, team_id, principal.user_id), action)


def demand_session(
    db: Connection, principal: Principal, session_id: UUID, action: Action
) -> Session:
    """Return a session on which the principal may do `action`; raises as `demand` does."""
    session = sessions.get_session(db, principal, session_id)
    if session is None:
        raise NotFound("There is no such session in your teams.")
    if not is_for_every_role(action):  # it was found, so the principal has a place in its team
        demand(db, principal, session.team_id, action)
    return session
