"""Trips to the identity provider: kept for a while, given out once, to the browser that began."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import RedisUnavailable
from core.settings import get_settings
from core.signals.logins import fingerprint_of
from core.signals.round_trips import Trip, keep_trip, take_trip

BROWSER = "b" * 43
TRIP = Trip("nonce", "verifier", "/live", fingerprint_of(BROWSER))


@pytest.fixture
def url(system: None) -> str:
    return get_settings().redis_url or ""


def test_a_trip_is_given_out_once(url: str) -> None:
    keep_trip(url, "s" * 43, TRIP, seconds=60)
    assert take_trip(url, "s" * 43, BROWSER) == TRIP
    assert take_trip(url, "s" * 43, BROWSER) is None


def test_of_many_at_once_one_gets_it(url: str) -> None:
    keep_trip(url, "s" * 43, TRIP, seconds=60)
    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda _: take_trip(url, "s" * 43, BROWSER), range(64)))
    assert len([one for one in got if one]) == 1


@pytest.mark.parametrize("browser", ["", "x", "b" * 42, "b" * 44, "B" * 43, "b" * 5000, "\ud800"])
def test_another_browser_gets_nothing_and_uses_it_up(url: str, browser: str) -> None:
    keep_trip(url, "s" * 43, TRIP, seconds=60)
    assert take_trip(url, "s" * 43, browser) is None
    assert take_trip(url, "s" * 43, BROWSER) is None


@pytest.mark.parametrize("state", ["", "s", "s" * 44, "s" * 5000, "\ud800", "*"])
def test_another_state_gets_nothing(url: str, state: str) -> None:
    keep_trip(url, "s" * 43, TRIP, seconds=60)
    assert take_trip(url, state, BROWSER) is None
    assert take_trip(url, "s" * 43, BROWSER) == TRIP


def test_redis_being_away_is_said() -> None:
    with pytest.raises(RedisUnavailable):
        take_trip("redis://127.0.0.1:9/0", "s" * 43, BROWSER)
