"""Who administers: given, taken away, never by the last one, and always with a new login."""

from __future__ import annotations

import pytest

from core.domain.access import SYSTEM, UserPrincipal
from core.errors import Conflict, NotAllowed, NotFound, RedisUnavailable
from core.services import accounts, administering, auditing
from core.services.auditing import AuditQuery
from core.settings import get_settings
from tests.factories import in_parallel
from tests.services.test_account import (
    _cheap,  # noqa: F401
    browser,
    is_signed_in,
    login_of,
    refusal,
    sign_up,
)


def noted(prefix: str) -> list[tuple[str, str, str]]:
    found = auditing.list_audit(SYSTEM, AuditQuery(None)).events
    return [(e.kind, e.actor, e.subject) for e in reversed(found) if e.kind.startswith(prefix)]


def test_a_granted_right_holds_after_the_next_sign_in_and_is_noted() -> None:
    chief, alice = UserPrincipal(sign_up("chief").id), UserPrincipal(sign_up().id)
    cookie = browser()
    assert administering.grant_administration(chief, "ALICE").is_administrator
    assert not is_signed_in(cookie)
    assert login_of(browser()).user.is_administrator
    assert administering.list_accounts(alice).matching == 2
    assert noted("administrator.") == [("administrator.granted", "user chief", "alice")]


def test_a_withdrawn_right_ends_at_once_with_every_login() -> None:
    chief, alice = UserPrincipal(sign_up("chief").id), UserPrincipal(sign_up().id)
    administering.grant_administration(chief, "alice")
    cookie = browser()
    assert not administering.withdraw_administration(chief, "alice").is_administrator
    assert not is_signed_in(cookie)
    with pytest.raises(NotAllowed):
        administering.list_accounts(alice)
    assert noted("administrator.w") == [("administrator.withdrawn", "user chief", "alice")]


def test_what_is_so_already_is_noted_once() -> None:
    sign_up("chief")
    sign_up()
    for _ in range(2):
        administering.grant_administration(SYSTEM, "alice")
    for _ in range(2):
        administering.withdraw_administration(SYSTEM, "alice")
    assert len(noted("administrator.")) == 2


def test_the_last_administrator_cannot_be_withdrawn_nor_oneself() -> None:
    chief = UserPrincipal(sign_up("chief").id)
    with pytest.raises(Conflict, match="last administrator"):
        administering.withdraw_administration(SYSTEM, "chief")
    with pytest.raises(Conflict, match="your own right"):
        administering.withdraw_administration(chief, "chief")


def test_a_disabled_administrator_does_not_count_and_can_be_withdrawn() -> None:
    sign_up("chief")
    sign_up()
    administering.grant_administration(SYSTEM, "alice")
    administering.disable_account(SYSTEM, "alice")
    with pytest.raises(Conflict, match="last administrator"):
        administering.withdraw_administration(SYSTEM, "chief")
    assert not administering.withdraw_administration(SYSTEM, "alice").is_administrator
    with pytest.raises(Conflict, match="disabled"):
        administering.grant_administration(SYSTEM, "alice")
    with pytest.raises(NotFound):
        administering.grant_administration(SYSTEM, "nobody")


def test_of_two_administrators_who_withdraw_each_other_one_stays() -> None:
    chief, alice = UserPrincipal(sign_up("chief").id), UserPrincipal(sign_up().id)
    administering.grant_administration(SYSTEM, "alice")
    acts = [(chief, "alice"), (alice, "chief")]
    outcomes = in_parallel(
        2, lambda number: refusal(lambda: administering.withdraw_administration(*acts[number]))
    )
    assert outcomes.count(None) == 1


def test_one_who_is_disabled_and_one_who_is_withdrawn_at_once_leave_one() -> None:
    chief, alice = UserPrincipal(sign_up("chief").id), UserPrincipal(sign_up().id)
    administering.grant_administration(SYSTEM, "alice")
    acts = [
        lambda: administering.withdraw_administration(chief, "alice"),
        lambda: administering.disable_account(alice, "chief"),
    ]
    outcomes = in_parallel(2, lambda number: refusal(acts[number]))
    assert outcomes.count(None) == 1


def test_redis_being_away_says_that_logins_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up("chief")
    sign_up()
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
    get_settings.cache_clear()
    with pytest.raises(RedisUnavailable, match="The right is granted"):
        administering.grant_administration(SYSTEM, "alice")


def test_users_are_found_by_name_and_by_address_and_counted() -> None:
    chief = UserPrincipal(sign_up("chief").id)
    for number in range(5):
        accounts.create_user(f"user_{number}", f"u{number}@corp.example")
    names = [one.user.user_name for one in administering.list_accounts(chief, "USER_").shown]
    assert names == [f"user_{number}" for number in range(5)]
    assert administering.list_accounts(chief, "@corp").matching == 5
    some = administering.list_accounts(chief, most=2)
    assert (len(some.shown), some.matching) == (2, 6)


@pytest.mark.parametrize("text", ["%", "\\", "x" * 5000, "a\x00b", "'; --"])
def test_what_is_typed_is_only_text(text: str) -> None:
    sign_up("chief")
    assert administering.list_accounts(SYSTEM, text).matching == 0
