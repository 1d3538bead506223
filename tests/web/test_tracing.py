"""One trace id for each request: in its answer, in error bodies, in the log and in the audit."""

from __future__ import annotations

import logging
import re

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from core.domain.access import SYSTEM
from core.domain.origin import current_origin
from core.services import auditing
from core.services.auditing import AuditEvent, AuditQuery
from tests.web.browser import PAGE, login_of, real_server, sign_up
from web.headers import ResponseHeaders
from web.tracing import Tracing, traced_by

ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{ID}-00f067aa0ba902b7-01"
OWN = {"origin": "http://testserver"}


def browser_of(*routes: Route | WebSocketRoute) -> TestClient:
    middleware = [Middleware(Tracing), Middleware(ResponseHeaders)]
    app = Starlette(routes=list(routes), middleware=middleware)
    return TestClient(app, raise_server_exceptions=False)


async def tell(request: Request) -> Response:
    origin = current_origin()
    return JSONResponse([origin.address, origin.trace_id])


async def fail(request: Request) -> Response:
    raise RuntimeError("a secret")


def last_event(kind: str) -> AuditEvent:
    return auditing.list_audit(SYSTEM, AuditQuery(None, kind=kind)).events[0]


def test_every_answer_has_an_id_of_its_own_also_a_refusal(client: TestClient) -> None:
    answers = [client.get(path, headers=PAGE) for path in ("/", "/healthz", "/account", "/nowhere")]
    answers.append(client.get("/auth/me"))
    ids = [answer.headers["x-trace-id"] for answer in answers]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)


@pytest.mark.parametrize(
    "given", [ID, ID.upper(), "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"], ids=["plain", "big", "uuid"]
)
def test_an_id_by_name_is_taken_over(client: TestClient, given: str) -> None:
    assert client.get("/healthz", headers={"x-trace-id": given}).headers["x-trace-id"] == ID


@pytest.mark.parametrize("given", ["", "0" * 32, "x" * 32, ID + "0", ID[:-1], "-" * 36, "\u00e9"])
def test_an_id_that_is_none_is_replaced(client: TestClient, given: str) -> None:
    answer = client.get("/healthz", headers={"x-trace-id": given.encode()})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-trace-id"])
    assert answer.headers["x-trace-id"] not in (given, ID)


def test_a_trace_goes_before_an_id_by_name(client: TestClient) -> None:
    both = {"traceparent": PARENT, "x-trace-id": "1" * 32}
    assert client.get("/healthz", headers=both).headers["x-trace-id"] == ID


def test_what_the_caller_calls_it_is_taken_over(client: TestClient) -> None:
    answer = client.get("/auth/me", headers={"traceparent": PARENT})
    assert answer.headers["x-trace-id"] == ID
    assert answer.json()["error"]["trace_id"] == ID


@pytest.mark.parametrize(
    "given",
    [
        "",
        ID,
        PARENT.upper(),
        PARENT + "-more",
        PARENT + "\u00e9",
        PARENT.replace("00-", "ff-", 1),
        PARENT.replace(ID, "0" * 32),
        PARENT.replace("00f067aa0ba902b7", "0" * 16),
        PARENT.replace(ID, "../../etc/passwd" * 2),
        PARENT + "\n" + PARENT,
        "x" * 10_000,
    ],
)
def test_what_is_no_traceparent_is_not_taken_over(given: str) -> None:
    raw = [(b"traceparent", given.encode())]
    assert traced_by(Headers(raw=raw)) is None


def test_of_several_none_is_taken_over_and_of_a_later_version_what_is_known() -> None:
    raw = (b"traceparent", PARENT.encode())
    assert traced_by(Headers(raw=[raw, raw])) is None
    later = PARENT.replace("00-", "01-", 1) + "-more"
    assert traced_by(Headers(raw=[(b"traceparent", later.encode())])) == ID


def test_a_route_knows_where_its_request_comes_from() -> None:
    before = current_origin()  # of whatever else ran in this thread
    browser = browser_of(Route("/", tell))
    assert browser.get("/", headers={"traceparent": PARENT}).json() == ["testclient", ID]
    first, second = (browser.get("/").json()[1] for _ in range(2))
    assert first != second
    assert current_origin() == before


def test_a_socket_has_an_id_for_as_long_as_it_is_open() -> None:
    async def serve(socket: WebSocket) -> None:
        await socket.accept()
        for _ in range(2):
            await socket.receive_text()
            await socket.send_text(current_origin().trace_id)
        await socket.close()

    browser = browser_of(WebSocketRoute("/", serve))
    with browser.websocket_connect("/", headers={"traceparent": PARENT}) as connection:
        for _ in range(2):
            connection.send_text("?")
            assert connection.receive_text() == ID


def test_a_failure_says_its_id_and_the_log_has_it_too(caplog: pytest.LogCaptureFixture) -> None:
    browser = browser_of(Route("/", fail))
    with caplog.at_level(logging.ERROR, "web.headers"):
        for_program = browser.get("/", headers={"traceparent": PARENT})
        for_person = browser.get("/", headers={**PAGE, "traceparent": PARENT})
    assert (for_program.status_code, for_person.status_code) == (500, 500)
    error = for_program.json()["error"]
    assert (error["code"], error["trace_id"]) == ("unforeseen", ID)
    assert ID in for_person.text
    assert "secret" not in for_program.text + for_person.text
    assert [ID in one.getMessage() for one in caplog.records] == [True, True]
    assert for_person.headers["x-trace-id"] == ID


def test_what_a_request_changed_is_found_by_the_id_of_its_answer(visitor: TestClient) -> None:
    sign_up()
    visitor.cookies.set("sage_login", login_of())
    answer = visitor.post("/auth/sign-out", headers=OWN)
    assert answer.status_code == 200
    event = last_event("login.ended")
    assert (event.trace_id, event.address) == (answer.headers["x-trace-id"], "testclient")


@pytest.mark.parametrize(
    ("trusted", "noted"), [("127.0.0.1", "203.0.113.9"), ("192.0.2.1", "127.0.0.1")]
)
def test_the_address_is_a_proxys_word_only_when_it_is_trusted(
    cheap: None, trusted: str, noted: str
) -> None:
    sign_up()
    with real_server(FORWARDED_ALLOW_IPS=trusted) as host:
        headers = {
            "origin": f"http://{host}",
            "x-forwarded-for": "203.0.113.9",
            "cookie": f"sage_login={login_of()}",
        }
        assert httpx2.post(f"http://{host}/auth/sign-out", headers=headers).status_code == 200
    assert last_event("login.ended").address == noted
