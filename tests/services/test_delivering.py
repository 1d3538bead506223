"""What webhooks are sent: signed, again when it failed, under one id, at least once."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.domain.webhook import DeliveryStatus, next_try_at
from core.services import auditing, delivering, telling, webhooks
from core.services.auditing import AuditQuery
from core.services.transaction import transact
from core.settings import get_settings
from tests.conftest import ROOT
from tests.factories import Someone, make_team_of
from tests.receiver import (
    Behave,
    accept,
    answer,
    fail_first,
    hang,
    hang_up,
    is_signed,
    receiver,
)
from tests.services.sending import (
    KINDS,
    add,
    change_all,
    fail_a_session,
    make_due,
    sent_to,
)

PENDING, DELIVERED, FAILED = DeliveryStatus
pytestmark = pytest.mark.usefixtures("webhook_settings")


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


def test_after_so_many_tries_it_has_failed(
    someone: Someone, webhook_settings: Callable[..., None]
) -> None:
    webhook_settings(tries="3")
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
    someone: Someone, webhook_settings: Callable[..., None], behave: Behave
) -> None:
    webhook_settings(timeout_seconds="0.4")
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
    someone: Someone, webhook_settings: Callable[..., None]
) -> None:
    with receiver() as there:
        made = add(someone, there)
        webhook_settings(allow_private="0")
        fail_a_session(someone)
        delivering.deliver_due()
        assert there.received == []
        (delivery,) = sent_to(someone, made)
        assert "may not be reached" in delivery.error
        webhook_settings(networks='["127.0.0.0/8"]')
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
    someone: Someone, webhook_settings: Callable[..., None]
) -> None:
    with receiver() as there:
        made = add(someone, there)
        webhook_settings(key="another one")
        fail_a_session(someone)
        delivering.deliver_due()
        assert there.received == []
    assert "secret cannot be read" in sent_to(someone, made)[0].error


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
