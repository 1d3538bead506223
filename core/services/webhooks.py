"""Webhooks of a team: added, disabled, deleted, tested; and what was sent to them.

Whoever manages the team manages them, and sees them: an address may hold a secret of its own. In
an archived team they are seen, disabled and deleted, as news of what still runs are sent.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal, SystemPrincipal
from core.domain.webhook import (
    MOST_WEBHOOKS,
    PING,
    Delivery,
    Webhook,
    check_kinds,
    check_url,
    make_secret,
    ping_payload,
)
from core.errors import Conflict, NotFound
from core.ids import new_id
from core.posting.addresses import Reach, read_networks
from core.services.auditing import note
from core.services.permission import demand, demand_held
from core.services.sealing import derive, seal
from core.services.teams import hold_team
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.store import deliveries, operations, webhooks

PAGE_ROWS = 20
SECRET_BYTES = 32
PURPOSE = "webhook"
BY_A_PERSON = "Somebody disabled it."
_NO_WEBHOOK = "There is no such webhook in this team."
_NO_DELIVERY = "Nothing like that was sent to this webhook."


@dataclass(frozen=True, slots=True)
class MadeWebhook:
    """A new webhook; `secret` is what its receiver checks signatures with, told this once."""

    webhook: Webhook
    secret: str


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """What was or is to be sent to a webhook, newest first."""

    items: tuple[Delivery, ...]
    is_more: bool


def add_webhook(
    principal: Principal,
    team_id: UUID,
    url: str,
    kinds: Iterable[str],
    *,
    act_key: str | None = None,
) -> MadeWebhook:
    """Have a team's news sent to an address from now on.

    With an `act_key` that was used, return what was made with it. Raises `InvalidInput`,
    `NotFound`, `NotAllowed`, and `Conflict` when there are too many.
    """
    address = check_url(url, may_be_plain=current_reach().is_wider)
    wanted = check_kinds(kinds)
    random = derive(PURPOSE, act_key) if act_key else os.urandom(SECRET_BYTES)
    secret, webhook_id = make_secret(random), new_id()
    sealed = seal(secret, PURPOSE)

    def work(db: Connection) -> MadeWebhook:
        hold_team(db, principal, team_id, Action.MANAGE)
        made = webhooks.find_added(db, principal, team_id, act_key) if act_key else None
        if made is not None:  # by a run that died before it was answered
            return MadeWebhook(made, secret)
        found = webhooks.list_webhooks(db, principal, team_id)
        if all(one.id != webhook_id for one in found):  # else: a try whose answer was lost
            if len(found) >= MOST_WEBHOOKS:
                raise Conflict(
                    f"This team has {MOST_WEBHOOKS} webhooks; that is the most.",
                    hint="Delete one that is not used any more.",
                )
            webhooks.insert_webhook(
                db,
                webhook_id=webhook_id,
                team_id=team_id,
                url=address,
                kinds=wanted,
                sealed_secret=sealed,
                made_by=None if isinstance(principal, SystemPrincipal) else principal.user_id,
                act_key=act_key,
            )
            about = {"webhook_id": str(webhook_id), "kinds": list(wanted)}
            note(db, principal, "webhook.added", team_id=team_id, subject=address, details=about)
        return MadeWebhook(_get(db, principal, team_id, webhook_id), secret)

    return transact(work)


def list_webhooks(principal: Principal, team_id: UUID) -> list[Webhook]:
    """Return a team's webhooks; raises `NotFound`, `NotAllowed`."""

    def work(db: Connection) -> list[Webhook]:
        _demand(db, principal, team_id)
        return webhooks.list_webhooks(db, principal, team_id)

    return ask(work)


def get_webhook(principal: Principal, team_id: UUID, webhook_id: UUID) -> Webhook:
    """Return a webhook; raises `NotFound`, `NotAllowed`."""

    def work(db: Connection) -> Webhook:
        _demand(db, principal, team_id)
        return _get(db, principal, team_id, webhook_id)

    return ask(work)


def change_kinds(
    principal: Principal, team_id: UUID, webhook_id: UUID, kinds: Iterable[str]
) -> Webhook:
    """Have other kinds of news sent to a webhook; raises as `add_webhook` does."""
    wanted = check_kinds(kinds)

    def change(db: Connection, found: Webhook) -> None:
        if found.kinds != wanted:
            webhooks.change_webhook(db, webhook_id, kinds=list(wanted))
            _note(db, principal, "webhook.changed", found, kinds=list(wanted))

    return _change(principal, team_id, webhook_id, change)


def disable_webhook(principal: Principal, team_id: UUID, webhook_id: UUID) -> Webhook:
    """Have nothing sent to a webhook any more; what was to be sent is given up."""

    def change(db: Connection, found: Webhook) -> None:
        if found.disabled_at is None:
            disable(db, webhook_id, BY_A_PERSON)
            _note(db, principal, "webhook.disabled", found)

    return _change(principal, team_id, webhook_id, change, action=Action.OVERSEE)


def enable_webhook(principal: Principal, team_id: UUID, webhook_id: UUID) -> Webhook:
    """Have news sent to a webhook again, from now on."""

    def change(db: Connection, found: Webhook) -> None:
        if found.disabled_at is not None:
            webhooks.change_webhook(db, webhook_id, disabled_at=None, disabled_because="")
            _note(db, principal, "webhook.enabled", found)

    return _change(principal, team_id, webhook_id, change)


def delete_webhook(principal: Principal, team_id: UUID, webhook_id: UUID) -> None:
    """Forget a webhook and all that was sent to it; raises `NotFound`, `NotAllowed`."""
    seen: list[Webhook] = []

    def work(db: Connection) -> None:
        hold_team(db, principal, team_id, Action.OVERSEE)
        found = webhooks.get_webhook(db, principal, team_id, webhook_id)
        if found is None:
            if seen:  # deleted by a try whose answer was lost
                return
            raise NotFound(_NO_WEBHOOK)
        seen.append(found)
        webhooks.lock_webhook(db, webhook_id)
        webhooks.delete_webhook(db, webhook_id)
        _note(db, principal, "webhook.deleted", found)

    transact(work)


def send_test(principal: Principal, team_id: UUID, webhook_id: UUID) -> Delivery:
    """Have a test sent to a webhook; raises `NotFound`, `NotAllowed`, `Conflict` when disabled."""
    delivery_id = new_id()

    def work(db: Connection) -> Delivery:
        _demand_enabled(_hold(db, principal, team_id, webhook_id))
        deliveries.insert_delivery(
            db,
            delivery_id=delivery_id,
            webhook_id=webhook_id,
            team_id=team_id,
            kind=PING,
            payload=ping_payload(team_id, operations.clock(db)),
        )
        return _get_delivery(db, principal, team_id, webhook_id, delivery_id)

    return transact(work)


def send_again(
    principal: Principal, team_id: UUID, webhook_id: UUID, delivery_id: UUID
) -> Delivery:
    """Have something sent again at once, under its former id; raises as `send_test` does."""

    def work(db: Connection) -> Delivery:
        _demand_enabled(_hold(db, principal, team_id, webhook_id))
        _get_delivery(db, principal, team_id, webhook_id, delivery_id)
        deliveries.send_again(db, delivery_id)
        return _get_delivery(db, principal, team_id, webhook_id, delivery_id)

    return transact(work)


def list_deliveries(
    principal: Principal,
    team_id: UUID,
    webhook_id: UUID,
    *,
    before: UUID | None = None,
    rows: int = PAGE_ROWS,
) -> DeliveryPage:
    """Return what was or is to be sent to a webhook; raises `NotFound`, `NotAllowed`."""

    def work(db: Connection) -> DeliveryPage:
        _demand(db, principal, team_id)
        _get(db, principal, team_id, webhook_id)
        found = deliveries.list_deliveries(
            db, principal, team_id, webhook_id, before=before, limit=rows + 1
        )
        return DeliveryPage(tuple(found[:rows]), len(found) > rows)

    return ask(work)


def current_reach() -> Reach:
    """Return what the settings open to webhooks beside public addresses."""
    settings = get_settings()
    return Reach(settings.webhook_allow_private, read_networks(settings.webhook_networks))


def disable(db: Connection, webhook_id: UUID, because: str) -> None:
    """Disable a webhook inside the caller's transaction, and give up what was to be sent."""
    now = operations.clock(db)
    webhooks.change_webhook(db, webhook_id, disabled_at=now, disabled_because=because)
    deliveries.fail_pending(db, webhook_id, "The webhook was disabled.")


def _demand(db: Connection, principal: Principal, team_id: UUID) -> None:
    demand(db, principal, team_id, Action.OVERSEE)


def _change(
    principal: Principal,
    team_id: UUID,
    webhook_id: UUID,
    change: Callable[[Connection, Webhook], None],
    *,
    action: Action = Action.MANAGE,
) -> Webhook:
    def work(db: Connection) -> Webhook:
        change(db, _hold(db, principal, team_id, webhook_id, action))
        return _get(db, principal, team_id, webhook_id)

    return transact(work)


def _hold(
    db: Connection,
    principal: Principal,
    team_id: UUID,
    webhook_id: UUID,
    action: Action = Action.MANAGE,
) -> Webhook:
    """Return a webhook that the principal may change, held until the transaction ends."""
    demand_held(db, principal, team_id, action)
    _get(db, principal, team_id, webhook_id)
    webhooks.lock_webhook(db, webhook_id)
    return _get(db, principal, team_id, webhook_id)


def _get(db: Connection, principal: Principal, team_id: UUID, webhook_id: UUID) -> Webhook:
    found = webhooks.get_webhook(db, principal, team_id, webhook_id)
    if found is None:
        raise NotFound(_NO_WEBHOOK)
    return found


def _get_delivery(
    db: Connection, principal: Principal, team_id: UUID, webhook_id: UUID, delivery_id: UUID
) -> Delivery:
    found = deliveries.get_delivery(db, principal, team_id, webhook_id, delivery_id)
    if found is None:
        raise NotFound(_NO_DELIVERY)
    return found


def _demand_enabled(webhook: Webhook) -> None:
    if webhook.disabled_at is not None:
        raise Conflict("This webhook is disabled.", hint="Enable it first.")


def _note(
    db: Connection, principal: Principal, kind: str, webhook: Webhook, **about: object
) -> None:
    details = {"webhook_id": str(webhook.id), **about}
    note(db, principal, kind, team_id=webhook.team_id, subject=webhook.url, details=details)
