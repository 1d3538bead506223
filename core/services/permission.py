"""Asking `core.domain.access` about a principal and a team, inside a use case."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import (
    ON_ARCHIVED,
    Action,
    Principal,
    SystemPrincipal,
    TokenPrincipal,
    UserPrincipal,
    is_for_every_role,
    may_answer,
    reaches,
    require,
    require_scope,
)
from core.domain.session import Session
from core.domain.team import Place
from core.errors import NotAllowed, NotFound, TeamArchived
from core.store import places, sessions, teams

ReadPlace = Callable[[Connection, UUID, UUID], Place]


def demand(db: Connection, principal: Principal, team_id: UUID, action: Action) -> None:
    """Raise unless the principal may do `action` in a team: `NotFound` or `NotAllowed`.

    In an archived team only what `ON_ARCHIVED` names is left to do: else `TeamArchived`.
    """
    if not isinstance(principal, SystemPrincipal):
        _demand_alive(_place(db, principal, team_id, action), action)


def demand_held(db: Connection, principal: Principal, team_id: UUID, action: Action) -> None:
    """Raise as `demand` does; what it allowed stays allowed until the transaction ends."""
    if not isinstance(principal, SystemPrincipal):
        place = _place(db, principal, team_id, action, read=places.hold_place)
        _demand_alive(place, action)


def demand_approver(db: Connection, principal: Principal, team_id: UUID, wanted: str) -> None:
    """Raise unless the principal may answer approvals that ask for a `wanted` approver role.

    What it allowed stays allowed until the transaction ends.
    """
    if isinstance(principal, SystemPrincipal):
        raise NotAllowed("Sage Mode itself answers no approval.", hint="Answer it as a person.")
    place = _place(db, principal, team_id, Action.APPROVE, read=places.hold_place)
    _demand_alive(place, Action.APPROVE)
    held = teams.approver_roles(db, team_id, principal.user_id)
    if not may_answer(place.role, held, wanted):
        raise NotAllowed(
            f"This asks for the approver role '{wanted}', which you do not have in this team.",
            hint="An owner gives it on the page People and access, or answers in your place.",
        )


def demand_kept(db: Connection, principal: Principal, team_id: UUID, action: Action) -> None:
    """Raise as `demand` does, but not for an archived team: for archiving and restoring it."""
    if not isinstance(principal, SystemPrincipal):
        _place(db, principal, team_id, action)


def _place(
    db: Connection,
    principal: UserPrincipal | TokenPrincipal,
    team_id: UUID,
    action: Action,
    *,
    read: ReadPlace = teams.read_place,
) -> Place:
    if not reaches(principal, team_id):
        raise NotFound
    place = read(db, team_id, principal.user_id)
    _require(principal, place, action)
    return place


def _require(principal: UserPrincipal | TokenPrincipal, place: Place, action: Action) -> None:
    require(place.role, action)
    require_scope(principal, action)


def _demand_alive(place: Place, action: Action) -> None:
    if place.is_archived and action not in ON_ARCHIVED:
        raise TeamArchived


def acts_allowed(
    db: Connection, principal: Principal, team_id: UUID, wanted: Collection[Action]
) -> frozenset[Action]:
    """Return which of the `wanted` acts the principal may do in a team, asked once.

    Raises `NotFound` or `NotAllowed` unless it may read there.
    """
    if isinstance(principal, SystemPrincipal):
        return frozenset(wanted)
    place = _place(db, principal, team_id, Action.READ)

    def ask_place(action: Action) -> None:
        _require(principal, place, action)
        _demand_alive(place, action)

    return frozenset(one for one in wanted if _passes(ask_place, one))


def may(db: Connection, principal: Principal, team_id: UUID, action: Action) -> bool:
    """Tell whether the principal may do `action` in a team."""
    return _passes(partial(demand, db, principal, team_id), action)


def _passes(ask: Callable[[Action], None], action: Action) -> bool:
    try:
        ask(action)
    except (NotAllowed, NotFound, TeamArchived):
        return False
    return True


def demand_session(
    db: Connection, principal: Principal, session_id: UUID, action: Action
) -> Session:
    """Return a session on which the principal may do `action`; raises as `demand` does.

    Whoever acts on it keeps the right to until the transaction ends.
    """
    session = sessions.get_session(db, principal, session_id)
    if session is None:
        raise NotFound("There is no such session in your teams.")
    if not is_for_every_role(action):  # it was found, so the principal has a place in its team
        demand_held(db, principal, session.team_id, action)
    return session
