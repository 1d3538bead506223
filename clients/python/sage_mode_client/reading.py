"""Reading a session's events: lines of JSON, from a number on."""

from __future__ import annotations

import json

from sage_mode_client.call import Call, Id, get, nothing
from sage_mode_client.coding import decode
from sage_mode_client.errors import UnexpectedAnswer
from sage_mode_client.models.sessions import Event, Session

MOST_EVENTS = 1000  # in one answer
_NDJSON = "application/x-ndjson"


def events_after(session_id: Id, after: int) -> Call[None]:
    """Return a call whose answer is read line by line."""
    return get(
        "/sessions/{session_id}/events",
        nothing,
        query={"after": after, "limit": MOST_EVENTS},
        media_type=_NDJSON,
        session_id=session_id,
    )


def event_of(line: str) -> Event:
    """Return the event on a line."""
    try:
        return decode(Event, json.loads(line))
    except ValueError as error:
        raise UnexpectedAnswer("A line of the log is no JSON.") from error


def has_ended(session: Session, after: int) -> bool:
    """Tell whether nothing comes any more to who has the events up to a number."""
    return session.is_over and session.last_seq <= after
