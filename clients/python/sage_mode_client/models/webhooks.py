"""Addresses that a team's news are sent to, and what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

News = Literal["session.finished", "session.failed", "session.needs_input", "approval.waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that news are sent to."""

    id: UUID
    team_id: UUID
    url: str
    kinds: tuple[str, ...]
    made_by: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWebhook(Webhook):
    """A webhook that was just made; its secret is told this once."""

    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookList:
    """A team's webhooks, the oldest first."""

    items: tuple[Webhook, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something that was or is to be sent, with what came of its latest try."""

    id: UUID
    webhook_id: UUID
    team_id: UUID
    kind: str
    session_id: UUID | None
    status: Literal["pending", "delivered", "failed"]
    tries: int
    created_at: datetime
    due_at: datetime
    tried_at: datetime | None
    ended_at: datetime | None
    answer_status: int | None
    answer: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPage:
    """Deliveries, newest first."""

    items: tuple[Delivery, ...]
    next_cursor: str | None
