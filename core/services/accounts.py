"""Users and their teams, as far as the terminal needs them; and the demo team."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Principal, TeamRole, UserPrincipal
from core.domain.people import Team, User, check_email, check_user_name
from core.errors import Conflict, NotFound
from core.ids import new_id
from core.services.transaction import transact
from core.store import people

ADMINISTRATOR = "admin"
DEMO_TEAM = "Demo"


def create_user(user_name: str, email: str, *, is_administrator: bool = False) -> User:
    """Create a user with a personal team; raises `Conflict` when the name or e-mail is taken."""
    name, address = check_user_name(user_name), check_email(email)

    def work(db: Connection) -> User:
        user_id = new_id()
        if not people.insert_user(
            db, user_id=user_id, user_name=name, email=address, is_administrator=is_administrator
        ):
            raise Conflict("That user name or e-mail address is taken.", hint="Choose another one.")
        people.insert_team(db, team_id=new_id(), owner_id=user_id, name=name, is_shared=False)
        return User(user_id, name, address, is_administrator)

    return transact(work)


def get_user(user_name: str) -> User:
    """Return the user of a name; raises `NotFound`."""
    user = transact(lambda db: people.find_user(db, user_name))
    if user is None:
        raise NotFound(f"There is no user '{user_name}'.", hint="`./sage user create` makes one.")
    return user


def find_team(principal: Principal, name: str) -> Team:
    """Return the principal's team of a name or id; raises `NotFound`."""
    for team in list_teams(principal):
        if team.name.casefold() == name.casefold() or str(team.id) == name.lower():
            return team
    raise NotFound(f"You are in no team called '{name}'.", hint="Check the name's spelling.")


def list_teams(principal: Principal) -> list[Team]:
    """Return the teams that a principal is in, by name."""
    return transact(lambda db: people.list_teams(db, principal))


def ensure_demo_team() -> tuple[User, Team]:
    """Return the local administrator and the demo team; makes what is missing."""

    def work(db: Connection) -> tuple[User, UUID]:
        user = people.find_user(db, ADMINISTRATOR)
        if user is None:
            user = User(new_id(), ADMINISTRATOR, "admin@localhost", True)
            people.insert_user(
                db,
                user_id=user.id,
                user_name=user.user_name,
                email=user.email,
                is_administrator=True,
            )
        team_id = new_id()
        if people.insert_team(
            db, team_id=team_id, owner_id=user.id, name=DEMO_TEAM, is_shared=True
        ):
            people.insert_membership(db, team_id, user.id, TeamRole.OWNER)
        return user, team_id

    user, _ = transact(work)
    return user, find_team(UserPrincipal(user.id), DEMO_TEAM)
