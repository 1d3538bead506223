"""Random requests under few keys, dying between any two steps; beside them a small model."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)
from sqlalchemy import text

from core.domain.access import Principal, Scope, TokenPrincipal
from core.domain.idempotency import Answer, is_kept
from core.services import idempotency, tokens
from core.services.idempotency import Begun, InFlight, Mismatch, Replay, fingerprint_request
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import get_redis
from tests.factories import make_someone
from tests.profiles import WITH_SERVERS, run_until_all_seen

seen = {"begun": 0, "taken over": 0, "replay": 0, "in flight": 0, "mismatch": 0}


class Death(BaseException):
    """The process ends here."""


@dataclass(eq=False)
class Slot:
    """What the model knows of a key, from its first use until it is forgotten."""

    body: bytes
    holder: Begun
    is_locked: bool = True
    is_expired: bool = False
    answer: Answer | None = None


@dataclass(eq=False)
class Run:
    """A call that holds a key, or believes so."""

    begun: Begun
    place: tuple[int, str, UUID]
    slot: Slot


class Keys(RuleBasedStateMachine):
    """A few callers, addresses, keys and bodies."""

    def __init__(self) -> None:
        super().__init__()
        self.slots: dict[tuple[int, str, UUID], Slot] = {}
        self.runs: list[Run] = []
        self.keys = [uuid4(), uuid4()]
        self.callers: list[Principal] = []

    @initialize()
    def let_callers_come(self) -> None:
        flush()
        one, other = make_someone().principal, make_someone().principal
        made = tokens.make_token(one, "ci", [Scope.LAUNCH], days=1)
        token = TokenPrincipal(one.user_id, made.token.id, frozenset({Scope.LAUNCH}))
        self.callers = [one, other, token]

    @rule(
        who=st.integers(0, 2),
        path=st.sampled_from(["/a", "/b"]),
        which=st.integers(0, 1),
        body=st.sampled_from([b"x", b"x", b"y"]),
    )
    def begin(self, who: int, path: str, which: int, body: bytes) -> None:
        self._begin((who, path, self.keys[which]), body)

    @precondition(lambda self: self.slots)
    @rule(data=st.data(), is_same=st.sampled_from([True, True, False]), is_late=st.booleans())
    def begin_again(self, data: st.DataObject, is_same: bool, is_late: bool) -> None:
        if is_late:
            self.let_locks_pass()
            flush()
        place = data.draw(st.sampled_from(list(self.slots)))
        self._begin(place, self.slots[place].body if is_same else b"z")

    def _begin(self, place: tuple[int, str, UUID], body: bytes) -> None:
        who, path, _ = place
        found = idempotency.begin(
            self.callers[who], "POST", path, place[2], fingerprint_request(body)
        )
        slot = self.slots.get(place)
        if slot is None or slot.is_expired:
            assert isinstance(found, Begun), found
            seen["begun"] += 1
            self.slots[place] = slot = Slot(body, found)
            self.runs.append(Run(found, place, slot))
        elif slot.body != body:
            assert found == Mismatch()
            seen["mismatch"] += 1
        elif slot.answer is not None:
            assert found == Replay(slot.answer)
            seen["replay"] += 1
        elif slot.is_locked:
            assert isinstance(found, InFlight), found
            seen["in flight"] += 1
        else:
            assert isinstance(found, Begun), found
            assert found.act_key == slot.holder.act_key
            seen["taken over"] += 1
            slot.holder, slot.is_locked = found, True
            self.runs.append(Run(found, place, slot))

    @precondition(lambda self: self.runs)
    @rule(
        data=st.data(),
        status=st.sampled_from([200, 201, 202, 404, 422, 401, 409, 500]),
        body=st.binary(max_size=20),
        dies=st.booleans(),
    )
    def keep(self, data: st.DataObject, status: int, body: bytes, dies: bool) -> None:
        """With `dies`, the process ends between the commit and Redis: its answer is not sent."""
        run = self._take(data)
        own = Answer(status, {"location": "/1"}, body)
        sent = None
        if dies:
            with suppress(Death), patch.object(idempotency, "put_answer", side_effect=Death):
                sent = idempotency.keep(run.begun, status, {"Location": "/1"}, body)
        else:
            sent = idempotency.keep(run.begun, status, {"Location": "/1"}, body)
        slot, is_there = run.slot, self.slots.get(run.place) is run.slot
        if not is_kept(status):
            self._free(run)
        elif is_there and slot.answer is None:
            slot.answer, slot.is_expired = own, False
        expected = slot.answer if is_kept(status) and is_there else own
        assert sent in (None, expected) if dies else sent == expected

    @precondition(lambda self: self.slots)
    @rule(data=st.data(), body=st.binary(max_size=20))
    def run_whole(self, data: st.DataObject, body: bytes) -> None:
        """What usually happens: the holder answers."""
        place = data.draw(st.sampled_from(list(self.slots)))
        slot = self.slots[place]
        answer = idempotency.keep(slot.holder, 201, {"Location": "/1"}, body)
        if slot.answer is None:
            slot.answer, slot.is_expired = Answer(201, {"location": "/1"}, body), False
        assert answer == slot.answer

    @precondition(lambda self: self.runs)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        run = self._take(data)
        idempotency.forget(run.begun)
        self._free(run)

    @precondition(lambda self: self.runs)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        self._take(data)

    @rule()
    def let_locks_pass(self) -> None:
        """Who holds a key counts as dead; it may still live, and come late."""
        change("UPDATE idempotency_keys SET locked_until = clock_timestamp()")
        for slot in self.slots.values():
            slot.is_locked = False

    @rule()
    def flush_redis(self) -> None:
        flush()

    @rule()
    def let_keys_expire(self) -> None:
        change("UPDATE idempotency_keys SET expires_at = clock_timestamp()")
        flush()  # what is kept there has the same end
        for slot in self.slots.values():
            slot.is_expired = True

    @rule()
    def drop_expired(self) -> None:
        expired = [place for place, slot in self.slots.items() if slot.is_expired]
        assert idempotency.drop_expired_keys() == len(expired)
        for place in expired:
            del self.slots[place]

    def teardown(self) -> None:
        change("DELETE FROM idempotency_keys")

    def _take(self, data: st.DataObject) -> Run:
        return self.runs.pop(data.draw(st.integers(0, len(self.runs) - 1)))

    def _free(self, run: Run) -> None:
        if run.slot.holder is run.begun:
            run.slot.is_locked = False


def flush() -> None:
    get_redis(get_settings().redis_url or "").flushall()


def change(sql: str) -> None:
    transact(lambda db: db.execute(text(sql)))


def test_an_answered_act_is_never_run_again(system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_IDEMPOTENCY_LOCK_SECONDS", "3600")  # none passes by itself
    get_settings.cache_clear()
    run_until_all_seen(Keys, seen, WITH_SERVERS * 3, 60)
