"""A program that hangs up while it waits for an answer."""

from __future__ import annotations

import json
import time
from typing import Any

from starlette.types import Message

from tests.api.world import World

SHORT_SECONDS = 30


def ask_and_leave(world: World, path: str, wanted: Any, headers: dict[str, str]) -> None:
    """Ask for something that is waited for, and hang up at once; fails when it takes long."""
    body = json.dumps(wanted).encode()
    arriving: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return arriving.pop() if arriving else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        pass

    sent = headers | {"host": "testserver", "content-type": "application/json"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ("testclient", 50000),
        "server": ("testserver", 80),
        "state": {},
    }
    portal = world.client.portal
    assert portal is not None
    began = time.monotonic()
    portal.call(world.client.app, scope, receive, send)
    assert time.monotonic() - began < SHORT_SECONDS
