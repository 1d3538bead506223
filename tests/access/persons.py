"""Everybody who may ask: a person for each place that one can have towards a team."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from sqlalchemy import text

from core.domain.access import Principal, Scope, TeamRole, TokenPrincipal, UserPrincipal
from core.domain.people import User
from core.ids import new_id
from core.services import accounts, administering, members, tokens
from core.services.transaction import transact
from tests.access.marks import MEMBER_NAME
from tests.factories import Someone, add_member, launch, make_someone
from tests.web.tabs import login_as

_numbers = count(1)
_DAYS = 30


@dataclass(frozen=True)
class Person:
    """Who asks: what they show, who they are, and their role in the team that is asked about."""

    headers: dict[str, str]
    principal: Principal
    role: TeamRole | None
    is_signed_in: bool = True


@dataclass(frozen=True)
class Kind:
    """A kind of person: how one is made for a team, and what the table may expect of them."""

    make: Callable[[Someone], Person]
    role: TeamRole | None
    is_signed_in: bool = True
    is_administrator: bool = False
    scope: Scope | None = None


def signed_in(user: User, role: TeamRole | None) -> Person:
    return Person({"Cookie": f"sage_login={login_as(user)}"}, UserPrincipal(user.id), role)


def _nobody(team: Someone) -> Person:
    return Person({}, UserPrincipal(new_id()), None, is_signed_in=False)


def _stranger(team: Someone) -> Person:
    number = next(_numbers)
    return signed_in(accounts.create_user(f"alone-{number}", f"alone-{number}@example.org"), None)


def _owner(team: Someone) -> Person:
    return signed_in(team.user, TeamRole.OWNER)


def _joined(role: TeamRole) -> Callable[[Someone], Person]:
    def join(team: Someone) -> Person:
        name = f"{MEMBER_NAME}-{next(_numbers)}"
        user = accounts.create_user(name, f"{name}@example.org")
        add_member(team.team_id, user, role)
        return signed_in(user, role)

    return join


def _former(team: Someone) -> Person:
    name = f"gone-{next(_numbers)}"
    user = accounts.create_user(name, f"{name}@example.org")
    add_member(team.team_id, user)
    person = signed_in(user, None)
    members.remove_member(team.principal, team.team_id, user.id)
    return person


def _owner_of_another(team: Someone) -> Person:
    other = make_someone()
    launch(other, feature_name="Their own")
    return signed_in(other.user, None)


def _administrator(team: Someone) -> Person:
    name = f"admin-{next(_numbers)}"
    user = accounts.create_user(name, f"{name}@example.org", is_administrator=True)
    return signed_in(user, None)


def _disabled(team: Someone) -> Person:
    name = f"disabled-{next(_numbers)}"
    user = accounts.create_user(name, f"{name}@example.org")
    add_member(team.team_id, user)
    person = signed_in(user, TeamRole.MEMBER)
    chief = accounts.create_user(f"chief-{name}", f"chief-{name}@example.org")
    make_administrator(chief.id)
    administering.disable_account(UserPrincipal(chief.id), name)
    members.remove_member(team.principal, team.team_id, user.id)  # leaves no name in the team
    return Person(person.headers, person.principal, None, is_signed_in=False)


def _token(scope: Scope) -> Callable[[Someone], Person]:
    def make(team: Someone) -> Person:
        made = tokens.make_token(
            team.principal, f"for {scope}", [scope], days=_DAYS, team_id=team.team_id
        )
        asks = tokens.find_token_principal(made.plain)
        assert isinstance(asks, TokenPrincipal)
        headers = {"Authorization": f"Bearer {made.plain}"}
        return Person(headers, asks, TeamRole.OWNER, is_signed_in=False)

    return make


def make_administrator(user_id: UUID) -> None:
    query = text("UPDATE users SET is_administrator = true WHERE id = :id")
    transact(lambda db: db.execute(query, {"id": user_id}))


KINDS: dict[str, Kind] = {
    "nobody": Kind(_nobody, None, is_signed_in=False),
    "stranger": Kind(_stranger, None),
    "viewer": Kind(_joined(TeamRole.VIEWER), TeamRole.VIEWER),
    "member": Kind(_joined(TeamRole.MEMBER), TeamRole.MEMBER),
    "owner": Kind(_owner, TeamRole.OWNER),
    "former member": Kind(_former, None),
    "owner of another team": Kind(_owner_of_another, None),
    "administrator": Kind(_administrator, None, is_administrator=True),
    "disabled account": Kind(_disabled, None, is_signed_in=False),
    **{
        f"token that may {scope}": Kind(
            _token(scope), TeamRole.OWNER, is_signed_in=False, scope=scope
        )
        for scope in Scope
    },
}
SIGNED_IN = [name for name, kind in KINDS.items() if kind.is_signed_in]
OUTSIDE = [name for name in SIGNED_IN if KINDS[name].role is None]
