"""One-time links by which somebody sets a new password without the old one.

Redis holds a link's SHA-256, as it does with logins: who can read Redis can reset nothing. A user
has one such link at a time.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from core.signals.logins import fingerprint_of, is_plausible, redis_answers
from core.signals.wakeups import get_redis

_ISSUE = """
local former = redis.call('GET', KEYS[2])
if former then redis.call('DEL', former) end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('SET', KEYS[2], KEYS[1], 'EX', ARGV[2])
"""
_VOID = """
local former = redis.call('GETDEL', KEYS[1])
if former then redis.call('DEL', former) end
"""


def issue_reset(url: str, user_id: UUID, *, seconds: int) -> str:
    """Return the token of a new link; the user's former link opens nothing any more."""
    token = secrets.token_urlsafe(32)
    keys = (_key(token), _of_user(user_id))
    with redis_answers():
        get_redis(url).eval(_ISSUE, 2, *keys, str(user_id), str(seconds))
    return token


def find_reset(url: str, token: str) -> UUID | None:
    """Return whose password a link sets; None when it is unknown, used or too old."""
    if not is_plausible(token):
        return None
    with redis_answers():
        found = get_redis(url).get(_key(token))
    return None if found is None else UUID(found.decode() if isinstance(found, bytes) else found)


def spend_reset(url: str, token: str) -> UUID | None:
    """Use a link up and return whose it was; of several at once, one gets it."""
    if not is_plausible(token):
        return None
    with redis_answers():
        found = get_redis(url).getdel(_key(token))
    return None if found is None else UUID(found.decode() if isinstance(found, bytes) else found)


def void_reset(url: str, user_id: UUID) -> None:
    """Let a user's link open nothing any more."""
    with redis_answers():
        get_redis(url).eval(_VOID, 1, _of_user(user_id))


def _key(token: str) -> str:
    return f"sage:reset:{fingerprint_of(token)}"


def _of_user(user_id: UUID) -> str:
    return f"sage:reset-of:{user_id}"
