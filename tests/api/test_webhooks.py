"""Webhooks over the API: added, changed, tested, deleted."""

from __future__ import annotations

import pytest

from tests.api.world import World

KINDS = ["session.failed"]


def path(world: World) -> str:
    return f"/teams/{world.ids.team}/webhooks"


def test_a_webhook_from_beginning_to_end(world: World) -> None:
    made = world.post(path(world), {"url": "https://example.org/new", "kinds": KINDS})
    assert made.status_code == 201
    hook = made.json()
    assert hook.pop("secret").startswith("whsec_")
    one = made.headers["location"].removeprefix("/api")
    assert one == f"{path(world)}/{hook['id']}"
    assert world.get(one).json() == hook
    assert [item["id"] for item in world.get(path(world)).json()["items"]] == [
        str(world.ids.webhook),
        hook["id"],
    ]
    ping = world.post(f"{one}/ping")
    assert (ping.status_code, ping.json()["kind"], ping.json()["status"]) == (
        202,
        "ping",
        "pending",
    )
    assert world.get(f"{one}/deliveries").json()["items"] == [ping.json()]
    again = world.post(f"{one}/deliveries/{ping.json()['id']}/redeliver")
    assert again.json()["id"] == ping.json()["id"]
    headers = world.token()
    changed = world.client.patch(
        f"/api{one}", json={"kinds": ["session.finished"], "is_enabled": False}, headers=headers
    ).json()
    assert changed["kinds"] == ["session.finished"]
    assert changed["disabled_at"] is not None
    refused = world.post(f"{one}/ping")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert world.client.delete(f"/api{one}", headers=headers).status_code == 204
    assert world.get(one).status_code == 404


def test_the_secret_is_told_to_nobody_again(world: World) -> None:
    headers = {"idempotency-key": "4a1a7f0e-9d7a-4a3e-8d43-0b9d6f9b1c11"}
    body = {"url": "https://example.org/new", "kinds": KINDS}
    first, second = (world.post(path(world), body, headers=headers).json() for _ in range(2))
    assert first["secret"] != second["secret"]  # a secret is kept for no repetition
    assert "secret" not in world.get(path(world)).text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"url": "http://example.org/", "kinds": KINDS}, id="plain"),
        pytest.param({"url": "https://example.org/", "kinds": []}, id="no kind"),
        pytest.param({"url": "https://example.org/", "kinds": ["ping"]}, id="unknown kind"),
        pytest.param({"url": "example", "kinds": KINDS}, id="no address"),
        pytest.param({"url": "https://a:b@example.org/", "kinds": KINDS}, id="password"),
        pytest.param({"url": "https://example.org/", "kinds": KINDS, "secret": "x"}, id="secret"),
    ],
)
def test_what_is_no_webhook_is_refused(world: World, body: dict[str, object]) -> None:
    assert world.post(path(world), body).status_code == 422


def test_deliveries_are_read_on_with_their_cursor(world: World) -> None:
    one = f"{path(world)}/{world.ids.webhook}"
    for _ in range(2):
        world.post(f"{one}/ping")
    first = world.get(f"{one}/deliveries?limit=2").json()
    last = world.get(f"{one}/deliveries?limit=2&cursor={first['next_cursor']}").json()
    assert [len(first["items"]), len(last["items"]), last["next_cursor"]] == [2, 1, None]
    assert last["items"][0]["id"] == str(world.ids.delivery)
