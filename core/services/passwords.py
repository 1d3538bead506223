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
        try:
            return _hasher().verify(stored or _nobodys(), _to_bytes(password)) and bool(stored)
        except (Argon2Error, InvalidHashError):
            return False


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


def _nobodys() -> str:
    """Make a hash that no password has, of the same cost as everybody's."""
    hasher = _hasher()
    salt, digest = (
        base64.b64encode(bytes(length)).rstrip(b"=").decode()
        for length in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
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
