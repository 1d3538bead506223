"""Passwords: argon2id, two at a time, and as slow for nobody as for somebody."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from core.errors import InvalidInput, TooManyTries
from core.services.guessing import why_guessed
from core.settings import get_settings

SHORTEST, LONGEST = 12, 128
_PATIENCE_SECONDS = 10.0
_FIELDS = 5  # of a stored hash: kind, version, cost, salt, digest

# Each hash takes a core and 19 MB for a moment; the pages need the rest of the machine.
_slots = BoundedSemaphore(2)


def check_password(password: str, own: Iterable[str] = ()) -> str:
    """Return a password that has 12 to 128 characters and is not guessed first.

    Raises `InvalidInput` otherwise. `own` holds the user's name and e-mail address.
    """
    normal = unicodedata.normalize("NFC", password)
    if not SHORTEST <= len(normal) <= LONGEST:
        raise InvalidInput(
            f"The password needs {SHORTEST} to {LONGEST} characters.",
            hint="A sentence that only you would say is easy to remember.",
        )
    reason = why_guessed(normal, own)
    if reason is not None:
        raise InvalidInput(
            f"This password is guessed early: {reason}.",
            hint="A sentence that only you would say is easy to remember.",
        )
    return normal


def hash_password(password: str) -> str:
    """Return what is stored of a checked password."""
    with _slot():
        return _hasher().hash(_to_bytes(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Tell whether a password is the stored one; takes as long when nothing is stored."""
    with _slot():
        return _verify(stored or _nobodys(cost_now()), password) and bool(stored)


def spend_other_costs(stored: str | None, password: str, costs: Iterable[str]) -> None:
    """Take as long as verifying at all these costs, but for the one that `stored` has taken.

    While the settings have changed and not everybody has signed in since, a stored hash may cost
    more or less than a new one. With this after each wrong password, every name has cost the sum,
    also one that nobody has. What remains: the order in which they are spent may tell on caches,
    and a hash whose cost cannot be read takes no time of its own.
    """
    spent = cost_of(stored) if stored else cost_now()
    for cost in sorted({cost_now(), *costs} - {spent, ""}):
        with _slot():
            _verify(_nobodys(cost), password)


def cost_of(stored: str) -> str:
    """Return what a hash costs, as it says itself: `m=19456,t=2,p=1`."""
    return stored.split("$")[3] if stored.count("$") == _FIELDS else ""


def cost_now() -> str:
    """Return what a new hash costs."""
    hasher = _hasher()
    return f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"


def needs_rehash(stored: str) -> bool:
    """Tell whether the settings changed since a password was hashed."""
    return _hasher().check_needs_rehash(stored)


def _hasher() -> PasswordHasher:
    settings = get_settings()
    return PasswordHasher(
        time_cost=settings.password_rounds,
        memory_cost=settings.password_memory_kib,
        parallelism=1,
    )


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher().verify(stored, _to_bytes(password))
    except (Argon2Error, InvalidHashError):
        return False


def _nobodys(cost: str) -> str:
    """Make a hash that no password has."""
    hasher = _hasher()
    salt, digest = (
        base64.b64encode(bytes(length)).rstrip(b"=").decode()
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19${cost}${salt}${digest}"


def _to_bytes(password: str) -> bytes:
    normal = unicodedata.normalize("NFC", password[: LONGEST * 4])
    return normal.encode("utf-8", "surrogatepass")


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=_PATIENCE_SECONDS):
        raise TooManyTries(_PATIENCE_SECONDS, "Too many people are signing in at this moment.")
    try:
        yield
    finally:
        _slots.release()
