"""Fixed budgets: so many acts of a subject in so many seconds, counted in Redis.

For what is no try at a secret; those are in `tries`. A budget begins with its first act and is
whole again when its time is over. Redis being away raises: what cannot be counted is not allowed.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from redis.asyncio import Redis as AsyncRedis

from core.signals.logins import fingerprint_of, redis_answers
from core.signals.wakeups import get_redis

# Counted before it is allowed, so that of many at the same moment no more than the budget pass.
TAKE = """
local used = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    left = tonumber(ARGV[2])
end
if used > tonumber(ARGV[1]) then return left end
return 0
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """So many acts in so many seconds."""

    most: int
    seconds: float


def take_from_budget(url: str, subject: str, budget: Budget) -> float:
    """Count an act; returns 0 when it is within the budget, else the seconds to wait."""
    with redis_answers():
        left = get_redis(url).eval(TAKE, 1, _key(subject), *_arguments(budget))
    return int(str(left)) / 1000


async def take_from_budget_async(redis: AsyncRedis, subject: str, budget: Budget) -> float:
    """Count an act as `take_from_budget` does, from an event loop."""
    with redis_answers():
        left = await redis.eval(TAKE, 1, _key(subject), *_arguments(budget))
    return int(str(left)) / 1000


def of_address(address: str) -> str:
    """Return the subject that an address is counted under: of IPv6 the /64 that one line has."""
    try:
        found = ip_address(address.strip().partition("%")[0])
    except ValueError:
        return f"address {address[:100]}"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return f"address {found.ipv4_mapped}"
        return f"address {found.exploded[:19]}/64"
    return f"address {found}"


class LocalBudget:
    """The same in this process's memory, for where Redis may be away; forgets the oldest."""

    def __init__(
        self, budget: Budget, *, subjects: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._budget, self._subjects, self._clock = budget, subjects, clock
        self._used: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def take(self, subject: str) -> float:
        """Count an act; returns 0 when it is within the budget, else the seconds to wait."""
        now = self._clock()
        used, until = self._used.get(subject, (0, 0.0))
        if now >= until:
            used, until = 0, now + self._budget.seconds
            self._used.pop(subject, None)  # it goes to the end, as the latest
        self._used[subject] = (used + 1, until)
        if len(self._used) > self._subjects:
            self._used.popitem(last=False)
        return 0.0 if used < self._budget.most else until - now


def _key(subject: str) -> str:
    return f"sage:budget:{fingerprint_of(subject)}"  # what people send does not become a key


def _arguments(budget: Budget) -> tuple[str, str]:
    return str(budget.most), str(int(budget.seconds * 1000))
