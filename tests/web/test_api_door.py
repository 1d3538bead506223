"""The API's sockets at the gate: what was not judged by its Origin comes without a cookie."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.services.signing_in import cookie_name
from web.gate import Gate

COOKIE = (b"cookie", f"{cookie_name()}=a; other=b".encode())


def scope_that_passes(headers: list[tuple[bytes, bytes]], query: bytes = b"") -> dict[str, Any]:
    """Return what reaches the app of a request for a socket."""
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    async def nothing(*_: Any) -> Any:
        return {"type": "websocket.connect"}

    scope = {
        "type": "websocket",
        "path": "/api/ws/one",
        "query_string": query,
        "headers": [(b"host", b"here"), *headers],
        "extensions": {"websocket.http.response": {}},
    }
    asyncio.run(Gate(app, lambda frame: None)(scope, nothing, nothing))
    return seen[0] if seen else {}


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ([(b"authorization", b"Bearer x")], b""),
        ([], b"ticket=x"),
        ([], b"ticket="),
        ([(b"origin", b"http://evil.example"), (b"authorization", b"")], b"ticket=x"),
    ],
    ids=["token", "ticket", "empty ticket", "both"],
)
def test_beside_a_token_or_a_ticket_no_cookie_reaches_the_api(
    headers: list[tuple[bytes, bytes]], query: bytes
) -> None:
    passed = scope_that_passes([*headers, COOKIE], query)
    assert passed["headers"] == [(b"host", b"here"), *headers]


@pytest.mark.parametrize("origin", [None, b"http://evil.example", b"null"])
def test_a_cookie_alone_passes_from_our_own_pages_only(origin: bytes | None) -> None:
    sent = [COOKIE] if origin is None else [COOKIE, (b"origin", origin)]
    assert scope_that_passes(sent) == {}
    own = [COOKIE, (b"origin", b"http://here")]
    assert scope_that_passes(own)["headers"][1:] == own
