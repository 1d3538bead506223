"""Sockets of strangers: so many a minute from an address, then 429."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus

from core.settings import get_settings
from core.signals.login_watch import LoginWatch
from core.signals.wakeups import get_redis
from embedded.servers import RunningServers
from tests.web.browser import login_of, real_server, sign_up, stream
from web.anonymous import AnonymousSockets


@pytest.fixture(scope="module")
def host(servers: RunningServers, database_url: str) -> Iterator[str]:
    with real_server(
        DATABASE_URL=database_url,
        REDIS_URL=servers.redis_url,
        SAGE_ANONYMOUS_SOCKETS_PER_MINUTE_ADDRESS="3",
    ) as address:
        yield address


def test_a_stranger_hears_429_and_when_to_come_again(cheap: None, host: str) -> None:
    sign_up()
    with ExitStack() as sockets:
        for _ in range(3):
            sockets.enter_context(stream(host))
        for cookie in (None, "forged"):
            with pytest.raises(InvalidStatus) as refused, stream(host, cookie):
                pass
            answer = refused.value.response
            assert answer.status_code == 429
            assert 0 < int(answer.headers["retry-after"]) <= 60
            assert b"too_many_tries" in (answer.body or b"")
        sockets.enter_context(stream(host, login_of()))  # who is signed in is not counted


async def _sockets(number: int, watch: LoginWatch | None, address: str = "192.0.2.7") -> list[bool]:
    sockets = AnonymousSockets()
    scope = {"type": "websocket", "client": (address, 1)}
    return [await sockets.take(scope, watch) == 0 for _ in range(number)]


def test_the_budget_holds_across_processes(system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_ANONYMOUS_SOCKETS_PER_MINUTE_ADDRESS", "3")
    get_settings.cache_clear()

    async def both() -> list[bool]:
        watch = LoginWatch(get_settings().redis_url)
        try:
            return await _sockets(2, watch) + await _sockets(2, watch)
        finally:
            await watch.close()

    assert asyncio.run(both()) == [True, True, True, False]
    assert len(get_redis(get_settings().redis_url or "").keys("sage:budget:*")) == 1


@pytest.mark.parametrize("url", ["redis://127.0.0.1:9/0", None])
def test_redis_being_away_opens_nothing_wider(
    url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_ANONYMOUS_SOCKETS_PER_MINUTE_ADDRESS", "3")
    get_settings.cache_clear()

    async def away() -> list[bool]:
        watch = LoginWatch(url)
        try:
            return await _sockets(5, watch)
        finally:
            await watch.close()

    assert asyncio.run(away()) == [True, True, True, False, False]
    get_settings.cache_clear()
