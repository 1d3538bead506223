"""Sockets at the gate, against the app as uvicorn serves it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from core.services import signing_in
from embedded.servers import RunningServers
from tests.web.browser import login_of, real_server, session_of, sign_up, stream, ticket_of
from web.streams import SIGNED_OUT


@pytest.fixture(scope="module")
def host(servers: RunningServers, database_url: str) -> Iterator[str]:
    with real_server(DATABASE_URL=database_url, REDIS_URL=servers.redis_url) as address:
        yield address


def seconds_until_closed(connection: ClientConnection) -> tuple[float, int]:
    began = time.monotonic()
    try:
        while True:
            connection.recv(timeout=5)
    except ConnectionClosed as closed:
        return time.monotonic() - began, closed.rcvd.code if closed.rcvd else 0


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_a_socket_of_another_site_is_refused(
    cheap: None, host: str, origin: str | None, signed_in: bool
) -> None:
    cookie = None
    if signed_in:
        sign_up()
        cookie = login_of()
    with pytest.raises(InvalidStatus) as refused, stream(host, cookie, origin=origin):
        pass
    assert refused.value.response.status_code == 403
    headers = refused.value.response.headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/live", "/api/v1/live", "/_stcore/stream/", "/x/_stcore/stream"])
@pytest.mark.parametrize("cookie", [None, "forged"])
def test_an_anonymous_browser_gets_no_other_socket(
    cheap: None, host: str, path: str, cookie: str | None
) -> None:
    with pytest.raises(InvalidStatus) as refused, stream(host, cookie, path=path):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("cookie", [None, "forged"])
def test_an_anonymous_browser_gets_the_sign_in_page(
    cheap: None, host: str, cookie: str | None
) -> None:
    with stream(host, cookie) as connection:
        assert connection.subprotocol == "streamlit"
        assert session_of(connection)


def test_a_login_gets_its_streamlit_session_back(cheap: None, host: str) -> None:
    sign_up()
    cookie = login_of()
    with stream(host, cookie) as connection:
        session_id = session_of(connection)
    with stream(host, cookie, session_id=session_id) as connection:
        assert session_of(connection) == session_id


@pytest.mark.parametrize("attacker", ["another user", "the same user elsewhere", "nobody"])
@pytest.mark.parametrize("is_connected", [True, False])
def test_nobody_else_gets_it(cheap: None, host: str, attacker: str, is_connected: bool) -> None:
    sign_up("alice")
    sign_up("bob")
    cookies = {
        "another user": login_of("bob"),
        "the same user elsewhere": login_of("alice"),
        "nobody": None,
    }
    with ExitStack() as open_sockets:
        victim = open_sockets.enter_context(stream(host, login_of("alice")))
        session_id = session_of(victim)
        if not is_connected:
            open_sockets.close()
        with stream(host, cookies[attacker], session_id=session_id) as connection:
            assert session_of(connection) != session_id
        if is_connected:
            assert session_of(victim) == session_id


def test_nobody_gets_an_anonymous_session_with_what_was_typed_there(cheap: None, host: str) -> None:
    with stream(host) as typing:
        session_id = session_of(typing)
        with stream(host, session_id=session_id) as connection:
            assert session_of(connection) != session_id


def test_signing_out_closes_the_logins_sockets_within_a_second(cheap: None, host: str) -> None:
    sign_up()
    cookie, other = login_of(), login_of()
    with stream(host, cookie) as first, stream(host, cookie) as second, stream(host, other) as kept:
        session_of(first)
        kept_session = session_of(kept)
        answer = httpx2.post(
            f"http://{host}/auth/sign-out",
            headers={"origin": f"http://{host}", "cookie": f"sage_login={cookie}"},
        )
        assert answer.status_code == 200
        for connection in (first, second):
            seconds, code = seconds_until_closed(connection)
            assert seconds < 1
            assert code == SIGNED_OUT
        assert session_of(kept) == kept_session


def test_revoking_a_users_logins_closes_all_of_theirs_and_nobody_elses(
    cheap: None, host: str
) -> None:
    alice = sign_up("alice")
    sign_up("bob")
    with (
        stream(host, login_of("alice")) as one,
        stream(host, login_of("alice")) as two,
        stream(host, login_of("bob")) as bobs,
    ):
        signing_in.revoke_logins(alice)
        for connection in (one, two):
            seconds, _ = seconds_until_closed(connection)
            assert seconds < 1
        assert session_of(bobs)


def test_a_revoked_login_opens_no_new_socket_session(cheap: None, host: str) -> None:
    sign_up()
    cookie = login_of()
    with stream(host, cookie) as connection:
        session_id = session_of(connection)
        signing_in.sign_out(cookie)
        seconds_until_closed(connection)
    with stream(host, cookie, session_id=session_id) as connection:
        assert session_of(connection) != session_id


def test_of_parallel_redemptions_of_one_ticket_one_gets_a_login(cheap: None, host: str) -> None:
    sign_up()
    ticket = ticket_of()

    def redeem(_: int) -> int:
        return httpx2.post(
            f"http://{host}/auth/redeem",
            json={"ticket": ticket},
            headers={"origin": f"http://{host}"},
        ).status_code

    with ThreadPoolExecutor(12) as pool:
        answers = sorted(pool.map(redeem, range(12)))
    assert answers == [200] + [401] * 11
