"""Reading and steering sessions: shapes, ids by prefix, whose sessions they are."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.domain.access import TeamRole
from core.services import accounts, reading
from tests.cli.conftest import Crew, Here, Ran
from tests.conftest import ROOT
from tests.factories import Someone, add_member, make_someone


@pytest.fixture
def planned(here: Here, brief: Path) -> Ran:
    """A finished session, as JSON."""
    return here.sage("launch", str(brief), "--executor", "empty", "--wait", "--json")


@pytest.fixture
def stranger(here: Here) -> Someone:
    """A user with a shared team and a personal one, to whom the demo team is closed."""
    return make_someone()


def test_show_prints_everything_as_one_object(here: Here, brief: Path) -> None:
    ran = here.sage("launch", str(brief), "--executor", "nasty", "--wait", "--json")
    shown = here.sage("show", ran.json["session_id"], "--json").json
    assert shown["tasks"] == ran.json["tasks"]
    artifact = shown["artifacts"][-1]
    assert {"id", "kind", "media_type", "agent_role", "validation"} <= set(artifact)
    assert artifact["validation"] == {
        "validator": "openapi",
        "verdict": "failed",
        "messages": ["no paths"],
    }
    (decision,) = shown["decisions"]
    assert decision["alternatives"] == [{"text": "Nothing", "rejected_because": "it is less"}]
    assert [snapshot["ended_as"] for snapshot in shown["snapshots"]] == ["completed"] * 7
    assert [event["seq"] for event in shown["events"]] == list(range(1, len(shown["events"]) + 1))
    assert shown["events"][-1]["type"] == "session_completed"


def test_show_tells_roles_decisions_and_artifacts(here: Here, brief: Path) -> None:
    ran = here.sage("launch", str(brief), "--executor", "nasty", "--wait", "--json")
    shown = here.sage("show", ran.json["session_id"]).out
    assert "7 of 7 roles" in shown
    assert "architect: Use" in shown
    assert "architect: Interface (interface)" in shown
    assert "openapi, failed" in shown
    assert "[bold]markup[/bold]" in shown


def test_events_as_one_object_and_in_the_readers_zone(here: Here, crew: Crew, planned: Ran) -> None:
    session_id = planned.json["session_id"]
    as_json = here.sage("events", session_id, "--follow", "--json").json
    assert (as_json["session_id"], as_json["status"]) == (session_id, "completed")
    last = as_json["events"][-1]
    lines = crew.sage("events", session_id, "--follow").out.splitlines()
    assert len(lines) == last["seq"]
    at = datetime.fromisoformat(last["at"]).astimezone(ZoneInfo(crew.env["TZ"]))
    assert lines[-1].startswith(at.strftime("%H:%M:%S"))


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["lines", "json"])
def test_a_reader_that_has_enough_is_no_error(
    crew: Crew, planned: Ran, options: tuple[str, ...]
) -> None:
    reading_end, writing_end = os.pipe()
    with subprocess.Popen(
        [ROOT / "sage", "events", planned.json["session_id"], *options],
        env=crew.env,
        stdout=writing_end,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(writing_end)
        os.close(reading_end)
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_ids_by_prefix(here: Here, planned: Ran) -> None:
    session_id = planned.json["session_id"]
    for prefix in (session_id, session_id.upper(), session_id[:18], session_id.replace("-", "")):
        assert here.sage("show", prefix, "--json").json["session_id"] == session_id


def test_an_ambiguous_prefix_is_refused(here: Here, brief: Path, planned: Ran) -> None:
    here.sage("launch", str(brief), "--executor", "empty")
    ran = here.sage("show", planned.json["session_id"][:6])
    assert ran.code == 2
    assert "Several sessions begin with" in ran.err


def test_a_user_acts_in_the_personal_team(here: Here, brief: Path, stranger: Someone) -> None:
    name = stranger.user.user_name
    ran = here.sage("launch", str(brief), "--executor", "empty", "--as", name, "--json")
    personal = [team for team in accounts.list_teams(stranger.principal) if not team.is_shared]
    assert ran.json["team_id"] == str(personal[0].id)
    session_id = ran.json["session_id"]
    assert here.sage("show", session_id).code == 2
    assert here.sage("show", session_id, "--as", name).code == 0
    listed = here.sage("sessions", "--as", name, "--json").json["sessions"]
    assert [session["session_id"] for session in listed] == [session_id]


def test_a_team_can_be_named(here: Here, brief: Path, stranger: Someone) -> None:
    shared = next(t for t in accounts.list_teams(stranger.principal) if t.is_shared)
    who = ("--as", stranger.user.user_name, "--team", shared.name.lower())
    ran = here.sage("launch", str(brief), "--executor", "empty", *who, "--json")
    assert ran.json["team_id"] == str(shared.id)


def test_a_viewer_may_not_launch(here: Here, brief: Path, stranger: Someone) -> None:
    viewer = accounts.create_user(f"viewer-{stranger.user.user_name}", f"{stranger.team_id}@x.org")
    add_member(stranger.team_id, viewer, TeamRole.VIEWER)
    who = ("--as", viewer.user_name, "--team", str(stranger.team_id))
    assert here.sage("sessions", *who).code == 0
    ran = here.sage("launch", str(brief), *who, "--json")
    assert (ran.code, ran.json["error"]["code"]) == (2, "not_allowed")


def test_pause_resume_and_end(here: Here, brief: Path) -> None:
    ran = here.sage("launch", str(brief), "--executor", "external", "--json")
    session_id = ran.json["session_id"]
    for command, status in (("pause", "paused"), ("resume", "active"), ("end", "completed")):
        assert here.sage(command, session_id, "--json").json["status"] == status
    again = here.sage("resume", session_id, "--json")
    assert (again.code, again.json["error"]["code"]) == (2, "illegal_transition")


def test_retry_goes_on_from_the_failed_role(here: Here, brief: Path) -> None:
    ran = here.sage("launch", str(brief), "--executor", "failing", "--wait", "--json")
    session_id = ran.json["session_id"]
    assert here.sage("retry", session_id, "--json").json["status"] == "active"
    assert "session: retried" in here.sage("events", session_id, "--follow").out
    tasks = here.sage("show", session_id, "--json").json["tasks"]
    assert (tasks[0]["status"], tasks[0]["attempt"]) == ("failed", 2)


def test_end_is_refused_while_a_role_works(here: Here, brief: Path) -> None:
    launched = here.sage("launch", str(brief), "--executor", "slow", "--json")
    session_id = launched.json["session_id"]
    while here.sage("show", session_id, "--json").json["tasks"][0]["status"] != "running":
        pass
    ran = here.sage("end", session_id, "--json")
    assert (ran.code, ran.json["error"]["code"]) == (2, "tasks_running")
    assert here.sage("cancel", session_id).code == 0


def test_the_list_shows_the_newest_first(here: Here, brief: Path, stranger: Someone) -> None:
    who = ("--as", stranger.user.user_name)
    assert "No session in the team" in here.sage("sessions", *who).out
    for name in ("First", "Second"):
        here.sage("launch", str(brief), "--executor", "external", "--name", name, *who)
    lines = here.sage("sessions", *who).out.splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["Second", "First"]
    assert len(reading.list_sessions(stranger.principal)) == 2
    assert len(here.sage("sessions", *who, "--limit", "1", "--json").json["sessions"]) == 1
