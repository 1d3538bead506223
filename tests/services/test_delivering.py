"""What webhooks are sent: signed, again when it failed, under one id, at least once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from core.domain.webhook import Delivery, DeliveryStatus, next_try_at
from core.services import auditing, delivering, dispatching, telling, webhooks
from core.services.auditing import AuditQuery
from core.services.transaction import transact
from core.services.webhooks import MadeWebhook
from core.settings import get_settings
from core.store import deliveries
from tests.conftest import ROOT
from tests.factories import Someone, fail_for_good, in_parallel, launch, make_team_of
from tests.receiver import (
    Behave,
    Receiver,
    accept,
    answer,
    fail_first,
    hang,
    hang_up,
    is_signed,
    receiver,
)

KINDS = ("session.finished", "session.failed", "session.needs_input", "approval.waiting")
PENDING, DELIVERED, FAILED = DeliveryStatus


@pytest.fixture(autouse=True)
def setting(system: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let webhooks lead to this machine; returns what changes other settings."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"SAGE_WEBHOOK_{name.upper()}", value)
        get_settings.cache_clear()

    change(allow_private="1", timeout_seconds="2")
    dispatching.schedule_jobs()
    return change


def add(someone: Someone, there: Receiver, *kinds: str) -> MadeWebhook:
    return webhooks.add_webhook(someone.principal, someone.team_id, there.url, kinds or KINDS)


def fail_a_session(someone: Someone) -> UUID:
    session = launch(someone)
    fail_for_good(someone, session, "architect")
    telling.tell_news()
    return session.id


def sent_to(someone: Someone, made: MadeWebhook) -> list[Delivery]:
    found = webhooks.list_deliveries(someone.principal, someone.team_id, made.webhook.id)
    return list(found.items)


def change_all(what: str) -> None:
    transact(lambda db: db.execute(text(f"UPDATE webhook_deliveries SET {what}")))


def make_due() -> None:
    change_all("due_at = clock_timestamp(), lease_until = NULL")


def lose_lease() -> None:
    change_all("lease_until = clock_timestamp() - interval '1 second'")


def test_news_arrive_signed(someone: Someone) -> None:
    with receiver() as there:
        made = add(someone, there)
        session_id = fail_a_session(someone)
        assert delivering.deliver_due() == 1
    (one,) = there.received
    (delivery,) = sent_to(someone, made)
    assert is_signed(one, made.secret)
    assert not is_signed(one, "whsec_" + "A" * 43 + "=")
    assert one.headers["webhook-id"] == str(delivery.id)
    assert abs(int(one.headers["webhook-timestamp"]) - time.time()) < 30
    assert one.headers["content-type"] == "application/json"
    said = json.loads(one.body)
    assert said["type"] == "session.failed"
    assert datetime.fromisoformat(said["timestamp"]).tzinfo is not None
    assert said["data"]["session_id"] == str(session_id)
    assert said["data"]["error_message"] == "It broke."
    assert said["data"]["url"].endswith(f"/live?team={someone.team_id}&session={session_id}")
    assert (delivery.status, delivery.tries, delivery.answer_status, delivery.answer) == (
        DELIVERED,
        1,
        200,
        "thanks",
    )
    assert delivering.deliver_due() == 0


def test_the_documented_check_accepts_what_is_sent_and_nothing_else(someone: Someone) -> None:
    documented = (ROOT / "docs" / "webhooks.md").read_text()
    code = re.findall(r"```python\n(.*?)```", documented, re.DOTALL)[0]
    known: dict[str, Any] = {}
    exec(code, known)
    verify = known["verify"]
    with receiver() as there:
        made = add(someone, there)
        fail_a_session(someone)
        delivering.deliver_due()
    (one,) = there.received
    headers = one.headers
    assert verify(made.secret, headers, one.body)
    assert not verify(made.secret, headers, one.body + b" ")
    assert not verify("whsec_" + "A" * 43 + "=", headers, one.body)
    assert not verify(made.secret, headers | {"webhook-id": "another"}, one.body)
    later = str(int(headers["webhook-timestamp"]) + 1)
    assert not verify(made.secret, headers | {"webhook-timestamp": later}, one.body)
    assert not verify(made.secret, headers, one.body, tolerance=-1)


def test_only_what_a_webhook_is_for_is_sent_to_it_and_only_of_its_team(someone: Someone) -> None:
    other = make_team_of(someone.user)
    with receiver() as there:
        made = add(someone, there, "session.finished")
        elsewhere = add(other, there)
        fail_a_session(someone)
        delivering.deliver_due()
        assert (there.received, sent_to(someone, made), sent_to(other, elsewhere)) == ([], [], [])


def test_each_of_several_webhooks_is_sent_its_own_under_its_own_secret(someone: Someone) -> None:
    with receiver() as first, receiver() as second:
        made = [add(someone, first), add(someone, second)]
        fail_a_session(someone)
        delivering.deliver_due()
        ((one,), (two,)) = first.received, second.received
    assert [is_signed(one, made[0].secret), is_signed(two, made[1].secret)] == [True, True]
    assert not is_signed(one, made[1].secret)
    assert one.headers["webhook-id"] != two.headers["webhook-id"]


def test_what_failed_is_sent_again_under_the_same_id_until_it_is_accepted(
    someone: Someone,
) -> None:
    with receiver(fail_first(3)) as there:
        made = add(someone, there)
        fail_a_session(someone)
        for tries in (1, 2, 3):
            assert delivering.deliver_due() == 1
            (delivery,) = sent_to(someone, made)
            assert (delivery.status, delivery.tries) == (PENDING, tries)
            assert delivering.deliver_due() == 0  # it is not due yet
            make_due()
        delivering.deliver_due()
        ids = {one.headers["webhook-id"] for one in there.received}
        bodies = {one.body for one in there.received}
        assert (len(there.received), len(ids), len(bodies)) == (4, 1, 1)
        assert all(is_signed(one, made.secret) for one in there.received)
    (delivery,) = sent_to(someone, made)
    assert (delivery.status, delivery.tries, delivery.answer_status) == (DELIVERED, 4, 204)


def test_after_so_many_tries_it_has_failed(someone: Someone, setting: Callable[..., None]) -> None:
    setting(tries="3")
    with receiver(answer(500, b"Out of order")) as there:
        made = add(someone, there)
        fail_a_session(someone)
        for _ in range(5):
            delivering.deliver_due()
            make_due()
        assert len(there.received) == 3
    (delivery,) = sent_to(someone, made)
    assert (delivery.status, delivery.tries) == (FAILED, 3)
    assert (delivery.answer, delivery.error) == ("Out of order", "The receiver answered 500.")
    assert delivery.ended_at is not None


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(hang, id="hangs"),
        pytest.param(hang_up, id="hangs up"),
        pytest.param(answer(302, location="http://169.254.169.254/"), id="redirects"),
        pytest.param(answer(404), id="does not know"),
    ],
)
def test_whatever_is_no_acceptance_is_tried_again(
    someone: Someone, setting: Callable[..., None], behave: Behave
) -> None:
    setting(timeout_seconds="0.4")
    with receiver(behave) as there:
        made = add(someone, there)
        fail_a_session(someone)
        delivering.deliver_due()
        assert len(there.received) == 1
    (delivery,) = sent_to(someone, made)
    assert delivery.status is PENDING
    assert delivery.error
    assert delivery.due_at > datetime.now(UTC)


def test_waits_grow_up_to_a_bound_and_vary() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)

    def wait(tries: int, chance: float, wanted: float | None = None) -> float:
        at = next_try_at(
            now, tries, first_seconds=5, most_seconds=3600, chance=chance, wanted_seconds=wanted
        )
        return round((at - now).total_seconds(), 3)

    assert [wait(tries, 0.5) for tries in (1, 2, 3, 4, 5, 6, 50)] == [
        *(5, 20, 80, 320, 1280),
        *(3600, 3600),
    ]
    assert (wait(1, 0), wait(1, 1)) == (4, 6)
    assert wait(1, 0.5, 60) == 60
    assert wait(1, 0.5, 10**9) == 3600
    assert wait(3, 0.5, 1) == 80


def test_a_receiver_that_asks_for_a_wait_gets_it(someone: Someone) -> None:
    with receiver(answer(503, retry_after="120")) as there:
        made = add(someone, there)
        fail_a_session(someone)
        delivering.deliver_due()
    (delivery,) = sent_to(someone, made)
    wait = delivery.due_at - datetime.now(UTC)
    assert timedelta(seconds=100) < wait < timedelta(seconds=125)


def test_a_receiver_that_is_gone_is_sent_nothing_more(someone: Someone) -> None:
    with receiver(answer(410)) as there:
        made = add(someone, there)
        for _ in range(3):
            fail_a_session(someone)
        delivering.deliver_due()
        fail_a_session(someone)
        delivering.deliver_due()
        assert len(there.received) == 1
    webhook = webhooks.get_webhook(someone.principal, someone.team_id, made.webhook.id)
    assert webhook.disabled_at is not None
    assert "410" in webhook.disabled_because
    found = sent_to(someone, made)
    assert [one.status for one in found] == [FAILED] * 3
    assert found[-1].answer_status == 410
    query = AuditQuery(someone.team_id, kind="webhook.disabled")
    (noted,) = auditing.list_audit(someone.principal, query).events
    assert noted.actor == "system"


def test_private_addresses_are_refused_unless_the_setting_allows_them(
    someone: Someone, setting: Callable[..., None]
) -> None:
    with receiver() as there:
        made = add(someone, there)
        setting(allow_private="0")
        fail_a_session(someone)
        delivering.deliver_due()
        assert there.received == []
        (delivery,) = sent_to(someone, made)
        assert "may not be reached" in delivery.error
        setting(networks='["127.0.0.0/8"]')
        make_due()
        delivering.deliver_due()
        assert len(there.received) == 1


def test_a_name_that_changes_its_meaning_does_not_lead_inside(someone: Someone) -> None:
    answers = [["93.184.216.34", "127.0.0.1"], ["10.0.0.1"]]

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    get_settings.cache_clear()
    with receiver() as there, pytest.MonkeyPatch.context() as patch:
        url = there.url.replace("127.0.0.1", "hooks.example.org").replace("http:", "https:")
        made = webhooks.add_webhook(someone.principal, someone.team_id, url, KINDS)
        patch.setenv("SAGE_WEBHOOK_ALLOW_PRIVATE", "0")
        get_settings.cache_clear()
        fail_a_session(someone)
        for _ in range(2):
            delivering.deliver_due(resolve=rebinding)
            make_due()
        assert there.received == []
    (delivery,) = sent_to(someone, made)
    assert "may not be reached" in delivery.error


def test_one_that_hangs_does_not_hold_up_the_others(
    someone: Someone, setting: Callable[..., None]
) -> None:
    setting(timeout_seconds="1.5")
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
    someone: Someone, setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(tries="2")
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


def test_a_test_and_a_repetition_are_sent(someone: Someone) -> None:
    with receiver(fail_first(1, 400)) as there:
        made = add(someone, there)
        names = (someone.principal, someone.team_id, made.webhook.id)
        ping = webhooks.send_test(*names)
        delivering.deliver_due()
        assert json.loads(there.received[0].body)["type"] == "ping"
        again = webhooks.send_again(*names, ping.id)
        assert (again.status, again.tries) == (PENDING, 0)
        delivering.deliver_due()
        first, second = there.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == str(ping.id)
    assert sent_to(someone, made)[0].status is DELIVERED


def test_what_is_being_sent_is_not_begun_anew(someone: Someone) -> None:
    with receiver() as there:
        made = add(someone, there)
        fail_a_session(someone)
        change_all("tries = 1, lease_until = clock_timestamp() + interval '1 minute'")
        (delivery,) = sent_to(someone, made)
        webhooks.send_again(someone.principal, someone.team_id, made.webhook.id, delivery.id)
        assert delivering.deliver_due() == 0


def test_a_secret_that_cannot_be_read_says_so(
    someone: Someone, setting: Callable[..., None]
) -> None:
    with receiver() as there:
        made = add(someone, there)
        setting(key="another one")
        fail_a_session(someone)
        delivering.deliver_due()
        assert there.received == []
    assert "secret cannot be read" in sent_to(someone, made)[0].error


def test_many_tellers_have_each_webhook_sent_each_event_once(someone: Someone) -> None:
    with receiver() as there:
        made = [add(someone, there) for _ in range(3)]
        for _ in range(4):
            fail_for_good(someone, launch(someone), "architect")
        in_parallel(4, lambda _: telling.tell_news())
        assert [len(sent_to(someone, one)) for one in made] == [4, 4, 4]


def test_old_ones_are_dropped_and_what_is_to_be_sent_is_not(someone: Someone) -> None:
    with receiver(accept) as there:
        made = add(someone, there)
        fail_a_session(someone)
        delivering.deliver_due()
        fail_a_session(someone)
        for table in ("webhook_deliveries", "notifications"):
            old = text(f"UPDATE {table} SET created_at = created_at - interval '91 days'")
            transact(lambda db, old=old: db.execute(old))  # type: ignore[misc]
        assert telling.drop_old_news() == 3
    assert [one.status for one in sent_to(someone, made)] == [PENDING]
