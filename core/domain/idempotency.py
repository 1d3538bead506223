"""What a repeated request is: its key, its scope, its fingerprint, and the answer kept for it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.access import Principal, SystemPrincipal, TokenPrincipal
from core.errors import InvalidInput

# Who is asking now, what somebody else does now, how much: the next try may hear another answer.
PASSING = frozenset({401, 403, 408, 409, 425, 429})
NOTHING_DONE = 204
KEPT_HEADERS = ("content-type", "location")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was first given."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer in store, with the request that it belongs to."""

    answer: Answer
    fingerprint: str
    seconds_left: float  # until it is forgotten


@dataclass(frozen=True, slots=True)
class Begun:
    """The right to run an act now; to be handed to `keep` or `forget`.

    `act_key` is the same in every run of this act, and only there: what creates something takes it
    along, to find what a run that died has made.
    """

    id: UUID
    holder: UUID
    name: str  # of the answer in Redis
    fingerprint: str
    act_key: str
    is_secret: bool = False  # its answer holds a secret, and is kept sealed


@dataclass(frozen=True, slots=True)
class Replay:
    """The act was answered before: this is the answer."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class InFlight:
    """The act is being run; to be asked about again after `retry_after` seconds."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The key belongs to another request."""


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key's row, as somebody sees who did not get it."""

    fingerprint: str
    kept: KeptAnswer | None  # none: in flight
    begun_at: datetime
    locked_until: datetime
    now: datetime
    is_expired: bool


def read_key(given: str) -> UUID:
    """Return the key that a header names; raises `InvalidInput` when it is no UUID."""
    if not _UUID.fullmatch(given.strip()):
        raise InvalidInput(
            "The Idempotency-Key is not a UUID.",
            hint="Send a new UUID with each act, and the same one with each try of it.",
        )
    return UUID(given.strip())


def fingerprint_request(body: bytes, *, query: bytes = b"", media_type: str = "") -> str:
    """Return what tells one request from another under the same key."""
    return _digest(media_type.strip().lower().encode(), query, body)


def scope_of(principal: Principal, method: str, path: str) -> str:
    """Return where a key is unique: with one caller, at one address.

    Raises `ValueError` for the system, which calls nothing from outside.
    """
    if isinstance(principal, SystemPrincipal):
        raise ValueError("The system has no idempotency keys.")
    token = principal.token_id.bytes if isinstance(principal, TokenPrincipal) else b""
    place = path.encode("utf-8", "surrogatepass")
    return _digest(principal.user_id.bytes, token, method.upper().encode(), place)


def name_of(scope: str, key: UUID) -> str:
    """Return the name of a key in its scope."""
    return _digest(scope.encode(), key.bytes)


def act_key_of(name: str, fingerprint: str) -> str:
    """Return what an act is known by in every run of it."""
    return _digest(name.encode(), fingerprint.encode())


def is_kept(status: int) -> bool:
    """Tell whether an answer is final: the act was done, or can never be done as it was sent.

    204 says that there was nothing to do it with: who asks again may have more luck.
    """
    if status == NOTHING_DONE:
        return False
    return 200 <= status < 300 or (400 <= status < 500 and status not in PASSING)


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that belong to the answer, not to the moment it was sent."""
    lower = {name.lower(): value for name, value in headers.items()}
    return {name: lower[name] for name in KEPT_HEADERS if name in lower}


def _digest(*parts: bytes) -> str:
    """Hash parts with their lengths, so that nothing moves from one into the next."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()
