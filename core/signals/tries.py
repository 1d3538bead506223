"""Tries that may fail, counted in Redis: the first few are free, then each one costs a wait."""

from __future__ import annotations

from core.signals.logins import fingerprint_of, redis_answers
from core.signals.wakeups import get_redis

_FORGOTTEN_AFTER_SECONDS = 3600

# A try is counted before its outcome is known: of two hundred at the same moment only the free
# ones go through. A refused try counts nothing, so nobody is locked out for good.
_TAKE = """
local left = redis.call('PTTL', KEYS[2])
if left > 0 then return left end
local tries = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
local beyond = tries - tonumber(ARGV[2])
if beyond >= 0 then
    local wait = math.min(1000 * 2 ^ math.min(beyond, 30), tonumber(ARGV[3]))
    redis.call('SET', KEYS[2], tries, 'PX', string.format('%d', wait))
end
return 0
"""
_GIVE_BACK = """
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECR', KEYS[1]) end
"""


def take_try(url: str, subject: str, *, free: int, most_seconds: float) -> float:
    """Count a try; returns 0 when it may be made, else the seconds to wait.

    After `free` tries the waits are 1, 2, 4 s and so on, up to `most_seconds`.
    """
    limits = (str(_FORGOTTEN_AFTER_SECONDS), str(free), str(int(most_seconds * 1000)))
    with redis_answers():
        left = get_redis(url).eval(_TAKE, 2, *_keys(subject), *limits)
    return int(str(left)) / 1000


def forget_tries(url: str, subject: str) -> None:
    """Begin anew for a subject whose try succeeded."""
    with redis_answers():
        get_redis(url).delete(*_keys(subject))


def give_back(url: str, subject: str) -> None:
    """Take back a try that succeeded, where others share the subject."""
    with redis_answers():
        get_redis(url).eval(_GIVE_BACK, 1, _keys(subject)[0])


def _keys(subject: str) -> tuple[str, str]:
    name = fingerprint_of(subject)  # what people type does not become a key
    return f"sage:tries:{name}", f"sage:wait:{name}"
