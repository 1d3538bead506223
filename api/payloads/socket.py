"""What goes over the socket of a session beside its events, and the tickets that open it."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from api.payloads.payload import SESSION_ID, Answer, Request

TICKET = "q4b0J1xT0m8mA2yXx0c5aJm7bGkq1mZq5n3cXvR2w9E"


class Connected(Answer):
    """The first message; the events after `seq` follow."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "connected",
                    "seq": 3,
                    "session_id": SESSION_ID,
                    "last_seq": 12,
                    "status": "active",
                }
            ]
        }
    )

    type: Literal["connected"] = "connected"
    seq: int = Field(description="the number that was sent as `after`")
    session_id: UUID
    last_seq: int = Field(description="how far the log is; what comes up to it was missed")
    status: str = Field(description="of the session, as `last_seq` was reached")


class AccessRevoked(Answer):
    """The last message to who may hear no more."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"type": "access_revoked", "seq": 12, "session_id": SESSION_ID}]
        }
    )

    type: Literal["access_revoked"] = "access_revoked"
    seq: int = Field(description="the last number that was sent")
    session_id: UUID


class Pong(Answer):
    """The answer to the latest ping."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"type": "pong", "seq": 12, "session_id": SESSION_ID, "ping": 1}]
        }
    )

    type: Literal["pong"] = "pong"
    seq: int = Field(description="the last number that was sent")
    session_id: UUID
    ping: int = Field(description="the ping's own number")


class Ping(Request):
    """All that a program may send; of several at once only the latest is answered."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"ping": 1}]}
    )

    ping: int = Field(ge=0, le=2**53)


class TicketRequest(Request):
    """Which session's socket the ticket is for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"session_id": SESSION_ID}]})

    session_id: UUID


class Ticket(Answer):
    """A ticket: it opens the socket once, soon."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ticket": TICKET,
                    "expires_in_seconds": 30,
                    "url": f"/api/ws/{SESSION_ID}?ticket={TICKET}",
                }
            ]
        }
    )

    ticket: Annotated[str, StringConstraints(min_length=1)]
    expires_in_seconds: int
    url: str = Field(description="add `&after=` with the last number one has")
