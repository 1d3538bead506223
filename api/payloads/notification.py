"""Notifications: what one was told, and what one sends to people of a team."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from api.payloads.payload import CURSOR, EARLIER, SESSION_ID, TEAM_ID, Answer, Example, Request

NOTIFICATION_ID = "0199c1d4-8b00-7cc0-9d6e-3f1b5a2c8e14"
NOTIFICATION: Example = {
    "id": NOTIFICATION_ID,
    "team_id": TEAM_ID,
    "team_name": "Checkout",
    "kind": "session.finished",
    "priority": "low",
    "message": "Expense approval is finished.",
    "sender": "",
    "session_id": SESSION_ID,
    "task_id": None,
    "created_at": EARLIER,
    "read_at": None,
}
PriorityWord = Literal["low", "normal", "high"]


class Notification(Answer):
    """Something that one was told."""

    model_config = ConfigDict(json_schema_extra={"examples": [NOTIFICATION]})

    id: UUID
    team_id: UUID
    team_name: str
    kind: str = Field(
        description="message, session.finished, session.failed, session.needs_input, "
        "approval.waiting"
    )
    priority: PriorityWord
    message: str
    sender: str = Field(description="who sent it; empty: Sage Mode itself")
    session_id: UUID | None
    task_id: UUID | None
    created_at: AwareDatetime
    read_at: AwareDatetime | None


class NotificationPage(Answer):
    """What one was told, newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [NOTIFICATION], "unread": 1, "next_cursor": CURSOR}]
        }
    )

    items: list[Notification]
    unread: int = Field(description="how much of all is not read, on whichever page")
    next_cursor: str | None = Field(description="hand it on as `cursor`; null on the last page")


class NewMessage(Request):
    """A message to people of a team."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "team_id": TEAM_ID,
                    "target": "role:security",
                    "message": "The export of addresses needs a look.",
                    "priority": "high",
                    "session_id": SESSION_ID,
                }
            ]
        }
    )

    target: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="`team` for everybody, a member (`mara`, `user:mara`), or a role "
        "(`security`, `role:security`, `role:owner`): whoever approves in its name"
    )
    message: Annotated[str, StringConstraints(min_length=1, max_length=8000)] = Field(
        description="1 to 2000 characters"
    )
    priority: PriorityWord = "normal"
    team_id: UUID | None = Field(
        None, description="needed when there are several, and no session or task names it"
    )
    session_id: UUID | None = Field(None, description="what it is about")
    task_id: UUID | None = None


class SentMessage(Answer):
    """A message that was sent."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"team_id": TEAM_ID, "recipients": ["mara"]}]}
    )

    team_id: UUID
    recipients: list[str] = Field(description="the names of those who got it")


class ReadUntil(Request):
    """Up to where everything was read."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"team_id": TEAM_ID, "until": NOTIFICATION_ID}]}
    )

    team_id: UUID | None = Field(None, description="without it: all of one's teams")
    until: UUID | None = Field(
        None, description="the newest notification that was seen; without it: all there are"
    )


class Marked(Answer):
    """How many notifications were marked as read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"marked": 3}]})

    marked: int
