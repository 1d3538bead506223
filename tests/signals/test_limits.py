"""Budgets in Redis and in memory: what is within passes, what is beyond waits."""

from __future__ import annotations

import asyncio
import time

import pytest
from redis.asyncio import Redis

from core.domain.access import SYSTEM, Scope, TokenPrincipal, UserPrincipal
from core.errors import RedisUnavailable, TooManyTries
from core.ids import new_id
from core.services import limiting
from core.settings import get_settings
from core.signals.limits import (
    Budget,
    LocalBudget,
    of_address,
    take_from_budget,
    take_from_budget_async,
)
from core.signals.wakeups import get_redis
from tests.factories import in_parallel

NOWHERE = "redis://127.0.0.1:9/0"


@pytest.fixture
def url(system: None) -> str:
    return get_settings().redis_url or ""


def test_what_is_beyond_the_budget_waits_for_its_end(url: str) -> None:
    budget = Budget(3, 60)
    waits = [take_from_budget(url, "x", budget) for _ in range(5)]
    assert waits[:3] == [0, 0, 0]
    assert all(59 < wait <= 60 for wait in waits[3:])
    assert take_from_budget(url, "y", budget) == 0


def test_a_refused_act_does_not_lengthen_the_wait(url: str) -> None:
    budget = Budget(1, 0.2)
    assert take_from_budget(url, "x", budget) == 0
    end = time.monotonic() + 5
    while take_from_budget(url, "x", budget):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_of_many_at_once_the_budget_passes(url: str) -> None:
    waits = in_parallel(20, lambda _: take_from_budget(url, "x", Budget(5, 60)))
    assert waits.count(0) == 5


def test_a_key_that_lost_its_end_gets_one(url: str) -> None:
    take_from_budget(url, "x", Budget(1, 60))
    (key,) = get_redis(url).keys("sage:budget:*")
    get_redis(url).persist(key)
    assert 59 < take_from_budget(url, "x", Budget(1, 60)) <= 60
    assert 0 < int(str(get_redis(url).ttl(key))) <= 60


@pytest.mark.parametrize("subject", ["", "\x00", "\ud800", "a\r\nFLUSHALL\r\n", "x" * 100_000])
def test_what_people_send_never_becomes_a_key(url: str, subject: str) -> None:
    take_from_budget(url, subject, Budget(1, 60))
    (key,) = get_redis(url).keys("*")
    assert len(key) == len("sage:budget:") + 64


def test_an_event_loop_counts_in_the_same_budget(url: str) -> None:
    async def take() -> float:
        redis = Redis.from_url(url)
        try:
            return await take_from_budget_async(redis, "x", Budget(1, 60))
        finally:
            await redis.aclose()

    assert take_from_budget(url, "x", Budget(1, 60)) == 0
    assert asyncio.run(take()) > 59


def test_redis_being_away_allows_nothing() -> None:
    with pytest.raises(RedisUnavailable):
        take_from_budget(NOWHERE, "x", Budget(1, 60))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", " 192.0.2.7 ", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::1", True),
        ("here", "there", False),
    ],
)
def test_an_address_is_counted_as_what_one_line_has(one: str, other: str, same: bool) -> None:
    assert (of_address(one) == of_address(other)) is same


def test_the_budget_in_memory_is_whole_again_after_its_time() -> None:
    now = [0.0]
    budget = LocalBudget(Budget(2, 10), clock=lambda: now[0])
    assert [budget.take("x") for _ in range(3)] == [0, 0, 10]
    now[0] = 4
    assert budget.take("x") == 6
    assert budget.take("y") == 0
    now[0] = 10
    assert budget.take("x") == 0


def test_the_budget_in_memory_never_grows_beyond_its_bound() -> None:
    budget = LocalBudget(Budget(1, 60), subjects=10)
    for number in range(1000):
        budget.take(str(number))
    assert len(budget._used) == 10


def test_callers_of_the_api_have_budgets_of_their_own(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_API_READS_PER_MINUTE", "2")
    monkeypatch.setenv("SAGE_API_WRITES_PER_MINUTE", "1")
    get_settings.cache_clear()
    user = UserPrincipal(new_id())
    token = TokenPrincipal(user.user_id, new_id(), frozenset(Scope))
    for caller in (user, token):
        limiting.take_call(caller, is_write=True)
        limiting.take_call(caller, is_write=False)
        limiting.take_call(caller, is_write=False)
        for is_write in (True, False):
            with pytest.raises(TooManyTries) as refused:
                limiting.take_call(caller, is_write=is_write)
            assert 59 <= refused.value.seconds <= 60
    for _ in range(5):
        limiting.take_call(SYSTEM, is_write=True)


def test_without_redis_no_budget_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for redis_url in (NOWHERE, ""):
        monkeypatch.setenv("REDIS_URL", redis_url)
        get_settings.cache_clear()
        for act in (limiting.take_sign_up, limiting.take_reset, limiting.take_invitation):
            with pytest.raises(RedisUnavailable):
                act("192.0.2.7")
        with pytest.raises(RedisUnavailable):
            limiting.take_call(UserPrincipal(new_id()), is_write=False)
    get_settings.cache_clear()
