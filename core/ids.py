"""Ids that leave the system: UUIDv7, so that an index on them stays in order of time."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Make a new UUIDv7 (RFC 9562)."""
    return uuid7()
