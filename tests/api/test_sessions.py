"""What the operations on sessions say, in the contract's shapes."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.api.operations import BRIEF
from tests.api.test_access import told
from tests.api.world import World
from tests.factories import (
    claim,
    launch,
)


def order(world: World, **changes: object) -> dict[str, object]:
    wanted = {"team_id": str(world.ids.team), "feature_name": "Name", "brief": BRIEF}
    return {**wanted, "pipeline": "seven_roles", **changes}


def test_a_launch_says_where_its_session_is(world: World) -> None:
    answer = world.post("/sessions", order(world))
    assert answer.status_code == 201
    session = answer.json()
    assert (session["status"], session["pipeline"]) == ("active", "seven_roles")
    assert answer.headers["location"] == f"/api/sessions/{session['id']}"
    found = world.client.get(answer.headers["location"], headers=world.token()).json()
    assert found["brief"] == BRIEF
    assert [task["role"] for task in found["tasks"]][:3] == ["architect", "backend_dev", "dba"]
    assert found["tasks"][0]["status"] == "ready"


def test_a_launch_repeated_with_its_key_finds_its_session(world: World) -> None:
    headers = world.token() | {"idempotency-key": str(uuid4())}
    first = world.post("/sessions", order(world), headers=headers)
    again = world.post("/sessions", order(world), headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert first.headers["location"] == again.headers["location"]
    headers |= {"idempotency-key": str(uuid4())}
    other = world.post("/sessions", order(world), headers=headers)
    assert (other.status_code, other.json()["id"] != first.json()["id"]) == (201, True)


@pytest.mark.parametrize(
    "changes",
    [{"pipeline": "none"}, {"executor": "none"}, {"brief": "x" * 70_000}, {"feature_name": "\t"}],
)
def test_a_launch_that_cannot_be_is_refused(world: World, changes: dict[str, str]) -> None:
    answer = world.post("/sessions", order(world, **changes))
    assert (answer.status_code, told(answer)["code"]) == (422, "invalid_input")


def test_a_list_is_read_page_by_page_newest_first(world: World) -> None:
    for number in range(4):
        launch(world.owner, feature_name=f"Feature {number}")
    names, cursor = [], ""
    while True:
        page = world.get(f"/sessions?team_id={world.ids.team}&limit=2{cursor}").json()
        assert len(page["items"]) <= 2
        names += [one["feature_name"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert names == [*(f"Feature {n}" for n in (3, 2, 1, 0)), "Expense approval"]


def test_a_page_has_twenty_unless_it_is_asked_for_more(world: World) -> None:
    for _ in range(21):
        launch(world.owner)
    assert len(world.get("/sessions").json()["items"]) == 20
    assert len(world.get("/sessions?limit=100").json()["items"]) == 22


def test_a_list_is_narrowed(world: World) -> None:
    world.post(f"/sessions/{world.ids.session}/cancel")
    launch(world.owner, feature_name="Shift swap")
    for query, names in (
        ("status=cancelled", ["Expense approval"]),
        ("status=cancelled&status=active", ["Shift swap", "Expense approval"]),
        ("text=shift", ["Shift swap"]),
        ("role=database_administrator&text=expense", ["Shift swap", "Expense approval"]),
        ("role=scribe", []),
        ("since=2099-01-01T00:00:00Z", []),
        ("until=0001-01-01T00:00:00%2B23:59", []),
        ("since=9999-12-31T23:59:59-23:59", []),
    ):
        found = world.get(f"/sessions?{query}")
        assert found.status_code == 200, found.text
        assert [one["feature_name"] for one in found.json()["items"]] == names, query


def test_times_carry_a_zone_and_ids_are_texts(world: World) -> None:
    found = world.get(f"/sessions/{world.ids.session}").json()
    assert found["id"] == str(world.ids.session)
    assert found["created_at"].endswith(("Z", "+00:00"))
    assert found["duration_seconds"] >= 0


def test_the_tree_of_decisions_has_the_shape_that_was_promised(world: World) -> None:
    tree = world.get(f"/sessions/{world.ids.session}/decisions").json()
    assert set(tree) == {"session_decisions", "agent_tasks"}
    assert [one["text"] for one in tree["session_decisions"]] == ["One table for approvals"]
    assert all(set(task) == {"agent", "status", "decisions"} for task in tree["agent_tasks"])
    architect = tree["agent_tasks"][0]
    assert (architect["agent"], architect["status"]) == ("architect", "completed")
    assert [one["text"] for one in architect["decisions"]] == ["A tactical one"]


def test_a_decision_supersedes_another_once(world: World) -> None:
    body = {
        "text": "Two tables",
        "rationale": "They change apart",
        "category": "data",
        "alternatives": [{"text": "One", "rejected_because": "It grew"}],
        "supersedes_id": str(world.ids.decision),
    }
    made = world.post(f"/sessions/{world.ids.session}/decisions", body)
    assert made.status_code == 201
    assert made.json()["supersedes_id"] == str(world.ids.decision)
    assert made.json()["author_role"] is None
    again = world.post(f"/sessions/{world.ids.session}/decisions", body)
    assert (again.status_code, told(again)["code"]) == (409, "conflict")
    wrong = world.post(f"/sessions/{world.ids.session}/decisions", body | {"category": "none"})
    assert (wrong.status_code, told(wrong)["code"]) == (422, "invalid_input")


def test_events_are_read_on_from_a_number(world: World) -> None:
    url = f"/sessions/{world.ids.session}/events"
    whole = world.get(url).json()
    assert [one["seq"] for one in whole["items"]] == list(range(1, whole["last_seq"] + 1))
    assert whole["is_more"] is False
    assert whole["items"][0]["type"] == "session_started"
    assert whole["items"][0]["event"] == "session_launched"
    names = {one["type"] for one in whole["items"]}
    assert {"agent_task_started", "agent_task_completed", "decision_created"} <= names
    part = world.get(f"{url}?after=2&limit=3").json()
    assert [one["seq"] for one in part["items"]] == [3, 4, 5]
    assert (part["last_seq"], part["is_more"]) == (5, True)
    none = world.get(f"{url}?after=2147483647").json()
    assert (none["items"], none["last_seq"]) == ([], 2147483647)


def test_events_come_as_lines_to_who_accepts_that(world: World) -> None:
    url = f"/api/sessions/{world.ids.session}/events"
    headers = world.token() | {"accept": "application/x-ndjson"}
    answer = world.client.get(url, headers=headers)
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == world.get(f"/sessions/{world.ids.session}/events").json()["items"]
    assert world.client.get(f"{url}?after=99999", headers=headers).text == ""


def test_a_timeline_is_the_log_in_words(world: World) -> None:
    found = world.get(f"/sessions/{world.ids.session}/timeline").json()
    events = world.get(f"/sessions/{world.ids.session}/events").json()["items"]
    assert [(m["seq"], m["type"]) for m in found["moments"]] == [
        (e["seq"], e["type"]) for e in events
    ]
    assert all(moment["label"] for moment in found["moments"])
    assert next(lane["role"] for lane in found["lanes"]) == "architect"
    assert found["lanes"][0]["segments"][-1]["ended_as"] == "completed"


def test_a_replay_leads_to_everything_that_can_be_inspected(world: World) -> None:
    found = world.get(f"/sessions/{world.ids.session}/replay").json()
    assert next(one["task"]["role"] for one in found["tasks"]) == "architect"
    architect = found["tasks"][0]
    assert [one["text"] for one in architect["decisions"]] == ["A tactical one"]
    (link,), (artifact,) = architect["snapshots"], architect["artifacts"]
    snapshot = world.client.get(link["url"], headers=world.token()).json()
    assert (snapshot["id"], snapshot["ended_as"]) == (link["id"], "completed")
    assert snapshot["context_state"]["brief"] == BRIEF
    assert snapshot["capabilities"] == ["design", "review", "document"]
    body = world.client.get(artifact["url"], headers=world.token())
    assert body.text.startswith("CREATE TABLE")


def test_each_act_moves_the_session(world: World) -> None:
    url = f"/sessions/{world.ids.session}"
    for act, status in (("pause", "paused"), ("resume", "active"), ("cancel", "cancelled")):
        answer = world.post(f"{url}/{act}")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    for act in ("pause", "resume", "cancel", "end", "retry"):
        answer = world.post(f"{url}/{act}")
        assert (answer.status_code, told(answer)["code"]) == (422, "illegal_transition")


def test_a_session_does_not_end_while_a_task_runs(world: World) -> None:
    claim(world.owner, world.session, "dba")
    answer = world.post(f"/sessions/{world.ids.session}/end")
    assert (answer.status_code, told(answer)["code"]) == (422, "tasks_running")
