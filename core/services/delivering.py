"""Sending what webhooks are to be sent.

The deliveries stand in the database. One worker at a time has the turn to send them: it takes what
is due, one of each webhook, sends all that at once, and goes on until nothing is due. What a worker
that died had taken is due again when its lease runs out, and is sent a second time under its id.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from datetime import UTC, datetime

import orjson
from sqlalchemy import Connection

from core.domain.access import SYSTEM
from core.domain.webhook import (
    GONE,
    DeliveryStatus,
    Order,
    Reply,
    next_try_at,
    signed_headers,
)
from core.posting.addresses import Reach
from core.posting.sending import Letter, Resolve, resolve, send
from core.services.auditing import note
from core.services.sealing import unseal
from core.services.transaction import transact
from core.services.webhooks import PURPOSE, current_reach, disable
from core.settings import get_settings
from core.store import deliveries, operations, webhooks
from core.version import VERSION

DELIVERY_TURN = "deliver_webhooks"  # its row in the schedule
TURN_SECONDS = 40.0  # then whoever had the turn counts as dead
WORK_SECONDS = 10.0  # no new round begins after that
LEASE_SECONDS = 30.0  # longer than the longest time-out of a try
MOST_AT_ONCE = 16
GONE_WORDS = "The receiver answered 410: it wants nothing more."


def take_turn() -> bool:
    """Take the turn to have deliveries sent; False when none is due, or somebody has it."""
    return transact(
        lambda db: deliveries.take_turn(db, DELIVERY_TURN, TURN_SECONDS), budget_seconds=2
    )


def return_turn() -> None:
    """Give the turn back; the dispatcher hands it on when something is due."""
    transact(lambda db: operations.make_job_due(db, DELIVERY_TURN), budget_seconds=5)


def deliver_due(*, resolve: Resolve = resolve, context: ssl.SSLContext | None = None) -> int:
    """Send what is due until nothing is, then give the turn back; returns how many tries."""
    tries, end = 0, time.monotonic() + WORK_SECONDS
    while time.monotonic() < end:
        orders = transact(
            lambda db: deliveries.claim_deliveries(
                db, lease_seconds=LEASE_SECONDS, most=MOST_AT_ONCE
            )
        )
        if not orders:
            break
        asyncio.run(_deliver_all(orders, resolve, context))
        tries += len(orders)
    return_turn()
    return tries


async def _deliver_all(
    orders: list[Order], resolve: Resolve, context: ssl.SSLContext | None
) -> None:
    """Send everything at once; what has come back is recorded while others are still waited for."""
    reach = current_reach()

    async def deliver(order: Order) -> None:
        reply = await _send(order, reach, resolve, context)
        await asyncio.to_thread(_record, order, reply)

    came = await asyncio.gather(*map(deliver, orders), return_exceptions=True)
    for one in came:
        if isinstance(one, BaseException):  # it is due again when its lease has run out
            raise one


async def _send(
    order: Order, reach: Reach, resolve: Resolve, context: ssl.SSLContext | None
) -> Reply:
    body = orjson.dumps(order.payload, option=orjson.OPT_SORT_KEYS)
    try:
        secret = unseal(order.sealed_secret, PURPOSE)
    except ValueError:
        return Reply(None, error="Its secret cannot be read any more. Add the webhook anew.")
    headers = {
        "content-type": "application/json",
        "user-agent": f"Sage-Mode/{VERSION}",
        **signed_headers(secret, order.id, datetime.now(UTC), body),
    }
    letter = Letter(order.url, headers, body)
    seconds = get_settings().webhook_timeout_seconds
    return await send(letter, reach, seconds=seconds, resolve=resolve, context=context)


def _record(order: Order, reply: Reply) -> None:
    """Record what came of a try: it is delivered, due again later, or has failed for good."""

    def work(db: Connection) -> None:
        if reply.status == GONE:
            webhooks.lock_webhook(db, order.webhook_id)  # before its deliveries, as everywhere
        status, due_at = _verdict(order, reply, operations.clock(db))
        is_ours = deliveries.end_try(db, order, reply, status=status, due_at=due_at)
        if is_ours and reply.status == GONE:
            disable(db, order.webhook_id, GONE_WORDS)
            about = {"webhook_id": str(order.webhook_id), "because": GONE_WORDS}
            note(
                db,
                SYSTEM,
                "webhook.disabled",
                team_id=order.team_id,
                subject=order.url,
                details=about,
            )

    transact(work)


def _verdict(order: Order, reply: Reply, now: datetime) -> tuple[DeliveryStatus, datetime | None]:
    settings = get_settings()
    if reply.is_accepted:
        return DeliveryStatus.DELIVERED, None
    if reply.status == GONE or order.tries >= settings.webhook_tries:
        return DeliveryStatus.FAILED, None
    return DeliveryStatus.PENDING, next_try_at(
        now,
        order.tries,
        first_seconds=settings.webhook_retry_seconds,
        most_seconds=settings.webhook_retry_most_seconds,
        chance=random.random(),
        wanted_seconds=reply.retry_after_seconds,
    )
