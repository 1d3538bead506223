"""What an identity provider says, and what is made of lies and forgeries."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Connection, text
from starlette.testclient import TestClient

from core.services import federating
from tests.identity_provider import (
    IdentityProvider,
    ec_key,
    rsa_key,
    signed_by,
    signed_by_public_key,
    unsigned,
)
from tests.web.oidc.visits import come_back, go, leave, refused, who, with_query


def test_the_verifier_is_the_one_of_the_challenge(
    browser: TestClient, provider: IdentityProvider
) -> None:
    """A stolen code is worth nothing in another sign-in: the provider compares both."""
    stolen = parse_qs(urlsplit(come_back(leave(browser))).query)["code"][0]
    own = come_back(leave(browser))
    assert refused(browser.get(with_query(own, code=stolen))) == "identity_refused"
    assert provider.problems == ["code_verifier"]


def test_a_code_is_good_once(browser: TestClient, provider: IdentityProvider) -> None:
    back = come_back(leave(browser))
    code = parse_qs(urlsplit(back).query)["code"][0]
    provider.codes.clear()
    assert refused(browser.get(with_query(back, code=code))) == "identity_refused"


HOUR = 3600
LIES: dict[str, dict[str, object]] = {
    "another sign-in's nonce": {"nonce": "x" * 43},
    "no nonce": {"nonce": None},
    "an empty nonce": {"nonce": ""},
    "a nonce that is a list": {"nonce": ["x"]},
    "another client": {"aud": "another-client"},
    "another client, in a list": {"aud": ["another-client"]},
    "another client, through us": {"aud": "another-client", "azp": "sage-mode"},
    "others, through us": {"aud": ["a", "b"], "azp": "sage-mode"},
    "no audience": {"aud": None},
    "no audience, through us": {"aud": None, "azp": "sage-mode"},
    "two audiences and nobody named": {"aud": ["sage-mode", "another-client"]},
    "meant for another party": {"azp": "another-client"},
    "two audiences, for the other": {"aud": ["sage-mode", "other"], "azp": "other"},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "an issuer with a slash": {"iss": "SLASH"},
    "expired": {"exp": int(time.time()) - HOUR},
    "never expires": {"exp": None},
    "expires in words": {"exp": "tomorrow"},
    "of the future": {"iat": int(time.time()) + HOUR},
    "of no time": {"iat": None},
    "not yet": {"nbf": int(time.time()) + HOUR},
    "nobody": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is a number": {"sub": 7},
    "an endless subject": {"sub": "x" * 300},
    "a subject with a line break": {"sub": "a\nb"},
    "a foreign access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    browser: TestClient, provider: IdentityProvider, db: Connection, lie: str
) -> None:
    provider.changed = {
        name: f"{provider.issuer}/" if value == "SLASH" else value
        for name, value in LIES[lie].items()
    }
    assert refused(go(browser)) == "identity_refused"
    assert who(browser) is None
    assert db.execute(text("SELECT count(*) FROM users")).scalar_one() == 0


def test_clocks_may_differ_a_little(browser: TestClient, provider: IdentityProvider) -> None:
    now = int(time.time())
    provider.changed = {"iat": now + 30, "exp": now - 30}
    go(browser)
    assert who(browser) == "ada"


def test_two_audiences_are_fine_when_we_are_named(
    browser: TestClient, provider: IdentityProvider
) -> None:
    provider.changed = {"aud": ["account", "sage-mode"], "azp": "sage-mode"}
    go(browser)
    assert who(browser) == "ada"


FORGERIES = {
    "not signed": unsigned,
    "signed by the public key as a secret": signed_by_public_key(rsa_key()),
    "signed by a foreign key": signed_by(rsa_key("foreign"), "RS256", kid="first"),
    "signed by an unknown key": signed_by(rsa_key("foreign"), "RS256"),
    "another kind of key": signed_by(ec_key(), "ES256", kid="first"),
    "a key that it brings along": signed_by(
        rsa_key("foreign"), "RS256", kid="first", jwk=rsa_key("foreign").as_dict(private=False)
    ),
    "cut off": lambda claims: signed_by(rsa_key(), "RS256")(claims)[:-20],
    "no token": lambda claims: "nonsense",
    "empty": lambda claims: "",
    "five parts": lambda claims: "a.b.c.d.e",
    "claims that are a list": lambda claims: "e30.W10.e30",
    "a number": lambda claims: 7,
    "none at all": lambda claims: None,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_that_the_provider_did_not_sign_is_refused(
    browser: TestClient, provider: IdentityProvider, forgery: str
) -> None:
    provider.sign = FORGERIES[forgery]
    assert refused(go(browser)) == "identity_refused"
    assert who(browser) is None


def test_a_secret_that_it_publishes_by_mistake_signs_nothing(
    browser: TestClient, provider: IdentityProvider
) -> None:
    provider.sign = signed_by_public_key(rsa_key())
    provider.key_set = lambda: {  # type: ignore[method-assign]
        "keys": [
            {"kty": "oct", "kid": "first", "k": "AAAA"},
            {"kty": "RSA", "kid": "first"},
            rsa_key().as_dict(private=False) | {"use": "enc"},
            "nonsense",
        ]
    }
    assert refused(go(browser)) == "provider_unavailable"


def test_a_new_key_is_fetched_once_it_is_used(
    browser: TestClient, provider: IdentityProvider
) -> None:
    go(browser)
    provider.keys = [rsa_key("second")]
    provider.sign = signed_by(rsa_key("second"), "RS256")
    browser.cookies.clear()
    go(browser)
    assert who(browser) == "ada"
    assert provider.asked.count("/keys") == 2


def test_unknown_keys_do_not_make_us_ask_again_and_again(
    browser: TestClient, provider: IdentityProvider
) -> None:
    provider.sign = signed_by(rsa_key("foreign"), "RS256")
    for _ in range(4):
        assert refused(go(browser)) == "identity_refused"
    assert provider.asked.count("/keys") == 2
    assert provider.asked.count("/.well-known/openid-configuration") == 1


def test_another_providers_answer_is_not_taken(
    browser: TestClient, provider: IdentityProvider
) -> None:
    for issuer in ("https://evil.example", None):
        back = come_back(leave(browser))
        assert refused(browser.get(with_query(back, iss=issuer))) == "identity_refused"
    assert "/token" not in provider.asked


def test_without_a_code_nobody_is_asked(browser: TestClient, provider: IdentityProvider) -> None:
    for code in (None, "", "x" * 5000):
        back = come_back(leave(browser))
        assert refused(browser.get(with_query(back, code=code))) == "identity_refused"
    assert "/token" not in provider.asked


@pytest.mark.parametrize("error", ["access_denied", "server_error", "<script>", "x" * 3000])
def test_a_no_of_the_provider_is_said_in_our_words(
    browser: TestClient, provider: IdentityProvider, error: str
) -> None:
    provider.declines = error
    answer = go(browser, "/live")
    assert refused(answer) == "provider_declined"
    assert answer.headers["location"] == "/?refused=provider_declined&next=%2Flive"
    assert "did not let you in" in federating.explain("provider_declined")


def test_every_reason_has_words_and_what_others_send_has_none_of_its_own() -> None:
    for code in ("state_spent", "address_taken", "redis_unavailable", "too_many_tries"):
        assert federating.explain(code) != federating.explain("nonsense")
    assert "<b>" not in federating.explain("<b>")
