"""A whole session as one document, and what is told of one whose details are gone."""

from __future__ import annotations

from typing import Any

import pytest

from core.domain.access import SYSTEM
from core.services import auditing
from core.services.auditing import AuditQuery
from tests.api.conforming import check
from tests.api.operations import BRIEF
from tests.api.test_access import told
from tests.api.world import World
from tests.factories import claim, complete, make_artifact, open_session, take_details


def export(world: World, session_id: Any) -> Any:
    return world.get(f"/sessions/{session_id}/export")


def test_an_export_holds_all_that_a_session_left(world: World) -> None:
    large = {"components": ["x" * 5000]}
    second = claim(world.owner, world.session, "dba")
    complete(second, output=large, artifacts=(make_artifact("tables", body="é" * 9000),))
    claim(world.owner, world.session, "backend_dev")
    answer = export(world, world.ids.session)
    document = world.client.get("/api/openapi.json").json()
    check(document, ("GET", "/sessions/{session_id}/export"), answer)
    assert answer.headers["content-disposition"].startswith("attachment")
    found = answer.json()
    assert (found["format"], found["version"]) == ("sage-mode/session", 1)
    assert (found["session"]["id"], found["brief"]) == (str(world.ids.session), BRIEF)
    events = world.get(f"/sessions/{world.ids.session}/events").json()["items"]
    assert found["events"] == events
    assert [one["body"] for one in found["artifacts"]][1] == "é" * 9000
    assert {one["role"]: one["output"] for one in found["tasks"]}["dba"] == large
    assert [one["text"] for one in found["decisions"]]
    assert [one["attempt"] for one in found["snapshots"]] == [1, 1, 1]
    assert large in [one["body"] for one in found["contents"]]


def test_a_long_log_is_read_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.export._EVENTS_AT_ONCE", 3)
    events = world.get(f"/sessions/{world.ids.session}/events").json()["items"]
    assert len(events) > 7
    assert export(world, world.ids.session).json()["events"] == events


def test_an_empty_session_is_exported_too(world: World) -> None:
    found = export(world, open_session(world.owner).id).json()
    assert (found["tasks"], found["artifacts"], found["contents"]) == ([], [], [])
    assert [one["event"] for one in found["events"]] == ["session_launched"]


def test_who_takes_a_session_along_is_in_the_audit(world: World) -> None:
    export(world, world.ids.session)
    (row,) = auditing.list_audit(SYSTEM, AuditQuery(world.ids.team, "session.exported")).events
    assert row.details == {"session_id": str(world.ids.session), "artifacts": 1}


def test_what_retention_took_is_gone(world: World) -> None:
    take_details(world.ids.session)
    for path in ("events", "events?after=0", "timeline"):
        answer = world.get(f"/sessions/{world.ids.session}/{path}")
        assert (answer.status_code, told(answer)["code"]) == (410, "details_gone")
    last = world.get(f"/sessions/{world.ids.session}").json()["last_seq"]
    answer = world.get(f"/sessions/{world.ids.session}/events?after={last}")
    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_decisions_and_tasks_outlive_the_details(world: World) -> None:
    take_details(world.ids.session)
    assert world.get(f"/sessions/{world.ids.session}").json()["decisions"]
    replay = world.get(f"/sessions/{world.ids.session}/replay").json()
    assert (len(replay["tasks"]), replay["tasks"][0]["artifacts"]) == (7, [])
    found = export(world, world.ids.session).json()
    assert (len(found["decisions"]), found["events"], found["artifacts"]) == (2, [], [])
