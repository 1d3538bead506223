"""Who is in a team: their roles, how they go, and to whom the team is handed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import SYSTEM, Action, Principal, SystemPrincipal, TeamRole, UserPrincipal
from core.domain.people import Team
from core.domain.team import Member, TeamPeople, check_approver_roles, check_given_role
from core.errors import Conflict, NotAllowed, NotFound
from core.ids import new_id
from core.services.auditing import note
from core.services.permission import demand, may
from core.services.teams import announce_departures, hold_team
from core.services.transaction import ask, ask_at_one_moment, transact
from core.store import invitations, operations, people, teams

_NO_MEMBER = "There is no such member in this team."


def read_people(principal: Principal, team_id: UUID) -> TeamPeople:
    """Return who is in a team, and to who may manage it also who is invited.

    Raises `NotFound`.
    """

    def work(db: Connection) -> TeamPeople:
        demand(db, principal, team_id, Action.READ)
        team = teams.get_team(db, principal, team_id)
        if team is None:
            raise NotFound
        role = None
        if not isinstance(principal, SystemPrincipal):
            role = teams.read_place(db, team_id, principal.user_id).role
        may_manage = may(db, principal, team_id, Action.MANAGE)
        invited = (
            invitations.list_open(db, principal, team_id, operations.clock(db))
            if may_manage
            else ()
        )
        members = teams.list_members(db, principal, team_id)
        return TeamPeople(team, role, tuple(members), tuple(invited), may_manage)

    return ask_at_one_moment(work)


def list_members(principal: Principal, team_id: UUID) -> list[Member]:
    """Return who is in a team, the owner first; raises `NotFound`."""

    def work(db: Connection) -> list[Member]:
        demand(db, principal, team_id, Action.READ)
        return teams.list_members(db, principal, team_id)

    return ask(work)


def change_role(principal: Principal, team_id: UUID, user_id: UUID, role: str) -> None:
    """Make a member a viewer, or the other way round.

    Raises `InvalidInput` for other roles, and `Conflict` for the owner, who hands over instead.
    """
    given = check_given_role(role)

    def work(db: Connection) -> None:
        team = hold_team(db, principal, team_id, Action.MANAGE)
        former = _demand_other(db, team, user_id)
        if former == given:
            return
        teams.put_member(db, team_id, user_id, given)
        details = {"from": former.value, "to": given.value}
        note(
            db,
            principal,
            "member.role_changed",
            team_id=team_id,
            subject=str(user_id),
            details=details,
        )

    transact(work)


def set_approver_roles(
    principal: Principal, team_id: UUID, user_id: UUID, roles: Iterable[str]
) -> tuple[str, ...]:
    """Say in the name of which roles a member answers approvals; returns them, cleaned."""
    checked = check_approver_roles(roles)

    def work(db: Connection) -> None:
        team = hold_team(db, principal, team_id, Action.MANAGE)
        role = TeamRole.OWNER
        if user_id != team.owner_id:
            role = _demand_other(db, team, user_id)
        teams.put_member(db, team_id, user_id, role, checked)
        note(
            db,
            principal,
            "member.approver_roles_changed",
            team_id=team_id,
            subject=str(user_id),
            details={"roles": list(checked)},
        )

    transact(work)
    return checked


def remove_member(principal: Principal, team_id: UUID, user_id: UUID) -> None:
    """Take somebody's access to a team away, at once; raises `Conflict` for the owner."""
    was_tried = False

    def work(db: Connection) -> None:
        nonlocal was_tried
        team = hold_team(db, principal, team_id, Action.MANAGE)
        if was_tried and teams.member_role(db, team_id, user_id) is None:
            return
        _demand_other(db, team, user_id)
        _remove(db, principal, team_id, user_id, "member.removed")
        was_tried = True

    transact(work)
    announce_departures(team_id, [user_id])


def leave_team(principal: Principal, team_id: UUID) -> None:
    """Go out of a team, also an archived one; raises `Conflict` for its owner."""
    if not isinstance(principal, UserPrincipal):
        raise NotAllowed("Only a person leaves a team.")
    user_id = principal.user_id
    was_tried = False

    def work(db: Connection) -> None:
        nonlocal was_tried
        if was_tried and teams.member_role(db, team_id, user_id) is None:
            return
        team = hold_team(db, principal, team_id, Action.READ)
        _demand_other(db, team, user_id)
        _remove(db, principal, team_id, user_id, "member.left")
        was_tried = True

    transact(work)
    announce_departures(team_id, [user_id])


def hand_over(principal: Principal, team_id: UUID, user_id: UUID) -> Team:
    """Make a member the owner of a team; its former owner stays as a member.

    Only the owner does, not who manages the team beside them. Whoever gives their last team away
    gets a personal one. Raises `NotAllowed`, and `Conflict` when the member owns a team of that
    name.
    """
    before: list[UUID] = []

    def work(db: Connection) -> Team:
        if before:  # of a try whose answer was lost; by now its owner may not manage any more
            held = teams.lock_team(db, team_id)
            if held is not None and held.owner_id == user_id:
                return held
        team = hold_team(db, principal, team_id, Action.MANAGE)
        if not isinstance(principal, SystemPrincipal) and principal.user_id != team.owner_id:
            raise NotAllowed("Only the team's owner hands it over.", hint="Ask them.")
        _demand_other(db, team, user_id)
        taking = people.get_user(db, user_id)
        if taking is None or not team.is_shared:
            raise NotFound(_NO_MEMBER)
        former = team.owner_id
        if not teams.change_team(db, team_id, owner_id=user_id):
            raise Conflict(
                f"{taking.user_name} owns a team of that name.", hint="Rename one of them first."
            )
        teams.put_member(db, team_id, user_id, TeamRole.OWNER, is_given=True)
        teams.put_member(db, team_id, former, TeamRole.MEMBER, is_given=True)
        _keep_one_team(db, former)
        note(
            db,
            principal,
            "team.handed_over",
            team_id=team_id,
            subject=str(user_id),
            details={"from": str(former)},
        )
        before.append(former)
        return replace(team, owner_id=user_id)

    return transact(work)


def _demand_other(db: Connection, team: Team, user_id: UUID) -> TeamRole:
    """Return the role of a member who is not the owner."""
    if user_id == team.owner_id:
        raise Conflict("That is the team's owner.", hint="Hand the team over to a member first.")
    role = teams.member_role(db, team.id, user_id) if team.is_shared else None
    if role is None:
        raise NotFound(_NO_MEMBER)
    return role


def _remove(db: Connection, principal: Principal, team_id: UUID, user_id: UUID, kind: str) -> None:
    teams.delete_member(db, team_id, user_id)
    note(db, principal, kind, team_id=team_id, subject=str(user_id))


def _keep_one_team(db: Connection, user_id: UUID) -> None:
    user = people.get_user(db, user_id)
    if user is None or teams.lock_owned(db, user_id):
        return
    team_id = new_id()
    people.insert_team(db, team_id=team_id, owner_id=user_id, name=user.user_name, is_shared=False)
    note(db, SYSTEM, "team.created", team_id=team_id, subject=user.user_name)
