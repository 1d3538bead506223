"""Signing in by an identity provider: there with a state, back with a code, then a login."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from functools import lru_cache

from core.domain.federation import Identity, read_identity
from core.domain.people import User
from core.domain.text import clean_line
from core.errors import (
    AccountDisabled,
    AccountMissing,
    AddressTaken,
    AppError,
    DatabaseUnavailable,
    IdentityRefused,
    NotFound,
    ProviderDeclined,
    ProviderUnavailable,
    RedisUnavailable,
    StateSpent,
    TooManyTries,
    Unconfirmed,
)
from core.identity.provider import Client, Provider
from core.identity.tokens import verify_id_token
from core.services import signing_in
from core.services.provisioning import admit_identity
from core.services.transaction import ask
from core.settings import get_settings, redis_url
from core.signals import logins, round_trips
from core.signals.limits import Budget, of_address, take_from_budget
from core.signals.logins import fingerprint_of
from core.signals.round_trips import Trip
from core.store import credentials

CALLBACK = "/auth/oidc/callback"
_LONGEST_CODE = 4096
_LONGEST_NOTE = 300
_MINUTE = 60.0

# What a sign-in may end with; the page is told the code alone.
_REASONS: tuple[type[AppError], ...] = (
    StateSpent,
    ProviderUnavailable,
    ProviderDeclined,
    IdentityRefused,
    AccountDisabled,
    AccountMissing,
    AddressTaken,
    RedisUnavailable,
    DatabaseUnavailable,
    Unconfirmed,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a browser is sent, and the secret by which it is known when it comes back."""

    address: str
    state: str
    browser: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a browser brings back from the provider."""

    state: str
    browser: str
    code: str = ""
    error: str = ""
    issuer: str | None = None


class Strayed(Exception):
    """A sign-in that led to no login: why, and where the person wanted to go."""

    def __init__(self, reason: AppError, following: str = "/") -> None:
        self.reason, self.following = reason, following
        super().__init__(reason.message)


def is_on() -> bool:
    """Tell whether people can sign in by an identity provider."""
    return bool(get_settings().oidc_issuer)


def provider_label() -> str:
    """Return what the identity provider is called on the sign-in page."""
    return get_settings().oidc_label


def cookie_name(state: str) -> str:
    """Return the name of the cookie that a trip's browser keeps: each trip has its own."""
    prefix = "__Host-" if get_settings().is_https else ""
    return f"{prefix}sage_oidc_{fingerprint_of(state)[:16]}"


def explain(code: str) -> str:
    """Return what people are told about a sign-in that led to no login, by its reason's code."""
    if code == TooManyTries.code:
        return "Too many sign-ins from your address. Try again in a minute."
    reason = next((one for one in _REASONS if one.code == code), None)
    if reason is None:
        return "Nobody was signed in. Begin again."
    error = reason()
    return f"{error.message} {error.hint_text}"


def depart(following: str, *, address: str) -> Departure:
    """Return where to send a browser that wants to sign in; changes no account.

    Raises `NotFound` when there is no provider, `ProviderUnavailable`, `TooManyTries`,
    `RedisUnavailable`.
    """
    _demand_on()
    _take(f"oidc start {of_address(address)}")
    state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    try:
        leading = _provider().authorization_address(state=state, nonce=nonce, verifier=verifier)
    except ProviderUnavailable as error:
        _log(error)
        raise
    trip = Trip(nonce, verifier, following, fingerprint_of(browser))
    seconds = get_settings().oidc_state_seconds
    round_trips.keep_trip(redis_url(), state, trip, seconds=seconds)
    return Departure(leading, state, browser)


def arrive(arrival: Arrival, *, address: str, agent: str) -> tuple[str, str]:
    """Return the id of a new login, for the cookie, and where the person wanted to go.

    Raises `Strayed` with the reason: nobody is signed in then.
    """
    following = "/"
    try:
        _demand_on()
        _take(f"oidc callback {of_address(address)}")
        trip = round_trips.take_trip(redis_url(), arrival.state, arrival.browser)
        if trip is None:
            raise StateSpent
        following = trip.next
        user = admit_identity(_identify(arrival, trip))
        return _log_in(user, address=address, agent=agent), following
    except AppError as error:
        _log(error)
        raise Strayed(error, following) from error


def _identify(arrival: Arrival, trip: Trip) -> Identity:
    """Return who the provider says this is, for the code that the browser brought."""
    provider, settings = _provider(), get_settings()
    if arrival.error:
        raise ProviderDeclined from ValueError(arrival.error[:_LONGEST_NOTE])
    names_issuer = provider.endpoints().names_issuer
    if arrival.issuer != provider.client.issuer and (names_issuer or arrival.issuer is not None):
        raise IdentityRefused from ValueError("another provider answered")
    if not 0 < len(arrival.code) <= _LONGEST_CODE:
        raise IdentityRefused from ValueError("the code is missing")
    tokens = provider.exchange(arrival.code, trip.verifier)
    claims = verify_id_token(
        tokens.id_token,
        keys=provider.keys,
        keys_anew=provider.keys_anew,
        issuer=provider.client.issuer,
        client_id=provider.client.client_id,
        nonce=trip.nonce,
        access_token=tokens.access_token,
    )
    return read_identity(claims, settings.oidc_groups_claim)


def _log_in(user: User, *, address: str, agent: str) -> str:
    ticket = signing_in.issue_ticket(user, address=address, agent=agent)
    # Whoever disables an account ends all tickets after the commit: one issued later is seen here.
    if ask(lambda db: credentials.find_enabled(db, user.id)) is None:
        logins.drop_ticket(redis_url(), ticket)
        raise AccountDisabled
    return signing_in.redeem_ticket(ticket)


def _provider() -> Provider:
    settings = get_settings()
    return _provider_of(
        Client(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            scopes=settings.oidc_scopes,
            redirect_uri=settings.root_url + CALLBACK,
        )
    )


@lru_cache(maxsize=1)
def _provider_of(client: Client) -> Provider:
    return Provider(client)


def _demand_on() -> None:
    if not is_on():
        raise NotFound("No identity provider is set up here.", hint="Sign in by password.")


def _take(subject: str) -> None:
    most = get_settings().oidc_tries_per_minute_address
    wait = take_from_budget(redis_url(), subject, Budget(most, _MINUTE))
    if wait:
        raise TooManyTries(wait)


def _log(error: AppError) -> None:
    """Leave the reason where administrators look; people see no more than the sentence."""
    cause = clean_line(str(error.__cause__ or ""))[:_LONGEST_NOTE]
    log.warning("no sign-in by the identity provider: %s %s", error.message, cause)
