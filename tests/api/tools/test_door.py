"""Who comes in at `/mcp`, and with what; nothing that is sent makes the server fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.services import auditing, reading, signing_in, tokens
from core.services.auditing import AuditQuery
from core.settings import BODY_LIMIT, get_settings
from tests.api.tools.speaking import MESSAGE, Caller, Refused, message
from tests.api.world import World
from tests.profiles import WITH_SERVERS

LIST = message("tools/list")
MODERN = {"mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list"}


def post(world: World, headers: dict[str, str], body: Any = LIST) -> Any:
    return world.client.post("/mcp", json=body, headers=MESSAGE | headers)


def told(answer: Any) -> dict[str, Any]:
    """Return the error of a refusal, which says what happened, what to do, and a code."""
    body = answer.json()
    assert (body["jsonrpc"], body["id"]) == ("2.0", None)
    assert "\nWhat to do: " in body["error"]["message"]
    assert body["error"]["data"]["status"] == answer.status_code
    assert len(body["error"]["data"]["trace_id"]) == 32
    found: dict[str, Any] = body["error"]["data"]
    return found


def test_without_a_token_nobody_comes_in(world: World) -> None:
    answer = post(world, {})
    assert (answer.status_code, told(answer)["code"]) == (401, "signed_out")
    assert answer.headers["www-authenticate"] == 'Bearer realm="Sage Mode"'
    assert answer.headers["cache-control"] == "no-store"


def test_a_forged_token_opens_nothing(world: World) -> None:
    for header in ("", "Bearer", "Bearer x", "Basic YTpi", "sage_" + "a" * 43):
        answer = post(world, {"authorization": header})
        assert (answer.status_code, told(answer)["code"]) == (401, "token_refused"), header
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_browsers_login_opens_nothing_here(world: World) -> None:
    ticket = signing_in.issue_ticket(world.owner.user, address="127.0.0.1", agent="a browser")
    world.client.cookies.set("sage_login", signing_in.redeem_ticket(ticket))
    answer = post(world, {"sec-fetch-site": "same-origin"})
    assert answer.status_code in (401, 403)
    assert "result" not in answer.text


def test_a_revoked_token_opens_nothing_any_more(world: World) -> None:
    headers = world.token()
    assert post(world, headers).status_code == 200
    (token,) = tokens.list_tokens(world.owner.principal)
    tokens.revoke_token(world.owner.principal, token.id)
    assert post(world, headers).status_code == 401


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        # A name that somebody lets point here: Origin and Host agree, and yet it is not ours.
        "http://evil.example:8501",
        "http://testserver",
    ],
)
def test_a_page_of_another_site_is_not_heard(world: World, origin: str) -> None:
    host = origin.partition("://")[2] or "testserver"
    answer = post(world, world.token() | {"origin": origin, "host": host})
    assert (answer.status_code, told(answer)["code"]) == (403, "foreign_origin")


def test_a_page_is_heard_from_an_address_that_is_known_to_be_ours(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_PUBLIC_URL", "https://Sage.example/")
    get_settings.cache_clear()
    for origin in ("http://127.0.0.1:8501", "http://localhost:8501", "https://sage.example"):
        assert post(world, world.token() | {"origin": origin}).status_code == 200, origin


def test_there_is_nothing_to_stream_and_nothing_to_end(world: World) -> None:
    headers = MESSAGE | world.token()
    for method in ("GET", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"):
        answer = world.client.request(method, "/mcp", headers=headers)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST"), method


def test_a_message_over_the_limit_is_refused_announced_or_not(world: World) -> None:
    whole = b"[" + b" " * BODY_LIMIT + b"]"
    for body in (whole, iter([whole[:9], whole[9:]])):
        answer = world.client.post("/mcp", content=body, headers=MESSAGE | world.token())
        assert (answer.status_code, told(answer)["code"]) == (413, "too_large")


NO_MESSAGES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"[1, 2]",
    b"\xff\xfe",
    b'"\\ud800"',
    b"[" * 100_000,
    b'{"jsonrpc": "2.0"}',
    b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}',
    b'{"jsonrpc": "2.0", "id": {}, "method": "ping"}',
    b'{"jsonrpc": "2.0", "id": 1, "method": 1}',
    b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]}',
    b'{"jsonrpc": "2.0", "id": NaN, "method": "ping"}',
    json.dumps([LIST, LIST]).encode(),
]


@pytest.mark.parametrize("era", ["of today", "of before"])
def test_what_is_no_message_is_refused(world: World, era: str) -> None:
    headers = MESSAGE | world.token() | (MODERN if era == "of today" else {})
    for body in NO_MESSAGES:
        answer = world.client.post("/mcp", content=body, headers=headers)
        assert (answer.status_code, told(answer)["code"]) == (400, "malformed"), body[:80]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
METHODS = st.sampled_from(
    [
        *("initialize", "ping", "tools/list", "tools/call", "resources/list", "resources/read"),
        *("resources/templates/list", "resources/subscribe", "prompts/list", "logging/setLevel"),
        *("notifications/cancelled", "notifications/initialized", "completion/complete"),
        *("server/discover", "subscriptions/listen", "tasks/get", "", "nothing"),
    ]
)
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["fetch_status", "list_teams", "nothing"]) | JSON,
        "arguments": JSON,
        "uri": st.sampled_from(["sage://sessions/x/report", "file:///etc/passwd", "x"]) | JSON,
        "cursor": JSON,
        "_meta": JSON,
        "protocolVersion": st.sampled_from(["2025-06-18", "2026-07-28", "1"]) | JSON,
        "capabilities": st.just({}) | JSON,
        "clientInfo": st.just({"name": "x", "version": "1"}) | JSON,
    },
)
MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.just("2.0") | JSON,
        "id": st.integers() | st.text() | JSON,
        "method": METHODS | JSON,
        "params": PARAMS | JSON,
        "result": JSON,
        "error": JSON,
    },
)
VERSIONS = st.sampled_from(["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"])
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "mcp-protocol-version": VERSIONS | st.text("abc019-.", max_size=12),
        "mcp-method": METHODS.filter(bool),
        "mcp-name": st.text("abc", max_size=5),
        "mcp-session-id": st.text("abc", max_size=5),
        "accept": st.sampled_from(["*/*", "application/json", "text/html", ""]),
        "content-type": st.sampled_from(["application/json", "text/plain", ""]),
        "last-event-id": st.text("abc", max_size=5),
    },
)


def test_whatever_is_sent_the_server_does_not_fail(world: World) -> None:
    token = world.token()

    @settings(max_examples=WITH_SERVERS * 8)
    @given(
        body=st.binary(max_size=50) | MESSAGES.map(lambda one: json.dumps(one).encode()),
        headers=HEADERS,
    )
    def send(body: bytes, headers: dict[str, str]) -> None:
        answer = world.client.post("/mcp", content=body, headers=MESSAGE | headers | token)
        assert answer.status_code < 500, answer.text
        assert "Traceback" not in answer.text
        assert "unforeseen" not in answer.text
        assert "Internal" not in answer.text

    send()


def test_calls_are_counted_reads_and_writes_apart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_API_READS_PER_MINUTE", "3")
    monkeypatch.setenv("SAGE_API_WRITES_PER_MINUTE", "1")
    get_settings.cache_clear()
    caller = Caller(world.client, world.token())
    caller.call("claim_task")
    with pytest.raises(Refused) as refused:
        caller.call("claim_task")
    assert refused.value.code == "too_many_tries"
    assert refused.value.problem["retry_after"] >= 1
    caller.call("list_teams")
    caller.ask("tools/list")
    assert "result" in caller.ask("resources/list")
    assert caller.ask("tools/list")["error"]["data"]["code"] == "too_many_tries"
    assert caller.call("fetch_status", id="x")["status"] == "too_many_tries"


def test_what_a_tool_does_is_in_the_audit_under_the_requests_trace_id(world: World) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = world.token() | {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
    launched = Caller(world.client, headers).call(
        "launch_session", team_id=str(world.ids.team), feature_name="Audited", brief="Why not."
    )
    query = AuditQuery(world.ids.team)
    (event, *_) = auditing.list_audit(world.owner.principal, query).events
    assert event.details["session_id"] == launched["id"]
    assert event.trace_id == trace_id
    assert len(reading.list_sessions(world.owner.principal)) == 2
