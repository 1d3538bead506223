"""API tokens: made and revoked by people, shown by programs."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal, TokenPrincipal, UserPrincipal
from core.domain.token import (
    MOST_TOKENS,
    Token,
    check_days,
    check_scopes,
    check_token_name,
    hash_token,
    is_token,
)
from core.errors import Conflict, NotAllowed, NotFound, RedisUnavailable, TokenRefused
from core.ids import new_id
from core.services.auditing import note
from core.services.permission import demand, may
from core.services.transaction import ask, transact
from core.settings import redis_url
from core.signals import logins
from core.store import credentials, tokens

log = logging.getLogger(__name__)

_EXACT_TO = timedelta(minutes=1)  # how exact "last used" is


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token; `plain` is what the program sends, and is never to be had again."""

    token: Token
    plain: str


def make_token(
    owner: Principal,
    name: str,
    scopes: Iterable[str],
    *,
    days: int,
    team_id: UUID | None = None,
    through: str | None = None,
) -> MadeToken:
    """Make a token that acts as its owner, in one of their teams or in all.

    `through` is the fingerprint of the login that asks: when it has ended meanwhile, as every login
    does before the account opens to somebody else, nothing is made. Raises `InvalidInput`,
    `NotFound` for a foreign team, `Conflict` when there are too many, and `NotAllowed` when a token
    or the system asks: only a person makes one.
    """
    person = _demand_person(owner)
    plain = f"sage_{secrets.token_urlsafe(32)}"
    now = datetime.now(UTC)
    token = Token(
        new_id(),
        person.user_id,
        team_id,
        check_token_name(name),
        check_scopes(scopes),
        created_at=now,
        expires_at=now + timedelta(days=check_days(days)),
    )

    def work(db: Connection) -> MadeToken:
        if not credentials.hold_enabled(db, person.user_id):
            raise NotAllowed("This account is disabled.", hint="Ask an administrator.")
        if through is not None and not logins.is_alive(redis_url(), through):
            raise NotAllowed("You are signed out.", hint="Sign in again.")
        if team_id is not None:
            demand(db, person, team_id, Action.READ)
        if tokens.find_by_hash(db, hash_token(plain)) is None:  # else: a try whose answer was lost
            if len(tokens.list_tokens_of(db, person.user_id, most=MOST_TOKENS)) >= MOST_TOKENS:
                raise Conflict(
                    f"You have {MOST_TOKENS} tokens.", hint="Revoke what is not used any more."
                )
            tokens.insert_token(db, token, hash_token(plain))
            about = {"scopes": sorted(token.scopes), "expires_at": token.expires_at.isoformat()}
            note(db, person, "token.made", team_id=team_id, subject=token.name, details=about)
        return MadeToken(token, plain)

    return transact(work)


def list_tokens(owner: Principal) -> list[Token]:
    """Return a person's tokens that are not revoked, the latest first."""
    person = _demand_person(owner)
    return ask(lambda db: tokens.list_tokens_of(db, person.user_id, most=MOST_TOKENS))


def revoke_token(owner: Principal, token_id: UUID) -> Token:
    """Let a person's token open nothing any more, at once; raises `NotFound`."""
    person = _demand_person(owner)
    done: list[Token] = []

    def work(db: Connection) -> Token:
        token = tokens.revoke_token(db, person.user_id, token_id)
        if token is None:
            if done:  # by a try whose answer was lost
                return done[0]
            raise NotFound("You have no such token.")
        done.append(token)
        note(db, person, "token.revoked", team_id=token.team_id, subject=token.name)
        return token

    token = transact(work)
    announce_revoked([token])
    return token


def revoke_all_tokens(
    db: Connection, who: Principal, user_id: UUID, *, because: str
) -> list[Token]:
    """Let no token of a user open anything any more, inside the caller's transaction.

    Returns those that were revoked, for `announce_revoked` once that is stored: a socket that asked
    before would find its token still alive.
    """
    revoked = tokens.revoke_tokens_of(db, user_id)
    for token in revoked:
        about = {"because": because}
        note(db, who, "token.revoked", team_id=token.team_id, subject=token.name, details=about)
    return revoked


def announce_revoked(revoked: Iterable[Token]) -> None:
    """Tell open sockets of tokens; those that do not hear it are asked again before long."""
    try:
        for token in revoked:
            logins.announce_revoked_token(redis_url(), token.id)
    except RedisUnavailable as error:
        log.warning("a revoked token was not announced: %s", error)


def find_token_principal(plain: str) -> TokenPrincipal:
    """Return who asks with a token, and note that it was used.

    Raises `TokenRefused`, in the same words whether it is unknown, expired, revoked, its user is
    disabled, or no longer in its team.
    """
    if not is_token(plain):
        raise TokenRefused
    now = datetime.now(UTC)

    def look(db: Connection) -> Token | None:
        return _usable(db, tokens.find_by_hash(db, hash_token(plain)), now)

    token = ask(look)
    if token is None:
        raise TokenRefused
    if token.last_used_at is None or now - token.last_used_at >= _EXACT_TO:
        transact(lambda db: tokens.stamp_use(db, token.id, now, exact_to=_EXACT_TO))
    return token.principal


def find_token_again(token_id: UUID) -> TokenPrincipal:
    """Return who asks with a token that was found before; raises `TokenRefused` as that did."""
    now = datetime.now(UTC)

    def look(db: Connection) -> Token | None:
        return _usable(db, tokens.find_by_id(db, token_id), now)

    token = ask(look)
    if token is None:
        raise TokenRefused
    return token.principal


def _usable(db: Connection, token: Token | None, now: datetime) -> Token | None:
    if token is None or not token.is_alive(now):
        return None
    is_in = token.team_id is None or may(db, token.principal, token.team_id, Action.READ)
    return token if is_in else None


def _demand_person(owner: Principal) -> UserPrincipal:
    if not isinstance(owner, UserPrincipal):
        raise NotAllowed("Only a person has tokens.", hint="Sign in and make it yourself.")
    return owner
