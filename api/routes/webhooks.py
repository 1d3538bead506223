"""Webhooks of a team, and what was sent to them: for its owners."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.calls import Caller, Route, SecretRoute
from api.cursors import id_cursor, read_id_cursor
from api.documentation import READS, WRITES
from api.payloads.webhook import (
    ChangeWebhook,
    Delivery,
    DeliveryPage,
    MadeWebhook,
    NewWebhook,
    Webhook,
    WebhookList,
)
from api.repeats import act_key
from core.services import webhooks

_router = APIRouter(tags=["webhooks"], route_class=Route)
_secret_router = APIRouter(tags=["webhooks"], route_class=SecretRoute)
routers = (_router, _secret_router)
_ALL = "/teams/{team_id}/webhooks"
_ONE = "/teams/{team_id}/webhooks/{webhook_id}"
_KIND = "delivery"


@_router.get(_ALL, **READS)
def list_webhooks(caller: Caller, team_id: UUID) -> WebhookList:
    """List a team's webhooks, the oldest first."""
    found = webhooks.list_webhooks(caller, team_id)
    return WebhookList(items=[Webhook.model_validate(one) for one in found])


@_secret_router.post(_ALL, status_code=201, **WRITES)
def add_webhook(
    caller: Caller, team_id: UUID, wanted: NewWebhook, request: Request, response: Response
) -> MadeWebhook:
    """Have a team's news sent to an address; its secret is told this once."""
    made = webhooks.add_webhook(caller, team_id, wanted.url, wanted.kinds, act_key=act_key(request))
    response.headers["Location"] = f"/api/teams/{team_id}/webhooks/{made.webhook.id}"
    webhook = Webhook.model_validate(made.webhook)
    return MadeWebhook(**webhook.model_dump(), secret=made.secret)


@_router.get(_ONE, **READS)
def get_webhook(caller: Caller, team_id: UUID, webhook_id: UUID) -> Webhook:
    """Return a webhook."""
    return Webhook.model_validate(webhooks.get_webhook(caller, team_id, webhook_id))


@_router.patch(_ONE, **WRITES)
def change_webhook(
    caller: Caller, team_id: UUID, webhook_id: UUID, wanted: ChangeWebhook
) -> Webhook:
    """Have other news sent to a webhook, none any more, or some again."""
    if wanted.kinds is not None:
        webhooks.change_kinds(caller, team_id, webhook_id, wanted.kinds)
    if wanted.is_enabled is not None:
        act = webhooks.enable_webhook if wanted.is_enabled else webhooks.disable_webhook
        act(caller, team_id, webhook_id)
    return Webhook.model_validate(webhooks.get_webhook(caller, team_id, webhook_id))


@_router.delete(_ONE, status_code=204, **WRITES)
def delete_webhook(caller: Caller, team_id: UUID, webhook_id: UUID) -> None:
    """Forget a webhook and all that was sent to it."""
    webhooks.delete_webhook(caller, team_id, webhook_id)


@_router.post(f"{_ONE}/ping", status_code=202, **WRITES)
def ping(caller: Caller, team_id: UUID, webhook_id: UUID) -> Delivery:
    """Have a test sent to a webhook."""
    return Delivery.model_validate(webhooks.send_test(caller, team_id, webhook_id))


@_router.get(f"{_ONE}/deliveries", **READS)
def list_deliveries(
    caller: Caller,
    team_id: UUID,
    webhook_id: UUID,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> DeliveryPage:
    """List what was or is to be sent to a webhook, newest first."""
    before = None if cursor is None else read_id_cursor(_KIND, cursor)
    found = webhooks.list_deliveries(caller, team_id, webhook_id, before=before, rows=limit)
    return DeliveryPage(
        items=[Delivery.model_validate(one) for one in found.items],
        next_cursor=id_cursor(_KIND, found.items[-1].id) if found.is_more else None,
    )


@_router.post(f"{_ONE}/deliveries/{{delivery_id}}/redeliver", status_code=202, **WRITES)
def redeliver(caller: Caller, team_id: UUID, webhook_id: UUID, delivery_id: UUID) -> Delivery:
    """Have something sent again at once, under its former id."""
    found = webhooks.send_again(caller, team_id, webhook_id, delivery_id)
    return Delivery.model_validate(found)
