"""From a ticket to a cookie and back out, through the real app."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.services import signing_in
from core.settings import get_settings
from tests.web.browser import login_of, sign_up, ticket_of
from web.sign_in import safe_next

OWN = {"origin": "http://testserver"}


def redeem(visitor: TestClient, ticket: object, **more: object):  # type: ignore[no-untyped-def]
    return visitor.post("/auth/redeem", json={"ticket": ticket, **more}, headers=OWN)


def test_a_ticket_becomes_a_login(visitor: TestClient) -> None:
    sign_up()
    answer = redeem(visitor, ticket_of(), next="/live?session=1")
    assert answer.json() == {"next": "/live?session=1"}
    assert answer.headers["cache-control"] == "no-store"
    assert visitor.get("/auth/me").json() == {"user_name": "alice"}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: TestClient) -> None:
    sign_up()
    name, *attributes = redeem(visitor, ticket_of()).headers["set-cookie"].split("; ")
    assert name.startswith("sage_login=")
    assert set(attributes) == {"HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=lax"}


def test_under_https_the_cookie_is_bound_to_the_host(
    visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up()
    monkeypatch.setenv("SAGE_PUBLIC_URL", "https://testserver")
    get_settings.cache_clear()
    answer = visitor.post(
        "/auth/redeem", json={"ticket": ticket_of()}, headers={"origin": "https://testserver"}
    )
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-sage_login=")
    assert {"Secure", "Path=/", "HttpOnly"} <= set(attributes)
    assert not any(attribute.startswith("Domain") for attribute in attributes)


def test_a_ticket_is_worth_one_login(visitor: TestClient) -> None:
    sign_up()
    ticket = ticket_of()
    assert redeem(visitor, ticket).status_code == 200
    visitor.cookies.clear()
    answer = redeem(visitor, ticket)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "ticket_spent")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("ticket", ["", "x", "a" * 43, "a" * 100_000, "é", "\x00"])
def test_a_forged_ticket_is_worth_nothing(visitor: TestClient, ticket: str) -> None:
    assert redeem(visitor, ticket).json()["error"]["code"] == "ticket_spent"


def test_a_ticket_that_is_no_text_is_worth_nothing(visitor: TestClient) -> None:
    headers = OWN | {"content-type": "application/json"}
    answer = visitor.post("/auth/redeem", content=rb'{"ticket": "\ud800"}', headers=headers)
    assert answer.json()["error"]["code"] == "ticket_spent"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"nonsense", b"{}", b'{"ticket": 1}', b"\xff", b"[" * 100_000],
    ids=["none", "a list", "nonsense", "an object", "a number", "not UTF-8", "deep"],
)
def test_what_is_no_ticket_is_said_to_be_none(visitor: TestClient, body: bytes) -> None:
    headers = OWN | {"content-type": "application/json"}
    assert visitor.post("/auth/redeem", content=body, headers=headers).status_code == 400


def test_a_form_redeems_nothing(visitor: TestClient) -> None:
    sign_up()
    ticket = ticket_of()
    body = b'{"ticket": "%s"}' % ticket.encode()
    headers = OWN | {"content-type": "text/plain"}
    assert visitor.post("/auth/redeem", content=body, headers=headers).status_code == 400
    assert redeem(visitor, ticket).status_code == 200


def test_another_site_redeems_nothing(visitor: TestClient) -> None:
    sign_up()
    ticket = ticket_of()
    for headers in ({"origin": "http://evil.example"}, {}):
        answer = visitor.post("/auth/redeem", json={"ticket": ticket}, headers=headers)
        assert answer.status_code == 403
    assert redeem(visitor, ticket).status_code == 200


def test_a_second_person_in_the_same_browser_ends_the_first_ones_login(
    visitor: TestClient,
) -> None:
    sign_up("alice")
    sign_up("bob")
    redeem(visitor, ticket_of("alice"))
    first = visitor.cookies["sage_login"]
    redeem(visitor, ticket_of("bob"))
    assert visitor.get("/auth/me").json() == {"user_name": "bob"}
    assert signing_in.find_login(first) is None


def test_signing_out_ends_the_login_and_takes_the_cookie(visitor: TestClient) -> None:
    sign_up()
    redeem(visitor, ticket_of())
    cookie = visitor.cookies["sage_login"]
    answer = visitor.post("/auth/sign-out", headers=OWN)
    assert answer.json() == {"next": "/"}
    assert 'sage_login="";' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    visitor.cookies.set("sage_login", cookie)
    assert visitor.get("/auth/me").status_code == 401


def test_signing_out_twice_is_no_error(visitor: TestClient) -> None:
    assert visitor.post("/auth/sign-out", headers=OWN).status_code == 200


def test_signing_out_needs_a_post(visitor: TestClient) -> None:
    sign_up()
    visitor.cookies.set("sage_login", login_of())
    visitor.get("/auth/sign-out", headers={"sec-fetch-site": "cross-site"})
    assert visitor.get("/auth/me").status_code == 200


@pytest.mark.parametrize(
    "wanted", ["/", "/live", "/live?session=1&seq=2#x", "/a//b", "/%2F", "/?next=http://x"]
)
def test_a_path_of_ours_is_followed(wanted: str) -> None:
    assert safe_next(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        7,
        "",
        "live",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/x\\y",
        "http://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/live\r\nSet-Cookie: x=y",
        "/" + "x" * 5000,
    ],
)
def test_an_address_elsewhere_is_never_gone_to_next(wanted: object) -> None:
    assert safe_next(wanted) == "/"
