"""Requests that are sent again with their Idempotency-Key: done once, answered alike."""

from __future__ import annotations

import json
import time
from base64 import b85decode
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from core.services import idempotency, reading, signing_in
from core.services.idempotency import Begun
from core.settings import get_settings
from core.signals.wakeups import get_redis
from tests.api.test_access import login_of_the_owner
from tests.api.test_bad_requests import told
from tests.api.test_sessions import order
from tests.api.world import OWN, World
from tests.factories import in_parallel, make_someone


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
    assert posts - takes == {"/auth/signup", "/auth/login", "/auth/logout", "/ws/tickets"}
    for path in posts:
        said = "keeps nothing here" in made["paths"][path]["post"]["description"]
        assert said == (path not in takes)
    launch = made["paths"]["/sessions"]["post"]["responses"]
    assert launch["200"]["content"] == launch["201"]["content"]
    assert "x-repeated" not in str(made)


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


def decision(world: World) -> tuple[str, dict[str, Any]]:
    told_by = {"text": "Use PostgreSQL.", "rationale": "It is there.", "category": "data"}
    return f"/sessions/{world.ids.session}/decisions", told_by | {"confidence": "high"}


def webhook(world: World) -> tuple[str, dict[str, Any]]:
    about = {"url": "https://example.org/other", "kinds": ["session.failed"]}
    return f"/teams/{world.ids.team}/webhooks", about


def link(world: World) -> tuple[str, dict[str, Any]]:
    return f"/teams/{world.ids.team}/invitations", {"name_or_email": "one@example.org"}


def invitation(world: World) -> tuple[str, dict[str, Any]]:
    path, _ = link(world)
    return path, {"name_or_email": make_someone().user.user_name}


def team(world: World) -> tuple[str, dict[str, Any]]:
    return "/teams", {"name": "Checkout"}


Make = Callable[[World], tuple[str, dict[str, Any]]]
MAKES: dict[str, tuple[Make, str]] = {
    "session": (lambda world: ("/sessions", order(world)), "execution_sessions"),
    "decision": (decision, "session_decisions"),
    "webhook": (webhook, "webhooks"),
    "link": (link, "team_invitations"),
    "invitation": (invitation, "team_invitations"),
    "team": (team, "teams"),
}
SECRETS = {"webhook": "secret", "link": "link"}


def asking_of(world: World, name: str) -> dict[str, str]:
    """Return who asks: for a team a person, as no token makes one."""
    if name != "team":
        return world.token()
    return {**OWN, "cookie": f"{signing_in.cookie_name()}={login_of_the_owner(world)}"}


def rows_of(db: Connection, table: str) -> int:
    with db.begin():
        return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.mark.parametrize("dies_after", ["the act", "keeping"])
@pytest.mark.parametrize("name", MAKES)
def test_a_run_that_died_is_found_by_the_next_one(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch, name: str, dies_after: str
) -> None:
    make, table = MAKES[name]
    path, body = make(world)
    headers = asking_of(world, name) | {"idempotency-key": str(uuid4())}
    before = rows_of(db, table)
    monkeypatch.setenv("SAGE_IDEMPOTENCY_LOCK_SECONDS", "1")
    get_settings.cache_clear()
    heard: list[Any] = []
    keep = idempotency.keep

    def die(*given: Any) -> Any:
        heard.append(json.loads(given[3]))
        if dies_after == "keeping":
            keep(*given)
        raise RuntimeError("died")

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "keep", die)
        patch.setattr(idempotency, "forget", lambda begun: None)
        with pytest.raises(RuntimeError, match="died"):
            world.client.post(f"/api{path}", json=body, headers=headers)
    redis = get_redis(get_settings().redis_url or "")
    redis.delete("none", *redis.scan_iter("sage:answer:*"))  # without the logins
    until = time.monotonic() + 10
    again = world.client.post(f"/api{path}", json=body, headers=headers)
    while again.status_code == 409 and told(again)["code"] == "still_running":
        assert time.monotonic() < until, "the run that died holds the key for ever"
        time.sleep(0.1)
        again = world.client.post(f"/api{path}", json=body, headers=headers)
    assert again.status_code == (201 if dies_after == "the act" else 200)
    same = ["id", *([SECRETS[name]] if name in SECRETS else [])]
    (first,) = heard
    assert [again.json()[one] for one in same] == [first[one] for one in same]
    assert all(first[one] for one in same)
    assert rows_of(db, table) == before + 1


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("is_flushed", [False, True], ids=["by redis", "by the database"])
def test_an_answer_with_a_secret_is_given_again_and_kept_sealed(
    world: World, db: Connection, headers: dict[str, str], name: str, is_flushed: bool
) -> None:
    path, body = MAKES[name][0](world)
    redis = get_redis(get_settings().redis_url or "")
    first = world.post(path, body, headers=headers)
    secret = first.json()[SECRETS[name]].rstrip("=")[-20:].encode()
    (kept,) = [redis.get(one) for one in redis.scan_iter("sage:answer:*")]
    with db.begin():
        stored = bytes(db.execute(text("SELECT body FROM idempotency_keys")).scalar_one())
    assert secret not in stored
    assert secret not in b85decode(json.loads(kept)["body"])
    if is_flushed:
        redis.flushall()
    again = world.post(path, body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"


def test_a_secret_that_cannot_be_unsealed_any_more_is_not_made_again(
    world: World, db: Connection, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, body = link(world)
    assert world.post(path, body, headers=headers).status_code == 201
    before = rows_of(db, "team_invitations")
    monkeypatch.setenv("SAGE_WEBHOOK_KEY", "another key, of somebody who changed it")
    get_settings.cache_clear()
    again = world.post(path, body, headers=headers)
    assert (again.status_code, told(again)["code"]) == (409, "conflict")
    assert rows_of(db, "team_invitations") == before


def test_a_key_that_is_no_uuid_is_refused_by_every_post_alike(world: World) -> None:
    made = world.client.get("/api/openapi.json").json()
    ids = asdict(world.ids)
    named = {f"{name}_id": str(value) for name, value in ids.items()}
    refused = set()
    for path, methods in made["paths"].items():
        if "post" not in methods:
            continue
        address = "/api" + path.format_map(defaultdict(lambda: str(uuid4()), named))
        asked = world.token() | {"idempotency-key": "1"}
        answer = world.client.post(address, json={}, headers=asked)
        said = told(answer)
        refused.add((answer.status_code, said["code"], said["detail"], said["hint"]))
        assert answer.status_code == 400, path
    assert len(refused) == 1
    assert refused.pop()[2] == "The Idempotency-Key is not a UUID."


def test_a_body_over_a_megabyte_is_refused_with_a_key_too(
    world: World, headers: dict[str, str]
) -> None:
    def parts() -> Any:
        for _ in range(40):
            yield b" " * 65_536

    answer = world.client.post("/api/sessions", content=parts(), headers=headers)
    assert answer.status_code == 413
