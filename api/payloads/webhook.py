"""Webhooks: where a team's news are sent, and what was sent there."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from api.payloads.payload import (
    CURSOR,
    EARLIER,
    LATER,
    SESSION_ID,
    TEAM_ID,
    Answer,
    Example,
    Request,
)

WEBHOOK_ID = "0199c1d4-8c00-7cc0-9d6e-3f1b5a2c8e15"
WEBHOOK: Example = {
    "id": WEBHOOK_ID,
    "team_id": TEAM_ID,
    "url": "https://example.org/hooks/sage",
    "kinds": ["session.finished", "session.failed"],
    "made_by": "mara",
    "created_at": EARLIER,
    "disabled_at": None,
    "disabled_because": "",
}
DELIVERY: Example = {
    "id": "0199c1d4-8c01-7cc0-9d6e-3f1b5a2c8e16",
    "webhook_id": WEBHOOK_ID,
    "team_id": TEAM_ID,
    "kind": "session.finished",
    "session_id": SESSION_ID,
    "status": "pending",
    "tries": 1,
    "created_at": EARLIER,
    "due_at": LATER,
    "tried_at": EARLIER,
    "ended_at": None,
    "answer_status": 502,
    "answer": "Bad gateway",
    "error": "The receiver answered 502.",
}
Kind = Literal["session.finished", "session.failed", "session.needs_input", "approval.waiting"]
Kinds = Annotated[list[Kind], Field(min_length=1, max_length=20)]


class NewWebhook(Request):
    """A webhook to be made."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"url": WEBHOOK["url"], "kinds": WEBHOOK["kinds"]}]}
    )

    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)] = Field(
        description="https, and no address of a private network unless a setting allows it"
    )
    kinds: Kinds


class ChangeWebhook(Request):
    """What becomes of a webhook; what is not named stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"is_enabled": False}]})

    kinds: Kinds | None = None
    is_enabled: bool | None = Field(None, description="disabled: what was to be sent is given up")


class Webhook(Answer):
    """An address that news are sent to."""

    model_config = ConfigDict(json_schema_extra={"examples": [WEBHOOK]})

    id: UUID
    team_id: UUID
    url: str
    kinds: list[str]
    made_by: str
    created_at: AwareDatetime
    disabled_at: AwareDatetime | None = Field(description="since then nothing is sent to it")
    disabled_because: str


class MadeWebhook(Webhook):
    """A webhook that was just made; its secret is told this once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [WEBHOOK | {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}]
        }
    )

    secret: str = Field(description="with which its receiver checks signatures")


class WebhookList(Answer):
    """A team's webhooks, the oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [WEBHOOK]}]})

    items: list[Webhook]


class Delivery(Answer):
    """Something that was or is to be sent, with what came of its latest try."""

    model_config = ConfigDict(json_schema_extra={"examples": [DELIVERY]})

    id: UUID = Field(description="the header webhook-id, the same with every try")
    webhook_id: UUID
    team_id: UUID
    kind: str
    session_id: UUID | None
    status: Literal["pending", "delivered", "failed"]
    tries: int
    created_at: AwareDatetime
    due_at: AwareDatetime = Field(description="of the next try, while it is pending")
    tried_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    answer_status: int | None
    answer: str = Field(description="its beginning")
    error: str


class DeliveryPage(Answer):
    """Deliveries, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [DELIVERY], "next_cursor": CURSOR}]}
    )

    items: list[Delivery]
    next_cursor: str | None = Field(description="hand it on as `cursor`; null on the last page")
