"""Webhooks: addresses that a team's news are sent to."""

from __future__ import annotations

from collections.abc import Sequence

from sage_mode_client.call import Call, Id, change, get, json_of, nothing, post
from sage_mode_client.models.webhooks import (
    Delivery,
    DeliveryPage,
    MadeWebhook,
    News,
    Webhook,
    WebhookList,
)

_ALL = "/teams/{team_id}/webhooks"
_ONE = f"{_ALL}/{{webhook_id}}"
_DELIVERIES = f"{_ONE}/deliveries"


def list_webhooks(team_id: Id) -> Call[WebhookList]:
    """List a team's webhooks, the oldest first."""
    return get(_ALL, json_of(WebhookList), team_id=team_id)


def add_webhook(
    team_id: Id, url: str, kinds: Sequence[News], *, idempotency_key: Id | None = None
) -> Call[MadeWebhook]:
    """Have a team's news sent to an address; its secret is told only in answer to this call."""
    return post(
        _ALL,
        json_of(MadeWebhook),
        {"url": url, "kinds": kinds},
        key=idempotency_key,
        team_id=team_id,
    )


def get_webhook(team_id: Id, webhook_id: Id) -> Call[Webhook]:
    """Return a webhook."""
    return get(_ONE, json_of(Webhook), team_id=team_id, webhook_id=webhook_id)


def change_webhook(
    team_id: Id,
    webhook_id: Id,
    *,
    kinds: Sequence[News] | None = None,
    is_enabled: bool | None = None,
) -> Call[Webhook]:
    """Have other news sent to a webhook, none any more, or some again."""
    body = {"kinds": kinds, "is_enabled": is_enabled}
    return change("PATCH", _ONE, json_of(Webhook), body, team_id=team_id, webhook_id=webhook_id)


def delete_webhook(team_id: Id, webhook_id: Id) -> Call[None]:
    """Forget a webhook and all that was sent to it."""
    return change("DELETE", _ONE, nothing, team_id=team_id, webhook_id=webhook_id)


def ping_webhook(
    team_id: Id, webhook_id: Id, *, idempotency_key: Id | None = None
) -> Call[Delivery]:
    """Have a test sent to a webhook."""
    path = f"{_ONE}/ping"
    return post(
        path, json_of(Delivery), key=idempotency_key, team_id=team_id, webhook_id=webhook_id
    )


def list_deliveries(
    team_id: Id, webhook_id: Id, *, cursor: str | None = None, limit: int = 20
) -> Call[DeliveryPage]:
    """List what was or is to be sent to a webhook, newest first."""
    query = {"cursor": cursor, "limit": limit}
    read = json_of(DeliveryPage)
    return get(_DELIVERIES, read, query=query, team_id=team_id, webhook_id=webhook_id)


def redeliver(
    team_id: Id, webhook_id: Id, delivery_id: Id, *, idempotency_key: Id | None = None
) -> Call[Delivery]:
    """Have something sent again at once, under its former id."""
    return post(
        f"{_DELIVERIES}/{{delivery_id}}/redeliver",
        json_of(Delivery),
        key=idempotency_key,
        team_id=team_id,
        webhook_id=webhook_id,
        delivery_id=delivery_id,
    )
