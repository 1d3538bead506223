"""Ways to the identity provider and back: what was sent along, kept until the browser returns.

A trip is named by its state, which the provider hands back. Redis holds it under the state's
SHA-256, for minutes, and gives it out once. It knows the browser by the hash of a secret that only
that browser's cookie has: a state alone, in whatever browser, is worth nothing.
"""

from __future__ import annotations

import hmac
from dataclasses import asdict, dataclass

import orjson

from core.signals.logins import fingerprint_of, is_plausible, redis_answers
from core.signals.wakeups import get_redis


@dataclass(frozen=True, slots=True)
class Trip:
    """What has to be known when the browser comes back."""

    nonce: str
    verifier: str
    next: str
    browser: str  # fingerprint of the secret in its cookie


def keep_trip(url: str, state: str, trip: Trip, *, seconds: int) -> None:
    """Keep a trip under its state."""
    with redis_answers():
        get_redis(url).set(_key(state), orjson.dumps(asdict(trip)), ex=seconds)


def take_trip(url: str, state: str, browser: str) -> Trip | None:
    """Return the trip of a state, once; None when it is unknown, over, or another browser's."""
    if not is_plausible(state):
        return None
    with redis_answers():
        stored = get_redis(url).getdel(_key(state))
    if stored is None or not is_plausible(browser):
        return None
    trip = Trip(**orjson.loads(stored))
    return trip if hmac.compare_digest(trip.browser, fingerprint_of(browser)) else None


def _key(state: str) -> str:
    return f"sage:round-trip:{fingerprint_of(state)}"
