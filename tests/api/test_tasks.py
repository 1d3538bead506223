"""What the operations on tasks and artifacts say."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from core.domain.artifact import Artifact
from core.domain.attempt import WorkerIdentity
from core.domain.pipeline import Step
from core.ids import new_id
from core.services import claiming, reading, recording
from core.services.transaction import transact
from tests.api.test_access import told
from tests.api.world import World
from tests.factories import (
    claim,
    complete,
    fail_for_good,
    launch,
    launch_pipeline,
    make_artifact,
    make_someone,
    make_team_of,
    route,
)


def test_a_task_says_what_it_handed_on(world: World) -> None:
    found = world.get(f"/tasks/{world.ids.task}").json()
    assert (found["role"], found["status"]) == ("architect", "completed")
    assert found["output"] == {"components": ["api"]}
    assert found["duration_seconds"] >= 0
    (decision,) = world.get(f"/tasks/{world.ids.task}/decisions").json()["items"]
    assert (decision["text"], decision["task_id"]) == ("A tactical one", str(world.ids.task))


def test_a_task_says_what_it_was_given_and_which_message_led_to_it(world: World) -> None:
    routed = route(world.owner, data={"ticket": 7}, context={"branch": "main"})
    path = f"/tasks/{routed.task.id}"
    ready = world.get(path).json()
    assert (ready["queue_id"], ready["retry_count"], ready["output"]) == (None, 0, None)
    assert ready["input"] == {"data": {"ticket": 7}, "context": {"branch": "main"}}
    worker = WorkerIdentity("host:1")
    claimed = claiming.claim_task(routed.task.id, worker, queue_id="message 1")
    assert claimed is not None
    assert world.get(path).json()["queue_id"] == "message 1"
    recording.fail_attempt(claimed, code="away", message="Away.")
    transact(lambda db: db.execute(text("UPDATE agent_tasks SET due_at = clock_timestamp()")))
    assert claiming.claim_task(routed.task.id, worker, queue_id="message 2")
    again = world.get(path).json()
    assert (again["queue_id"], again["retry_count"], again["failures"]) == ("message 2", 1, 1)


def test_an_attempt_that_never_was_has_no_snapshot(world: World) -> None:
    assert world.get(f"/tasks/{world.ids.task}/snapshot?attempt=1").status_code == 200
    assert world.get(f"/tasks/{world.ids.task}/snapshot?attempt=2").status_code == 404
    ready = world.get(f"/sessions/{world.ids.session}").json()["tasks"][1]["id"]
    assert world.get(f"/tasks/{ready}").json()["output"] is None
    assert world.get(f"/tasks/{ready}/snapshot").status_code == 404


@pytest.mark.parametrize(
    ("artifact", "media_type", "name"),
    [
        (make_artifact("schema"), "application/sql", "schema"),
        (make_artifact("page", media_type="text/html"), "text/html; charset=utf-8", "page"),
        (
            make_artifact("api", media_type="application/vnd.oai.openapi+json;version=3.1"),
            "application/vnd.oai.openapi+json;version=3.1",
            "api",
        ),
        (make_artifact('a"\u00e9/../b'), "application/sql", "a---..-b"),
        (make_artifact("x", media_type="text/html\r\nX: y"), "application/octet-stream", "x"),
    ],
)
def test_an_artifact_is_saved_and_never_shown_in_place(
    world: World, artifact: Artifact, media_type: str, name: str
) -> None:
    session = launch(world.owner)
    complete(claim(world.owner, session, "architect"), artifacts=(artifact,))
    (stored,) = reading.list_artifacts(world.owner.principal, session.id)
    answer = world.get(f"/artifacts/{stored.id}")
    assert answer.text == artifact.body
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["x-content-type-options"] == "nosniff"


def newest_first(tasks: list[dict[str, Any]]) -> list[str]:
    """Return tasks' ids in the order of a list: by time, at one time by id."""
    ordered = sorted(tasks, key=lambda one: (one["created_at"], one["id"]), reverse=True)
    return [one["id"] for one in ordered]


def tasks_of(world: World, session_id: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.get(f"/sessions/{session_id}").json()["tasks"]
    return found


def listed(world: World, query: str = "") -> list[str]:
    answer = world.get(f"/tasks?limit=100{query}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


def test_a_list_has_the_tasks_of_all_sessions_newest_first(world: World) -> None:
    older = tasks_of(world, world.ids.session)
    newer = tasks_of(world, launch(world.owner).id)
    assert listed(world) == [*newest_first(newer), *newest_first(older)]
    assert len({one["created_at"] for one in newer}) == 1
    items = world.get("/tasks?limit=100").json()["items"]
    assert {one["id"]: one for one in items} == {one["id"]: one for one in (*newer, *older)}


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_tasks_are_read_page_by_page_while_new_ones_come(world: World, limit: int) -> None:
    launch(world.owner)
    wanted, found, cursor = listed(world), list[str](), ""
    while True:
        page = world.get(f"/tasks?team_id={world.ids.team}&limit={limit}{cursor}").json()
        assert len(page["items"]) <= limit
        found += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
        route(world.owner)
    assert found == wanted


def test_a_page_of_tasks_has_twenty_unless_it_is_asked_for_more(world: World) -> None:
    for _ in range(3):
        launch(world.owner)
    page = world.get("/tasks").json()
    assert len(page["items"]) == 20
    rest = world.get(f"/tasks?cursor={page['next_cursor']}").json()
    assert (len(rest["items"]), rest["next_cursor"]) == (8, None)


def test_a_list_of_tasks_is_narrowed(world: World) -> None:
    mine = tasks_of(world, world.ids.session)
    failing = launch_pipeline(world.owner, Step("dba"))
    fail_for_good(world.owner, failing, "dba")
    failed = tasks_of(world, failing.id)
    routed = str(route(world.owner).task.id)
    second = make_team_of(world.owner.user)
    elsewhere = tasks_of(world, launch(second).id)
    (dba,) = [one for one in mine if one["role"] == "dba"]
    (elsewhere_dba,) = [one for one in elsewhere if one["role"] == "dba"]
    for query, ids in (
        ("", [*newest_first(elsewhere), routed, *newest_first([*failed, *mine])]),
        (f"&team_id={world.ids.team}", [routed, *newest_first([*failed, *mine])]),
        (f"&team_id={second.team_id}", newest_first(elsewhere)),
        (f"&session_id={world.ids.session}", newest_first(mine)),
        (f"&session_id={world.ids.session}&team_id={second.team_id}", []),
        ("&status=failed", newest_first(failed)),
        ("&status=failed&status=completed", [failed[0]["id"], str(world.ids.task)]),
        ("&status=waiting", []),
        ("&role=scribe", []),
        (f"&role=database_administrator&session_id={world.ids.session}", [dba["id"]]),
        (f"&role=dba&team_id={second.team_id}", [elsewhere_dba["id"]]),
    ):
        assert listed(world, query) == ids, query


@pytest.mark.parametrize("name", ["team_id", "session_id"])
def test_tasks_of_a_foreign_team_or_session_are_not_found(world: World, name: str) -> None:
    stranger = make_someone()
    foreign = {"team_id": stranger.team_id, "session_id": launch(stranger).id}[name]
    for one in (foreign, new_id()):
        answer = world.get(f"/tasks?{name}={one}")
        assert (answer.status_code, told(answer)["code"]) == (404, "not_found")
    assert str(foreign) not in world.get("/tasks?limit=100").text


def test_a_token_of_one_team_lists_no_tasks_of_another(world: World) -> None:
    headers = world.bound_elsewhere()
    assert world.client.get("/api/tasks", headers=headers).json()["items"] == []
    path = f"/api/tasks?session_id={world.ids.session}"
    assert world.client.get(path, headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        *(("limit=0", 400), ("limit=101", 400), ("status=pending", 400), ("session_id=x", 400)),
        *(("cursor=x", 400), ("cursor=YXVkaXR8MQ", 400), ("role=%00", 422), ("role=A", 422)),
    ],
)
def test_a_query_of_tasks_that_means_nothing_is_refused(
    world: World, query: str, status: int
) -> None:
    assert world.get(f"/tasks?{query}").status_code == status
