"""Workers that die while they send to webhooks, and a queue that forgets that they should."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest
from sqlalchemy import text

from core.domain.webhook import Delivery, DeliveryStatus
from core.services import webhooks
from core.services.transaction import transact
from core.services.webhooks import MadeWebhook
from core.settings import get_settings
from core.signals.wakeups import get_redis
from tests.chaos.crew import Crew, wait_until
from tests.receiver import Handler, Receiver, is_signed, receiver
from tests.workers.stage import Stage

SETTINGS = {"SAGE_WEBHOOK_ALLOW_PRIVATE": "1", "SAGE_WEBHOOK_RETRY_SECONDS": "0.2"}


@pytest.fixture
def crew_of_posts(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crew]:
    """One consumer and one dispatcher whose webhooks may lead to this machine."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    with stage.hire(**SETTINGS) as hired:
        hired.add_consumer()
        hired.add_dispatcher()
        yield hired
    get_settings.cache_clear()


def ping(stage: Stage, there: Receiver) -> MadeWebhook:
    who, team_id = stage.someone.principal, stage.someone.team_id
    made = webhooks.add_webhook(who, team_id, there.url, ["session.failed"])
    webhooks.send_test(who, team_id, made.webhook.id)
    return made


def sent(stage: Stage, made: MadeWebhook) -> Delivery:
    who, team_id = stage.someone.principal, stage.someone.team_id
    (one,) = webhooks.list_deliveries(who, team_id, made.webhook.id).items
    return one


def is_delivered(stage: Stage, made: MadeWebhook) -> bool:
    return sent(stage, made).status is DeliveryStatus.DELIVERED


def let_time_pass() -> None:
    """Let the lease of whoever sends, and the turn, run out."""
    for change in (
        "UPDATE webhook_deliveries SET lease_until = clock_timestamp()",
        "UPDATE jobs SET next_run_at = clock_timestamp() WHERE name = 'deliver_webhooks'",
    ):
        transact(lambda db, change=change: db.execute(text(change)))  # type: ignore[misc]


def test_what_a_killed_worker_was_sending_is_sent_again_under_its_id(
    stage: Stage, crew_of_posts: Crew
) -> None:
    def kill_the_first(handler: Handler, number: int) -> None:
        if number > 1:
            handler.reply(200)
            return
        for worker in crew_of_posts.workers():
            try:
                worker.kill()
            except psutil.NoSuchProcess:
                continue

    with receiver(kill_the_first) as there:
        made = ping(stage, there)
        there.wait_for(1)
        assert not wait_until(lambda: is_delivered(stage, made), 0.5)
        let_time_pass()
        assert wait_until(lambda: is_delivered(stage, made), 20), crew_of_posts.log()
        first, second = there.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert is_signed(first, made.secret)
    assert is_signed(second, made.secret)
    assert sent(stage, made).tries == 2


def test_a_message_that_redis_forgot_is_sent_again(stage: Stage, crew_of_posts: Crew) -> None:
    with receiver() as there:
        assert wait_until(lambda: len(crew_of_posts.workers()) >= 2, 10)
        for child in crew_of_posts.consumers:
            psutil.Process(child.pid).suspend()
        for worker in crew_of_posts.workers():
            worker.suspend()
        made = ping(stage, there)
        taken = text(
            "SELECT next_run_at > clock_timestamp() FROM jobs WHERE name = 'deliver_webhooks'"
        )
        assert wait_until(lambda: transact(lambda db: db.execute(taken).scalar_one()), 10)
        get_redis(get_settings().redis_url or "").flushall()
        for worker in crew_of_posts.workers():
            worker.resume()
        for child in crew_of_posts.consumers:
            psutil.Process(child.pid).resume()
        let_time_pass()
        assert wait_until(lambda: is_delivered(stage, made), 20), crew_of_posts.log()
    assert len(there.received) == 1
