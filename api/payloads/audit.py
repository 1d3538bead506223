"""Who changed what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from api.payloads.payload import CURSOR, EARLIER, SESSION_ID, TEAM_ID, USER_ID, Answer, Example

EVENT: Example = {
    "id": 4711,
    "team_id": TEAM_ID,
    "kind": "session.paused",
    "actor": "token ci of user mara",
    "actor_id": USER_ID,
    "subject": "Expense approval",
    "at": EARLIER,
    "address": "127.0.0.1",
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "details": {"session_id": SESSION_ID},
}


class AuditEvent(Answer):
    """Who changed what, when, and from where."""

    model_config = ConfigDict(json_schema_extra={"examples": [EVENT]})

    id: int
    team_id: UUID | None
    kind: str
    actor: str
    actor_id: UUID | None
    subject: str
    at: AwareDatetime
    address: str
    trace_id: str
    details: dict[str, Any]


class AuditPage(Answer):
    """Events, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [EVENT], "next_cursor": CURSOR}]}
    )

    items: list[AuditEvent]
    next_cursor: str | None = Field(description="hand it on as `cursor`; null on the last page")
