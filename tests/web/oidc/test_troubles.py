"""A provider in trouble, and people who are refused: always a sentence, never a traceback."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Connection, text
from starlette.testclient import TestClient

from core.domain.access import SYSTEM
from core.identity import provider as provider_module
from core.services import accounts, administering
from core.settings import get_settings
from tests.identity_provider import (
    IdentityProvider,
)
from tests.web.oidc.visits import Set, come_back, go, leave, refused, who


def test_a_provider_that_fails_is_said_to(browser: TestClient, provider: IdentityProvider) -> None:
    provider.token_status = 500
    assert refused(go(browser)) == "provider_unavailable"
    provider.token_status = 200
    go(browser)
    assert who(browser) == "ada"


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"[]", b"7", b"\xff\xff", b"<html>", b"x" * 2_000_000]
)
def test_nonsense_for_tokens_is_no_traceback(
    browser: TestClient, provider: IdentityProvider, body: bytes
) -> None:
    provider.token_answer = body
    assert refused(go(browser)) == "provider_unavailable"


@pytest.mark.parametrize("body", [b"{}", b'{"error": 7}', b'{"id_token": {}}'])
def test_tokens_without_a_token_are_none(
    browser: TestClient, provider: IdentityProvider, body: bytes
) -> None:
    provider.token_answer = body
    assert refused(go(browser)) == "identity_refused"


@pytest.mark.parametrize(
    "published",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": 7},
        {"jwks_uri": None},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
def test_a_provider_that_names_unsafe_ways_is_not_used(
    browser: TestClient, provider: IdentityProvider, published: dict[str, object]
) -> None:
    provider.published = published
    answer = browser.get("/auth/oidc/start?next=/live")
    assert refused(answer) == "provider_unavailable"
    assert answer.headers["location"].startswith("/?refused=provider_unavailable&next=%2Flive")


def test_a_provider_that_is_away_is_said_to_be(browser: TestClient, set_up: Set) -> None:
    set_up(oidc_issuer="http://127.0.0.1:9")
    assert refused(browser.get("/auth/oidc/start")) == "provider_unavailable"


def test_a_slow_provider_keeps_nobody_for_long(
    browser: TestClient, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.identity.transport.TIMES", (0.3, 0.3))
    back = come_back(leave(browser))
    provider.seconds = 2.0
    begun = time.monotonic()
    assert refused(browser.get(back)) == "provider_unavailable"
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize("bound", ["MOST_BYTES", "ANSWER_SECONDS"])
def test_an_answer_without_end_is_not_read_to_its_end(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    back = come_back(leave(browser))
    monkeypatch.setattr(f"core.identity.transport.{bound}", -1)
    assert refused(browser.get(back)) == "provider_unavailable"


def test_what_was_published_is_kept_for_an_hour(
    browser: TestClient, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(browser)
    go(browser)
    published = "/.well-known/openid-configuration"
    assert (provider.asked.count(published), provider.asked.count("/keys")) == (1, 1)
    monkeypatch.setattr(provider_module, "KEPT_SECONDS", -1.0)
    go(browser)
    assert provider.asked.count("/keys") == 2


def test_redis_being_away_is_said(browser: TestClient) -> None:
    back = come_back(leave(browser))
    for path in ("/auth/oidc/start", back):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
            get_settings.cache_clear()
            assert refused(browser.get(path)) == "redis_unavailable"
        get_settings.cache_clear()


def test_one_address_cannot_begin_or_come_back_without_end(
    browser: TestClient, set_up: Set
) -> None:
    set_up(oidc_tries_per_minute_address="3")
    backs = [come_back(leave(browser)) for _ in range(3)]
    assert refused(browser.get("/auth/oidc/start")) == "too_many_tries"
    for _ in range(3):
        assert refused(browser.get("/auth/oidc/callback?state=x&code=y")) == "state_spent"
    assert refused(browser.get(backs[0])) == "too_many_tries"


def test_a_disabled_account_is_refused(browser: TestClient) -> None:
    go(browser)
    administering.disable_account(SYSTEM, "ada")
    browser.cookies.clear()
    assert refused(go(browser)) == "account_disabled"
    assert who(browser) is None


def test_nobody_is_made_where_that_is_switched_off(
    browser: TestClient, set_up: Set, db: Connection
) -> None:
    set_up(oidc_sign_up="false")
    assert refused(go(browser)) == "account_missing"
    assert db.execute(text("SELECT count(*) FROM users")).scalar_one() == 0


def test_closed_sign_up_does_not_keep_out_whom_the_provider_knows(
    browser: TestClient, set_up: Set
) -> None:
    set_up(sign_up_open="false")
    go(browser)
    assert who(browser) == "ada"


def test_nobody_gets_an_account_for_having_its_address(browser: TestClient) -> None:
    accounts.create_user("somebody", "ada@example.org")
    assert refused(go(browser)) == "address_taken"


def test_nothing_of_a_sign_in_is_logged(
    browser: TestClient, provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="core")
    provider.changed = {"nonce": "y" * 43}
    back = come_back(leave(browser))
    browser.get(back)
    assert "nonce" in caplog.text
    query = parse_qs(urlsplit(back).query)
    for secret in (query["code"][0], query["state"][0], provider.client_secret, "y" * 43):
        assert secret not in caplog.text
    assert provider.client_secret not in repr(get_settings())


def test_the_mapping_is_checked_at_the_start(set_up: Set, provider: IdentityProvider) -> None:
    set_up(oidc_issuer=provider.issuer, oidc_client_id="x")
    for bad in (
        "nonsense",
        "[]",
        json.dumps({"a": [{"team": "x", "role": "king"}]}),
        json.dumps({"a": [{"team": "x"}]}),
        json.dumps({"a": {"team": "x", "role": "member"}}),
    ):
        set_up(oidc_groups=bad)
        with pytest.raises(ValueError, match="oidc_groups"):
            get_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("oidc_issuer", "http://sso.example.org"),
        ("oidc_issuer", "ftp://sso.example.org"),
        ("oidc_issuer", "https://user:pass@sso.example.org"),
        ("oidc_issuer", "https://sso.example.org/?x=1"),
        ("oidc_issuer", "https://"),
        ("oidc_issuer", "nonsense"),
        ("oidc_client_id", ""),
        ("oidc_scopes", "profile"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(
    set_up: Set, name: str, value: str
) -> None:
    set_up(oidc_issuer="https://sso.example.org/realms/x", oidc_client_id="sage")
    assert get_settings().oidc_issuer
    set_up(**{name: value})
    set_up(oidc_client_secret="told-to-nobody")
    with pytest.raises(ValueError, match="SAGE_OIDC") as refused:
        get_settings()
    assert "told-to-nobody" not in str(refused.value)
