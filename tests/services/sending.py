"""Webhooks with something to send, for the tests of delivering."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from core.domain.webhook import Delivery
from core.services import telling, webhooks
from core.services.transaction import transact
from core.services.webhooks import MadeWebhook
from tests.factories import Someone, fail_for_good, launch
from tests.receiver import (
    Receiver,
)

KINDS = ("session.finished", "session.failed", "session.needs_input", "approval.waiting")


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
