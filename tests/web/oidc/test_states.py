"""States of a sign-in: forged, replayed, run out, and another browser's."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from core.services import federating
from core.settings import get_settings
from core.signals.wakeups import get_redis
from tests.identity_provider import (
    IdentityProvider,
)
from tests.web.oidc.visits import Set, come_back, leave, refused, who, with_query


@pytest.mark.parametrize("state", ["", "x", "A" * 43, "A" * 5000, "é\u0000"])
def test_a_forged_state_opens_nothing(browser: TestClient, state: str) -> None:
    back = come_back(leave(browser))
    assert refused(browser.get(with_query(back, state=state))) == "state_spent"
    assert who(browser) is None


def test_without_a_state_nothing_opens(browser: TestClient) -> None:
    back = come_back(leave(browser))
    assert refused(browser.get(with_query(back, state=None))) == "state_spent"


def test_a_state_is_good_once(browser: TestClient, provider: IdentityProvider) -> None:
    leaving = leave(browser)
    secrets = dict(browser.cookies)
    back = come_back(leaving)
    assert browser.get(back).headers["location"] == "/"
    browser.cookies.clear()
    for name, value in secrets.items():
        browser.cookies.set(name, value)
    assert refused(browser.get(back)) == "state_spent"
    again = come_back(leaving)  # the same state, with a code of its own
    assert refused(browser.get(again)) == "state_spent"
    assert who(browser) is None


def test_what_failed_is_not_tried_again_with_the_same_state(
    browser: TestClient, provider: IdentityProvider
) -> None:
    provider.token_status = 500
    leaving = leave(browser)
    secrets = dict(browser.cookies)
    back = come_back(leaving)
    assert refused(browser.get(back)) == "provider_unavailable"
    provider.token_status = 200
    browser.cookies.update(secrets)
    assert refused(browser.get(come_back(leaving))) == "state_spent"


def test_another_browser_cannot_be_signed_in_with_my_state(browser: TestClient) -> None:
    """Login CSRF: an attacker sends a victim the address that brings the attacker's own code."""
    back = come_back(leave(browser))
    browser.cookies.clear()  # the victim's
    assert refused(browser.get(back)) == "state_spent"
    assert who(browser) is None


def test_not_even_a_browser_that_has_begun_itself(browser: TestClient) -> None:
    attackers = come_back(leave(browser))
    browser.cookies.clear()
    own = leave(browser)  # the victim's
    assert refused(browser.get(attackers)) == "state_spent"
    assert browser.get(come_back(own)).headers["location"] == "/"


def test_a_secret_of_another_trip_is_worth_nothing(browser: TestClient) -> None:
    attackers = come_back(leave(browser))
    browser.cookies.clear()
    leave(browser)
    (secret,) = browser.cookies.values()
    state = parse_qs(urlsplit(attackers).query)["state"][0]
    browser.cookies.set(federating.cookie_name(state), secret)
    assert refused(browser.get(attackers)) == "state_spent"


def test_a_state_runs_out(browser: TestClient, set_up: Set) -> None:
    set_up(oidc_state_seconds="1")
    back = come_back(leave(browser))
    time.sleep(1.3)
    assert refused(browser.get(back)) == "state_spent"


def test_redis_holds_neither_states_nor_the_browsers_secrets(browser: TestClient) -> None:
    leaving = leave(browser)
    state = parse_qs(urlsplit(leaving).query)["state"][0]
    (secret,) = browser.cookies.values()
    redis = get_redis(get_settings().redis_url or "")
    trips = list(redis.scan_iter("sage:round-trip:*"))
    assert len(trips) == 1
    assert 0 < redis.ttl(trips[0]) <= 600
    held = b" ".join([*trips, *(redis.get(one) for one in trips)])
    assert state.encode() not in held
    assert secret.encode() not in held
