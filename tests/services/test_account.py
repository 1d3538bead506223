"""Your account: profile, password, browsers; and what administrators do to accounts."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from core.domain.access import SYSTEM, UserPrincipal
from core.domain.people import User
from core.errors import (
    AppError,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    RedisUnavailable,
    SignUpClosed,
    TicketSpent,
    TooManyTries,
    WrongPassword,
)
from core.services import (
    account,
    accounts,
    administering,
    inviting,
    provisioning,
    signing_in,
)
from core.services.signing_in import Login
from core.settings import get_settings
from core.signals.wakeups import get_redis
from tests.factories import in_parallel
from tests.services.identities import identity

PASSWORD = "correct horse battery"
OTHER = "another horse battery"
HERE = {"address": "192.0.2.7", "agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture(autouse=True)
def _cheap(system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_PASSWORD_MEMORY_KIB", "64")
    monkeypatch.setenv("SAGE_PASSWORD_ROUNDS", "1")
    get_settings.cache_clear()


def setting(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"SAGE_{name.upper()}", value)
    get_settings.cache_clear()


def sign_up(name: str = "alice") -> User:
    return signing_in.sign_up(name, f"{name}@example.org", PASSWORD)


def browser(name: str = "alice", password: str = PASSWORD) -> str:
    return signing_in.redeem_ticket(signing_in.sign_in(name, password, **HERE))


def login_of(cookie: str) -> Login:
    login = signing_in.find_login(cookie)
    assert login is not None
    return login


def login_of_provider() -> Login:
    user = provisioning.admit_identity(identity(email="ada@example.org"))
    return login_of(signing_in.redeem_ticket(signing_in.issue_ticket(user, **HERE)))


def is_signed_in(cookie: str) -> bool:
    return signing_in.find_login(cookie) is not None


def refusal(act: Callable[[], object]) -> type[AppError] | None:
    try:
        act()
    except AppError as error:
        return type(error)
    return None


# signing up


def test_the_first_who_signs_up_administers_and_nobody_after() -> None:
    assert sign_up("first").is_administrator
    assert not sign_up("second").is_administrator


def test_of_many_first_sign_ups_at_once_one_administers() -> None:
    made = in_parallel(8, lambda number: sign_up(f"first-{number}"))
    assert [user.is_administrator for user in made].count(True) == 1


def test_the_administrator_of_make_run_counts_once_they_have_a_password() -> None:
    accounts.ensure_demo_team()
    assert sign_up("before").is_administrator  # nobody could sign in as admin
    assert accounts.ensure_demo_password()
    assert not sign_up("after").is_administrator


def test_a_disabled_administrator_makes_no_room_for_a_stranger() -> None:
    sign_up("first")
    accounts.create_user("second", "second@example.org", is_administrator=True)
    administering.disable_account(SYSTEM, "first")
    assert not sign_up("stranger").is_administrator


def test_sign_up_can_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    setting(monkeypatch, sign_up_open="false")
    with pytest.raises(SignUpClosed) as closed:
        sign_up()
    assert closed.value.message == "Nobody can make an account here by themselves."
    with pytest.raises(NotFound):
        accounts.get_user("alice")


def test_sign_ups_of_an_address_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    setting(monkeypatch, sign_ups_per_hour_address="2")

    def again(number: int, address: str = "192.0.2.7") -> User:
        mail = f"n{number}@example.org"
        return signing_in.sign_up(f"name-{number}", mail, PASSWORD, address=address)

    again(1)
    again(2)
    with pytest.raises(TooManyTries) as refused:
        again(3)
    assert 3500 < refused.value.seconds <= 3600
    assert again(4, "192.0.2.8")


def test_redis_being_away_closes_sign_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
    get_settings.cache_clear()
    with pytest.raises(RedisUnavailable):
        sign_up()
    with pytest.raises(NotFound):
        accounts.get_user("alice")


@pytest.mark.parametrize(
    "name",
    ["аlice", "alıce", "al\u200bice", "alice\r\nx", "alice\x00", "al ice", "ａlice", "é" * 5],
)
def test_a_name_that_looks_like_another_is_no_name(name: str) -> None:
    with pytest.raises(InvalidInput):
        signing_in.sign_up(name, "a@example.org", PASSWORD)


@pytest.mark.parametrize(
    "password",
    [
        "password123456",
        "Passw0rd!Passw0rd!",
        "qwertyuiop[]",
        "1q2w3e4r5t6y7u",
        "Correct Horse Battery Staple",
        "x" * 12,
        "abcabcabcabc",
        "alice1234567890",
        "Alice@Example.org",
        "987654321098",
        "Summer2026!!!!",
        "MayTheForceBeWithYou!",
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="guessed early"):
        signing_in.sign_up("alice", "alice@example.org", password)


# browsers


def test_the_list_names_device_address_and_which_is_this() -> None:
    sign_up()
    here, there = login_of(browser()), login_of(browser())
    first, second = account.list_browsers(here)
    assert (first.is_this, second.is_this) == (True, False)
    assert (first.device, first.address) == ("Firefox on Linux", "192.0.2.7")
    assert second.fingerprint == there.fingerprint
    assert first.created_at <= first.seen_at


def test_one_browser_is_signed_out_and_the_others_are_not() -> None:
    sign_up()
    here, there = browser(), browser()
    account.end_browser(login_of(here), login_of(there).fingerprint)
    assert is_signed_in(here)
    assert not is_signed_in(there)
    with pytest.raises(NotFound):
        account.end_browser(login_of(here), "0" * 64)


def test_nobody_signs_somebody_else_out() -> None:
    sign_up("alice")
    sign_up("bob")
    hers, his = browser("alice"), browser("bob")
    for forged in (login_of(his).fingerprint, his, "", "*", "x" * 10_000, "\x00" * 64, "a\r\nb"):
        with pytest.raises(NotFound):
            account.end_browser(login_of(hers), forged)
    assert is_signed_in(his)


def test_all_others_or_all_are_signed_out() -> None:
    sign_up()
    here, there = browser(), browser()
    waiting = signing_in.sign_in("alice", PASSWORD, **HERE)
    account.end_other_browsers(login_of(here))
    assert [is_signed_in(one) for one in (here, there)] == [True, False]
    with pytest.raises(TicketSpent):
        signing_in.redeem_ticket(waiting)
    account.end_all_browsers(login_of(here))
    assert not is_signed_in(here)


# profile and password


def test_name_and_address_change_with_the_password_and_the_login_gets_another_id() -> None:
    sign_up()
    cookie = browser()
    ticket = account.change_profile(login_of(cookie), "Alicia", "A@Example.org", PASSWORD, **HERE)
    renewed = signing_in.redeem_ticket(ticket, instead_of=cookie)
    assert not is_signed_in(cookie)
    user = login_of(renewed).user
    assert (user.user_name, user.email) == ("Alicia", "a@example.org")
    assert browser("a@example.org")


def test_a_profile_needs_the_password_and_what_nobody_else_has() -> None:
    sign_up("alice")
    sign_up("bob")
    login = login_of(browser())
    with pytest.raises(WrongPassword):
        account.change_profile(login, "alicia", "a@example.org", "a wrong password", **HERE)
    for name, mail in (("BOB", "a@example.org"), ("alice", "Bob@Example.ORG")):
        with pytest.raises(Conflict):
            account.change_profile(login, name, mail, PASSWORD, **HERE)
    assert account.change_profile(login, "ALICE", "alice@example.org", PASSWORD, **HERE)
    with pytest.raises(InvalidInput):
        account.change_profile(login, "аlice", "a@example.org", PASSWORD, **HERE)


def test_of_many_who_take_a_name_at_once_one_has_it() -> None:
    for number in range(4):
        sign_up(f"user-{number}")
    logins = [login_of(browser(f"user-{number}")) for number in range(4)]

    def take(number: int) -> type[AppError] | None:
        mail = f"user-{number}@example.org"
        return refusal(
            lambda: account.change_profile(logins[number], "wanted", mail, PASSWORD, **HERE)
        )

    outcomes = in_parallel(4, take)
    assert sorted(outcomes, key=str) == [Conflict, Conflict, Conflict, None]


def test_another_password_ends_the_other_logins_and_renews_this_one() -> None:
    sign_up()
    here, there = browser(), browser()
    ticket = account.change_password(login_of(here), PASSWORD, OTHER, **HERE)
    assert not is_signed_in(there)
    assert is_signed_in(here)  # until its browser has fetched the new id
    key = f"sage:login:{login_of(here).fingerprint}"
    assert 0 < int(str(get_redis(get_settings().redis_url or "").ttl(key))) <= 30
    renewed = signing_in.redeem_ticket(ticket, instead_of=here)
    assert [is_signed_in(one) for one in (here, renewed)] == [False, True]
    with pytest.raises(WrongPassword):
        browser()
    assert browser(password=OTHER)


def test_a_password_changes_only_with_the_old_one() -> None:
    sign_up()
    cookie = browser()
    for _ in range(5):
        with pytest.raises(WrongPassword):
            account.change_password(login_of(cookie), "a wrong password", OTHER, **HERE)
    with pytest.raises(TooManyTries):
        account.change_password(login_of(cookie), PASSWORD, OTHER, **HERE)
    assert browser()  # whoever sits at this browser does not keep its user out elsewhere


def test_who_comes_by_the_provider_is_told_so_and_never_made_to_wait() -> None:
    assert account.find_keeper(login_of_provider()) == "your organisation"
    login = login_of_provider()
    for _ in range(10):
        with pytest.raises(NotAllowed, match="no password here"):
            account.change_password(login, "", OTHER, **HERE)
        with pytest.raises(NotAllowed, match="no password here"):
            account.change_profile(login, "ada2", "ada@example.org", "", **HERE)
    link = urlsplit(administering.make_reset_link(SYSTEM, "ada").address).query
    administering.reset_password(link.removeprefix("reset="), PASSWORD, address="192.0.2.7")
    login = login_of(browser("ada"))
    assert account.find_keeper(login) is None
    assert account.change_profile(login, "ada2", "ada@example.org", PASSWORD, **HERE)


@pytest.mark.parametrize("new", ["short", "x" * 129, "password123456", "alice alice alice"])
def test_a_bad_new_password_changes_nothing(new: str) -> None:
    sign_up()
    here, there = browser(), browser()
    with pytest.raises(InvalidInput):
        account.change_password(login_of(here), PASSWORD, new, **HERE)
    assert is_signed_in(there)
    with pytest.raises(Conflict):
        account.change_password(login_of(here), PASSWORD, PASSWORD, **HERE)


def test_of_two_changes_at_once_one_counts_and_no_other_login_is_left() -> None:
    sign_up()
    cookies = [browser() for _ in range(4)]
    logins = [login_of(cookie) for cookie in cookies]

    def change(number: int) -> str | None:
        try:
            new = f"{number} horses in the field"
            return account.change_password(logins[number], PASSWORD, new, **HERE)
        except (Conflict, WrongPassword):
            return None

    tickets = in_parallel(4, change)
    assert len([one for one in tickets if one]) == 1
    assert [is_signed_in(cookie) for cookie in cookies].count(True) <= 1


def test_no_sign_in_with_the_old_password_outlives_the_change() -> None:
    sign_up()
    login = login_of(browser())

    def act(number: int) -> str | None:
        if number == 0:
            account.change_password(login, PASSWORD, OTHER, **HERE)
            return None
        try:
            return signing_in.sign_in("alice", PASSWORD, address=f"192.0.2.{number}", agent="x")
        except AppError:
            return None

    for ticket in in_parallel(5, act):
        if ticket:
            with pytest.raises(TicketSpent):
                signing_in.redeem_ticket(ticket)


def test_a_password_that_changed_while_it_was_checked_opens_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = sign_up()
    issue = signing_in.issue_ticket
    tickets = []

    def late(*given: User, **more: str) -> str:
        signing_in.set_password("alice", OTHER)
        tickets.append(issue(*given, **more))
        return tickets[0]

    monkeypatch.setattr(signing_in, "issue_ticket", late)
    with pytest.raises(WrongPassword):
        signing_in.sign_in(user.user_name, PASSWORD, **HERE)
    with pytest.raises(TicketSpent):
        signing_in.redeem_ticket(tickets[0])


def test_invitations_are_looked_up_so_often_from_an_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setting(monkeypatch, invitation_tries_per_hour_address="2")
    user = UserPrincipal(sign_up().id)
    acts = (inviting.find_by_link, inviting.accept_link, inviting.decline_link)
    outcomes = [refusal(lambda: act(user, "forged")) for act in acts]  # noqa: B023
    assert outcomes == [NotFound, NotFound, TooManyTries]
