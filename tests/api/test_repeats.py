"""Requests that are sent again with their Idempotency-Key: done once, answered alike."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest

from core.services import idempotency, reading
from core.services.idempotency import Begun
from core.settings import get_settings
from core.signals.wakeups import get_redis
from tests.api.test_bad_requests import told
from tests.api.test_sessions import order
from tests.api.world import World
from tests.factories import in_parallel


@pytest.fixture
def headers(world: World) -> dict[str, str]:
    """A program's token, with a key."""
    return world.token() | {"idempotency-key": str(uuid4())}


def test_the_document_says_which_operations_keep_their_answers(world: World) -> None:
    made = world.client.get("/api/openapi.json").json()
    takes = {
        path
        for path, methods in made["paths"].items()
        for one in methods.get("post", {}).get("parameters", [])
        if one["name"] == "Idempotency-Key"
    }
    posts = {path for path, methods in made["paths"].items() if "post" in methods}
    assert {one for one in posts - takes if not one.startswith("/auth/")} == {
        "/teams/{team_id}/invitations",
        "/teams/{team_id}/webhooks",
        "/ws/tickets",
    }
    launch = made["paths"]["/sessions"]["post"]["responses"]
    assert launch["200"]["content"] == launch["201"]["content"]
    assert "x-keeps-answers" not in str(made)


def sessions_of(world: World) -> int:
    return len(reading.list_sessions(world.owner.principal, team_id=world.ids.team, limit=100))


def test_the_same_request_gets_the_same_bytes_and_says_so(
    world: World, headers: dict[str, str]
) -> None:
    first = world.post("/sessions", order(world), headers=headers)
    again = world.post("/sessions", order(world), headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["idempotency-first-status"] == "201"
    assert again.headers["content-type"] == first.headers["content-type"]


def test_another_body_under_the_key_is_refused(world: World, headers: dict[str, str]) -> None:
    world.post("/sessions", order(world), headers=headers)
    before = sessions_of(world)
    other = world.post("/sessions", order(world, feature_name="Another"), headers=headers)
    assert (other.status_code, told(other)["code"]) == (422, "idempotency_key_reused")
    assert sessions_of(world) == before


def test_a_final_refusal_is_given_again_and_a_passing_one_is_not(
    world: World, headers: dict[str, str]
) -> None:
    path = f"/sessions/{world.ids.session}/resume"
    first, again = (world.post(path, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (422, 422)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    stranger = world.token_of(None) | {"idempotency-key": headers["idempotency-key"]}
    assert world.post(path, headers=stranger).status_code == 404  # another caller's key
    unsigned = {"authorization": "Bearer sage_x", "idempotency-key": str(uuid4())}
    assert "idempotency-replayed" not in world.post(path, headers=unsigned).headers


def test_a_request_that_is_being_worked_on_says_when_to_come_again(
    world: World, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Begun] = []

    def hold(begun: Begun, *answer: Any) -> Any:
        kept.append(begun)
        again = world.post("/sessions", order(world), headers=headers)
        assert (again.status_code, told(again)["code"]) == (409, "still_running")
        assert int(again.headers["retry-after"]) >= 1
        return keep(begun, *answer)

    keep = idempotency.keep
    monkeypatch.setattr(idempotency, "keep", hold)
    assert world.post("/sessions", order(world), headers=headers).status_code == 201
    assert len(kept) == 1


def test_of_many_at_once_one_launches_though_redis_forgets(
    world: World, headers: dict[str, str]
) -> None:
    before = sessions_of(world)

    def send(number: int) -> Any:
        if number % 10 == 0:
            get_redis(get_settings().redis_url or "").flushall()
        return world.client.post("/api/sessions", json=order(world), headers=headers)

    found = in_parallel(50, send)
    assert {one.status_code for one in found} <= {200, 201, 409, 429}
    assert len([one for one in found if one.status_code == 201]) == 1
    assert sessions_of(world) == before + 1


def test_a_run_that_died_is_found_by_the_next_one(
    world: World, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sessions_of(world)
    monkeypatch.setenv("SAGE_IDEMPOTENCY_LOCK_SECONDS", "1")
    get_settings.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "keep", _die)
        patch.setattr(idempotency, "forget", lambda begun: None)
        with pytest.raises(RuntimeError, match="died"):
            world.post("/sessions", order(world), headers=headers)
    assert sessions_of(world) == before + 1
    until = time.monotonic() + 10
    again = world.client.post("/api/sessions", json=order(world), headers=headers)
    while again.status_code == 409:
        assert time.monotonic() < until, "the run that died holds the key for ever"
        time.sleep(0.1)
        again = world.client.post("/api/sessions", json=order(world), headers=headers)
    assert again.status_code == 201
    assert sessions_of(world) == before + 1


def _die(*given: Any) -> Any:
    raise RuntimeError("died")


def test_an_answer_with_a_secret_is_kept_for_nobody(world: World, headers: dict[str, str]) -> None:
    path = f"/teams/{world.ids.team}/invitations"
    first = world.post(path, {"name_or_email": "one@example.org"}, headers=headers)
    again = world.post(path, {"name_or_email": "one@example.org"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 409)
    assert "idempotency-replayed" not in again.headers


def test_a_body_over_a_megabyte_is_refused_with_a_key_too(
    world: World, headers: dict[str, str]
) -> None:
    def parts() -> Any:
        for _ in range(40):
            yield b" " * 65_536

    answer = world.client.post("/api/sessions", content=parts(), headers=headers)
    assert answer.status_code == 413
