"""What people are told, and what is sent to other systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Priority = Literal["low", "normal", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """Something that one was told."""

    id: UUID
    team_id: UUID
    team_name: str
    kind: str
    priority: Priority
    message: str
    sender: str
    session_id: UUID | None
    task_id: UUID | None
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationPage:
    """What one was told, newest first; `unread` counts all that was not read."""

    items: tuple[Notification, ...]
    unread: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """A message that was sent."""

    team_id: UUID
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """How many notifications were marked as read."""

    marked: int
