"""The queue. It only wakes workers up: the state of every task stands in PostgreSQL.

Messages are signed, because Huey unpickles what it finds and whoever can write to Redis must not
thereby run code here. They carry ids only, and losing or doubling one does no harm.
"""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from huey import PriorityRedisHuey
from huey.serializer import SignedSerializer

from core.errors import InvalidInput, RedisUnavailable
from core.settings import Settings, get_settings


def message_secret(settings: Settings) -> str:
    """Return what signs messages: the setting, or a hash of the database's password.

    Every process that shares a database thus shares it, and no other does. Raises `InvalidInput`
    when there is neither: a secret that can be guessed is none.
    """
    if settings.queue_secret:
        return settings.queue_secret
    password = urlsplit(settings.database_url or "").password
    if not password:
        raise InvalidInput(
            "DATABASE_URL has no password to sign the queue's messages with.",
            hint="Set SAGE_QUEUE_SECRET to the same long random text for all processes.",
        )
    return hashlib.sha256(f"sage queue {password}".encode()).hexdigest()


class Queue(PriorityRedisHuey):  # type: ignore[misc]
    """Huey on Redis, without its revocations: a cancelled task is found so when it is claimed.

    Two round trips less for each message.
    """

    def is_revoked(self, *args: object, **kwargs: object) -> bool:
        """Answer without asking Redis, as nothing is ever revoked."""
        return False

    def delete(self, key: str) -> bool:
        """Delete nothing, as neither results nor revocations are ever stored."""
        return False


def make_queue(settings: Settings) -> Queue:
    """Return the queue on the configured Redis; raises `RedisUnavailable` without one."""
    if settings.redis_url is None:
        raise RedisUnavailable("No Redis is configured and no Sage Mode runs here.")
    separator = "&" if "?" in settings.redis_url else "?"
    return Queue(
        "sage",
        url=f"{settings.redis_url}{separator}socket_connect_timeout=2&socket_keepalive=1",
        results=False,
        serializer=SignedSerializer(secret=message_secret(settings)),
    )


queue = make_queue(get_settings())
