"""Signing up, in and out, as pages and routes ask for it."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM, UserPrincipal
from core.errors import (
    AppError,
    Conflict,
    DatabaseUnavailable,
    InvalidInput,
    NotFound,
    RedisUnavailable,
    TicketSpent,
    TooManyTries,
    WrongPassword,
)
from core.services import accounts, administering, passwords, signing_in
from core.settings import get_settings
from core.signals.logins import login_key
from core.signals.wakeups import get_redis
from tests.conftest import empty_tables
from tests.factories import in_parallel

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _cheap(system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_PASSWORD_MEMORY_KIB", "64")
    monkeypatch.setenv("SAGE_PASSWORD_ROUNDS", "1")
    get_settings.cache_clear()


def sign_up(name: str = "alice") -> signing_in.User:
    return signing_in.sign_up(name, f"{name}@example.org", PASSWORD)


def sign_in(who: str = "alice", password: str = PASSWORD, address: str = "192.0.2.7") -> str:
    return signing_in.sign_in(who, password, address=address, agent="a browser")


def stored_hash(db: Connection, name: str = "alice") -> str:
    query = text("SELECT password_hash FROM users WHERE user_name = :name")
    return str(db.execute(query, {"name": name}).scalar_one())


def test_a_newcomer_signs_up_and_in_and_is_found() -> None:
    user = sign_up()
    cookie = signing_in.redeem_ticket(sign_in())
    login = signing_in.find_login(cookie)
    assert login is not None
    assert login.user == user
    assert login.fingerprint != cookie
    (team,) = accounts.list_teams(UserPrincipal(user.id))
    assert not team.is_shared


def test_what_asks_by_itself_finds_the_login_and_keeps_it_no_longer() -> None:
    user = sign_up()
    cookie = signing_in.redeem_ticket(sign_in())
    redis, key = get_redis(get_settings().redis_url), login_key(cookie)
    stored = orjson.loads(redis.get(key) or b"")
    redis.set(key, orjson.dumps(stored | {"seen_at": stored["seen_at"] - 61}), ex=100)
    login = signing_in.check_login(cookie)
    assert login is not None
    assert login.user == user
    assert redis.ttl(key) <= 100
    signing_in.find_login(cookie)
    assert redis.ttl(key) > 100


@pytest.mark.parametrize(
    "who", ["alice", "ALICE", " Alice ", "alice@example.org", "Alice@Example.ORG"]
)
def test_people_sign_in_by_name_or_address_in_any_case(who: str) -> None:
    sign_up()
    assert sign_in(who)


@pytest.mark.parametrize(("name", "email"), [("ALICE", "b@x.org"), ("bob", "Alice@Example.org")])
def test_a_name_or_address_is_taken_once(name: str, email: str) -> None:
    sign_up()
    with pytest.raises(Conflict):
        signing_in.sign_up(name, email, PASSWORD)


@pytest.mark.parametrize(
    ("name", "email", "password"),
    [
        ("al", "a@x.org", PASSWORD),
        ("al ice", "a@x.org", PASSWORD),
        ("alice", "nowhere", PASSWORD),
        ("alice", "a@x.org", "x" * 11),
        ("alice", "a@x.org", "x" * 129),
        ("alice", "a@x.org", ""),
    ],
)
def test_what_cannot_be_used_is_refused(name: str, email: str, password: str) -> None:
    with pytest.raises(InvalidInput):
        signing_in.sign_up(name, email, password)


@pytest.mark.parametrize(
    "password",
    [
        "twelve chars",
        "0123 " + "a long one! " * 10 + "end",
        "ünïcödé pass",
        "🐎🐀🐈🐕🐄🐖🐑🐐🐓🦆🦅🦉",
        "with \x00 and \ud800 in",
        "тысяча журавлей",
    ],
)
def test_any_text_of_12_to_128_characters_is_a_password(password: str) -> None:
    signing_in.sign_up("alice", "a@x.org", password)
    assert sign_in(password=password)
    with pytest.raises(WrongPassword):
        sign_in(password=password + "x")


def test_the_same_letters_typed_on_another_keyboard_are_the_same_password() -> None:
    signing_in.sign_up("alice", "a@x.org", "caf\u00e9 at the corner")
    assert sign_in(password="cafe\u0301 at the corner")


def test_the_password_is_stored_as_argon2id_only(db: Connection) -> None:
    sign_up()
    assert stored_hash(db).startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert PASSWORD not in stored_hash(db)


def test_by_default_a_hash_costs_what_owasp_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAGE_PASSWORD_MEMORY_KIB")
    monkeypatch.delenv("SAGE_PASSWORD_ROUNDS")
    get_settings.cache_clear()
    assert "m=19456,t=2,p=1" in passwords.hash_password(PASSWORD)


def test_a_hash_of_older_settings_is_renewed_at_the_next_sign_in(
    db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up()
    monkeypatch.setenv("SAGE_PASSWORD_ROUNDS", "2")
    get_settings.cache_clear()
    with pytest.raises(WrongPassword):
        sign_in(password="a wrong password")
    assert "t=1," in stored_hash(db)
    sign_in()
    renewed = stored_hash(db)
    assert "t=2," in renewed
    sign_in()
    assert stored_hash(db) == renewed


def _no_user() -> None:
    sign_in("nobody")


def _wrong_password() -> None:
    sign_in(password="a wrong password")


def _user_without_a_password() -> None:
    accounts.create_user("bob", "bob@example.org")
    sign_in("bob")


def _overlong() -> None:
    sign_in("x" * 10_000, "y" * 1_000_000)


def costs_verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which each hash adds its cost when a password is verified by it."""
    verified: list[str] = []
    verify = passwords.PasswordHasher.verify

    def counting(self: passwords.PasswordHasher, hash: str, password: bytes) -> bool:
        verified.append(hash.split("$")[3])
        return verify(self, hash, password)

    monkeypatch.setattr(passwords.PasswordHasher, "verify", counting)
    return verified


@pytest.mark.parametrize("act", [_no_user, _wrong_password, _user_without_a_password, _overlong])
def test_whatever_is_wrong_costs_and_says_the_same(
    act: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up()
    verified = costs_verified(monkeypatch)
    with pytest.raises(WrongPassword) as wrong:
        act()
    assert wrong.value.message == WrongPassword().message
    assert verified == ["m=64,t=1,p=1"]


@pytest.mark.parametrize("name", ["early", "late", "without", "disabled", "nobody"])
def test_whatever_is_wrong_costs_the_same_while_some_hashes_are_of_older_settings(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up("chief")
    sign_up("early")
    monkeypatch.setenv("SAGE_PASSWORD_ROUNDS", "2")
    get_settings.cache_clear()
    sign_up("late")
    sign_up("disabled")
    administering.disable_account(SYSTEM, "disabled")
    accounts.create_user("without", "without@example.org")
    verified = costs_verified(monkeypatch)
    with pytest.raises(WrongPassword):
        sign_in(name, "a wrong password")
    assert sorted(verified) == ["m=64,t=1,p=1", "m=64,t=2,p=1"]


def test_no_more_than_two_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up()
    running, most = [], []
    verify = passwords.PasswordHasher.verify

    def watched(self: passwords.PasswordHasher, *given: object) -> bool:
        running.append(1)
        most.append(len(running))
        try:
            return verify(self, *given)  # type: ignore[arg-type]
        finally:
            running.pop()

    monkeypatch.setattr(passwords.PasswordHasher, "verify", watched)
    in_parallel(8, lambda number: passwords.verify_password(None, PASSWORD))
    assert max(most) <= 2


def test_too_many_wrong_passwords_of_an_account_cost_a_wait() -> None:
    sign_up()
    for _ in range(5):
        with pytest.raises(WrongPassword):
            sign_in(password="a wrong password")
    with pytest.raises(TooManyTries) as refused:
        sign_in()
    assert refused.value.seconds == 1
    assert refused.value.hint_text == "Try again in 1 second."
    sign_up("bob")
    assert sign_in("bob")


def test_an_account_that_does_not_exist_waits_just_the_same() -> None:
    for _ in range(5):
        with pytest.raises(WrongPassword):
            sign_in("nobody")
    with pytest.raises(TooManyTries):
        sign_in("NOBODY ")


def test_too_many_accounts_tried_from_one_address_cost_a_wait() -> None:
    for number in range(30):
        with pytest.raises(WrongPassword):
            sign_in(f"somebody-{number}")
    with pytest.raises(TooManyTries):
        sign_in("somebody-else")
    sign_up()
    assert sign_in(address="192.0.2.8")


def test_two_hundred_wrong_passwords_at_once_are_five_tries() -> None:
    sign_up()

    def attempt(number: int) -> type[AppError] | None:
        try:
            sign_in(password="a wrong password", address=f"192.0.2.{number}")
        except AppError as error:
            return type(error)
        return None

    outcomes = in_parallel(20, lambda number: [attempt(number) for _ in range(10)])
    flat = [one for some in outcomes for one in some]
    assert len(flat) == 200
    assert flat.count(WrongPassword) == 5
    assert flat.count(TooManyTries) == 195


def test_signing_in_again_and_again_costs_nothing() -> None:
    sign_up()
    for _ in range(40):
        assert sign_in()


@pytest.mark.parametrize(
    "typed", ["' OR 1=1 --", "<script>alert(1)</script>", "a\r\nb", "a\x00b", "\ud800", "", "аlice"]
)
def test_odd_names_are_nobody(typed: str) -> None:
    sign_up()
    with pytest.raises(WrongPassword):
        sign_in(typed)


def test_a_ticket_is_redeemed_once() -> None:
    sign_up()
    ticket = sign_in()
    signing_in.redeem_ticket(ticket)
    with pytest.raises(TicketSpent):
        signing_in.redeem_ticket(ticket)


def test_signing_in_anew_ends_the_browsers_former_login() -> None:
    sign_up()
    former = signing_in.redeem_ticket(sign_in())
    signing_in.redeem_ticket(sign_in(), instead_of=former)
    assert signing_in.find_login(former) is None


def test_signing_out_here_leaves_the_other_browsers() -> None:
    user = sign_up()
    here, there = (signing_in.redeem_ticket(sign_in()) for _ in range(2))
    signing_in.sign_out(here)
    assert signing_in.find_login(here) is None
    assert signing_in.find_login(there) is not None
    signing_in.revoke_logins(user)
    assert signing_in.find_login(there) is None


def test_another_password_ends_every_login_and_the_old_password() -> None:
    sign_up()
    cookie, ticket = signing_in.redeem_ticket(sign_in()), sign_in()
    signing_in.set_password("ALICE", "another horse battery")
    assert signing_in.find_login(cookie) is None
    with pytest.raises(TicketSpent):
        signing_in.redeem_ticket(ticket)
    with pytest.raises(WrongPassword):
        sign_in()
    assert sign_in(password="another horse battery")


def test_a_password_needs_a_user_and_twelve_characters() -> None:
    sign_up()
    with pytest.raises(NotFound):
        signing_in.set_password("nobody", PASSWORD)
    with pytest.raises(InvalidInput):
        signing_in.set_password("alice", "short")


def test_the_demo_password_is_told_once() -> None:
    accounts.ensure_demo_team()
    told = [one for one in in_parallel(4, lambda _: accounts.ensure_demo_password()) if one]
    assert len(told) == 1
    assert accounts.ensure_demo_password() is None
    assert sign_in("admin", told[0])


def test_nobody_is_signed_in_without_a_cookie() -> None:
    assert signing_in.find_login(None) is None
    assert signing_in.find_login("") is None
    assert signing_in.find_login("forged") is None


def test_a_login_of_a_user_who_is_gone_is_nobodys() -> None:
    sign_up()
    cookie = signing_in.redeem_ticket(sign_in())
    empty_tables()
    assert signing_in.find_login(cookie) is None


@pytest.mark.parametrize("redis_url", ["redis://127.0.0.1:9/0", ""])
def test_redis_being_away_closes_sign_in_and_is_no_sign_out(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up()
    cookie = signing_in.redeem_ticket(sign_in())
    with monkeypatch.context() as away:
        away.setenv("REDIS_URL", redis_url)
        get_settings.cache_clear()
        for act in (
            sign_in,
            lambda: signing_in.find_login(cookie),
            lambda: signing_in.sign_out(cookie),
            lambda: signing_in.redeem_ticket("x"),
        ):
            with pytest.raises(RedisUnavailable):
                act()
    get_settings.cache_clear()
    assert signing_in.find_login(cookie) is not None


def test_a_database_that_is_away_is_no_sign_out(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up()
    cookie = signing_in.redeem_ticket(sign_in())
    monkeypatch.setenv("DATABASE_URL", "")
    get_settings.cache_clear()
    with pytest.raises(DatabaseUnavailable):
        signing_in.find_login(cookie)


def test_what_a_browser_says_of_itself_is_cut_to_size() -> None:
    sign_up()
    signing_in.sign_in("alice", PASSWORD, address="x" * 9999, agent="y\r\n" * 9999)
    redis = get_redis(get_settings().redis_url or "")
    (key,) = redis.keys("sage:ticket:*")
    assert len(redis.get(key) or b"") < 1000
