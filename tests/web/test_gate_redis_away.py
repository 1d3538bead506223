"""Redis stops and comes back: nobody is signed out, and nobody gets in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from core.settings import get_settings
from embedded.valkey import ValkeyServer
from tests.web.browser import PAGE, login_of, real_server, session_of, sign_up, stream, ticket_of
from tests.web.test_gate_sockets import seconds_until_closed


@dataclass
class Place:
    """A server, and a Redis of its own that remembers through a restart."""

    host: str
    redis: ValkeyServer

    def get(self, path: str, cookie: str | None = None, **headers: str) -> httpx2.Response:
        if cookie:
            headers["cookie"] = f"sage_login={cookie}"
        return httpx2.get(f"http://{self.host}{path}", headers=headers, timeout=5)


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    redis = ValkeyServer(tmp_path_factory.mktemp("redis"))
    redis.start()
    yield redis
    redis.stop()


@pytest.fixture(scope="module")
def host(own_redis: ValkeyServer, database_url: str) -> Iterator[str]:
    with real_server(DATABASE_URL=database_url, REDIS_URL=own_redis.url) as address:
        yield address


@pytest.fixture
def place(
    cheap: None, own_redis: ValkeyServer, host: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    monkeypatch.setenv("REDIS_URL", own_redis.url)
    get_settings.cache_clear()
    yield Place(host, own_redis)
    own_redis.kill()
    own_redis.start()


def test_nobody_is_signed_out_while_redis_is_away(place: Place) -> None:
    sign_up()
    cookie = login_of()
    assert place.get("/auth/me", cookie).status_code == 200
    place.redis.kill()

    for path in ("/", "/live"):
        page = place.get(path, cookie, **PAGE)
        assert page.status_code == 503
        assert page.headers["retry-after"] == "2"
        assert '<meta http-equiv="refresh" content="2">' in page.text
        assert "set-cookie" not in page.headers
        assert "frame-ancestors" in page.headers["content-security-policy"]
    data = place.get("/auth/me", cookie)
    assert (data.status_code, data.json()["error"]["code"]) == (503, "redis_unavailable")
    assert data.headers["retry-after"] == "2"

    place.redis.start()
    assert place.get("/auth/me", cookie).json() == {"user_name": "alice"}


def test_what_needs_no_login_needs_no_redis(place: Place) -> None:
    place.redis.kill()
    for path in ("/", "/healthz", "/_stcore/health", "/_stcore/host-config", "/favicon.png"):
        assert place.get(path).status_code == 200
    with stream(place.host) as connection:
        assert session_of(connection)


def test_a_socket_cannot_be_opened_while_nobody_can_tell_whose_it_is(place: Place) -> None:
    sign_up()
    cookie = login_of()
    with stream(place.host, cookie) as connection:
        session_id = session_of(connection)
        place.redis.kill()
        with (
            pytest.raises(InvalidStatus),
            stream(place.host, cookie, session_id=session_id),
        ):
            pass
        assert session_of(connection) == session_id  # what is open stays open
    place.redis.start()
    with stream(place.host, cookie, session_id=session_id) as connection:
        assert session_of(connection) == session_id


def test_a_ticket_is_not_spent_while_redis_is_away(place: Place) -> None:
    sign_up()
    ticket = ticket_of()

    def redeem() -> int:
        return httpx2.post(
            f"http://{place.host}/auth/redeem",
            json={"ticket": ticket},
            headers={"origin": f"http://{place.host}"},
            timeout=10,
        ).status_code

    place.redis.kill()
    assert redeem() == 503
    place.redis.start()
    assert redeem() == 200


def test_revocation_works_again_after_redis_came_back(place: Place) -> None:
    sign_up()
    cookie = login_of()
    with stream(place.host, cookie) as connection:
        session_of(connection)
        place.redis.kill()
        place.redis.start()
        time.sleep(1.5)  # the listener tries twice a second
        headers = {"origin": f"http://{place.host}", "cookie": f"sage_login={cookie}"}
        assert httpx2.post(f"http://{place.host}/auth/sign-out", headers=headers).is_success
        seconds, _ = seconds_until_closed(connection)
        assert seconds < 1
