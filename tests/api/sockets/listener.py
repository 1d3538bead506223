"""A program at the socket of a session; every message is held against the document."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx2
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from core.domain.access import Principal, Scope
from core.services import tokens
from tests.factories import Someone

PATIENCE = 15.0


def token_of(
    who: Someone | Principal, scopes: Iterable[Scope] = (Scope.READ,), team_id: UUID | None = None
) -> dict[str, str]:
    """Return the header of a new token."""
    principal = who.principal if isinstance(who, Someone) else who
    made = tokens.make_token(principal, "listener", scopes, days=1, team_id=team_id)
    return {"Authorization": f"Bearer {made.plain}"}


class Listener:
    """What a program hears, in order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[dict[str, Any]] = []

    @property
    def events(self) -> list[dict[str, Any]]:
        return [said for said in self.heard if "event" in said]

    @property
    def seqs(self) -> list[int]:
        return [said["seq"] for said in self.events]

    def hear(self, seconds: float = PATIENCE) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.connection.recv(timeout=seconds))
        self.heard.append(said)
        return said

    def hear_to(self, seq: int, seconds: float = PATIENCE) -> None:
        """Hear until an event has come."""
        while not self.seqs or self.seqs[-1] < seq:
            self.hear(seconds)

    def hear_type(self, kind: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Return the first message of a type that comes now."""
        end = time.monotonic() + seconds
        while True:
            said = self.hear(max(0.01, end - time.monotonic()))
            if said["type"] == kind:
                return said

    def hear_close(self, seconds: float = PATIENCE) -> int:
        """Hear all that comes, and return the code that the socket was closed with."""
        end = time.monotonic() + seconds
        try:
            while True:
                self.hear(max(0.01, end - time.monotonic()))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    def ping(self, number: int = 1) -> dict[str, Any]:
        """Ask for a sign of life; whatever was sent before it has come by then."""
        self.connection.send(json.dumps({"ping": number}))
        return self.hear_type("pong")


@contextmanager
def listen(
    host: str,
    session_id: object,
    headers: dict[str, str] | None = None,
    *,
    query: str = "",
    origin: str | None = None,
    **options: Any,
) -> Iterator[Listener]:
    """Open the socket of a session."""
    with connect(
        f"ws://{host}/api/ws/{session_id}{query}",
        additional_headers=headers or {},
        origin=None if origin is None else Origin(origin),
        proxy=None,
        max_size=None,
        close_timeout=1,
        # What nobody reads must not hold up the closing.
        **{"max_queue": None} | options,
    ) as connection:
        yield Listener(connection)


def refusal(
    host: str, session_id: object, headers: dict[str, str] | None = None, **options: Any
) -> dict[str, Any]:
    """Return the problem with which the socket is refused."""
    try:
        with listen(host, session_id, headers, **options):
            raise AssertionError("the socket was opened")
    except InvalidStatus as refused:
        answer = refused.response
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert ("retry-after" in answer.headers) == (answer.status_code in (429, 503))
        found: dict[str, Any] = json.loads(answer.body)
        assert answer.status_code == found["status"]
        assert found.pop("trace_id") == answer.headers["x-trace-id"]
        return found


def ticket_for(host: str, session_id: object, headers: dict[str, str]) -> Any:
    """Ask for a ticket; returns the answer."""
    body = {"session_id": str(session_id)}
    return httpx2.post(f"http://{host}/api/ws/tickets", json=body, headers=headers)


def events_over_http(
    host: str, session_id: object, headers: dict[str, str], after: int = 0
) -> list[dict[str, Any]]:
    """Return a session's events as the list of REST has them."""
    url = f"http://{host}/api/sessions/{session_id}/events?after={after}&limit=1000"
    items: list[dict[str, Any]] = httpx2.get(url, headers=headers).json()["items"]
    return items
