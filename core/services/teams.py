"""Teams: made, named, shared, archived, restored.

Whoever manages a team holds its row, so that two at once come one after the other. A right is
asked about before the row is held, so that no stranger holds it, and once more after.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal, TeamRole, UserPrincipal
from core.domain.people import Team
from core.domain.team import (
    MOST_TEAMS,
    check_description,
    check_team_name,
)
from core.errors import Conflict, NotAllowed, NotFound, RedisUnavailable
from core.ids import new_id
from core.services.auditing import note
from core.services.permission import demand, demand_kept
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.logins import announce_removal
from core.store import invitations, operations, people, teams

log = logging.getLogger(__name__)

_NAME_TAKEN = "The owner has another team of that name."
_ANOTHER_NAME = "Choose another name."


def create_team(
    principal: Principal,
    name: str,
    *,
    description: str = "",
    is_shared: bool = False,
    act_key: str | None = None,
) -> Team:
    """Create a team that the principal owns; raises `InvalidInput` or `Conflict`.

    With an `act_key` that was used, return the team that was created with it.
    """
    if not isinstance(principal, UserPrincipal):
        raise NotAllowed("Only a person creates a team.")
    owner_id = principal.user_id
    checked, about = check_team_name(name), check_description(description)
    team_id = new_id()

    def work(db: Connection) -> Team:
        if people.get_user(db, owner_id) is None:
            raise NotFound
        owned = teams.lock_owned(db, owner_id)
        made = next((team for team in owned if team.id == team_id), None)
        if made is not None:  # by a try whose answer was lost
            return made
        made = teams.find_created(db, principal, act_key) if act_key else None
        if made is not None:  # by a run that died before it was answered
            return made
        if len(owned) >= MOST_TEAMS:
            raise Conflict(
                f"You own {MOST_TEAMS} teams; that is the most.", hint="Hand one over first."
            )
        if not people.insert_team(
            db,
            team_id=team_id,
            owner_id=owner_id,
            name=checked,
            is_shared=is_shared,
            act_key=act_key,
        ):
            raise Conflict(_NAME_TAKEN, hint=_ANOTHER_NAME)
        teams.change_team(db, team_id, description=about)
        if is_shared:
            teams.put_member(db, team_id, owner_id, TeamRole.OWNER)
        note(db, principal, "team.created", team_id=team_id, subject=checked)
        return Team(team_id, owner_id, checked, is_shared, about)

    return transact(work)


def rename_team(principal: Principal, team_id: UUID, name: str) -> Team:
    """Give a team another name; raises `InvalidInput`, `NotFound`, `NotAllowed`, `Conflict`."""
    return change_team(principal, team_id, name=name)


def describe_team(principal: Principal, team_id: UUID, description: str) -> Team:
    """Say what a team is for; raises `InvalidInput`, `NotFound` or `NotAllowed`."""
    return change_team(principal, team_id, description=description)


def change_team(
    principal: Principal,
    team_id: UUID,
    *,
    name: str | None = None,
    description: str | None = None,
) -> Team:
    """Give a team another name, say what it is for, or both or neither of them.

    Raises `InvalidInput`, `NotFound`, `NotAllowed`, `Conflict`; then nothing is changed.
    """
    wanted: dict[str, dict[str, str]] = {}
    if name is not None:
        wanted["team.renamed"] = {"name": check_team_name(name)}
    if description is not None:
        wanted["team.described"] = {"description": check_description(description)}

    def work(db: Connection) -> Team:
        team = hold_team(db, principal, team_id, Action.MANAGE)
        for kind, values in wanted.items():
            if not _is_so(team, values):
                team = _changed(db, principal, team, kind, **values)
        return team

    return transact(work)


def share_team(principal: Principal, team_id: UUID) -> Team:
    """Let others be invited into a team; its owner becomes its first member."""

    def effect(db: Connection, team: Team) -> None:
        teams.put_member(db, team_id, team.owner_id, TeamRole.OWNER)

    return _change(principal, team_id, "team.shared", effect, is_shared=True)


def unshare_team(principal: Principal, team_id: UUID) -> Team:
    """Make a team its owner's alone: everybody else is removed, nobody stays invited."""
    gone: list[UUID] = []

    def effect(db: Connection, team: Team) -> None:
        gone[:] = teams.delete_other_members(db, team_id, team.owner_id)
        for user_id in gone:
            note(db, principal, "member.removed", team_id=team_id, subject=str(user_id))
        invitations.withdraw_all(db, team_id, operations.clock(db))

    team = _change(principal, team_id, "team.unshared", effect, is_shared=False)
    announce_departures(team_id, gone)
    return team


def archive_team(principal: Principal, team_id: UUID) -> Team:
    """Keep a team for reading only; raises `Conflict` for somebody's only personal team."""

    def work(db: Connection) -> Team:
        demand_kept(db, principal, team_id, Action.MANAGE)
        team = teams.get_team(db, principal, team_id)
        if team is None:
            raise NotFound
        # Two personal teams at once must not both count on the other one.
        owned = {one.id: one for one in teams.lock_owned(db, team.owner_id)}
        if team_id not in owned:
            raise Conflict
        demand_kept(db, principal, team_id, Action.MANAGE)
        team = owned[team_id]
        if team.archived_at is not None:
            return team
        others = (one for one in owned.values() if one.id != team_id and not one.is_shared)
        if not team.is_shared and all(one.archived_at is not None for one in others):
            raise Conflict(
                "This is the only personal team that is left.", hint="Create another one first."
            )
        return _changed(db, principal, team, "team.archived", archived_at=operations.clock(db))

    return transact(work)


def restore_team(principal: Principal, team_id: UUID) -> Team:
    """Let an archived team be worked in again."""

    def work(db: Connection) -> Team:
        team = hold_team(db, principal, team_id, Action.MANAGE, if_archived=True)
        if team.archived_at is None:
            return team
        return _changed(db, principal, team, "team.restored", archived_at=None)

    return transact(work)


def hold_team(
    db: Connection,
    principal: Principal,
    team_id: UUID,
    action: Action,
    *,
    if_archived: bool = False,
) -> Team:
    """Return a team in which the principal may do `action`, held until the transaction ends."""
    ask = demand_kept if if_archived else demand
    ask(db, principal, team_id, action)
    team = teams.lock_team(db, team_id)
    ask(db, principal, team_id, action)
    if team is None:
        raise NotFound
    return team


def announce_departures(team_id: UUID, user_ids: Iterable[UUID]) -> None:
    """Tell the open pages of people who left a team; call it after the commit.

    When Redis is away they are asked about anew as soon as it is back.
    """
    url = get_settings().redis_url
    try:
        for user_id in user_ids if url else ():
            announce_removal(url or "", user_id, team_id)
    except RedisUnavailable as error:
        log.warning("a removal was not announced: %s", error)


def _change(
    principal: Principal,
    team_id: UUID,
    kind: str,
    effect: Callable[[Connection, Team], None] | None = None,
    **values: Any,
) -> Team:
    def work(db: Connection) -> Team:
        team = hold_team(db, principal, team_id, Action.MANAGE)
        if _is_so(team, values):
            return team  # as it is already, be it by a try whose answer was lost
        if effect is not None:
            effect(db, team)
        return _changed(db, principal, team, kind, **values)

    return transact(work)


def _is_so(team: Team, values: Mapping[str, Any]) -> bool:
    return all(getattr(team, name) == value for name, value in values.items())


def _changed(db: Connection, principal: Principal, team: Team, kind: str, **values: Any) -> Team:
    if not teams.change_team(db, team.id, **values):
        raise Conflict(_NAME_TAKEN, hint=_ANOTHER_NAME)
    details = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
    note(db, principal, kind, team_id=team.id, subject=team.name, details=details)
    return replace(team, **values)
