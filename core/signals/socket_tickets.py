"""One-time tickets for the socket of one session, for who cannot send a header with it.

Redis holds a ticket's SHA-256, as with logins, and gives out what it stands for once.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from uuid import UUID

import orjson

from core.signals.logins import fingerprint_of, is_plausible, redis_answers
from core.signals.wakeups import get_redis


@dataclass(frozen=True, slots=True)
class SocketTicket:
    """Which socket it opens, for whom: a token, or a user's login by its fingerprint."""

    session_id: UUID
    user_id: UUID
    token_id: UUID | None
    login: str | None


def issue_socket_ticket(url: str, record: SocketTicket, *, seconds: int) -> str:
    """Return a new ticket."""
    plain = secrets.token_urlsafe(32)
    with redis_answers():
        get_redis(url).set(_key(plain), orjson.dumps(asdict(record)), ex=seconds)
    return plain


def spend_socket_ticket(url: str, plain: str) -> SocketTicket | None:
    """Use a ticket up; None when it is unknown, used or too old. Of several at once one gets it."""
    if not is_plausible(plain):
        return None
    with redis_answers():
        stored = get_redis(url).getdel(_key(plain))
    if stored is None:
        return None
    found = orjson.loads(stored)
    token_id = found["token_id"] and UUID(found["token_id"])
    return SocketTicket(UUID(found["session_id"]), UUID(found["user_id"]), token_id, found["login"])


def _key(plain: str) -> str:
    return f"sage:socket-ticket:{fingerprint_of(plain)}"
