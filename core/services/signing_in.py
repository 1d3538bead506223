"""Signing up, in and out: from a password to a ticket, from a ticket to a login."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal, TypedDict

from sqlalchemy import Connection

from core.domain.access import SYSTEM, Principal, UserPrincipal
from core.domain.email_address import check_email, known_as
from core.domain.origin import coming_from, current_origin
from core.domain.people import User, check_user_name
from core.domain.text import clean_line
from core.domain.token import Token
from core.errors import (
    DatabaseUnavailable,
    NotFound,
    RedisUnavailable,
    SignUpClosed,
    TicketSpent,
    TooManyTries,
    WrongPassword,
)
from core.services import accounts, limiting
from core.services.auditing import note
from core.services.passwords import (
    check_password,
    hash_password,
    needs_rehash,
    spend_other_costs,
    verify_password,
)
from core.services.tokens import announce_revoked, revoke_all_tokens
from core.services.transaction import ask, transact
from core.settings import get_settings, redis_url
from core.signals import logins, resets
from core.signals.limits import Budget, of_address, take_from_budget
from core.signals.logins import Lifetimes
from core.signals.tries import forget_tries, give_back, take_try
from core.store import credentials, people

FAILURES_NOTED = Budget(most=1, seconds=60.0)  # of an account, in the audit

_LONGEST_NOTE = 300  # of what a browser says about itself


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Login:
    """A signed-in browser: who it is, and what names the login without giving it away."""

    fingerprint: str
    user: User


class CookieRules(TypedDict):
    """What every cookie of ours is set, and taken away, with."""

    path: str
    httponly: bool
    samesite: Literal["lax"]
    secure: bool


def cookie_rules() -> CookieRules:
    """Return how cookies are kept from scripts and from what other sites send.

    `strict` would not come along when another site, such as an identity provider, leads here.
    """
    is_https = get_settings().is_https
    return {"path": "/", "httponly": True, "samesite": "lax", "secure": is_https}


def cookie_name() -> str:
    """Return the name of the cookie that holds the login's id."""
    return "__Host-sage_login" if get_settings().is_https else "sage_login"


def is_sign_up_open() -> bool:
    """Tell whether strangers can make an account."""
    return get_settings().sign_up_open


def sign_up(user_name: str, email: str, password: str, *, address: str = "here") -> User:
    """Create a user with a personal team and a password; the first becomes administrator.

    Raises `InvalidInput`, `Conflict` when the name or the e-mail address is taken, `SignUpClosed`,
    `TooManyTries`, and `RedisUnavailable`: what cannot be counted is not allowed.
    """
    if not is_sign_up_open():
        raise SignUpClosed
    check_user_name(user_name)
    check_email(email)
    checked = check_password(password, (user_name, email))
    limiting.take_sign_up(address)
    password_hash = hash_password(checked)
    return accounts.create_user(user_name, email, password_hash=password_hash, may_be_first=True)


def sign_in(name_or_email: str, password: str, *, address: str, agent: str) -> str:
    """Return a ticket for the browser, which redeems it for its cookie.

    Raises `WrongPassword`, in the same words and time when there is no such user; `TooManyTries`;
    `RedisUnavailable`.
    """
    url, settings = redis_url(), get_settings()
    typed = known_as(name_or_email)
    by_address, by_account = of_address(address), f"account {typed}"
    free = {
        by_address: settings.sign_in_tries_address,
        by_account: settings.sign_in_tries_account,
    }
    wait = take_try(url, free, most_seconds=settings.sign_in_most_wait_seconds)
    if wait:
        raise TooManyTries(wait)

    found = ask(lambda db: people.find_credentials(db, typed))
    user, stored = found or (None, None)
    is_right = verify_password(stored, password)
    if user is None or stored is None or not is_right:
        # Also for a name that nobody has, so that it takes as long; what was typed is not noted,
        # as it may be a password in the wrong place.
        if not take_from_budget(url, f"noted {typed}", FAILURES_NOTED):
            _note(SYSTEM, "login.failed", user.user_name if user else "unknown account", address)
        spend_other_costs(stored, password, ask(credentials.list_password_costs))
        raise WrongPassword
    if needs_rehash(stored):
        stored = _rehash(user, stored, password)
    _note(UserPrincipal(user.id), "login.started", user.user_name, address)
    forget_tries(url, by_account)
    give_back(url, by_address)  # an office shares one
    ticket = issue_ticket(user, address=address, agent=agent)
    _withdraw_if_outdated(ticket, user, stored, password)
    return ticket


def issue_ticket(user: User, *, address: str, agent: str) -> str:
    """Return a ticket for a browser whose user has just given the password."""
    return logins.issue_ticket(
        redis_url(),
        user.id,
        lifetimes(),
        address=clean_line(address)[:_LONGEST_NOTE],
        agent=clean_line(agent)[:_LONGEST_NOTE],
    )


def redeem_ticket(ticket: str, *, instead_of: str | None = None) -> str:
    """Return the id of a new login, for the cookie; the login that the browser had before ends.

    Raises `TicketSpent` when the ticket is unknown, used or older than half a minute.
    """
    login_id = logins.redeem_ticket(redis_url(), ticket, lifetimes())
    if login_id is None:
        raise TicketSpent
    if instead_of:
        sign_out(instead_of)
    return login_id


def find_login(cookie: str | None) -> Login | None:
    """Return the login of a cookie's value, or None; to be asked at every run of a page.

    Raises `RedisUnavailable` and `DatabaseUnavailable`: not knowing is not a sign-out.
    """
    return _find(cookie, is_visit=True)


def check_login(cookie: str | None) -> Login | None:
    """Return the login of a cookie's value as `find_login` does, without counting as a visit.

    For whatever asks by itself: a tab that nobody looks at must not keep its login alive.
    """
    return _find(cookie, is_visit=False)


def _find(cookie: str | None, *, is_visit: bool) -> Login | None:
    if not cookie:
        return None
    record = logins.find_login(redis_url(), cookie, lifetimes(), is_visit=is_visit)
    if record is None:
        return None
    found = ask(lambda db: credentials.find_enabled(db, record.user_id))
    return None if found is None else Login(logins.fingerprint_of(cookie), found[0])


def sign_out(cookie: str) -> None:
    """End the login of a cookie's value; its sockets are closed within a second."""
    record = logins.find_login(redis_url(), cookie, lifetimes())
    logins.end_login(redis_url(), cookie)
    if record is not None:
        try:
            _note(UserPrincipal(record.user_id), "login.ended")
        except DatabaseUnavailable as error:  # nobody stays signed in for lack of a row
            log.warning("signed out without a row in the audit: %s", error)


def revoke_logins(user: User) -> None:
    """End every login of a user, in every browser."""
    logins.end_all(redis_url(), user.id)


def set_password(user_name: str, password: str) -> User:
    """Give a user another password, end their logins, and revoke their API tokens.

    Raises `InvalidInput`, `NotFound`.
    """
    user = accounts.get_user(user_name)
    checked = check_password(password, (user.user_name, user.email))
    if not _store_password(user, hash_password(checked)):
        raise NotFound(f"There is no user '{user.user_name}'.")
    try:
        revoke_logins(user)
        resets.void_reset(redis_url(), user.id)
    except RedisUnavailable as error:
        raise RedisUnavailable(
            "The password is changed, but Redis does not answer: earlier logins go on."
        ) from error
    return user


def _store_password(user: User, password_hash: str, *, instead_of: str | None = None) -> bool:
    was_tried = False
    revoked: list[Token] = []

    def work(db: Connection) -> bool:
        nonlocal was_tried
        if was_tried and people.find_credentials(db, user.user_name) == (user, password_hash):
            return True  # stored by a try whose answer was lost
        was_tried = True
        if not people.set_password_hash(db, user.id, password_hash, instead_of=instead_of):
            return False
        if instead_of is None:  # else it is the same one, hashed with other parameters
            note(db, SYSTEM, "password.changed", team_id=None, subject=user.user_name)
            with suppress(
                RedisUnavailable
            ):  # said afterwards; the password is changed all the same
                revoke_logins(user)  # before whoever waits for the row goes on
            revoked.extend(revoke_all_tokens(db, SYSTEM, user.id, because="password changed"))
        return True

    is_stored = transact(work)
    announce_revoked(revoked)
    return is_stored


def _note(who: Principal, kind: str, subject: str = "", address: str | None = None) -> None:
    origin = current_origin()
    with coming_from(replace(origin, address=origin.address if address is None else address)):
        transact(lambda db: note(db, who, kind, team_id=None, subject=subject), budget_seconds=5)


def _rehash(user: User, stored: str, password: str) -> str:
    renewed = hash_password(password)
    return renewed if _store_password(user, renewed, instead_of=stored) else stored


def _withdraw_if_outdated(ticket: str, user: User, stored: str, password: str) -> None:
    """Raise `WrongPassword` when the password changed, or the account closed, since it was checked.

    Whoever changes either ends all tickets after the commit: a ticket issued before that is gone,
    and one issued later is seen here.
    """
    found = ask(lambda db: credentials.find_enabled(db, user.id))
    now = found[1] if found else None
    # Another hash of the same password: it was renewed by a sign-in at the same moment.
    if now != stored and not (now and verify_password(now, password)):
        logins.drop_ticket(redis_url(), ticket)
        raise WrongPassword


def lifetimes() -> Lifetimes:
    """Return how long tickets and logins last."""
    settings = get_settings()
    return Lifetimes(
        ticket=settings.ticket_seconds,
        idle=settings.login_idle_seconds,
        absolute=settings.login_absolute_seconds,
    )
