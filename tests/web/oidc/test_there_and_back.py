"""Signing in by an identity provider, through the running app: the way there and back."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text
from starlette.testclient import TestClient

from core.services import federating, signing_in
from tests.identity_provider import (
    IdentityProvider,
    ec_key,
    rsa_key,
    signed_by,
)
from tests.web.browser import login_of, sign_up
from tests.web.oidc.visits import Set, come_back, go, leave, refused, who


def test_who_signs_in_at_the_provider_is_signed_in_here(
    browser: TestClient, provider: IdentityProvider
) -> None:
    answer = go(browser, "/live?session=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/live?session=1")
    assert answer.headers["cache-control"] == "no-store"
    assert who(browser) == "ada"
    assert provider.problems == []


def test_the_login_is_the_same_kind_of_login(browser: TestClient) -> None:
    answer = go(browser)
    login = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("sage_login="))
    assert set(login.split("; ")[1:]) == {"HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=lax"}
    cookie = browser.cookies["sage_login"]
    assert signing_in.find_login(cookie) is not None
    browser.post("/auth/sign-out", headers={"origin": "http://testserver"})
    assert signing_in.find_login(cookie) is None


def test_the_second_time_it_is_the_same_user(browser: TestClient, db: Connection) -> None:
    go(browser)
    first = browser.cookies["sage_login"]
    go(browser)
    assert browser.cookies["sage_login"] != first
    assert signing_in.find_login(first) is None  # one browser, one login
    count = text("SELECT count(*) FROM users WHERE identity_subject = 'person-1'")
    assert db.execute(count).scalar_one() == 1


def test_a_login_of_somebody_else_in_this_browser_ends(browser: TestClient) -> None:
    sign_up("bob")
    former = login_of("bob")
    browser.cookies.set("sage_login", former)
    answer = go(browser)
    assert answer.headers["location"] == "/"
    assert signing_in.find_login(former) is None


def test_the_browsers_secret_is_out_of_reach_and_goes_when_it_was_used(browser: TestClient) -> None:
    answer = browser.get("/auth/oidc/start")
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith("sage_oidc_")
    assert set(attributes) == {"HttpOnly", "Max-Age=600", "Path=/", "SameSite=lax"}
    browser.get(come_back(answer.headers["location"]))
    assert [one for one in browser.cookies if one.startswith("sage_oidc_")] == []


def test_under_https_both_cookies_are_bound_to_the_host(
    browser: TestClient, provider: IdentityProvider, set_up: Set
) -> None:
    set_up(public_url="https://testserver")
    provider.redirect_uri = "https://testserver/auth/oidc/callback"
    start = browser.get("https://testserver/auth/oidc/start")
    assert start.headers["set-cookie"].startswith("__Host-sage_oidc_")
    assert "; Secure" in start.headers["set-cookie"]
    back = browser.get(f"https://testserver{come_back(start.headers['location'])}")
    cookies = back.headers.get_list("set-cookie")
    login = next(one for one in cookies if one.startswith("__Host-sage_login="))
    assert "; Secure" in login


def test_a_public_client_needs_no_secret(
    browser: TestClient, provider: IdentityProvider, set_up: Set
) -> None:
    provider.client_secret = ""
    set_up(oidc_client_secret="")
    go(browser)
    assert who(browser) == "ada"


def test_keys_on_curves_are_fine(browser: TestClient, provider: IdentityProvider) -> None:
    provider.keys = [rsa_key(), ec_key()]
    provider.sign = signed_by(ec_key(), "ES256")
    go(browser)
    assert who(browser) == "ada"


def test_two_tabs_that_begin_at_once_both_arrive(browser: TestClient) -> None:
    one, other = leave(browser, "/live"), leave(browser, "/work")
    assert browser.get(come_back(other)).headers["location"] == "/work"
    assert browser.get(come_back(one)).headers["location"] == "/live"
    assert who(browser) == "ada"


@pytest.mark.parametrize("wanted", ["//evil.example", "http://evil.example", "/\\evil.example"])
def test_nobody_is_led_to_another_site(browser: TestClient, wanted: str) -> None:
    assert go(browser, wanted).headers["location"] == "/"


def test_a_browser_that_comes_from_the_provider_gets_through_the_gate(browser: TestClient) -> None:
    back = come_back(leave(browser))
    headers = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
        "accept": "text/html",
    }
    assert browser.get(back, headers=headers).headers["location"] == "/"
    assert who(browser) == "ada"


def test_without_settings_there_is_no_such_way(visitor: TestClient) -> None:
    assert not federating.is_on()
    assert visitor.get("/auth/oidc/start").status_code == 404
    assert refused(visitor.get("/auth/oidc/callback?state=x&code=y")) == "not_found"


@pytest.mark.parametrize("path", ["/auth/oidc/start", "/auth/oidc/callback"])
def test_both_are_pages_to_go_to_and_nothing_else(browser: TestClient, path: str) -> None:
    assert browser.post(path, headers={"origin": "http://testserver"}).status_code == 405
    assert browser.post(path, headers={"origin": "http://evil.example"}).status_code == 403
    assert browser.head(path).status_code == 404
    for embedded in ("image", "iframe", "empty"):
        assert browser.get(path, headers={"sec-fetch-dest": embedded}).status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_begins_nothing(browser: TestClient, site: str) -> None:
    headers = {"sec-fetch-site": site, "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}
    answer = browser.get("/auth/oidc/start", headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "set-cookie" not in answer.headers
    for own in ("same-origin", "none"):
        answer = browser.get("/auth/oidc/start", headers=headers | {"sec-fetch-site": own})
        assert "set-cookie" in answer.headers


def test_beginning_makes_nobody(browser: TestClient, db: Connection) -> None:
    leave(browser)
    assert db.execute(text("SELECT count(*) FROM users")).scalar_one() == 0
    assert who(browser) is None
