"""Notifications over the API: sent, listed, read."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from core.domain.access import SYSTEM, TeamRole
from core.services import notifying
from tests.api.world import World
from tests.factories import add_member, make_someone


def send(world: World, **changes: object) -> object:
    body = {"team_id": str(world.ids.team), "target": "team", "message": "Look at this."}
    return world.post("/notifications", body | changes)


def test_a_message_is_sent_and_read(world: World) -> None:
    other = make_someone()
    add_member(world.ids.team, other.user, TeamRole.VIEWER)
    answer = world.post(
        "/notifications",
        {
            "target": other.user.user_name,
            "message": "Look at this.",
            "priority": "high",
            "session_id": str(world.ids.session),
        },
    )
    assert answer.status_code == 201
    assert answer.json() == {
        "team_id": str(world.ids.team),
        "recipients": [other.user.user_name],
    }
    headers = world.token(other.principal)
    (item,) = world.client.get("/api/notifications", headers=headers).json()["items"]
    assert (item["message"], item["priority"], item["read_at"]) == ("Look at this.", "high", None)
    path = f"/api/notifications/{item['id']}/read"
    assert world.client.post(path, headers=headers).json()["read_at"] is not None
    assert world.client.get("/api/notifications?unread=true", headers=headers).json() == {
        "items": [],
        "unread": 0,
        "next_cursor": None,
    }


def test_what_others_were_told_is_not_found(world: World) -> None:
    headers = world.token_of(TeamRole.MEMBER)
    for unknown in (world.ids.notification, uuid4()):
        answer = world.client.post(f"/api/notifications/{unknown}/read", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({"target": "nobody"}, 404, id="nobody"),
        pytest.param({"target": " "}, 422, id="no target"),
        pytest.param({"message": " "}, 422, id="no message"),
        pytest.param({"message": "x" * 2001}, 422, id="too long"),
        pytest.param({"priority": "urgent"}, 422, id="no priority"),
        pytest.param({"sender": "the owner"}, 422, id="forged sender"),
        pytest.param({"session_id": str(UUID(int=7))}, 404, id="no session"),
    ],
)
def test_what_cannot_be_sent_is_refused(
    world: World, changes: dict[str, object], status: int
) -> None:
    assert send(world, **changes).status_code == status  # type: ignore[attr-defined]


def test_a_repeated_request_sends_one_message(world: World) -> None:
    body = {"team_id": str(world.ids.team), "target": "team", "message": "Once."}
    headers = world.token() | {"idempotency-key": str(uuid4())}
    first, again = (
        world.client.post("/api/notifications", json=body, headers=headers) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    messages = [one.message for one in notifying.list_notices(world.owner.principal).items]
    assert messages.count("Once.") == 1


def test_pages_are_read_on_with_their_cursor(world: World) -> None:
    for number in range(4):
        notifying.notify(SYSTEM, "role:owner", str(number), team_id=world.ids.team)
    shown, cursor = [], ""
    while True:
        page = world.get(f"/notifications?limit=2{cursor}").json()
        shown += [one["message"] for one in page["items"]]
        assert page["unread"] == 5
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert shown == ["3", "2", "1", "0", "Look at this."]


@pytest.mark.parametrize("cursor", ["x", "YXVkaXR8MQ", "bm90aWZpY2F0aW9ufHg"])
def test_a_cursor_that_was_not_given_out_is_refused(world: World, cursor: str) -> None:
    assert world.get(f"/notifications?cursor={cursor}").status_code == 400


def test_everything_up_to_one_is_marked(world: World) -> None:
    for number in range(3):
        notifying.notify(SYSTEM, "role:owner", str(number), team_id=world.ids.team)
    items = world.get("/notifications").json()["items"]
    answer = world.post("/notifications/read", {"until": items[1]["id"]})
    assert answer.json() == {"marked": 3}
    assert world.get("/notifications").json()["unread"] == 1
