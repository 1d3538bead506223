"""Acts under a key: run once, answered alike, for nobody else, whatever dies and Redis forgets."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM, Scope, TokenPrincipal, UserPrincipal
from core.domain.idempotency import is_kept
from core.domain.session import LaunchRequest
from core.errors import DatabaseUnavailable, InvalidInput
from core.ids import new_id
from core.services import idempotency, launching, retention, tokens
from core.services.idempotency import Begun, InFlight, Mismatch, Replay, fingerprint_request
from core.settings import Settings, get_settings
from core.signals import answers
from core.signals.wakeups import get_redis
from tests.factories import Someone, in_parallel, make_someone

PATH = "/api/v1/sessions"
ONE, OTHER = fingerprint_request(b"one"), fingerprint_request(b"other")
JSON = {"Content-Type": "application/json", "Location": "/there", "Set-Cookie": "no=1"}


@pytest.fixture(autouse=True)
def _redis_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_away_until", 0.0)


def flush() -> None:
    get_redis(get_settings().redis_url or "").flushall()


def begun(principal: UserPrincipal, key: UUID, fingerprint: str = ONE) -> Begun:
    found = idempotency.begin(principal, "POST", PATH, key, fingerprint)
    assert isinstance(found, Begun), found
    return found


def let_locks_pass(db: Connection) -> None:
    db.execute(text("UPDATE idempotency_keys SET locked_until = clock_timestamp()"))


def let_keys_expire(db: Connection) -> None:
    db.execute(text("UPDATE idempotency_keys SET expires_at = clock_timestamp()"))
    flush()  # what is kept there has the same end


@pytest.mark.parametrize("flushed", [False, True])
def test_an_answer_is_replayed_byte_by_byte(principal: UserPrincipal, flushed: bool) -> None:
    key, body = uuid4(), bytes(range(256))
    idempotency.keep(begun(principal, key), 201, JSON, body)
    if flushed:
        flush()
    for _ in range(2):
        found = idempotency.begin(principal, "post", PATH, key, ONE)
        assert isinstance(found, Replay)
        assert found.answer.status == 201
        assert found.answer.body == body
        assert found.answer.headers == {"content-type": "application/json", "location": "/there"}
        assert idempotency.begin(principal, "POST", PATH, key, OTHER) == Mismatch()


def test_a_key_belongs_to_its_caller_and_its_address(
    someone: Someone, principal: UserPrincipal
) -> None:
    key = uuid4()
    idempotency.keep(begun(principal, key), 202, {}, b"mine")
    made = tokens.make_token(principal, "ci", [Scope.LAUNCH], days=1)
    token = TokenPrincipal(principal.user_id, made.token.id, frozenset({Scope.LAUNCH}))
    found = [
        idempotency.begin(make_someone().principal, "POST", PATH, key, ONE),
        idempotency.begin(token, "POST", PATH, key, ONE),
        idempotency.begin(principal, "PUT", PATH, key, ONE),
        idempotency.begin(principal, "POST", PATH + "/", key, ONE),
        idempotency.begin(principal, "POST", PATH, uuid4(), ONE),
    ]
    assert all(isinstance(one, Begun) for one in found)
    assert len({one.act_key for one in found if isinstance(one, Begun)}) == len(found)


def test_what_is_in_flight_is_not_run_beside_it(principal: UserPrincipal) -> None:
    key = uuid4()
    first = begun(principal, key)
    assert idempotency.begin(principal, "POST", PATH, key, ONE) == InFlight(1)
    assert idempotency.begin(principal, "POST", PATH, key, OTHER) == Mismatch()
    idempotency.forget(first)
    assert idempotency.begin(principal, "POST", PATH, key, OTHER) == Mismatch()
    assert begun(principal, key).act_key == first.act_key


def test_a_dead_holder_is_taken_over_by_one_and_the_first_answer_counts(
    principal: UserPrincipal, db: Connection
) -> None:
    key = uuid4()
    first = begun(principal, key)
    let_locks_pass(db)
    found = in_parallel(8, lambda _: idempotency.begin(principal, "POST", PATH, key, ONE))
    (second,) = [one for one in found if isinstance(one, Begun)]
    assert second.act_key == first.act_key
    idempotency.forget(first)  # it holds nothing any more
    assert isinstance(idempotency.begin(principal, "POST", PATH, key, ONE), InFlight)
    assert idempotency.keep(first, 201, {}, b"late").body == b"late"
    assert idempotency.keep(second, 201, {}, b"again").body == b"late"
    idempotency.forget(second)
    replay = idempotency.begin(principal, "POST", PATH, key, ONE)
    assert isinstance(replay, Replay)
    assert replay.answer.body == b"late"


def test_an_answered_key_is_not_taken_over_when_its_lock_has_passed(
    principal: UserPrincipal, db: Connection
) -> None:
    key = uuid4()
    idempotency.keep(begun(principal, key), 201, {}, b"kept")
    let_locks_pass(db)
    flush()
    assert isinstance(idempotency.begin(principal, "POST", PATH, key, ONE), Replay)


@pytest.mark.parametrize("status", [200, 201, 202, 400, 404, 410, 413, 422])
def test_a_final_answer_is_kept(principal: UserPrincipal, status: int) -> None:
    key = uuid4()
    idempotency.keep(begun(principal, key), status, {}, b"")
    assert isinstance(idempotency.begin(principal, "POST", PATH, key, ONE), Replay)


@pytest.mark.parametrize("status", [204, 303, 401, 403, 408, 409, 425, 429, 500, 503])
def test_a_passing_answer_is_not_kept(principal: UserPrincipal, status: int) -> None:
    key = uuid4()
    assert not is_kept(status)
    assert idempotency.keep(begun(principal, key), status, {}, b"x").status == status
    begun(principal, key)


def test_an_expired_key_is_new_and_its_old_act_answers_nothing(
    principal: UserPrincipal, db: Connection
) -> None:
    key = uuid4()
    old = begun(principal, key)
    let_keys_expire(db)
    new = begun(principal, key, OTHER)
    assert new.id != old.id
    idempotency.keep(old, 201, {}, b"old")
    assert isinstance(idempotency.begin(principal, "POST", PATH, key, OTHER), InFlight)
    idempotency.keep(new, 201, {}, b"new")
    flush()
    replay = idempotency.begin(principal, "POST", PATH, key, OTHER)
    assert isinstance(replay, Replay)
    assert replay.answer.body == b"new"


def test_the_job_deletes_what_has_expired_and_nothing_else(
    principal: UserPrincipal, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "DROP_BATCH", 2)
    for _ in range(5):
        idempotency.keep(begun(principal, uuid4()), 201, {}, b"")
    let_keys_expire(db)
    kept = begun(principal, uuid4())
    retention.run_job("drop_expired_keys")
    assert db.execute(text("SELECT id FROM idempotency_keys")).scalars().all() == [kept.id]


def test_a_kept_answer_ends_by_the_setting(
    principal: UserPrincipal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDEMPOTENCY_TTL_SECONDS", "1")
    get_settings.cache_clear()
    key = uuid4()
    idempotency.keep(begun(principal, key), 201, {}, b"")
    assert isinstance(idempotency.begin(principal, "POST", PATH, key, ONE), Replay)
    time.sleep(1.1)
    begun(principal, key, OTHER)
    monkeypatch.setenv("SAGE_IDEMPOTENCY_TTL_SECONDS", "7")
    assert Settings().idempotency_ttl_seconds == 7


@pytest.mark.parametrize("away", ["redis://127.0.0.1:9/0", ""])
def test_redis_being_away_changes_nothing(
    principal: UserPrincipal, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    monkeypatch.setenv("REDIS_URL", away)
    get_settings.cache_clear()
    key = uuid4()
    idempotency.keep(begun(principal, key), 201, {}, b"kept")
    assert isinstance(idempotency.begin(principal, "POST", PATH, key, ONE), Replay)
    assert idempotency.begin(principal, "POST", PATH, key, OTHER) == Mismatch()


def test_what_redis_holds_and_nobody_can_read_is_passed_over(principal: UserPrincipal) -> None:
    key = uuid4()
    idempotency.keep(begun(principal, key), 201, {}, b"kept")
    redis = get_redis(get_settings().redis_url or "")
    (name,) = redis.keys("sage:answer:*")
    assert 86_000 < int(str(redis.ttl(name))) <= 86_400
    for stored in (b"", b"[]", b"{}", b"\xff"):
        redis.set(name, stored)
        assert isinstance(idempotency.begin(principal, "POST", PATH, key, ONE), Replay)


def test_an_answer_is_given_though_it_cannot_be_kept(
    principal: UserPrincipal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DatabaseUnavailable

    held = begun(principal, uuid4())
    monkeypatch.setattr(idempotency, "_store", fail)
    assert idempotency.keep(held, 201, {}, b"done").body == b"done"


@pytest.mark.parametrize("path", ["/\x00", "/\ud800", "/" + "x" * 10_000])
def test_any_path_can_be_stored(principal: UserPrincipal, path: str) -> None:
    found = idempotency.begin(principal, "POST", path, uuid4(), ONE)
    assert isinstance(found, Begun)


def test_a_key_is_a_uuid_in_its_usual_form() -> None:
    key = uuid4()
    assert idempotency.read_key(f" {str(key).upper()} ") == key
    for given in ("", "1", key.hex, f"{{{key}}}", f"urn:uuid:{key}", f"{key}0", f"{key}\n{key}"):
        with pytest.raises(InvalidInput, match="UUID"):
            idempotency.read_key(given)


def test_nothing_moves_from_one_part_of_a_request_into_the_next() -> None:
    prints = {
        fingerprint_request(b"ab"),
        fingerprint_request(b"b", query=b"a"),
        fingerprint_request(b"", query=b"ab"),
        fingerprint_request(b"", media_type="ab"),
    }
    assert len(prints) == 4


def test_the_system_has_no_keys() -> None:
    with pytest.raises(ValueError, match="system"):
        idempotency.begin(SYSTEM, "POST", PATH, new_id(), ONE)


@pytest.mark.parametrize("dying", [0, 3])
def test_fifty_duplicates_with_redis_flushed_in_between_make_one_session(
    someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch, dying: int
) -> None:
    """The first few to hold the key die once their act is committed; the lock lets others in."""
    if dying:
        monkeypatch.setenv("SAGE_IDEMPOTENCY_LOCK_SECONDS", "1")
        get_settings.cache_clear()
    key, ended = uuid4(), threading.Event()
    runs: list[UUID] = []
    order = LaunchRequest(someone.team_id, "Expenses", "Employees submit expenses.")

    def request(_: int) -> bytes:
        while True:
            found = idempotency.begin(someone.principal, "POST", PATH, key, ONE)
            if isinstance(found, Replay):
                return found.answer.body
            if isinstance(found, Begun):
                runs.append(found.holder)
                keyed = replace(order, launch_key=found.act_key)
                session = launching.launch_session(someone.principal, keyed).session
                if len(runs) > dying:
                    return idempotency.keep(found, 201, {}, str(session.id).encode()).body
            assert not isinstance(found, Mismatch)
            time.sleep(0.1)

    def flush_on() -> None:
        while not ended.wait(0.001):
            flush()

    flushing = threading.Thread(target=flush_on)
    flushing.start()
    try:
        bodies = in_parallel(50, request)
    finally:
        ended.set()
        flushing.join()
    sessions = db.execute(text("SELECT id FROM execution_sessions")).scalars().all()
    assert set(bodies) == {str(id_).encode() for id_ in sessions}
    assert len(sessions) == 1
    assert len(runs) == dying + 1
