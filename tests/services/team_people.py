"""People of teams, for tests."""

from __future__ import annotations

from core.domain.access import SYSTEM, TeamRole
from core.domain.people import Team
from core.services import (
    members,
)
from core.signals.logins import Revocation, read_revocation
from core.signals.wakeups import Listener
from tests.factories import (
    Someone,
    add_member,
    make_someone,
)


def join(team: Someone, role: TeamRole = TeamRole.MEMBER) -> Someone:
    person = make_someone()
    add_member(team.team_id, person.user, role)
    return person


def roles_of(team: Someone) -> dict[str, TeamRole]:
    return {one.user_name: one.role for one in members.list_members(SYSTEM, team.team_id)}


def team_of(someone: Someone) -> Team:
    return members.read_people(SYSTEM, someone.team_id).team


def revocations(heard: Listener) -> list[Revocation]:
    found = []
    while (message := heard.wait(0.2)) is not None:
        found.append(read_revocation(message))
    return found
