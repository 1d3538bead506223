"""Tries that may fail, counted in Redis: the first few are free, then each one costs a wait."""

from __future__ import annotations

from collections.abc import Mapping

from core.signals.logins import fingerprint_of, redis_answers
from core.signals.wakeups import get_redis

_FORGOTTEN_AFTER_SECONDS = 3600

# A try is counted before its outcome is known: of two hundred at the same moment only the free
# ones go through. A refused try counts nothing, not even where it need not have waited: so nobody
# is locked out for good, and one account's wait takes no tries from others at its address.
_TAKE = """
local left = 0
for i = 2, #KEYS, 2 do left = math.max(left, redis.call('PTTL', KEYS[i])) end
if left > 0 then return left end
for i = 1, #KEYS, 2 do
    local tries = redis.call('INCR', KEYS[i])
    redis.call('EXPIRE', KEYS[i], ARGV[1])
    local beyond = tries - tonumber(ARGV[2 + (i + 1) / 2])
    if beyond >= 0 then
        local wait = math.min(1000 * 2 ^ math.min(beyond, 30), tonumber(ARGV[2]))
        redis.call('SET', KEYS[i + 1], tries, 'PX', string.format('%d', wait))
    end
end
return 0
"""
# With the try goes the wait that it began.
_GIVE_BACK = """
if redis.call('EXISTS', KEYS[1]) == 0 then return end
local tries = redis.call('DECR', KEYS[1]) + 1
if redis.call('GET', KEYS[2]) == tostring(tries) then redis.call('DEL', KEYS[2]) end
"""


def take_try(url: str, free: Mapping[str, int], *, most_seconds: float) -> float:
    """Count a try of each subject; returns 0 when it may be made, else the seconds to wait.

    After a subject's `free` tries its waits are 1, 2, 4 s and so on, up to `most_seconds`; a try
    waits for the longest, and then is counted nowhere.
    """
    keys = [key for subject in free for key in _keys(subject)]
    limits = (_FORGOTTEN_AFTER_SECONDS, int(most_seconds * 1000), *free.values())
    with redis_answers():
        left = get_redis(url).eval(_TAKE, len(keys), *keys, *map(str, limits))
    return int(str(left)) / 1000


def forget_tries(url: str, subject: str) -> None:
    """Begin anew for a subject whose try succeeded."""
    with redis_answers():
        get_redis(url).delete(*_keys(subject))


def give_back(url: str, subject: str) -> None:
    """Take back a try that succeeded, where others share the subject."""
    with redis_answers():
        get_redis(url).eval(_GIVE_BACK, 2, *_keys(subject))


def _keys(subject: str) -> tuple[str, str]:
    name = fingerprint_of(subject)  # what people type does not become a key
    return f"sage:tries:{name}", f"sage:wait:{name}"
