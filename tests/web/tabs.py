"""A tab's socket as a browser speaks it, without the browser."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

from core.domain.people import User
from core.domain.session_state import merge
from core.services import signing_in
from core.settings import get_settings
from core.signals import logins

PATIENCE = 10.0
_LIFETIMES = logins.Lifetimes(ticket=30, idle=3600, absolute=3600)


def login_as(user: User) -> str:
    """Return a cookie of a user, past the password."""
    url = get_settings().redis_url or ""
    ticket = logins.issue_ticket(url, user.id, _LIFETIMES, address="127.0.0.1", agent="a test")
    return signing_in.redeem_ticket(ticket)


class TabClient:
    """What a tab hears, in order; `state` is what it merged."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        self.seqs: list[int] = []

    def send(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def watch(self, *topics: Any) -> None:
        self.send(watch=list(topics))

    def hear(self, seconds: float = PATIENCE) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.connection.recv(timeout=seconds))
        self.heard.append(message)
        if message["kind"] == "state":
            self.state = message["state"]
            self.seqs = [message["seq"]]
        elif message["kind"] == "patch":
            self.state = merge(self.state, message["patch"])
            self.seqs.append(message["seq"])
        return message

    def hear_until(
        self, wanted: str | Callable[[dict[str, Any]], bool], seconds: float = PATIENCE
    ) -> dict[str, Any]:
        """Return the first message of a kind, or the first that fits."""
        fits = wanted if callable(wanted) else lambda message: message["kind"] == wanted
        end = time.monotonic() + seconds
        while True:
            message = self.hear(max(0.01, end - time.monotonic()))
            if fits(message):
                return message

    def hear_to(self, seq: int, seconds: float = PATIENCE) -> None:
        """Hear until an event has come."""
        while not self.seqs or self.seqs[-1] < seq:
            self.hear(seconds)

    def hears_nothing(self, seconds: float) -> bool:
        """Whether nothing but signs of life comes for a while."""
        end = time.monotonic() + seconds
        try:
            while (left := end - time.monotonic()) > 0:
                if self.hear(left)["kind"] not in ("progress", "pong"):
                    return False
        except TimeoutError:
            pass
        return True


@contextmanager
def open_tab(host: str, user: User | str) -> Iterator[TabClient]:
    """Open the socket of a signed-in tab, for a user or with a cookie."""
    cookie = user if isinstance(user, str) else login_as(user)
    with connect(
        f"ws://{host}/tab",
        origin=f"http://{host}",  # type: ignore[arg-type]
        additional_headers={"Cookie": f"sage_login={cookie}"},
        max_size=None,
        ping_interval=None,
        proxy=None,
    ) as connection:
        yield TabClient(connection)
