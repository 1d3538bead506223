"""The middleware over a small app: what is run, replayed, refused, and let through."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Scope

from core.domain.access import Principal, UserPrincipal
from core.services import idempotency
from tests.factories import make_someone
from web.idempotency import BODY_LIMIT, FIRST_STATUS, KEY, REPLAYED, Idempotency
from web.refusals import error_answer

runs: list[str] = []


async def make(request: Request) -> Response:
    body = await request.json()
    runs.append(request.state.begun.act_key if hasattr(request.state, "begun") else "")
    if body.get("fails"):
        raise RuntimeError
    status = body.get("status", 201)
    return JSONResponse({"run": len(runs)}, status, headers={"Location": "/1", "X-Now": "1"})


async def find_principal(scope: Scope) -> Principal | None:
    user = dict(scope["headers"]).get(b"user")
    return None if user is None else UserPrincipal(UUID(user.decode()))


@pytest.fixture
def client(system: None) -> TestClient:
    runs.clear()
    guard = Middleware(Idempotency, find_principal=find_principal, refuse=error_answer)
    app = Starlette(routes=[Route("/make", make, methods=["GET", "POST"])], middleware=[guard])
    user = make_someone().user
    return TestClient(app, headers={"user": str(user.id)}, raise_server_exceptions=False)


def post(client: TestClient, key: object, **body: object) -> Response:
    return client.post("/make", json=body, headers={KEY: str(key)})  # type: ignore[return-value]


def test_a_repeated_request_is_run_once_and_replayed_alike(client: TestClient) -> None:
    key = uuid4()
    first, again = post(client, key), post(client, key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content == b'{"run":1}'
    assert again.headers[REPLAYED] == "true"
    assert again.headers[FIRST_STATUS] == "201"
    assert again.headers["location"] == "/1"
    assert again.headers["content-type"] == "application/json"
    assert "x-now" not in again.headers
    assert REPLAYED not in first.headers
    assert first.headers["x-now"] == "1"
    assert len(runs[0]) == 64


def test_a_final_refusal_is_replayed_as_one(client: TestClient) -> None:
    key = uuid4()
    found = [post(client, key, status=422) for _ in range(2)]
    assert [one.status_code for one in found] == [422, 422]
    assert found[1].headers[FIRST_STATUS] == "422"
    assert len(runs) == 1


@pytest.mark.parametrize("body", [{"status": 503}, {"status": 409}, {"fails": True}])
def test_what_is_not_final_runs_again(client: TestClient, body: dict[str, object]) -> None:
    key = uuid4()
    assert [post(client, key, **body).headers.get(REPLAYED) for _ in range(2)] == [None, None]
    assert len(runs) == 2
    assert runs[0] == runs[1]


def test_another_body_is_422_and_one_in_flight_409(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid4()
    answer = idempotency.Answer(201, {}, b'{"run":1}')
    monkeypatch.setattr(idempotency, "keep", lambda *_: answer)
    post(client, key)  # died before its answer was kept
    waiting, other = post(client, key), post(client, key, more=1)
    assert (waiting.status_code, waiting.headers["retry-after"]) == (409, "1")
    assert waiting.json()["error"]["code"] == "still_running"
    assert other.status_code == 422
    assert other.json()["error"]["code"] == "idempotency_key_reused"
    assert len(runs) == 1


def test_a_key_must_be_a_uuid_and_a_body_at_most_a_megabyte(client: TestClient) -> None:
    assert post(client, "one").status_code == 400
    two = [(KEY, str(uuid4())), (KEY, str(uuid4()))]
    assert client.post("/make", json={}, headers=two).status_code == 400
    large = b"x" * (BODY_LIMIT + 1)
    for content in (large, iter([large[:-1], b"x"])):
        answer = client.post("/make", content=content, headers={KEY: str(uuid4())})
        assert answer.status_code == 413
    assert runs == []


def test_without_a_key_or_a_caller_the_app_answers(client: TestClient) -> None:
    assert client.post("/make", json={}).status_code == 201
    client.headers.pop("user")
    key = uuid4()
    assert [post(client, key).status_code for _ in range(2)] == [201, 201]
    assert runs == ["", "", ""]


def test_the_body_and_its_query_are_the_request(client: TestClient) -> None:
    key = {KEY: str(uuid4())}
    assert client.post("/make?a=1", json={}, headers=key).status_code == 201
    assert client.post("/make?a=2", json={}, headers=key).status_code == 422
