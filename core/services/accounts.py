"""Users and the teams that they are in; and the demo team."""

from __future__ import annotations

import secrets
from dataclasses import replace

from sqlalchemy import Connection

from core.domain.access import SYSTEM, Principal, SystemPrincipal, TeamRole, UserPrincipal
from core.domain.email_address import check_email
from core.domain.people import Team, User, check_user_name
from core.domain.text import clean_line
from core.errors import Conflict, NotFound
from core.ids import new_id
from core.services.auditing import note
from core.services.passwords import hash_password
from core.services.transaction import ask, transact
from core.store import credentials, people

ADMINISTRATOR = "admin"
DEMO_TEAM = "Demo"


def create_user(
    user_name: str,
    email: str,
    *,
    is_administrator: bool = False,
    password_hash: str | None = None,
    may_be_first: bool = False,
) -> User:
    """Create a user with a personal team; raises `Conflict` when the name or e-mail is taken.

    With `may_be_first` the user becomes administrator where none could sign in.
    """
    name, address = check_user_name(user_name), check_email(email)
    made = User(new_id(), name, address, is_administrator)

    def work(db: Connection) -> User:
        user = made
        if may_be_first and not credentials.has_administrator(db):
            credentials.lock_administrators(db)  # of two at once the second sees the first
            is_first = not credentials.has_administrator(db)
            user = replace(made, is_administrator=is_administrator or is_first)
        if not people.insert_user(
            db,
            user_id=user.id,
            user_name=name,
            email=address,
            is_administrator=user.is_administrator,
            password_hash=password_hash,
        ):
            earlier = people.find_user(db, name)
            if earlier is not None and earlier.id == user.id:  # made by a try whose answer was lost
                return earlier
            raise Conflict("That user name or e-mail address is taken.", hint="Choose another one.")
        team_id = new_id()
        people.insert_team(db, team_id=team_id, owner_id=user.id, name=name, is_shared=False)
        note(db, SYSTEM, "team.created", team_id=team_id, subject=name)
        rights = {"is_administrator": user.is_administrator}
        note(db, SYSTEM, "user.created", team_id=None, subject=name, details=rights)
        return user

    return transact(work)


def get_user(user_name: str) -> User:
    """Return the user of a name; raises `NotFound`."""
    name = clean_line(user_name)
    user = ask(lambda db: people.find_user(db, name))
    if user is None:
        raise NotFound(f"There is no user '{name[:50]}'.", hint="`./sage user create` makes one.")
    return user


def get_person(principal: Principal) -> User:
    """Return the user who asks, be it through a token; raises `NotFound` for nobody."""
    if isinstance(principal, SystemPrincipal):
        raise NotFound
    found = ask(lambda db: credentials.find_enabled(db, principal.user_id))
    if found is None:
        raise NotFound
    return found[0]


def find_team(principal: Principal, name: str) -> Team:
    """Return the principal's team of a name or id; raises `NotFound`."""
    for team in list_teams(principal):
        if team.name.casefold() == name.casefold() or str(team.id) == name.lower():
            return team
    raise NotFound(f"You are in no team called '{name}'.", hint="Check the name's spelling.")


def list_teams(principal: Principal) -> list[Team]:
    """Return the teams that a principal is in, by name."""
    return ask(lambda db: people.list_teams(db, principal))


def ensure_demo_team() -> tuple[User, Team]:
    """Return the local administrator and the demo team; makes what is missing."""

    def work(db: Connection) -> User:
        if people.insert_user(
            db,
            user_id=new_id(),
            user_name=ADMINISTRATOR,
            email="admin@localhost",
            is_administrator=True,
        ):
            rights = {"is_administrator": True}
            note(db, SYSTEM, "user.created", team_id=None, subject=ADMINISTRATOR, details=rights)
        user = people.find_user(db, ADMINISTRATOR)  # whoever made it
        if user is None:
            raise Conflict("The e-mail address admin@localhost belongs to another user.")
        team_id = new_id()
        if people.insert_team(
            db, team_id=team_id, owner_id=user.id, name=DEMO_TEAM, is_shared=True
        ):
            people.insert_membership(db, team_id, user.id, TeamRole.OWNER)
            note(db, SYSTEM, "team.created", team_id=team_id, subject=DEMO_TEAM)
        return user

    user = transact(work)
    return user, find_team(UserPrincipal(user.id), DEMO_TEAM)


def ensure_demo_password() -> str | None:
    """Return a new random password of the local administrator; None when one is set already."""
    if not ask(lambda db: people.lacks_password(db, ADMINISTRATOR)):
        return None
    password = secrets.token_urlsafe(15)
    password_hash = hash_password(password)

    def work(db: Connection) -> bool:
        if not people.insert_first_password(db, ADMINISTRATOR, password_hash):
            return False
        note(db, SYSTEM, "password.changed", team_id=None, subject=ADMINISTRATOR)
        return True

    return password if transact(work) else None
