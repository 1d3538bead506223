"""Who changed what: noted inside the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Principal


def note(
    db: Connection,
    who: Principal,
    kind: str,
    *,
    team_id: UUID | None,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note a change, inside the caller's transaction."""
