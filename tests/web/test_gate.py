"""What the gate lets pass, path by path, through the real app."""

from __future__ import annotations

import re
import time
from hashlib import sha256
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.settings import get_settings
from core.signals.wakeups import get_redis
from tests.web.browser import PAGE, login_of, sign_up
from web.gate import Gate
from web.headers import ResponseHeaders

OWN = {"origin": "http://testserver"}
FOREIGN = {"origin": "http://evil.example"}
FRONTEND = Path(streamlit.__file__).parent / "static"
SCRIPT = next((FRONTEND / "static" / "js").glob("index.*.js")).name

OPEN_TO_ALL = [
    "/healthz",
    "/favicon.png",
    "/manifest.json",
    "/_stcore/health",
    "/_stcore/host-config",
    f"/static/js/{SCRIPT}",
]
SIGN_IN_PAGES = ["/", "/sign-in", "/sign-up"]
CLOSED = [
    "/live",
    "/sessions",
    "/admin",
    "/overview",
    "/account",
    "/pages/main.py",
    "/auth/me",
    "/auth/login",
    "/oauth2callback",
    "/api",
    "/mcp/",  # without its slash the door answers: tests/api/tools/test_door.py
    "/media/0123.csv",
    "/component/x/index.html",
    "/app/static/x.png",
    "/_stcore/metrics",
    "/_stcore/script-health-check",
    "/_stcore/bidi-components/x/y.js",
    "/_stcore/agent/openapi.json",
    "/_stcore/upload_file/session/file",
    "/_stcore/stream",
    "/STATIC/js/x.js",
    "/static",
    "/healthz/",
    "/x/static/js/x.js",
    "/sign-in/x",
]
DEEP_LINKS = ["/live/_stcore/health", "/live/_stcore/host-config", "/a/b/_stcore/health"]
FORGED = ["", "x", "a" * 43, "a" * 100_000, "../../etc", "%00", "sage:login:*", '"; DROP', "é"]


@pytest.mark.parametrize("path", OPEN_TO_ALL + SIGN_IN_PAGES)
def test_the_sign_in_page_and_its_parts_are_open_to_all(visitor: TestClient, path: str) -> None:
    assert visitor.get(path, headers=PAGE).status_code == 200


@pytest.mark.parametrize("path", CLOSED)
def test_a_page_asked_for_anonymously_leads_to_sign_in(visitor: TestClient, path: str) -> None:
    answer = visitor.get(f"http://testserver{path}", headers=PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/?next=%2F")
    assert answer.content == b""


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_program_without_a_login_is_refused(visitor: TestClient, path: str, method: str) -> None:
    answer = visitor.request(method, f"http://testserver{path}", headers=OWN)
    assert answer.status_code == 401
    if method != "HEAD":
        assert answer.json()["error"]["code"] == "signed_out"


def test_signing_in_leads_back_to_what_was_asked_for(visitor: TestClient) -> None:
    answer = visitor.get("/live?session=1&seq=2", headers=PAGE)
    assert answer.headers["location"] == "/?next=%2Flive%3Fsession%3D1%26seq%3D2"


@pytest.mark.parametrize("path", DEEP_LINKS)
@pytest.mark.parametrize("signed_in", [False, True])
def test_what_streamlit_looks_for_beside_a_deep_link_is_not_there(
    visitor: TestClient, path: str, signed_in: bool
) -> None:
    if signed_in:
        sign_up()
        visitor.cookies.set("sage_login", login_of())
    assert visitor.get(path, headers=PAGE).status_code == 404


@pytest.mark.parametrize("path", ["/live", "/_stcore/metrics", "/auth/me"])
def test_a_login_opens_the_rest(visitor: TestClient, path: str) -> None:
    sign_up()
    visitor.cookies.set("sage_login", login_of())
    assert visitor.get(path, headers=PAGE).status_code == 200


@pytest.mark.parametrize("cookie", FORGED)
def test_a_forged_cookie_opens_nothing(visitor: TestClient, cookie: str) -> None:
    sign_up()
    login = login_of()
    headers = {"cookie": f"sage_login={cookie}".encode()}
    assert visitor.get("/auth/me", headers=headers).status_code == 401
    # Nor does what Redis holds: who reads it cannot sign in with it.
    stored = {"cookie": f"sage_login={sha256(login.encode()).hexdigest()}"}
    assert visitor.get("/auth/me", headers=stored).status_code == 401


def test_a_login_ends_with_its_record(visitor: TestClient) -> None:
    sign_up()
    visitor.cookies.set("sage_login", login_of())
    assert visitor.get("/_stcore/metrics").status_code == 200
    (key,) = get_redis(get_settings().redis_url or "").keys("sage:login:*")
    get_redis(get_settings().redis_url or "").pexpire(key, 1)
    time.sleep(0.05)
    assert visitor.get("/_stcore/metrics").status_code == 401


@pytest.mark.parametrize("prefix", ["/", "/api/sessions/", "/_stcore/", "/media/"])
@pytest.mark.parametrize("odd", ["%00", "a%0d%0aSet-Cookie:x", "%2e%2e/healthz", "a%5cb", "%7f"])
def test_a_path_that_no_route_can_have_is_refused_with_a_trace_id(
    visitor: TestClient, prefix: str, odd: str
) -> None:
    answer = visitor.get(prefix + odd)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (404, "not_found")
    assert problem["trace_id"] == answer.headers["x-trace-id"]


@pytest.mark.parametrize("path", ["//", "//media/0123.csv"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_path_that_begins_with_two_slashes_leads_nowhere(
    visitor: TestClient, path: str, method: str
) -> None:
    answer = visitor.request(method, f"http://testserver{path}", headers=OWN)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/live", "/_stcore/health", "/_stcore/host-config"]
)
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://testserver.evil", ""])
def test_a_foreign_origin_is_refused_before_streamlit_sees_it(
    visitor: TestClient, path: str, origin: str
) -> None:
    sign_up()
    visitor.cookies.set("sage_login", login_of())
    answer = visitor.get(path, headers=PAGE | {"origin": origin})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_origin")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        (FOREIGN, 403),
        (FOREIGN | {"sec-fetch-site": "same-origin"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        (OWN, 200),
    ],
)
def test_what_changes_something_shows_that_it_is_ours(
    visitor: TestClient, headers: dict[str, str], status: int
) -> None:
    assert visitor.post("/auth/sign-out", headers=headers).status_code == status


def test_under_https_a_page_over_plain_http_is_foreign(
    visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_PUBLIC_URL", "https://testserver")
    get_settings.cache_clear()
    assert visitor.post("/auth/sign-out", headers=OWN).status_code == 403
    own = {"origin": "https://testserver"}
    assert visitor.post("/auth/sign-out", headers=own).status_code == 200


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_body_over_a_megabyte_is_refused(visitor: TestClient, is_announced: bool) -> None:
    body = b"x" * (1024 * 1024 + 1)
    content = body if is_announced else iter([body[:1000], body[1000:]])
    headers = OWN | {"content-type": "application/json"}
    answer = visitor.post("/auth/redeem", content=content, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_nobody_uploads_into_a_session_that_they_did_not_open(visitor: TestClient) -> None:
    sign_up()
    visitor.cookies.set("sage_login", login_of())
    answer = visitor.put("/_stcore/upload_file/a-session/a-file", headers=OWN)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/live"),
        ("GET", "/healthz"),
        ("GET", "/auth/me"),
        ("GET", f"/static/js/{SCRIPT}"),
        ("GET", "/static/nothing.js"),
        ("GET", "/live/_stcore/health"),
        ("GET", "/static/../x"),
        ("POST", "/auth/sign-out"),
    ],
)
def test_every_answer_carries_the_headers(visitor: TestClient, method: str, path: str) -> None:
    headers = visitor.request(method, path, headers=PAGE).headers
    policy = headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self' 'sha256-" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_https_is_asked_for_where_it_is_configured(
    visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_PUBLIC_URL", "https://testserver")
    get_settings.cache_clear()
    assert "max-age=" in visitor.get("/").headers["strict-transport-security"]


def test_the_policy_allows_every_inline_script_of_the_page_and_no_other(
    visitor: TestClient,
) -> None:
    inline = re.findall(r"<script>", (FRONTEND / "index.html").read_text())
    policy = visitor.get("/").headers["content-security-policy"]
    assert policy.count("sha256-") == len(inline) == 1


def test_a_route_that_nobody_opened_is_closed(visitor: TestClient) -> None:
    async def answer(request: Request) -> Response:
        return Response("a secret")

    async def accept(connection: WebSocket) -> None:
        await connection.accept()
        await connection.send_text("a secret")
        await connection.close()

    app = Starlette(
        routes=[Route("/new", answer), WebSocketRoute("/new", accept)],
        middleware=[Middleware(Gate, session_opened=lambda frame: None)],
    )
    sign_up()
    with TestClient(app) as browser:
        assert browser.get("/new").status_code == 401
        with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/new", headers=OWN):
            pass
        browser.cookies.set("sage_login", login_of())
        assert browser.get("/new").text == "a secret"
        with browser.websocket_connect("/new", headers=OWN) as connection:
            assert connection.receive_text() == "a secret"
        with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/new"):
            pass


def test_a_failure_carries_the_headers_and_nothing_else(visitor: TestClient) -> None:
    async def fail(request: Request) -> Response:
        raise RuntimeError("a secret")

    app = Starlette(routes=[Route("/", fail)], middleware=[Middleware(ResponseHeaders)])
    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert answer.status_code == 500
    assert "a secret" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
