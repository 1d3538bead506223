"""What administrators do to accounts: disable, enable, links for new passwords."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM, Principal, Scope, TokenPrincipal, UserPrincipal
from core.domain.people import User
from core.errors import (
    AppError,
    Conflict,
    InvalidInput,
    LinkSpent,
    NotAllowed,
    TicketSpent,
    TooManyTries,
    WrongPassword,
)
from core.ids import new_id
from core.services import (
    account,
    accounts,
    administering,
    passwords,
    signing_in,
    tokens,
)
from core.settings import get_settings
from core.signals.wakeups import get_redis
from tests.factories import in_parallel
from tests.services.test_account import (
    HERE,
    OTHER,
    PASSWORD,
    _cheap,  # noqa: F401
    browser,
    is_signed_in,
    login_of,
    refusal,
    setting,
    sign_up,
)


def administrator() -> Principal:
    return UserPrincipal(sign_up("chief").id)


def link_token(link: administering.ResetLink) -> str:
    return urlsplit(link.address).query.removeprefix("reset=")


def reset(token: str, password: str = OTHER) -> User:
    return administering.reset_password(token, password, address="192.0.2.7")


def test_a_disabled_account_loses_everything_at_once_and_gets_it_back() -> None:
    chief, user = administrator(), sign_up()
    cookie, waiting = browser(), signing_in.sign_in("alice", PASSWORD, **HERE)
    token = tokens.make_token(UserPrincipal(user.id), "ci", ["read"], days=1).plain
    administering.disable_account(chief, "ALICE")
    assert not is_signed_in(cookie)
    with pytest.raises(TicketSpent):
        signing_in.redeem_ticket(waiting)
    with pytest.raises(WrongPassword) as refused:
        browser()
    assert refused.value.message == WrongPassword().message
    with pytest.raises(AppError, match="unknown, expired or revoked"):
        tokens.find_token_principal(token)
    administering.enable_account(chief, "alice")
    assert browser()
    assert tokens.find_token_principal(token).user_id == user.id


def test_a_disabled_account_costs_the_same_hash_as_a_wrong_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_up()
    sign_up("chief")
    accounts.create_user("second", "second@example.org", is_administrator=True)
    administering.disable_account(SYSTEM, "alice")
    verified = []
    verify = passwords.PasswordHasher.verify

    def counting(self: passwords.PasswordHasher, *given: str) -> bool:
        verified.append(given)
        return verify(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(passwords.PasswordHasher, "verify", counting)
    assert refusal(browser) is WrongPassword
    assert len(verified) == 1


def test_a_login_that_survives_in_redis_is_nobodys_while_the_account_is_disabled(
    db: Connection,
) -> None:
    sign_up()
    cookie = browser()
    db.execute(text("UPDATE users SET disabled_at = now()"))
    assert not is_signed_in(cookie)


def test_the_last_administrator_and_oneself_stay() -> None:
    chief = administrator()
    with pytest.raises(Conflict):
        administering.disable_account(chief, "chief")
    with pytest.raises(Conflict, match="last administrator"):
        administering.disable_account(SYSTEM, "chief")


def test_of_two_administrators_who_disable_each_other_one_stays() -> None:
    first = administrator()
    second = accounts.create_user("second", "second@example.org", is_administrator=True)
    acts = [(first, "second"), (UserPrincipal(second.id), "chief")]
    outcomes = in_parallel(
        2, lambda number: refusal(lambda: administering.disable_account(*acts[number]))
    )
    assert outcomes.count(None) == 1


USE_CASES: dict[str, Callable[[Principal], object]] = {
    "list": administering.list_accounts,
    "disable": lambda who: administering.disable_account(who, "bob"),
    "enable": lambda who: administering.enable_account(who, "bob"),
    "reset": lambda who: administering.make_reset_link(who, "bob"),
    "grant": lambda who: administering.grant_administration(who, "bob"),
    "withdraw": lambda who: administering.withdraw_administration(who, "bob"),
}


@pytest.mark.parametrize("name", USE_CASES)
def test_only_administrators_administer(name: str) -> None:
    chief, user = administrator(), sign_up()
    sign_up("bob")
    scopes = frozenset(Scope)
    assert isinstance(chief, UserPrincipal)
    for who in (
        UserPrincipal(user.id),
        UserPrincipal(UUID(int=1)),
        TokenPrincipal(chief.user_id, new_id(), scopes),
    ):
        with pytest.raises(NotAllowed):
            USE_CASES[name](who)
    assert USE_CASES[name](chief)
    assert USE_CASES[name](SYSTEM)


def test_a_disabled_administrator_administers_nothing() -> None:
    chief = administrator()
    accounts.create_user("second", "second@example.org", is_administrator=True)
    administering.disable_account(SYSTEM, "chief")
    with pytest.raises(NotAllowed):
        administering.list_accounts(chief)


def test_a_reset_link_sets_a_password_once_and_ends_all_logins() -> None:
    sign_up()
    cookie = browser()
    link = administering.make_reset_link(SYSTEM, "alice")
    assert administering.find_reset(link_token(link), address="192.0.2.7").user_name == "alice"
    with pytest.raises(InvalidInput):
        reset(link_token(link), "password123456")
    assert reset(link_token(link)).user_name == "alice"
    assert not is_signed_in(cookie)
    assert browser(password=OTHER)
    with pytest.raises(LinkSpent):
        reset(link_token(link), "and yet another one")


def test_of_many_who_use_a_link_at_once_one_sets_the_password() -> None:
    sign_up()
    token = link_token(administering.make_reset_link(SYSTEM, "alice"))

    def use(number: int) -> bool:
        return refusal(lambda: reset(token, f"{number} horses in the field")) is None

    outcomes = in_parallel(8, use)
    assert outcomes.count(True) == 1
    assert browser(password=f"{outcomes.index(True)} horses in the field")


def test_redis_holds_no_link_and_forgets_it_in_an_hour() -> None:
    sign_up()
    token = link_token(administering.make_reset_link(SYSTEM, "alice"))
    redis = get_redis(get_settings().redis_url or "")
    keys = redis.keys("sage:reset*")
    assert len(keys) == 2
    for key in keys:
        assert token.encode() not in key + (redis.get(key) or b"")
        assert 3590 < int(str(redis.ttl(key))) <= 3600


def test_a_newer_link_another_password_and_a_closed_account_end_a_link() -> None:
    sign_up("chief")
    sign_up()
    first, second = (link_token(administering.make_reset_link(SYSTEM, "alice")) for _ in range(2))
    assert refusal(lambda: reset(first)) is LinkSpent
    account.change_password(login_of(browser()), PASSWORD, OTHER, **HERE)
    assert refusal(lambda: reset(second)) is LinkSpent
    third = link_token(administering.make_reset_link(SYSTEM, "alice"))
    administering.disable_account(SYSTEM, "alice")
    assert refusal(lambda: reset(third)) is LinkSpent
    with pytest.raises(Conflict):
        administering.make_reset_link(SYSTEM, "alice")


@pytest.mark.parametrize(
    "token", ["", "x", "x" * 43, "x" * 100_000, "a\r\nb", "\x00", "\ud800", "*"]
)
def test_a_forged_link_opens_nothing(token: str) -> None:
    sign_up()
    with pytest.raises(LinkSpent):
        reset(token)
    with pytest.raises(LinkSpent):
        administering.find_reset(token, address="192.0.2.7")


def test_links_are_tried_so_often_from_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    setting(monkeypatch, reset_tries_per_hour_address="3")
    for _ in range(3):
        assert refusal(lambda: reset("forged")) is LinkSpent
    assert refusal(lambda: reset("forged")) is TooManyTries
