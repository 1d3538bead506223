"""Cursors: a place in an order, opaque to whoever hands it on."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from uuid import UUID

from api.problems import CursorRefused

SESSIONS, TASKS, APPROVALS = "session", "task", "approval"  # the kinds of lists ordered by time
_BIGGEST = 2**63 - 1


def moment_cursor(kind: str, at: datetime, last_id: UUID) -> str:
    """Return the place after something in a list of a kind that is ordered by time."""
    return _encode(f"{kind}|{at.isoformat()}|{last_id}")


def read_moment_cursor(kind: str, cursor: str) -> tuple[datetime, UUID]:
    """Return the place that a cursor of a kind of list names; raises `CursorRefused`."""
    found, _, place = _decode(cursor).partition("|")
    moment, _, last_id = place.partition("|")
    if found != kind:
        raise CursorRefused
    try:
        at, named = datetime.fromisoformat(moment), UUID(last_id)
    except ValueError:
        raise CursorRefused from None
    if at.tzinfo is None:
        raise CursorRefused
    return at, named


def entry_cursor(created_at: datetime, seq: int, decision_id: UUID) -> str:
    """Return the place after a decision of a team."""
    return _encode(f"{created_at.isoformat()}|{seq}|{decision_id}")


def read_entry_cursor(cursor: str) -> tuple[datetime, int, UUID]:
    """Return the place that a cursor names; raises `CursorRefused`."""
    at, _, rest = _decode(cursor).partition("|")
    number, _, decision_id = rest.partition("|")
    if not (number.isascii() and number.isdecimal()) or len(number) > 9:
        raise CursorRefused
    try:
        created_at = datetime.fromisoformat(at)
        place = created_at, int(number), UUID(decision_id)
    except ValueError:
        raise CursorRefused from None
    if created_at.tzinfo is None:
        raise CursorRefused
    return place


def audit_cursor(event_id: int) -> str:
    """Return the place after an event of the audit."""
    return _encode(f"audit|{event_id}")


def read_audit_cursor(cursor: str) -> int:
    """Return the event that a cursor names; raises `CursorRefused`."""
    kind, _, number = _decode(cursor).partition("|")
    if kind != "audit" or not (number.isascii() and number.isdecimal()) or len(number) > 19:
        raise CursorRefused
    if (event_id := int(number)) > _BIGGEST:
        raise CursorRefused
    return event_id


def id_cursor(kind: str, last_id: UUID) -> str:
    """Return the place after something in a list that is ordered by ids."""
    return _encode(f"{kind}|{last_id}")


def read_id_cursor(kind: str, cursor: str) -> UUID:
    """Return the id that a cursor of a kind of list names; raises `CursorRefused`."""
    found, _, last_id = _decode(cursor).partition("|")
    if found != kind:
        raise CursorRefused
    try:
        return UUID(last_id)
    except ValueError:
        raise CursorRefused from None


def _encode(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _decode(cursor: str) -> str:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        raise CursorRefused from None
