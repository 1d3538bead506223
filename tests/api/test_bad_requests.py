"""What cannot be read or used: told in problem details, never by a failure of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.domain.approval import Gate
from core.domain.pipeline import Step
from core.errors import AppError, DatabaseUnavailable
from core.services import reading
from core.settings import get_settings
from tests.api.operations import OPERATIONS, WITH_BODY, launch_body
from tests.api.test_access import names, told
from tests.api.world import World
from tests.factories import launch_pipeline

JSON = {"content-type": "application/json"}
MEGABYTE = 1024 * 1024
SOME = {"a": 1}
# What some field takes, or decides between two shapes, of all that is wrong for others.
RIGHT: dict[str, list[Any]] = {
    "attempt": [7, None],
    "is_enabled": [True, None],
    "output": [SOME],
    "metadata": [SOME, None],
    "context": [SOME],
    "team_id": [None],
    "capabilities": [[]],
    "name": [None],
    "description": [None],
    "roles": [[]],
    "approvals": [None],
    "pipeline": [None],
}


def send(world: World, key: tuple[str, str], content: Any, **headers: str) -> Any:
    url = f"/api{OPERATIONS[key].path(world.ids)}"
    return world.client.request(
        key[0], url, content=content, headers=world.token() | JSON | headers
    )


@pytest.mark.parametrize("key", names(WITH_BODY))
@pytest.mark.parametrize(
    "content",
    [b"{", b"nonsense", b"\xff\xfe", b"{'a': 1}", b'{"a": 1}x', b"[" * 100_000],
    ids=["cut", "text", "not UTF-8", "quotes", "more", "deep"],
)
def test_what_is_no_json_is_malformed(world: World, key: tuple[str, str], content: bytes) -> None:
    answer = send(world, key, content)
    assert (answer.status_code, told(answer)["code"]) == (400, "malformed")


@pytest.mark.parametrize("key", names(WITH_BODY))
@pytest.mark.parametrize("content", [b"[]", b"1", b'"x"', b'{"unknown_field": 1}'])
def test_json_of_another_shape_is_invalid(
    world: World, key: tuple[str, str], content: bytes
) -> None:
    answer = send(world, key, content)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert answer.json()["errors"][0]["pointer"].startswith("body")


@pytest.mark.parametrize("key", names(WITH_BODY))
def test_every_field_of_a_wrong_type_is_named(world: World, key: tuple[str, str]) -> None:
    body = WITH_BODY[key].body
    assert body is not None
    for name in body(world.ids):
        for wrong in (7, [], SOME, None, True, "\ud800"):
            if any(wrong == one and type(wrong) is type(one) for one in RIGHT.get(name, [])):
                continue
            content = json.dumps(body(world.ids) | {name: wrong}).encode()
            answer = send(world, key, content)
            assert answer.status_code == 422, (name, wrong, answer.text)
            named = [one["pointer"] for one in answer.json()["errors"]]
            assert any(f"{one}/".startswith(f"body/{name}/") for one in named)


@pytest.mark.parametrize("key", names(WITH_BODY))
@pytest.mark.parametrize("is_announced", [True, False])
def test_a_body_over_a_megabyte_is_too_large(
    world: World, key: tuple[str, str], is_announced: bool
) -> None:
    body = b'{"brief": "' + b"x" * MEGABYTE + b'"}'
    answer = send(world, key, body if is_announced else iter([body[:1000], body[1000:]]))
    assert (answer.status_code, told(answer)["code"]) == (413, "too_large")


@pytest.mark.parametrize("key", names(WITH_BODY))
def test_a_form_is_no_json(world: World, key: tuple[str, str]) -> None:
    body = WITH_BODY[key].body
    assert body is not None
    content = json.dumps(body(world.ids)).encode()
    answer = send(world, key, content, **{"content-type": "text/plain"})
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["feature_name", "brief", "pipeline", "executor"])
@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\x00" * 50, "x" * 70_000, "\u202e", " "])
def test_a_launch_with_hard_text_is_cleaned_or_refused(world: World, name: str, text: str) -> None:
    body = launch_body(world.ids)
    answer = world.post("/sessions", body | {name: text})
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["code"] == "invalid_input"


def test_what_a_launch_carries_along_may_be_any_json(world: World) -> None:
    body = launch_body(world.ids)
    for extra in ({"a\x00": "\x00"}, {"n": 10**30}, {"deep": [[[[1]]]]}, {}):
        assert world.post("/sessions", body | {"input": extra}).status_code == 201
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    answer = world.post("/sessions", body | {"input": {"deep": deep}})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("key", names(key for key in OPERATIONS if "_id}" in key[1]))
def test_an_id_that_is_none_is_refused(world: World, key: tuple[str, str]) -> None:
    operation = OPERATIONS[key]
    path = operation.path(world.ids)
    for one in vars(world.ids).values():
        path = path.replace(str(one), "not-an-id")
    json_body = operation.body(world.ids) if operation.body else None
    answer = world.client.request(key[0], f"/api{path}", headers=world.token(), json=json_body)
    assert (answer.status_code, told(answer)["code"]) == (400, "invalid_input")


@pytest.mark.parametrize(
    "query",
    [
        "status=unknown",
        "status=active&status=error",
        "limit=0",
        "limit=101",
        "limit=x",
        "since=yesterday",
        "since=2026-11-22T09:00:00",
        "team_id=x",
        "cursor=x",
        "cursor=%00",
        "cursor=YXVkaXR8MQ",
        "cursor=" + "a" * 201,
        "cursor=é",
        "text=" + "a" * 201,
    ],
)
def test_a_query_that_means_nothing_is_refused(world: World, query: str) -> None:
    answer = world.get(f"/sessions?{query}")
    assert (answer.status_code, told(answer)["status"]) == (400, 400)


@pytest.mark.parametrize("text", ["%00", "a%00b", "%25", "'", "(", "&", "!", ":*", "%F0%9F%98%80"])
@pytest.mark.parametrize("path", ["/sessions?text=", "/audit?team_id={team}&text="])
def test_a_search_for_anything_is_a_search(world: World, path: str, text: str) -> None:
    assert world.get(path.format(team=world.ids.team) + text).status_code == 200


@pytest.mark.parametrize("role", ["%00", "x%00", "%20", "A", "é", "a" * 60])
def test_a_name_that_no_role_can_have(world: World, role: str) -> None:
    assert world.get(f"/sessions?role={role}").status_code == 422
    assert world.get(f"/profiles/{role}").status_code in (400, 404)


@pytest.mark.parametrize(
    "key", ["", "x", "1", "é", "0" * 40, "1d8ef27c-4ab7-4dc3-bb94-bfda34df616"]
)
def test_a_key_that_is_no_uuid_is_refused(world: World, key: str) -> None:
    body = launch_body(world.ids)
    headers: Any = {"idempotency-key": key.encode()}
    answer = world.client.post("/api/sessions", json=body, headers=world.token() | headers)
    assert (answer.status_code, told(answer)["code"]) == (400, "invalid_input")


def test_what_was_sent_is_not_repeated(client: TestClient) -> None:
    sent = {"user_name": "mara", "email": 7, "password": ["a secret of mine"]}
    answer = client.post("/api/auth/signup", json=sent)
    assert answer.status_code == 422
    assert "secret" not in answer.text


def test_a_method_that_an_address_does_not_have_is_told_those_that_it_has(world: World) -> None:
    paths = world.client.get("/api/openapi.json").json()["paths"]
    for path, operations in paths.items():
        answer = world.client.request("BREW", "/api" + path, headers=world.token())
        assert (answer.status_code, told(answer)["code"]) == (405, "method_not_allowed")
        assert {name.upper() for name in operations} <= set(answer.headers["allow"].split(", "))


def test_a_problem_is_found_by_the_trace_id_that_the_caller_gave(world: World) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    traced = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    answer = world.client.get("/api/x", headers=traced)
    assert answer.json()["trace_id"] == answer.headers["x-trace-id"] == trace
    answer = world.get("/sessions?limit=0")
    assert answer.json()["trace_id"] == answer.headers["x-trace-id"] != trace


def test_too_many_calls_of_a_token_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_API_READS_PER_MINUTE", "3")
    monkeypatch.setenv("SAGE_API_WRITES_PER_MINUTE", "2")
    get_settings.cache_clear()
    headers = world.token()
    for method, path, free in (("GET", "/teams", 3), ("POST", "/sessions", 2)):
        for _ in range(free):
            answer = world.client.request(method, f"/api{path}", headers=headers)
            assert answer.status_code in (200, 422)
        answer = world.client.request(method, f"/api{path}", headers=headers)
        assert (answer.status_code, told(answer)["code"]) == (429, "too_many_tries")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert world.get("/teams").status_code == 200  # another token has its own


def test_without_redis_nobody_is_let_in_and_nobody_is_signed_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = world.token()
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    get_settings.cache_clear()
    for asking in (headers, {"cookie": "sage_login=" + "a" * 43}):
        answer = world.client.get("/api/teams", headers=asking)
        assert (answer.status_code, told(answer)["code"]) == (503, "redis_unavailable")
        assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (DatabaseUnavailable(), 503, "database_unavailable"),
        (AppError("Something else."), 500, "error"),
    ],
)
def test_what_goes_wrong_below_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, error: AppError, status: int, code: str
) -> None:
    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(reading, "get_outline", fail)
    answer = world.get(f"/sessions/{world.ids.session}")
    assert (answer.status_code, told(answer)["code"]) == (status, code)


def test_a_failure_of_ours_tells_nothing_of_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(reading, "get_outline", fail)
    headers, url = world.token(), f"/api/sessions/{world.ids.session}"
    with pytest.raises(RuntimeError):  # for the server's log
        world.client.get(url, headers=headers)
    silent = TestClient(world.client.app, raise_server_exceptions=False)
    answer = silent.get(url, headers=headers)
    assert (answer.status_code, told(answer)["code"]) == (500, "unforeseen")
    assert "secret" not in answer.text


LISTS = ("sessions", "tasks", "approvals", "audit", "notifications")


@pytest.mark.parametrize("name", ["sessions", "tasks", "approvals"])
def test_a_cursor_goes_on_in_its_own_list_and_in_no_other(world: World, name: str) -> None:
    for _ in range(2):
        launch_pipeline(world.owner, Step("architect", (), Gate("member", "May it begin?")))
    of_team = f"team_id={world.ids.team}&limit=1"
    cursor = world.get(f"/{name}?{of_team}").json()["next_cursor"]
    assert cursor
    answers = {one: world.get(f"/{one}?{of_team}&cursor={cursor}") for one in LISTS}
    assert answers.pop(name).status_code == 200
    refused = {(one.status_code, told(one)["code"]) for one in answers.values()}
    assert refused == {(400, "invalid_cursor")}
