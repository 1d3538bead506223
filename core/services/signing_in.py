"""Signing up, in and out: from a password to a ticket, from a ticket to a login."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from core.domain.people import User, check_email, check_user_name
from core.domain.text import clean_line
from core.errors import NotFound, RedisUnavailable, TicketSpent, TooManyTries, WrongPassword
from core.services import accounts
from core.services.passwords import check_password, hash_password, needs_rehash, verify_password
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.signals import logins
from core.signals.logins import Lifetimes
from core.signals.tries import forget_tries, give_back, take_try
from core.store import people

_LONGEST_NAME = 320  # of an e-mail address
_LONGEST_NOTE = 300  # of what a browser says about itself


@dataclass(frozen=True, slots=True)
class Login:
    """A signed-in browser: who it is, and what names the login without giving it away."""

    fingerprint: str
    user: User


def cookie_name() -> str:
    """Return the name of the cookie that holds the login's id."""
    return "__Host-sage_login" if get_settings().is_https else "sage_login"


def sign_up(user_name: str, email: str, password: str) -> User:
    """Create a user with a personal team and a password.

    Raises `InvalidInput`, or `Conflict` when the name or the e-mail address is taken.
    """
    check_user_name(user_name)
    check_email(email)
    password_hash = hash_password(check_password(password))
    return accounts.create_user(user_name, email, password_hash=password_hash)


def sign_in(name_or_email: str, password: str, *, address: str, agent: str) -> str:
    """Return a ticket for the browser, which redeems it for its cookie.

    Raises `WrongPassword`, in the same words and time when there is no such user; `TooManyTries`;
    `RedisUnavailable`.
    """
    url, settings = _redis_url(), get_settings()
    typed = clean_line(name_or_email).lower()[:_LONGEST_NAME]
    by_address, by_account = f"address {address}", f"account {typed}"
    limits = (
        (by_address, settings.sign_in_tries_address),
        (by_account, settings.sign_in_tries_account),
    )
    for subject, free in limits:
        wait = take_try(url, subject, free=free, most_seconds=settings.sign_in_most_wait_seconds)
        if wait:
            raise TooManyTries(wait)

    found = transact(lambda db: people.find_credentials(db, typed))
    user, stored = found or (None, None)
    is_right = verify_password(stored, password)
    if user is None or stored is None or not is_right:
        raise WrongPassword
    if needs_rehash(stored):
        _store_password(user, hash_password(password), instead_of=stored)
    forget_tries(url, by_account)
    give_back(url, by_address)  # an office shares one
    return logins.issue_ticket(
        url,
        user.id,
        _lifetimes(),
        address=clean_line(address)[:_LONGEST_NOTE],
        agent=clean_line(agent)[:_LONGEST_NOTE],
    )


def redeem_ticket(ticket: str, *, instead_of: str | None = None) -> str:
    """Return the id of a new login, for the cookie; the login that the browser had before ends.

    Raises `TicketSpent` when the ticket is unknown, used or older than half a minute.
    """
    login_id = logins.redeem_ticket(_redis_url(), ticket, _lifetimes())
    if login_id is None:
        raise TicketSpent
    if instead_of:
        sign_out(instead_of)
    return login_id


def find_login(cookie: str | None) -> Login | None:
    """Return the login of a cookie's value, or None; to be asked at every run of a page.

    Raises `RedisUnavailable` and `DatabaseUnavailable`: not knowing is not a sign-out.
    """
    if not cookie:
        return None
    record = logins.find_login(_redis_url(), cookie, _lifetimes())
    if record is None:
        return None
    user = ask(lambda db: people.get_user(db, record.user_id))
    return None if user is None else Login(logins.fingerprint_of(cookie), user)


def sign_out(cookie: str) -> None:
    """End the login of a cookie's value; its sockets are closed within a second."""
    logins.end_login(_redis_url(), cookie)


def revoke_logins(user: User) -> None:
    """End every login of a user, in every browser."""
    logins.end_all(_redis_url(), user.id)


def set_password(user_name: str, password: str) -> User:
    """Give a user another password, and end their logins; raises `InvalidInput`, `NotFound`."""
    user = accounts.get_user(user_name)
    if not _store_password(user, hash_password(check_password(password))):
        raise NotFound(f"There is no user '{user.user_name}'.")
    try:
        revoke_logins(user)
    except RedisUnavailable as error:
        raise RedisUnavailable(
            "The password is changed, but Redis does not answer: earlier logins go on."
        ) from error
    return user


def _store_password(user: User, password_hash: str, *, instead_of: str | None = None) -> bool:
    def work(db: Connection) -> bool:
        return people.set_password_hash(db, user.id, password_hash, instead_of=instead_of)

    return transact(work)


def _redis_url() -> str:
    url = get_settings().redis_url
    if url is None:
        raise RedisUnavailable("No Redis is configured and no Sage Mode runs here.")
    return url


def _lifetimes() -> Lifetimes:
    settings = get_settings()
    return Lifetimes(
        ticket=settings.ticket_seconds,
        idle=settings.login_idle_seconds,
        absolute=settings.login_absolute_seconds,
    )
