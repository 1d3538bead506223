"""Counters of rare events of all processes, kept in Redis; what it loses begins anew at 0."""

from __future__ import annotations

import logging

from redis.exceptions import RedisError

from core.errors import RedisUnavailable
from core.signals.wakeups import get_redis

log = logging.getLogger(__name__)

_KEY = "sage:tallies"
QUEUE_KEY = "huey.redis.sage"  # as Huey names the queue of this name


def count(url: str | None, name: str) -> None:
    """Count an event; never raises."""
    if url is None:
        return
    try:
        get_redis(url).hincrby(_KEY, name, 1)
    except RedisError as error:
        log.info("not counted: %s", error)


def read_tallies(url: str) -> dict[str, int]:
    """Return every counter; raises `RedisUnavailable`."""
    try:
        found = get_redis(url).hgetall(_KEY)
    except (RedisError, OSError) as error:
        raise RedisUnavailable from error
    return {name.decode(): int(value) for name, value in found.items()}  # type: ignore[union-attr]


def queue_depth(url: str) -> int:
    """Return how many messages wait in the queue; raises `RedisUnavailable`."""
    try:
        return int(get_redis(url).zcard(QUEUE_KEY))
    except (RedisError, OSError) as error:
        raise RedisUnavailable from error
