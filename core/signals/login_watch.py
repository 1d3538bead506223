"""Logins as the event loop sees them: a look that never blocks, and the news of their end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from core.errors import RedisUnavailable
from core.signals.limits import Budget, take_from_budget_async
from core.signals.logins import (
    REVOKED_CHANNEL,
    LoginRecord,
    Revocation,
    is_plausible,
    login_key,
    read_record,
    read_revocation,
    redis_answers,
)

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 0.5


class LoginWatch:
    """A client of its own for one event loop; to be closed at its end."""

    def __init__(self, url: str | None) -> None:
        # One retry at once: after a restart of Redis every pooled connection is stale.
        self._redis = url and Redis.from_url(
            url,
            socket_connect_timeout=2,
            socket_timeout=5,
            retry=Retry(NoBackoff(), 1),
            retry_on_error=[RedisConnectionError],
        )

    async def find(self, login_id: str | None) -> LoginRecord | None:
        """Return the login of an id; None when there is none. Raises `RedisUnavailable`."""
        if login_id is None or not is_plausible(login_id):
            return None
        with redis_answers():
            stored = await self._client.get(login_key(login_id))
        return None if stored is None else read_record(stored)

    async def take(self, subject: str, budget: Budget) -> float:
        """Count an act; returns 0, or the seconds to wait. Raises `RedisUnavailable`."""
        return await take_from_budget_async(self._client, subject, budget)

    async def ended(self, fingerprints: Collection[str]) -> set[str]:
        """Return those of these logins that are no more. Raises `RedisUnavailable`."""
        names = list(fingerprints)
        if not names:
            return set()
        with redis_answers():
            stored = await self._client.mget([f"sage:login:{name}" for name in names])
        return {name for name, record in zip(names, stored, strict=True) if record is None}

    async def revocations(self) -> AsyncIterator[Revocation]:
        """Yield what is revoked from now on, for ever; what came while Redis was away is lost."""
        while True:
            try:
                async with self._client.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(REVOKED_CHANNEL)
                    while True:
                        message = await pubsub.get_message(timeout=60)
                        if message is not None:
                            yield read_revocation(message["data"])
            except (RedisError, RedisUnavailable, OSError, ValueError) as error:
                log.info("revocations not heard: %s", error)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def close(self) -> None:
        """Give the connections back."""
        if self._redis:
            await self._redis.aclose()

    @property
    def _client(self) -> Redis:
        if not self._redis:
            raise RedisUnavailable("No Redis is configured and no Sage Mode runs here.")
        return self._redis
