"""What administrators do to accounts: who administers, who is let in, help to a new password.

The terminal acts as the system: whoever has the database's address may do all of this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from core.domain.access import Principal, SystemPrincipal, UserPrincipal
from core.domain.email_address import known_as
from core.domain.people import User
from core.domain.text import clean_line
from core.domain.token import Token
from core.errors import Conflict, LinkSpent, NotAllowed, NotFound, RedisUnavailable
from core.services import limiting
from core.services.auditing import note
from core.services.passwords import check_password, hash_password
from core.services.tokens import announce_revoked, revoke_all_tokens
from core.services.transaction import ask, transact
from core.settings import get_settings, redis_url
from core.signals import logins, resets
from core.store import credentials, people

_MOST_ACCOUNTS = 50
_MOST_SEARCHED = 200


@dataclass(frozen=True, slots=True)
class Account:
    """A user as administrators see them."""

    user: User
    has_password: bool
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Accounts:
    """The first users by name, and how many there are."""

    shown: tuple[Account, ...]
    matching: int


@dataclass(frozen=True, slots=True)
class ResetLink:
    """A link by which a user sets a new password, once."""

    user: User
    address: str
    seconds: int


def list_accounts(
    administrator: Principal, text: str = "", *, most: int = _MOST_ACCOUNTS
) -> Accounts:
    """Return the users who have a text in their name or e-mail address, the first 50 by name.

    Raises `NotAllowed` when somebody else asks.
    """
    wanted = known_as(text)[:_MOST_SEARCHED]

    def work(db: Connection) -> Accounts:
        _demand_administrator(db, administrator)
        shown = tuple(
            Account(one.user, one.has_password, one.created_at, one.disabled_at)
            for one in credentials.list_accounts(db, wanted, most=most)
        )
        return Accounts(shown, credentials.count_accounts(db, wanted))

    return ask(work)


def grant_administration(administrator: Principal, user_name: str) -> User:
    """Let a user administer this Sage Mode; whoever's right changes signs in again.

    Raises `NotAllowed`, `NotFound`, and `Conflict` when the account is disabled.
    """

    def work(db: Connection) -> User:
        user = _hold(db, administrator, user_name)
        if credentials.find_enabled(db, user.id) is None:
            raise Conflict("This account is disabled.", hint="Enable it before.")
        if credentials.set_administrator(db, user.id, is_administrator=True):
            note(db, administrator, "administrator.granted", team_id=None, subject=user.user_name)
        return replace(user, is_administrator=True)

    user = transact(work)
    _end_logins(user, "The right is granted")
    return user


def withdraw_administration(administrator: Principal, user_name: str) -> User:
    """Let a user administer no longer; whoever's right changes signs in again.

    Raises `NotAllowed`, `NotFound`, and `Conflict` for oneself and for the last administrator.
    """

    def work(db: Connection) -> User:
        user = _hold(db, administrator, user_name)
        if isinstance(administrator, UserPrincipal) and administrator.user_id == user.id:
            raise Conflict("You cannot withdraw your own right.", hint="Ask somebody else.")
        _demand_not_last(db, user)
        if credentials.set_administrator(db, user.id, is_administrator=False):
            note(db, administrator, "administrator.withdrawn", team_id=None, subject=user.user_name)
        return replace(user, is_administrator=False)

    user = transact(work)
    _end_logins(user, "The right is withdrawn")
    return user


def disable_account(administrator: Principal, user_name: str) -> User:
    """Let a user in nowhere any more, at once: no password, login, socket or token of theirs works.

    Raises `NotAllowed`, `NotFound`, and `Conflict` for oneself and for the last administrator.
    """

    def work(db: Connection) -> User:
        user = _hold(db, administrator, user_name)
        if isinstance(administrator, UserPrincipal) and administrator.user_id == user.id:
            raise Conflict("You cannot disable your own account.", hint="Ask somebody else.")
        _demand_not_last(db, user)
        if credentials.set_disabled(db, user.id, disabled=True):
            note(db, administrator, "account.disabled", team_id=None, subject=user.user_name)
        return user

    user = transact(work)
    _end_everything(user, "The account is disabled")
    return user


def enable_account(administrator: Principal, user_name: str) -> User:
    """Let a disabled user in again; raises `NotAllowed`, `NotFound`."""

    def work(db: Connection) -> User:
        _demand_administrator(db, administrator)
        user = _find(db, user_name)
        if credentials.set_disabled(db, user.id, disabled=False):
            note(db, administrator, "account.enabled", team_id=None, subject=user.user_name)
        return user

    return transact(work)


def make_reset_link(administrator: Principal, user_name: str) -> ResetLink:
    """Return a link by which a user sets a new password; their former link opens nothing any more.

    Raises `NotAllowed`, `NotFound`, `Conflict` when the account is disabled, `RedisUnavailable`.
    """

    def work(db: Connection) -> User:
        _demand_administrator(db, administrator)
        user = _find(db, user_name)
        if credentials.find_enabled(db, user.id) is None:
            raise Conflict("This account is disabled.", hint="Enable it before.")
        note(db, administrator, "password.reset_link_made", team_id=None, subject=user.user_name)
        return user

    user, settings = transact(work), get_settings()
    token = resets.issue_reset(redis_url(), user.id, seconds=settings.reset_seconds)
    root = settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    return ResetLink(user, f"{root}/?reset={token}", settings.reset_seconds)


def find_reset(token: str, *, address: str) -> User:
    """Return whose password a link sets; raises `LinkSpent`, `TooManyTries`."""
    limiting.take_reset(address)
    return _holder(token)


def reset_password(token: str, password: str, *, address: str) -> User:
    """Use a link up: set the password, end all logins of its user, revoke all their tokens.

    Raises `LinkSpent`, `TooManyTries`, and `InvalidInput`, after which the link is still good.
    """
    limiting.take_reset(address)
    user = _holder(token)
    renewed = hash_password(check_password(password, (user.user_name, user.email)))
    if resets.spend_reset(redis_url(), token) != user.id:
        raise LinkSpent

    revoked: list[Token] = []  # also by a try whose answer was lost

    def work(db: Connection) -> None:
        found = credentials.find_enabled(db, user.id)
        if found is None:
            raise LinkSpent
        if found[1] == renewed:  # stored by a try whose answer was lost
            return
        who = UserPrincipal(user.id)
        people.set_password_hash(db, user.id, renewed)
        logins.end_all(redis_url(), user.id)  # before whoever waits for the row goes on
        note(db, who, "password.reset", team_id=None, subject=user.user_name)
        revoked.extend(revoke_all_tokens(db, who, user.id, because="password reset"))

    transact(work)
    announce_revoked(revoked)
    _end_everything(user, "The password is changed")
    return user


def _holder(token: str) -> User:
    user_id = resets.find_reset(redis_url(), token)
    found = user_id and ask(lambda db: credentials.find_enabled(db, user_id))
    if not found:
        raise LinkSpent
    return found[0]


def _end_everything(user: User, done: str) -> None:
    _end_logins(user, done, and_links=True)


def _end_logins(user: User, done: str, *, and_links: bool = False) -> None:
    try:
        logins.end_all(redis_url(), user.id)
        if and_links:
            resets.void_reset(redis_url(), user.id)
    except RedisUnavailable as error:
        raise RedisUnavailable(
            f"{done}, but Redis does not answer: open connections go on until it does.",
            hint="Repeat it when Redis is back.",
        ) from error


def _hold(db: Connection, administrator: Principal, user_name: str) -> User:
    """Return a user; what changes who administers comes one after the other from here on."""
    credentials.lock_administrators(db)
    _demand_administrator(db, administrator)
    return _find(db, user_name)


def _demand_administrator(db: Connection, administrator: Principal) -> None:
    if isinstance(administrator, SystemPrincipal):
        return
    # A token never administers: what it does not say in its scopes it may not do.
    is_one = isinstance(administrator, UserPrincipal) and credentials.is_administrator(
        db, administrator.user_id
    )
    if not is_one:
        raise NotAllowed("Only an administrator may do that.", hint="Ask an administrator.")


def _demand_not_last(db: Connection, user: User) -> None:
    is_one = credentials.is_administrator(db, user.id)
    if is_one and credentials.count_administrators(db) <= 1:
        raise Conflict("That is the last administrator.", hint="Make another administrator before.")


def _find(db: Connection, user_name: str) -> User:
    name = clean_line(user_name)
    user = people.find_user(db, name)
    if user is None:
        raise NotFound(f"There is no user '{name[:50]}'.", hint="Check the name's spelling.")
    return user
