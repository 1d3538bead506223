"""Hearing Redis channels from an event loop: one subscription, for ever."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum, auto

from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 0.5
_SILENT_SECONDS = 15.0  # after which the connection is asked for a sign of life


class Line(Enum):
    """What became of the connection."""

    UP = auto()  # subscribed; what was said before is lost
    DOWN = auto()


@dataclass(frozen=True, slots=True)
class Heard:
    """A message on a channel."""

    channel: str
    data: bytes


async def hear(url: str | None, *channels: str) -> AsyncIterator[Heard | Line]:
    """Yield what is said on channels from now on; `Line.UP` comes first, and after each gap."""
    while True:
        if url is not None:
            redis = Redis.from_url(
                url, socket_connect_timeout=2, socket_timeout=None, socket_keepalive=True
            )
            try:
                async with redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(*channels)
                    yield Line.UP
                    while True:
                        message = await pubsub.get_message(timeout=_SILENT_SECONDS)
                        if message is None:
                            await pubsub.ping()
                        elif message["type"] == "message":
                            yield Heard(message["channel"].decode(), message["data"])
            except (RedisError, OSError) as error:
                log.info("Redis is not heard: %s", error)
            finally:
                await redis.aclose()
        yield Line.DOWN
        await asyncio.sleep(_AGAIN_SECONDS)
