"""Deliveries that many send at once, that hang, or whose worker is killed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, text

from core.domain.webhook import DeliveryStatus
from core.services import delivering, telling, webhooks
from core.services.transaction import transact
from core.store import deliveries
from tests.conftest import ROOT
from tests.factories import Someone, fail_for_good, in_parallel, launch
from tests.receiver import (
    answer,
    fail_first,
    hang,
    receiver,
)
from tests.services.sending import (
    add,
    change_all,
    fail_a_session,
    lose_lease,
    sent_to,
)

PENDING, DELIVERED, FAILED = DeliveryStatus
pytestmark = pytest.mark.usefixtures("webhook_settings")


def test_one_that_hangs_does_not_hold_up_the_others(
    someone: Someone, webhook_settings: Callable[..., None]
) -> None:
    webhook_settings(timeout_seconds="1.5")
    with receiver(hang) as slow, receiver() as quick:
        add(someone, slow)
        add(someone, quick)
        fail_a_session(someone)
        began = time.monotonic()
        turn = in_parallel(2, lambda n: delivering.deliver_due() if n else quick.wait_for(1))
        assert turn[1] == 2
        assert time.monotonic() - began < 4
        moment = transact(
            lambda db: db.execute(
                text("SELECT min(ended_at - tried_at) FROM webhook_deliveries")
            ).scalar_one()
        )
        assert moment < timedelta(seconds=1)


def test_of_one_webhook_one_thing_is_sent_at_a_time_in_order(someone: Someone) -> None:
    with receiver() as there:
        made = add(someone, there)
        sessions = [str(fail_a_session(someone)) for _ in range(5)]
        assert sum(in_parallel(3, lambda _: delivering.deliver_due())) == 5
        bodies = [json.loads(one.body) for one in there.received]
    assert [one["data"]["session_id"] for one in bodies] == sessions
    assert {one.status for one in sent_to(someone, made)} == {DELIVERED}


def test_of_many_who_claim_a_delivery_at_the_same_moment_one_gets_it(someone: Someone) -> None:
    with receiver() as there:
        made = add(someone, there)
    for number in range(1, 4):
        webhooks.send_test(someone.principal, someone.team_id, made.webhook.id)
        held, others = Event(), Event()

        def claim(_: int, held: Event = held, others: Event = others) -> int:
            def work(db: Connection) -> int:
                claimed = deliveries.claim_deliveries(db, lease_seconds=60, most=9)
                if not held.is_set():  # the first one commits after others have begun
                    held.set()
                    others.wait(0.3)
                return len(claimed)

            return transact(work)

        assert sum(in_parallel(4, claim)) == 1, number
        change_all("status = 'failed', lease_until = NULL, ended_at = clock_timestamp()")


def test_the_turn_is_given_to_one_and_only_when_something_is_due(someone: Someone) -> None:
    assert not delivering.take_turn()
    with receiver() as there:
        add(someone, there)
        fail_a_session(someone)
        assert sum(in_parallel(5, lambda _: delivering.take_turn())) == 1
        delivering.deliver_due()
        assert not delivering.take_turn()
        fail_a_session(someone)
        assert delivering.take_turn()


def test_a_turn_that_was_never_given_back_is_given_anew(someone: Someone) -> None:
    with receiver() as there:
        add(someone, there)
        fail_a_session(someone)
        assert delivering.take_turn()
        assert not delivering.take_turn()
        passed = text("UPDATE jobs SET next_run_at = clock_timestamp() WHERE name = :name")
        transact(lambda db: db.execute(passed, {"name": delivering.DELIVERY_TURN}))
        assert delivering.take_turn()


_DIE = """
import os, signal
from core.services import delivering
def die(order, reply):
    os.kill(os.getpid(), signal.SIGKILL)
delivering._record = die
delivering.deliver_due()
"""


def test_a_worker_killed_between_sending_and_recording_has_it_sent_again_under_its_id(
    someone: Someone,
) -> None:
    with receiver() as there:
        made = add(someone, there)
        fail_a_session(someone)
        killed = subprocess.run([sys.executable, "-c", _DIE], cwd=ROOT, check=False)
        assert killed.returncode == -9
        assert len(there.received) == 1
        assert delivering.deliver_due() == 0  # it counts as being sent
        lose_lease()
        assert delivering.deliver_due() == 1
        first, second = there.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    (delivery,) = sent_to(someone, made)
    assert (delivery.status, delivery.tries) == (DELIVERED, 2)


def test_who_comes_back_after_another_has_sent_it_records_nothing(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Any] = []
    real = delivering._record
    monkeypatch.setattr(delivering, "_record", lambda *what: held.append(what))
    with receiver(fail_first(1)) as there:
        made = add(someone, there)
        fail_a_session(someone)
        delivering.deliver_due()
        lose_lease()
        monkeypatch.setattr(delivering, "_record", real)
        delivering.deliver_due()
        real(*held[0])  # the failure of the first try, too late
    (delivery,) = sent_to(someone, made)
    assert (delivery.status, delivery.answer_status) == (DELIVERED, 204)


def test_tries_that_nobody_recorded_count_too(
    someone: Someone, webhook_settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook_settings(tries="2")
    real = delivering._record
    monkeypatch.setattr(delivering, "_record", lambda *what: None)
    with receiver(answer(500)) as there:
        made = add(someone, there)
        fail_a_session(someone)
        delivering.deliver_due()
        lose_lease()
        monkeypatch.setattr(delivering, "_record", real)
        delivering.deliver_due()
    assert sent_to(someone, made)[0].status is FAILED


def test_many_tellers_have_each_webhook_sent_each_event_once(someone: Someone) -> None:
    with receiver() as there:
        made = [add(someone, there) for _ in range(3)]
        for _ in range(4):
            fail_for_good(someone, launch(someone), "architect")
        in_parallel(4, lambda _: telling.tell_news())
        assert [len(sent_to(someone, one)) for one in made] == [4, 4, 4]
