"""`./sage user` and `./sage token`: links for passwords, disabled accounts, tokens."""

from __future__ import annotations

from itertools import count
from urllib.parse import urlsplit

import pytest

from core.errors import LinkSpent, TokenRefused
from core.services import accounts, administering, tokens
from tests.cli.conftest import Crew, Here

_numbers = count(1)


@pytest.fixture
def user(here: Here) -> str:
    """The name of a user of their own."""
    name = f"clerk-{next(_numbers)}"
    assert here.sage("user", "create", name, "--email", f"{name}@example.org").code == 0
    return name


def test_a_link_for_a_password_works_once(here: Here, user: str) -> None:
    ran = here.sage("user", "reset-password", user)
    link, told, warned = ran.out.splitlines()
    assert "once, within 60 min" in told
    assert "revokes their API tokens" in warned
    token = urlsplit(link).query.removeprefix("reset=")
    set_by = administering.reset_password(token, "correct horse battery", address="192.0.2.7")
    assert set_by.user_name == user
    with pytest.raises(LinkSpent):
        administering.reset_password(token, "another horse battery", address="192.0.2.7")


def test_a_link_as_json(here: Here, user: str) -> None:
    found = here.sage("user", "reset-password", user.upper(), "--json").json
    assert found["user_name"] == user
    assert "/?reset=" in found["link"]


def test_a_user_is_made_administrator_and_a_user_again(here: Here, user: str) -> None:
    ran = here.sage("user", "promote", user)
    assert (ran.code, ran.out) == (0, f"{user} is an administrator, and has to sign in again.\n")
    assert accounts.get_user(user).is_administrator
    name = f"{user}-too"
    created = here.sage("user", "create", name, "--email", f"{name}@b.example", "--administrator")
    assert created.code == 0  # the last one is kept
    ran = here.sage("user", "demote", user)
    assert (ran.code, ran.out.split(",")[0]) == (0, f"{user} is no administrator any more")
    assert not accounts.get_user(user).is_administrator


def test_another_password_says_that_tokens_are_revoked(crew: Crew, here: Here, user: str) -> None:
    made = here.sage("token", "make", "ci", "--scope", "read", "--as", user)
    ran = crew.sage("user", "password", user, stdin=b"correct horse battery\n")
    assert ran.code == 0
    assert "API tokens are revoked" in ran.out
    with pytest.raises(TokenRefused):
        tokens.find_token_principal(made.out.splitlines()[0])


@pytest.mark.parametrize("command", ["reset-password", "promote", "demote", "disable", "enable"])
def test_nobody_is_found_under_an_odd_name(here: Here, command: str) -> None:
    for name in ("nobody-here", "", "x" * 5000, "a\r\nb", "аdmin"):
        ran = here.sage("user", command, name)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("There is no user")


def test_a_disabled_user_is_let_in_again(here: Here, user: str) -> None:
    made = here.sage("token", "make", "ci", "--scope", "read", "--as", user)
    plain = made.out.splitlines()[0]
    assert here.sage("user", "disable", user).code == 0
    with pytest.raises(TokenRefused):
        tokens.find_token_principal(plain)
    refused = here.sage("user", "reset-password", user)
    assert (refused.code, refused.err.splitlines()[0]) == (2, "This account is disabled.")
    assert here.sage("user", "enable", user).code == 0
    assert tokens.find_token_principal(plain)


def test_a_token_is_made_listed_and_revoked(here: Here, user: str) -> None:
    made = here.sage(
        "token", "make", "ci", "--scope", "read", "--scope", "launch", "--team", user,
        "--days", "7", "--as", user, "--json",
    ).json  # fmt: skip
    assert made["scopes"] == ["launch", "read"]
    assert tokens.find_token_principal(made["token"]).team_id is not None
    listed = here.sage("token", "list", "--as", user)
    assert made["token"] not in listed.out
    assert made["token_id"] in listed.out
    (one,) = here.sage("token", "list", "--as", user, "--json").json["tokens"]
    assert one["last_used_at"]
    assert here.sage("token", "revoke", made["token_id"], "--as", user).code == 0
    with pytest.raises(TokenRefused):
        tokens.find_token_principal(made["token"])
    assert "no tokens" in here.sage("token", "list", "--as", user).out


@pytest.mark.parametrize(
    "arguments",
    [
        ["make", "ci", "--scope", "everything"],
        ["make", "ci", "--scope", "read", "--days", "366"],
        ["make", "\r\n", "--scope", "read"],
        ["make", "ci", "--scope", "read", "--team", "Nowhere"],
        ["make", "ci"],
        ["revoke", "nonsense"],
        ["revoke", "00000000-0000-7000-8000-000000000000"],
    ],
)
def test_what_is_no_token_is_a_sentence(here: Here, user: str, arguments: list[str]) -> None:
    ran = here.sage("token", *arguments, "--as", user)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 2
