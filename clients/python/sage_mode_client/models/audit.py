"""Who changed what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """Who changed what, when, and from where."""

    id: int
    team_id: UUID | None
    kind: str
    actor: str
    actor_id: UUID | None
    subject: str
    at: datetime
    address: str
    trace_id: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Events of the audit, newest first."""

    items: tuple[AuditEvent, ...]
    next_cursor: str | None
