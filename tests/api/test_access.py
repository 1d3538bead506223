"""Who may do what over the API: every operation, by role, scope, team, login and origin."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from core.domain.access import SCOPES, Scope, TeamRole, is_allowed, scopes_allow
from core.services import signing_in, teams, tokens
from tests.api.operations import FOR_ADMINISTRATORS, FOR_PERSONS, NAMING, OPERATIONS, Operation
from tests.api.world import FOREIGN, OWN, Ids, World, never_were

Key = tuple[str, str]


def names(keys: Any) -> list[Any]:
    return [pytest.param(key, id=" ".join(key)) for key in keys]


def call(
    world: World, key: Key, headers: dict[str, str], ids: Ids | None = None, **options: Any
) -> Any:
    operation = OPERATIONS[key]
    named = ids or world.ids
    if operation.is_of_an_agent:
        named = claimed_by(world, headers, named)
    if operation.body is not None:
        options["json"] = operation.body(named)
    return world.client.request(key[0], f"/api{operation.path(named)}", headers=headers, **options)


def claimed_by(world: World, headers: dict[str, str], ids: Ids) -> Ids:
    """Return the ids with a task that the caller has just claimed, as far as they may."""
    wanted = {"team_id": str(ids.team)}
    answer = world.client.post("/api/tasks/claim", json=wanted, headers=headers)
    return replace(ids, task=answer.json()["task_id"]) if answer.status_code == 200 else ids


def is_write(operation: Operation) -> bool:
    return operation.action is not None and not is_allowed(TeamRole.VIEWER, operation.action)


@pytest.mark.parametrize("key", names(OPERATIONS))
def test_the_owners_token_may_do_everything(world: World, key: Key) -> None:
    OPERATIONS[key].needs(world)
    answer = call(world, key, world.token())
    assert answer.status_code == OPERATIONS[key].status, answer.text
    assert answer.headers["cache-control"].endswith("no-store")


@pytest.mark.parametrize("key", names(key for key in OPERATIONS if key[0] == "GET"))
def test_in_an_archived_team_everything_is_read(world: World, key: Key) -> None:
    OPERATIONS[key].needs(world)
    teams.archive_team(world.owner.principal, world.ids.team)
    assert call(world, key, world.token()).status_code == OPERATIONS[key].status


def test_a_webhook_of_an_archived_team_is_disabled_and_deleted(world: World) -> None:
    path = f"/api/teams/{world.ids.team}/webhooks/{world.ids.webhook}"
    teams.archive_team(world.owner.principal, world.ids.team)
    asked = {"headers": world.token()}
    assert world.client.patch(path, json={"is_enabled": True}, **asked).status_code == 409
    answer = world.client.patch(path, json={"is_enabled": False}, **asked)
    assert (answer.status_code, bool(answer.json()["disabled_at"])) == (200, True)
    assert world.client.delete(path, **asked).status_code == 204


@pytest.mark.parametrize(
    "key", names(OPERATIONS | dict.fromkeys(sorted(FOR_PERSONS | FOR_ADMINISTRATORS)))
)
def test_without_a_token_nobody_does_anything(world: World, key: Key) -> None:
    path = "/api" + re.sub(r"\{\w+\}", "1", key[1])
    answer = world.client.request(key[0], path)
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert answer.headers["www-authenticate"] == 'Bearer realm="Sage Mode"'
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer sage_" + "a" * 43,
        "Bearer sage_" + "a" * 10_000,
        "Basic YTpi",
        "sage_" + "a" * 43,
        "",
    ],
)
def test_a_forged_token_opens_nothing(world: World, header: str) -> None:
    for key in (("GET", "/auth/me"), ("GET", "/sessions/{session_id}"), ("POST", "/sessions")):
        answer = call(world, key, {"authorization": header})
        assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_beside_a_token_no_cookie_counts(world: World) -> None:
    world.client.cookies.set("sage_login", login(world.client))
    answer = world.client.get("/api/auth/me", headers={"authorization": "Bearer x"})
    assert answer.status_code == 401


@pytest.mark.parametrize("key", names(NAMING))
@pytest.mark.parametrize("who", ["stranger", "token of another team"])
def test_what_is_foreign_is_as_if_it_had_never_been(world: World, key: Key, who: str) -> None:
    OPERATIONS[key].needs(world)
    headers = world.token_of(None) if who == "stranger" else world.bound_elsewhere()
    foreign = call(world, key, headers)
    nothing = call(world, key, headers, never_were())
    assert (foreign.status_code, nothing.status_code) == (404, 404)
    assert told(foreign) == told(nothing)
    assert {name for name, _ in foreign.headers.items()} == set(nothing.headers)


def told(answer: Any) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert len(body.pop("trace_id")) == 32
    return body


@pytest.mark.parametrize("key", names(NAMING))
@pytest.mark.parametrize("role", [TeamRole.VIEWER, TeamRole.MEMBER])
def test_each_role_does_what_the_table_allows_it(world: World, key: Key, role: TeamRole) -> None:
    operation = OPERATIONS[key]
    operation.needs(world)
    answer = call(world, key, world.token_of(role))
    assert operation.action is not None
    if is_allowed(role, operation.action):
        assert answer.status_code == operation.status, answer.text
    else:
        assert (answer.status_code, told(answer)["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("key", names(NAMING))
@pytest.mark.parametrize("scope", Scope)
def test_each_scope_opens_what_it_is_for(world: World, key: Key, scope: Scope) -> None:
    operation = OPERATIONS[key]
    operation.needs(world)
    answer = call(world, key, world.token(scopes=[scope]))
    assert operation.action is not None
    if scopes_allow([scope], operation.action):
        assert answer.status_code == operation.status, answer.text
    else:
        assert (answer.status_code, told(answer)["code"]) == (403, "not_allowed")


def test_every_action_of_the_api_needs_a_scope() -> None:
    assert all(any(o.action in SCOPES[s] for s in Scope) for o in NAMING.values())


@pytest.mark.parametrize("key", names(OPERATIONS))
def test_a_login_opens_the_api_to_our_own_pages(world: World, key: Key) -> None:
    OPERATIONS[key].needs(world)
    world.client.cookies.set("sage_login", login_of_the_owner(world))
    answer = call(world, key, OWN)
    assert answer.status_code == OPERATIONS[key].status, answer.text


@pytest.mark.parametrize("key", names(OPERATIONS))
@pytest.mark.parametrize(
    "headers",
    [FOREIGN, {"origin": "null"}, FOREIGN | {"sec-fetch-site": "same-origin"}],
    ids=["foreign", "null", "forged"],
)
def test_another_site_gets_nothing_by_the_cookie(
    world: World, key: Key, headers: dict[str, str]
) -> None:
    OPERATIONS[key].needs(world)
    world.client.cookies.set("sage_login", login_of_the_owner(world))
    answer = call(world, key, headers)
    assert (answer.status_code, told(answer)["code"]) == (403, "foreign_origin")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "key", names(key for key, operation in OPERATIONS.items() if key[0] != "GET")
)
@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}], ids=str)
def test_a_write_by_cookie_shows_that_it_is_ours(
    world: World, key: Key, headers: dict[str, str]
) -> None:
    OPERATIONS[key].needs(world)
    world.client.cookies.set("sage_login", login_of_the_owner(world))
    answer = call(world, key, headers)
    assert (answer.status_code, told(answer)["code"]) == (403, "foreign_origin")


def test_a_program_with_a_token_needs_no_origin(world: World) -> None:
    for origin in ({}, FOREIGN):
        assert call(world, ("POST", "/sessions"), world.token() | origin).status_code == 201


def test_a_forged_cookie_opens_nothing(world: World) -> None:
    for cookie in ("", "x", "a" * 43, "é"):
        headers = OWN | {"cookie": f"sage_login={cookie}".encode()}
        answer = world.client.get("/api/auth/me", headers=headers)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_a_revoked_token_opens_nothing_any_more(world: World) -> None:
    headers = world.token()
    assert call(world, ("GET", "/auth/me"), headers).status_code == 200
    (token,) = tokens.list_tokens(world.owner.principal)
    tokens.revoke_token(world.owner.principal, token.id)
    assert call(world, ("GET", "/auth/me"), headers).status_code == 401


def test_a_token_makes_no_team(world: World) -> None:
    answer = world.post("/teams", {"name": "Another"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/x",
        "/%0a",
        "/x%0ay",
        "/%0a/_stcore/health",
        "/_stcore/stream",
        "/sessions/",
        "/v1/sessions",
        "/sessions/x/y/z",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_not_found_whoever_asks(
    client: TestClient, path: str, method: str
) -> None:
    answer = client.request(method, f"http://testserver/api{path}", headers=OWN)
    assert (answer.status_code, told(answer)["code"]) == (404, "not_found")


def test_strangers_and_unknown_ids_of_a_launch_key_share_nothing(world: World) -> None:
    headers = {"idempotency-key": str(uuid4())}
    body = OPERATIONS["POST", "/sessions"].body
    assert body is not None
    first = world.post("/sessions", body(world.ids), headers=headers)
    other = world.client.post(
        "/api/sessions", json=body(world.ids), headers=world.token_of(None) | headers
    )
    assert (first.status_code, other.status_code) == (201, 404)


def login(client: TestClient) -> str:
    signing_in.sign_up("alice", "alice@example.org", "correct horse battery")
    ticket = signing_in.sign_in(
        "alice", "correct horse battery", address="127.0.0.1", agent="a browser"
    )
    return signing_in.redeem_ticket(ticket)


def login_of_the_owner(world: World) -> str:
    ticket = signing_in.issue_ticket(world.owner.user, address="127.0.0.1", agent="a browser")
    return signing_in.redeem_ticket(ticket)
