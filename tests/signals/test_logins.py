"""Logins and tickets in Redis: what is stored, for how long, and how it ends."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import orjson
import pytest

from core.errors import RedisUnavailable
from core.settings import get_settings
from core.signals import logins
from core.signals.login_watch import LoginWatch
from core.signals.logins import Lifetimes, Revocation, fingerprint_of
from core.signals.tries import forget_tries, give_back, take_try
from core.signals.wakeups import get_redis

NOWHERE = "redis://127.0.0.1:9/0"
LIFE = Lifetimes(ticket=30, idle=12 * 3600, absolute=30 * 86400)
USER = UUID(int=7)


@pytest.fixture
def url(system: None) -> str:
    return get_settings().redis_url or ""


def ticket_for(url: str, user_id: UUID = USER, life: Lifetimes = LIFE) -> str:
    return logins.issue_ticket(url, user_id, life, address="192.0.2.7", agent="a browser")


def login_for(url: str, user_id: UUID = USER, life: Lifetimes = LIFE) -> str:
    login_id = logins.redeem_ticket(url, ticket_for(url, user_id, life), life)
    assert login_id
    return login_id


def seconds_left(url: str, login_id: str) -> int:
    return int(str(get_redis(url).ttl(logins.login_key(login_id))))


def age(url: str, login_id: str, *, created: float = 0, seen: float = 0) -> None:
    """Make a login older than it is."""
    key = logins.login_key(login_id)
    record = logins.read_record(get_redis(url).get(key) or b"")
    stored = {
        "user_id": str(record.user_id),
        "address": record.address,
        "agent": record.agent,
        "created_at": record.created_at - created,
        "seen_at": record.seen_at - seen,
    }
    get_redis(url).set(key, orjson.dumps(stored), keepttl=True)


def test_a_login_says_who_where_and_since_when(url: str) -> None:
    before = time.time()
    found = logins.find_login(url, login_for(url), LIFE)
    assert found is not None
    assert (found.user_id, found.address, found.agent) == (USER, "192.0.2.7", "a browser")
    assert before <= found.created_at == found.seen_at <= time.time()


def test_ids_have_256_bits_and_never_repeat(url: str) -> None:
    ids = {login_for(url) for _ in range(50)} | {ticket_for(url) for _ in range(50)}
    assert len(ids) == 100
    assert {len(one) for one in ids} == {43}


def test_redis_holds_neither_ids_nor_tickets(url: str) -> None:
    login_id, ticket = login_for(url), ticket_for(url)
    redis = get_redis(url)
    everything = b""
    for key in redis.keys("*"):
        members = redis.smembers(key) if redis.type(key) == b"set" else {redis.get(key)}
        everything += key + b"".join(filter(None, members))
    assert login_id.encode() not in everything
    assert ticket.encode() not in everything
    assert fingerprint_of(login_id).encode() in everything


def test_a_ticket_lasts_half_a_minute(url: str) -> None:
    ticket = ticket_for(url)
    (key,) = get_redis(url).keys("sage:ticket:*")
    assert 28 <= int(str(get_redis(url).ttl(key))) <= 30
    get_redis(url).pexpire(key, 1)
    time.sleep(0.05)
    assert logins.redeem_ticket(url, ticket, LIFE) is None


def test_of_parallel_redemptions_one_gets_a_login(url: str) -> None:
    ticket = ticket_for(url)
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: logins.redeem_ticket(url, ticket, LIFE), range(20)))
    assert sum(one is not None for one in found) == 1
    assert len(get_redis(url).keys("sage:login:*")) == 1


def test_a_ticket_is_no_login_and_a_login_no_ticket(url: str) -> None:
    ticket, login_id = ticket_for(url), login_for(url)
    assert logins.find_login(url, ticket, LIFE) is None
    assert logins.redeem_ticket(url, login_id, LIFE) is None


def test_a_visit_moves_the_idle_end_at_most_once_a_minute(url: str) -> None:
    login_id = login_for(url)
    get_redis(url).expire(logins.login_key(login_id), 100)
    logins.find_login(url, login_id, LIFE)
    assert seconds_left(url, login_id) <= 100
    age(url, login_id, seen=61)
    logins.find_login(url, login_id, LIFE)
    assert seconds_left(url, login_id) > LIFE.idle - 5


def test_no_visit_moves_the_absolute_end(url: str) -> None:
    login_id = login_for(url)
    age(url, login_id, created=LIFE.absolute - 100, seen=61)
    assert logins.find_login(url, login_id, LIFE) is not None
    assert seconds_left(url, login_id) <= 100
    age(url, login_id, created=101)
    assert logins.find_login(url, login_id, LIFE) is None


def test_a_visit_does_not_bring_back_what_was_revoked_meanwhile(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    login_id = login_for(url)
    age(url, login_id, seen=61)

    def revoke_then_read(stored: bytes | str) -> logins.LoginRecord:
        get_redis(url).delete(logins.login_key(login_id))
        return read(stored)

    read = logins.read_record
    monkeypatch.setattr(logins, "read_record", revoke_then_read)
    logins.find_login(url, login_id, LIFE)
    assert not get_redis(url).exists(logins.login_key(login_id))


def test_ending_all_ends_tickets_too_and_nobody_elses(url: str) -> None:
    first, second, ticket = login_for(url), login_for(url), ticket_for(url)
    others = login_for(url, UUID(int=8))
    logins.end_all(url, USER)
    assert logins.find_login(url, first, LIFE) is None
    assert logins.find_login(url, second, LIFE) is None
    assert logins.redeem_ticket(url, ticket, LIFE) is None
    assert logins.find_login(url, others, LIFE) is not None


def test_a_users_set_forgets_what_ran_out(url: str) -> None:
    old = login_for(url)
    get_redis(url).delete(logins.login_key(old))
    new = login_for(url)
    (held,) = get_redis(url).keys("sage:logins-of:*")
    assert get_redis(url).smembers(held) == {logins.login_key(new).encode()}


@pytest.mark.parametrize("login_id", ["", "x" * 129, "\ud800", "\x00", "sage:login:*"])
def test_what_is_no_id_is_nobody(url: str, login_id: str) -> None:
    assert logins.find_login(url, login_id, LIFE) is None
    assert logins.redeem_ticket(url, login_id, LIFE) is None
    logins.end_login(url, login_id)


def test_redis_being_away_is_an_error_not_nobody() -> None:
    for act in (
        lambda: ticket_for(NOWHERE),
        lambda: logins.redeem_ticket(NOWHERE, "x", LIFE),
        lambda: logins.find_login(NOWHERE, "x", LIFE),
        lambda: logins.end_login(NOWHERE, "x"),
        lambda: logins.end_all(NOWHERE, USER),
        lambda: take_try(NOWHERE, {"x": 1}, most_seconds=1),
        lambda: asyncio.run(LoginWatch(NOWHERE).find("x")),
        lambda: asyncio.run(LoginWatch(None).find("x")),
    ):
        with pytest.raises(RedisUnavailable):
            act()


def test_whoever_listens_hears_each_kind_of_end(url: str) -> None:
    login_id, team_id = login_for(url), uuid4()

    def listeners() -> int:
        channel = logins.REVOKED_CHANNEL
        return dict(get_redis(url).pubsub_numsub(channel)).get(channel.encode(), 0)

    async def listen() -> list[Revocation]:
        watch = LoginWatch(url)
        heard = watch.revocations()
        others = listeners()
        first = asyncio.ensure_future(anext(heard))
        while listeners() == others:
            await asyncio.sleep(0.01)
        logins.end_login(url, login_id)
        logins.end_login(url, login_id)  # the second time there is nothing to tell
        logins.end_all(url, USER)
        logins.announce_removal(url, USER, team_id)
        try:
            return [await first, await anext(heard), await anext(heard)]
        finally:
            await heard.aclose()  # type: ignore[attr-defined]
            await watch.close()

    assert asyncio.run(asyncio.wait_for(listen(), 10)) == [
        Revocation(login=fingerprint_of(login_id)),
        Revocation(user_id=USER),
        Revocation(user_id=USER, team_id=team_id),
    ]


def test_news_that_comes_in_one_piece_is_heard_one_by_one(url: str) -> None:
    def tell() -> None:
        pipe = get_redis(url).pipeline()
        for number in range(50):
            pipe.publish(logins.REVOKED_CHANNEL, orjson.dumps({"login": str(number)}))
        pipe.publish(logins.REVOKED_CHANNEL, b"nonsense")
        pipe.execute()

    async def listen() -> list[str | None]:
        watch = LoginWatch(url)
        heard = watch.revocations()
        first = asyncio.ensure_future(anext(heard))
        await asyncio.sleep(0.3)
        tell()
        names = [(await first).login]
        names += [(await anext(heard)).login for _ in range(49)]
        again = asyncio.ensure_future(anext(heard))
        await asyncio.sleep(1)  # nonsense costs the connection, not the listener
        logins.announce_removal(url, USER, USER)
        assert (await again).team_id == USER
        await heard.aclose()  # type: ignore[attr-defined]
        await watch.close()
        return names

    names = asyncio.run(asyncio.wait_for(listen(), 10))
    assert names == [str(number) for number in range(50)]


def test_the_watch_tells_which_logins_are_no_more(url: str) -> None:
    kept, gone = login_for(url), login_for(url)
    logins.end_login(url, gone)

    async def look() -> set[str]:
        watch = LoginWatch(url)
        try:
            found = await watch.find(kept)
            assert found is not None
            assert found.user_id == USER
            assert await watch.ended([]) == set()
            return await watch.ended([fingerprint_of(kept), fingerprint_of(gone)])
        finally:
            await watch.close()

    assert asyncio.run(look()) == {fingerprint_of(gone)}


def test_tries_beyond_the_free_ones_cost_growing_waits(url: str) -> None:
    def take() -> float:
        return take_try(url, {"alice": 3}, most_seconds=5)

    waits = []
    for number in range(7):
        assert take() == 0
        if number >= 2:
            waits.append(round(take()))
            assert take() > 0  # what is refused costs nothing more
        for key in get_redis(url).keys("sage:wait:*"):
            get_redis(url).delete(key)
    assert waits == [1, 2, 4, 5, 5]
    forget_tries(url, "alice")
    assert [take(), take()] == [0, 0]


def test_of_many_tries_at_once_only_the_free_ones_go_through(url: str) -> None:
    def take(_: int) -> float:
        return take_try(url, {"alice": 5}, most_seconds=60)

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(take, range(200))).count(0) == 5


def test_a_try_that_has_to_wait_for_one_subject_is_counted_for_none(url: str) -> None:
    def take(*subjects: str) -> float:
        return take_try(url, dict.fromkeys(subjects, 3), most_seconds=60)

    assert [take("an office", "alice") for _ in range(3)] == [0, 0, 0]
    get_redis(url).delete(*get_redis(url).keys("sage:wait:*"))
    assert [take("alice") > 0 for _ in range(2)] == [False, True]
    assert all(take("another office", "alice") > 0 for _ in range(50))
    assert [take("another office") for _ in range(3)] == [0, 0, 0]


def test_a_try_given_back_leaves_no_wait(url: str) -> None:
    def take() -> float:
        return take_try(url, {"an office": 2}, most_seconds=60)

    assert [take(), take()] == [0, 0]
    give_back(url, "an office")
    assert take() == 0
    assert take() > 0


def test_a_try_given_back_does_not_count(url: str) -> None:
    for _ in range(20):
        assert take_try(url, {"an office": 3}, most_seconds=60) == 0
        give_back(url, "an office")
    give_back(url, "nobody")
    assert take_try(url, {"nobody": 2}, most_seconds=60) == 0
