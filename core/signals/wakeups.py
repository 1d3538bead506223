"""Wake-ups: "session S is at seq N", "there is work". Losing one costs a moment, no more."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from uuid import UUID

import orjson
from redis import Redis
from redis.client import PubSub
from redis.exceptions import RedisError

from core.domain.following import Progress
from core.errors import RedisUnavailable

log = logging.getLogger(__name__)

SESSIONS_CHANNEL = "sage:sessions"
WORK_CHANNEL = "sage:work"
LIVE_CHANNEL = "sage:live"
NOTICES_CHANNEL = "sage:notices"
_DEAF_SECONDS = 5.0

_clients: dict[tuple[int, str], Redis] = {}
_speak_through: Callable[[Callable[[], None]], None] | None = None


def get_redis(url: str) -> Redis:
    """Return this process's client for a URL; a forked child gets its own."""
    key = (os.getpid(), url)
    if key not in _clients:
        _clients[key] = Redis.from_url(
            url, socket_connect_timeout=2, socket_timeout=5, socket_keepalive=True
        )
    return _clients[key]


def ping(url: str) -> None:
    """Ask Redis for a sign of life; raises `RedisUnavailable` when there is none."""
    try:
        get_redis(url).ping()
    except (RedisError, OSError, ValueError) as error:  # ValueError: the URL is none
        raise RedisUnavailable from error


def announce(
    url: str | None, *, sessions: Iterable[tuple[UUID, int]] = (), work: bool = False
) -> None:
    """Tell whoever watches that sessions moved on, and the dispatcher that tasks wait.

    To be called after the commit. Never raises: readers look for themselves in time.
    """
    if url is None:
        return
    messages = [(SESSIONS_CHANNEL, f"{session_id} {seq}") for session_id, seq in sessions]
    if work:
        messages.insert(0, (WORK_CHANNEL, ""))
    if _speak_through is None:
        _publish(url, messages)
    else:
        _speak_through(lambda: _publish(url, messages))


def speak_through(post: Callable[[Callable[[], None]], None] | None) -> None:
    """Let `post` call what publishes, beside the caller's work; with None publish at once."""
    global _speak_through
    _speak_through = post


def _publish(url: str, messages: Iterable[tuple[str, str]]) -> None:
    try:
        client = get_redis(url)
        for channel, message in messages:
            client.publish(channel, message)
    except RedisError as error:
        log.info("wake-up not sent: %s", error)


def announce_notices(url: str | None, user_ids: Iterable[UUID]) -> None:
    """Tell the open tabs of people that what they have not read is more or less than before.

    To be called after the commit. Never raises: the hub looks for itself in time.
    """
    names = " ".join(str(user_id) for user_id in user_ids)
    if url is not None and names:
        _publish(url, [(NOTICES_CHANNEL, names)])


def announce_progress(
    url: str | None, session_id: UUID, task_id: UUID, attempt: int, fraction: float | None
) -> None:
    """Send the progress of an attempt to whoever watches; never raises, may be lost."""
    if url is None:
        return
    message = {
        "session_id": str(session_id),
        "task_id": str(task_id),
        "attempt": attempt,
        "fraction": fraction,
    }
    try:
        get_redis(url).publish(LIVE_CHANNEL, orjson.dumps(message))
    except RedisError as error:
        log.debug("progress not sent: %s", error)


class Listener:
    """Hears channels until it is closed; a lost connection is an early time-out, not an error."""

    def __init__(self, url: str, *channels: str) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5)
        self._channels = channels
        self._pubsub = self._subscribe()

    def _subscribe(self) -> PubSub:
        self._subscribed = False
        pubsub: PubSub = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        return pubsub

    def wait(self, seconds: float) -> bytes | None:
        """Return the next message within `seconds`, or None.

        Raises `RedisError` when Redis does not answer; the next call subscribes anew.
        """
        try:
            if not self._subscribed:
                self._pubsub.subscribe(*self._channels)
                self._subscribed = True
            message = self._pubsub.get_message(timeout=seconds)
        except (RedisError, OSError):
            self._pubsub.close()
            self._pubsub = self._subscribe()
            raise
        return None if message is None else bytes(message["data"])

    def drain(self) -> Iterator[bytes]:
        """Yield what has arrived already."""
        while (message := self.wait(0)) is not None:
            yield message

    def close(self) -> None:
        """Give the connection back."""
        self._pubsub.close()
        self._redis.close()


def hear_progress(url: str | None, session_id: UUID) -> Generator[list[Progress], None, None]:
    """Yield, at each step, what a session's attempts told of their progress since the last one.

    Waits for nothing; without Redis there is nothing to hear, and it is asked again in a while.
    """
    listener = None if url is None else Listener(url, LIVE_CHANNEL)
    deaf_until = 0.0
    try:
        while True:
            said: list[Progress] = []
            if listener is not None and time.monotonic() >= deaf_until:
                try:
                    said = [found for data in listener.drain() if (found := _progress(data))]
                except RedisError as error:
                    log.debug("progress not heard: %s", error)
                    deaf_until = time.monotonic() + _DEAF_SECONDS
            yield [one for one in said if one.session_id == session_id]
    finally:
        if listener is not None:
            listener.close()


def _progress(data: bytes) -> Progress | None:
    try:
        said = orjson.loads(data)
        ids = UUID(said["session_id"]), UUID(said["task_id"])
        return Progress(*ids, int(said["attempt"]), said["fraction"])
    except (ValueError, KeyError, TypeError):
        return None  # no message of ours
