"""Wake-ups: heard by whoever listens, and never in the way of anybody else."""

from __future__ import annotations

import time
from uuid import UUID

import orjson
import pytest
from redis.exceptions import RedisError

from core.errors import RedisUnavailable
from core.services import claiming
from core.settings import get_settings
from core.signals import wakeups
from core.signals.wakeups import (
    LIVE_CHANNEL,
    SESSIONS_CHANNEL,
    WORK_CHANNEL,
    Listener,
    announce,
    announce_progress,
)
from embedded.servers import RunningServers
from tests.factories import Someone, claim, complete, launch

NOWHERE = "redis://127.0.0.1:9/0"


def listening(url: str, *channels: str) -> Listener:
    """Return a listener that Redis already knows of; others may listen there too."""
    client = wakeups.get_redis(url)

    def known() -> int:
        return dict(client.pubsub_numsub(*channels)).get(channels[0].encode(), 0)

    before = known()
    listener = Listener(url, *channels)
    end = time.monotonic() + 5
    while known() <= before:
        listener.wait(0.05)
        assert time.monotonic() < end
    return listener


def hear(listener: Listener) -> bytes | None:
    end = time.monotonic() + 2
    while time.monotonic() < end:
        if (message := listener.wait(0.1)) is not None:
            return message
    return None


@pytest.fixture
def url(system: None) -> str:
    return get_settings().redis_url or ""


def test_a_session_is_announced_with_its_number(url: str) -> None:
    listener = listening(url, SESSIONS_CHANNEL)
    announce(url, sessions=[(UUID(int=7), 3)])
    assert hear(listener) == f"{UUID(int=7)} 3".encode()
    listener.close()


def test_work_is_announced_on_a_channel_of_its_own(url: str) -> None:
    listener = listening(url, WORK_CHANNEL)
    announce(url, sessions=[(UUID(int=7), 3)])
    announce(url, work=True)
    assert hear(listener) == b""
    assert list(listener.drain()) == []
    listener.close()


def test_many_messages_are_drained_at_once(url: str) -> None:
    listener = listening(url, WORK_CHANNEL)
    for _ in range(20):
        announce(url, work=True)
    time.sleep(0.1)
    assert len(list(listener.drain())) == 20
    listener.close()


def test_progress_names_its_attempt(url: str) -> None:
    listener = listening(url, LIVE_CHANNEL)
    announce_progress(url, UUID(int=1), UUID(int=2), 3, 0.5)
    assert orjson.loads(hear(listener) or b"null") == {
        "session_id": str(UUID(int=1)),
        "task_id": str(UUID(int=2)),
        "attempt": 3,
        "fraction": 0.5,
    }
    listener.close()


@pytest.mark.parametrize("address", [None, NOWHERE])
def test_nobody_is_disturbed_when_redis_is_away(address: str | None) -> None:
    announce(address, sessions=[(UUID(int=7), 3)], work=True)
    announce_progress(address, UUID(int=1), UUID(int=2), 3, None)


def test_a_ping_says_when_redis_is_away(url: str) -> None:
    wakeups.ping(url)
    with pytest.raises(RedisUnavailable):
        wakeups.ping(NOWHERE)


def test_a_listener_hears_again_after_redis_was_restarted(
    servers: RunningServers, url: str
) -> None:
    listener = listening(url, WORK_CHANNEL)
    servers.valkey.kill()
    try:
        with pytest.raises((RedisError, OSError)):
            listener.wait(5)
    finally:
        servers.valkey.start()
    listener.wait(0.1)
    end = time.monotonic() + 5
    heard = None
    while heard is None and time.monotonic() < end:
        announce(url, work=True)
        heard = listener.wait(0.1)
    assert heard == b""
    listener.close()


def test_a_launch_and_a_result_are_stored_while_redis_is_away(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", NOWHERE)
    get_settings.cache_clear()
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    claiming.report_progress(claimed, 0.5)
    claiming.note_task(claimed, "Reading")
    assert complete(claimed).freed


def test_a_launch_wakes_the_dispatcher_and_the_watchers(url: str, someone: Someone) -> None:
    work, watch = listening(url, WORK_CHANNEL), listening(url, SESSIONS_CHANNEL)
    session = launch(someone)
    assert hear(work) == b""
    assert hear(watch) == f"{session.id} {session.last_seq}".encode()
    work.close()
    watch.close()
