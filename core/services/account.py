"""Your account: your profile, your password, the browsers in which you are signed in.

Only a person in a browser asks here, so each use case takes their login and no principal: a token
never changes who its user is. What changes a right gives the browser a ticket for a login of a new
id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from core.domain.access import UserPrincipal
from core.domain.device import describe_agent
from core.domain.email_address import check_email
from core.domain.people import User, check_user_name
from core.domain.token import Token
from core.errors import (
    Conflict,
    NotAllowed,
    NotFound,
    RedisUnavailable,
    TooManyTries,
    WrongPassword,
)
from core.services.auditing import note
from core.services.passwords import check_password, hash_password, verify_password
from core.services.signing_in import Login, issue_ticket
from core.services.tokens import announce_revoked, revoke_all_tokens
from core.services.transaction import ask, transact
from core.settings import get_settings, redis_url
from core.signals import logins, resets
from core.signals.tries import forget_tries, take_try
from core.store import credentials, people

_FINGERPRINT_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Browser:
    """A login as its user sees it."""

    fingerprint: str
    device: str
    address: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


def list_browsers(login: Login) -> list[Browser]:
    """Return the browsers in which the user is signed in: this one, then the one seen last."""
    found = [
        Browser(
            fingerprint,
            describe_agent(record.agent),
            record.address,
            datetime.fromtimestamp(record.created_at, UTC),
            datetime.fromtimestamp(record.seen_at, UTC),
            fingerprint == login.fingerprint,
        )
        for fingerprint, record in logins.list_logins(redis_url(), login.user.id)
    ]
    return sorted(found, key=lambda one: not one.is_this)


def end_browser(login: Login, fingerprint: str) -> None:
    """Sign one of the user's browsers out; raises `NotFound` when it is none of theirs."""
    is_one = len(fingerprint) == _FINGERPRINT_CHARACTERS and fingerprint.isalnum()
    if not is_one or not logins.end_own(redis_url(), login.user.id, fingerprint):
        raise NotFound("You are not signed in there any more.")
    _note(login, "login.ended")


def end_other_browsers(login: Login) -> None:
    """Sign every browser of the user out but this one."""
    logins.end_others(redis_url(), login.user.id, login.fingerprint)
    _note(login, "login.others_ended")


def end_all_browsers(login: Login) -> None:
    """Sign every browser of the user out, this one too."""
    logins.end_all(redis_url(), login.user.id)
    _note(login, "login.all_ended")


def find_keeper(login: Login) -> str | None:
    """Return who keeps the user's password, as people here call them; None: Sage Mode does.

    Whoever is signed in and has no password came by the identity provider.
    """
    found = ask(lambda db: credentials.find_enabled(db, login.user.id))
    return None if found is None or found[1] is not None else get_settings().oidc_label


def change_profile(
    login: Login, user_name: str, email: str, password: str, *, address: str, agent: str
) -> str:
    """Change the user's name and e-mail address; returns a ticket for this browser's new login.

    Raises `WrongPassword`, `TooManyTries`, `InvalidInput`, `NotAllowed` for who has no password,
    and `Conflict` when either is taken.
    """
    name, mail = check_user_name(user_name), check_email(email)
    stored = _check_old_password(login, password)
    was_tried = False

    def work(db: Connection) -> User:
        nonlocal was_tried
        found = credentials.find_enabled(db, login.user.id)
        if found is None or found[1] != stored:
            raise WrongPassword("The password is wrong.")
        if credentials.is_taken(db, login.user.id, user_name=name, email=mail):
            raise Conflict("That user name or e-mail address is taken.", hint="Choose another one.")
        if was_tried and (found[0].user_name, found[0].email) == (name, mail):
            return found[0]  # stored by a try whose answer was lost
        was_tried = True
        credentials.rename_user(db, login.user.id, user_name=name, email=mail)
        changes = {"from": login.user.user_name, "to": name}
        note(db, _who(login), "account.changed", team_id=None, subject=name, details=changes)
        return User(login.user.id, name, mail, found[0].is_administrator)

    try:
        user = transact(work)
    except IntegrityError:  # somebody took it between the look and the change
        raise Conflict(
            "That user name or e-mail address is taken.", hint="Choose another one."
        ) from None
    return _renew(login, user, address=address, agent=agent, with_others=False)


def change_password(
    login: Login, old: str, new: str, *, address: str, agent: str, with_tokens: bool = False
) -> str:
    """Change the password and end all other logins; returns a ticket for this browser's new one.

    `with_tokens` revokes the user's API tokens too. Raises `WrongPassword`, `TooManyTries`,
    `InvalidInput`, `NotAllowed` for who has none, and `Conflict` when somebody changed it at the
    same moment.
    """
    stored = _check_old_password(login, old)
    checked = check_password(new, (login.user.user_name, login.user.email))
    if verify_password(stored, checked):
        raise Conflict("That is the password you have already.", hint="Choose another one.")
    renewed = hash_password(checked)

    revoked: list[Token] = []  # also by a try whose answer was lost

    def work(db: Connection) -> None:
        if not people.set_password_hash(db, login.user.id, renewed, instead_of=stored):
            current = credentials.find_enabled(db, login.user.id)
            if current is not None and current[1] == renewed:
                return  # stored by a try whose answer was lost
            raise Conflict("The password was changed somewhere else just now.")
        who = _who(login)
        note(db, who, "password.changed", team_id=None, subject=login.user.user_name)
        if with_tokens:
            revoked.extend(revoke_all_tokens(db, who, login.user.id, because="password changed"))

    transact(work)
    announce_revoked(revoked)
    try:
        resets.void_reset(redis_url(), login.user.id)
        return _renew(login, login.user, address=address, agent=agent, with_others=True)
    except RedisUnavailable as error:
        raise RedisUnavailable(
            "The password is changed, but Redis does not answer: earlier logins go on."
        ) from error


def _check_old_password(login: Login, password: str) -> str:
    """Return the stored hash of the user's password.

    Raises `WrongPassword`, `TooManyTries`, and `NotAllowed` when there is none: no try is counted.
    """
    found = ask(lambda db: credentials.find_enabled(db, login.user.id))
    stored = found[1] if found else None
    if found and stored is None:
        raise NotAllowed(
            "You have no password here.", hint="An administrator can give you a link to set one."
        )
    url, settings = redis_url(), get_settings()
    subject = f"own password {login.user.id}"
    free = {subject: settings.sign_in_tries_account}
    wait = take_try(url, free, most_seconds=settings.sign_in_most_wait_seconds)
    if wait:
        raise TooManyTries(wait)
    if not verify_password(stored, password) or stored is None:
        raise WrongPassword("The password is wrong.")
    forget_tries(url, subject)
    return stored


def _renew(login: Login, user: User, *, address: str, agent: str, with_others: bool) -> str:
    """Return a ticket for a new id; until it is redeemed, this browser keeps the one it has."""
    url = redis_url()
    if with_others:
        seconds = get_settings().ticket_seconds
        logins.end_others(url, user.id, login.fingerprint, keep_seconds=seconds)
    return issue_ticket(user, address=address, agent=agent)


def _note(login: Login, kind: str) -> None:
    transact(lambda db: note(db, _who(login), kind, team_id=None, subject=login.user.user_name))


def _who(login: Login) -> UserPrincipal:
    return UserPrincipal(login.user.id)
