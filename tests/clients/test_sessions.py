"""A program that launches, waits and reads, while workers do the roles' work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.domain.access import Scope
from core.services import tokens
from embedded.servers import RunningServers
from tests.clients.faces import CLIENTS, client_of
from tests.factories import Someone, make_someone
from tests.journeys.visitors import crew_of

BRIEF = "Employees submit expenses. Their manager approves or rejects them."


def test_a_session_is_launched_watched_and_read_by_either_client(
    servers: RunningServers, database_url: str, tmp_path: Path
) -> None:
    with crew_of(servers, database_url, tmp_path) as app:
        for kind in CLIENTS:
            owner = make_someone()
            plain = tokens.make_token(owner.principal, "ci", frozenset(Scope), days=1).plain
            with client_of(kind, app.address, plain) as client:
                launch_watch_and_read(client, owner)


def launch_watch_and_read(client: Any, owner: Someone) -> None:
    assert client.check_ready().status == "healthy"
    session = client.launch(owner.team_id, "Expense approval", BRIEF)
    events = list(client.events(session.id, follow=True, poll_seconds=0.2))
    assert [one.seq for one in events] == list(range(1, len(events) + 1))
    assert events[-1].type == "session_completed"

    done = client.wait(session.id, timeout_seconds=5)
    assert (done.status, done.outcome, done.brief) == ("completed", "planned", BRIEF)
    assert {one.status for one in done.tasks} == {"completed"}
    architect = done.tasks[0]
    tree = client.get_decisions(session.id)
    assert {one.agent for one in tree.agent_tasks} == {one.role for one in done.tasks}
    decided = client.list_task_decisions(architect.id).items
    assert {one.task_id for one in decided} <= {architect.id}

    replay = client.get_replay(session.id)
    schema, *_ = [one for task in replay.tasks for one in task.artifacts if one.kind == "ddl"]
    document = client.get_artifact(schema.id)
    assert document.media_type.startswith(schema.media_type)
    assert "CREATE TABLE" in document.text
    assert client.get_task(architect.id).output
    assert client.get_snapshot(architect.id, attempt=1).ended_as == "completed"
    assert client.list_artifacts(architect.id).items == replay.tasks[0].artifacts
    exported = client.export_session(session.id)
    assert exported.events == tuple(events)
    assert exported.artifacts[0].body
    assert client.get_timeline(session.id).lanes
    assert [one.id for one in client.walk_sessions(team_id=owner.team_id)] == [session.id]
    walked = client.walk_tasks(session_id=session.id, status=["completed"], limit=2)
    assert {one.id for one in walked} == {one.id for one in done.tasks}
    assert "session.launched" in {one.kind for one in client.walk_audit(owner.team_id, limit=1)}
