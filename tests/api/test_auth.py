"""Signing up, in and out over the API."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from core.domain.access import Scope
from core.services import signing_in
from core.settings import get_settings
from tests.api.test_access import told
from tests.api.world import FOREIGN, OWN, World
from tests.web.browser import PASSWORD

MARA = {"user_name": "mara", "email": "mara@example.org", "password": PASSWORD}


def sign_up(client: TestClient, **changes: Any) -> Any:
    return client.post("/api/auth/signup", json=MARA | changes)


def sign_in(
    client: TestClient, name: str = "mara", password: str = PASSWORD, **headers: str
) -> Any:
    body = {"name": name, "password": password}
    return client.post("/api/auth/login", json=body, headers=headers)


def test_from_signing_up_to_signing_out(client: TestClient) -> None:
    made = sign_up(client)
    assert made.status_code == 201
    assert made.json()["user_name"] == "mara"
    assert "set-cookie" not in made.headers
    answer = sign_in(client, **OWN)
    assert answer.status_code == 200
    assert answer.json() == made.json() | {"token": None}
    assert client.get("/api/auth/me").json() == answer.json()
    (team,) = client.get("/api/teams").json()["items"]
    assert (team["name"], team["is_shared"]) == ("mara", False)
    cookie = client.cookies["sage_login"]
    gone = client.post("/api/auth/logout", headers=OWN)
    assert (gone.status_code, gone.content) == (204, b"")
    assert "Max-Age=0" in gone.headers["set-cookie"]
    client.cookies.set("sage_login", cookie)
    assert client.get("/api/auth/me").status_code == 401


def test_a_person_makes_a_team(client: TestClient) -> None:
    sign_up(client)
    sign_in(client, **OWN)
    answer = client.post("/api/teams", json={"name": "Checkout", "is_shared": True}, headers=OWN)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/teams/{answer.json()['id']}"
    detail = client.get(answer.headers["location"]).json()
    assert (detail["role"], detail["may_manage"]) == ("owner", True)
    again = client.post("/api/teams", json={"name": "Checkout"}, headers=OWN)
    assert (again.status_code, told(again)["code"]) == (409, "conflict")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    sign_up(client)
    name, *attributes = sign_in(client).headers["set-cookie"].split("; ")
    assert name.startswith("sage_login=")
    assert set(attributes) == {"HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=lax"}


def test_under_https_the_cookie_is_bound_to_the_host(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(client)
    monkeypatch.setenv("SAGE_PUBLIC_URL", "https://testserver")
    get_settings.cache_clear()
    name, *attributes = (
        sign_in(client, origin="https://testserver").headers["set-cookie"].split("; ")
    )
    assert name.startswith("__Host-sage_login=")
    assert {"Secure", "Path=/", "HttpOnly"} <= set(attributes)


def test_a_second_sign_in_ends_the_former_login(client: TestClient) -> None:
    sign_up(client)
    sign_in(client, **OWN)
    former = client.cookies["sage_login"]
    sign_in(client, **OWN)
    assert client.cookies["sage_login"] != former
    assert signing_in.find_login(former) is None


def test_a_wrong_password_is_told_as_an_unknown_name_is(client: TestClient) -> None:
    sign_up(client)
    wrong, unknown = sign_in(client, password="wrong" * 4), sign_in(client, name="nobody")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_password")
    assert told(wrong) == told(unknown)
    assert "set-cookie" not in wrong.headers


def test_guessing_has_to_wait(client: TestClient) -> None:
    sign_up(client)
    found = [sign_in(client, password="wrong" * 4).status_code for _ in range(7)]
    assert found[:5] == [401] * 5
    assert found[-1] == 429


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"user_name": "x"}, 422, "invalid_input"),
        ({"user_name": "\x00\x00\x00"}, 422, "invalid_input"),
        ({"email": "x"}, 422, "invalid_input"),
        ({"password": "short"}, 422, "invalid_input"),
        ({"password": "password1234"}, 422, "invalid_input"),
        ({"password": "x" * 2000}, 422, "invalid_input"),
        ({"is_administrator": True}, 422, "invalid_input"),
    ],
)
def test_an_account_that_cannot_be(
    client: TestClient, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = sign_up(client, **changes)
    assert (answer.status_code, told(answer)["code"]) == (status, code)


def test_a_name_is_taken_once(client: TestClient) -> None:
    sign_up(client)
    answer = sign_up(client)
    assert (answer.status_code, told(answer)["code"]) == (409, "conflict")


def test_where_nobody_signs_up_it_is_closed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_SIGN_UP_OPEN", "false")
    get_settings.cache_clear()
    answer = sign_up(client)
    assert (answer.status_code, told(answer)["code"]) == (403, "sign_up_closed")


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({}, True),  # a program
        (OWN, True),
        ({"sec-fetch-site": "same-origin"}, True),
        (FOREIGN, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
    ],
)
def test_another_site_signs_nobody_in_or_up(
    client: TestClient, headers: dict[str, str], is_ours: bool
) -> None:
    signing_in.sign_up("mara", "mara@example.org", PASSWORD)
    answer = sign_in(client, **headers)
    assert answer.status_code == (200 if is_ours else 403)
    client.cookies.clear()
    other = MARA | {"user_name": "ben", "email": "ben@example.org"}
    answer = client.post("/api/auth/signup", json=other, headers=headers)
    assert answer.status_code == (201 if is_ours else 403)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (FOREIGN, 403),
        ({}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        (FOREIGN | {"authorization": "Bearer x"}, 204),  # no browser sends that unasked
    ],
)
def test_another_site_signs_nobody_out(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    sign_up(client)
    sign_in(client, **OWN)
    answer = client.post("/api/auth/logout", headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (status, False)
    assert client.get("/api/auth/me").status_code == 200


def test_signing_out_without_a_login_is_no_error(client: TestClient) -> None:
    assert client.post("/api/auth/logout", headers=OWN).status_code == 204


def test_a_token_tells_what_it_is_for(world: World) -> None:
    headers = world.token(scopes=[Scope.READ, Scope.LAUNCH], team_id=world.ids.team)
    found = world.client.get("/api/auth/me", headers=headers).json()
    assert found["id"] == str(world.owner.user.id)
    assert found["token"] == {"scopes": ["launch", "read"], "team_id": str(world.ids.team)}


def test_without_redis_nobody_signs_in(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    get_settings.cache_clear()
    answer = sign_in(client)
    assert (answer.status_code, told(answer)["code"]) == (503, "redis_unavailable")
