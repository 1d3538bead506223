"""Launching from a terminal, with real processes, real servers and a real worker."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from core import planning
from tests.cli.conftest import Crew, Here
from tests.conftest import ROOT

SEVEN = ["architect", "backend_dev", "dba", "frontend_dev", "ui_ux", "security", "it_admin"]
TASK_FIELDS = {"id", "agent_role", "task_type", "status", "attempt", "error_message"}


def test_it_waits_in_the_callers_folder_and_prints_one_object(crew: Crew, brief: Path) -> None:
    (brief.parent / "json.py").write_text("raise SystemExit('the wrong module')")
    ran = crew.sage(
        *("launch", brief.name, "--executor", "empty", "--wait", "--json"), cwd=brief.parent
    )
    assert (ran.code, ran.err) == (0, "")
    assert (ran.json["status"], ran.json["outcome"]) == ("completed", "planned")
    assert ran.json["feature_name"] == "Expense approval"
    assert [task["agent_role"] for task in ran.json["tasks"]] == SEVEN
    for task in ran.json["tasks"]:
        assert set(task) == TASK_FIELDS
        assert (task["status"], task["attempt"]) == ("completed", 1)


def test_without_waiting_it_names_the_session_and_the_next_commands(
    here: Here, brief: Path
) -> None:
    ran = here.sage("launch", str(brief), "--executor", "empty")
    assert ran.code == 0
    session_id = here.sage("sessions", "--json").json["sessions"][0]["session_id"]
    assert f"Launched 'Expense approval' as session {session_id}." in ran.out
    assert f"./sage events {session_id[:13]} --follow" in ran.out


@pytest.mark.parametrize(
    ("executor", "code", "status", "outcome"),
    [("failing", 1, "failed", None), ("asking", 4, "completed", "needs_input")],
)
def test_the_exit_code_tells_how_it_ended(
    here: Here, brief: Path, executor: str, code: int, status: str, outcome: str | None
) -> None:
    ran = here.sage("launch", str(brief), "--executor", executor, "--wait", "--json")
    assert ran.code == code
    assert (ran.json["status"], ran.json["outcome"]) == (status, outcome)


def test_a_failure_names_role_error_and_retry(here: Here, brief: Path) -> None:
    ran = here.sage("launch", str(brief), "--executor", "failing", "--wait")
    assert "architect failed after 1 attempt: no way: [31mred" in ran.out
    assert "./sage retry " in ran.out
    assert "\x1b" not in ran.out


def test_questions_are_printed(here: Here, brief: Path) -> None:
    ran = here.sage("launch", str(brief), "--executor", "asking", "--wait")
    assert "1. Who needs it?" in ran.out
    assert "Completed: needs input" in ran.out


def test_a_cancelled_session_ends_the_wait_with_1(crew: Crew, here: Here, brief: Path) -> None:
    waiting = subprocess.Popen(
        [ROOT / "sage", "launch", brief, "--executor", "slow", "--wait", "--json", "--key", "c1"],
        env=crew.env,
        stdout=subprocess.PIPE,
    )
    session_id = _wait_for_session(here, "running")
    ran = here.sage("cancel", session_id[:18], "--reason", "no longer wanted", "--json")
    assert (ran.code, ran.json["status"]) == (0, "cancelled")
    output, _ = waiting.communicate(timeout=10)
    assert waiting.returncode == 1
    assert json.loads(output)["status"] == "cancelled"
    assert "cancelled: no longer wanted" in here.sage("events", session_id).out


def test_the_same_key_launches_once(here: Here, brief: Path) -> None:
    arguments = ("launch", str(brief), "--executor", "empty", "--key", "friday", "--json")
    first, second = here.sage(*arguments), here.sage(*arguments)
    assert first.json["session_id"] == second.json["session_id"]
    assert "has launched" not in first.err
    assert "has launched" in second.err


def test_a_brief_comes_through_a_pipe(crew: Crew) -> None:
    ran = crew.sage(
        *("launch", "-", "--executor", "empty", "--json"), stdin="Größere Schrift, bitte!".encode()
    )
    assert (ran.code, ran.json["feature_name"]) == (0, "Größere Schrift, bitte!")


def test_a_pipe_gets_a_line_for_each_event(here: Here, brief: Path) -> None:
    ran = here.sage("launch", str(brief), "--executor", "empty", "--watch")
    lines = [line for line in ran.out.splitlines() if " #" in line]
    assert [line.split("#")[1].split()[0] for line in lines] == [
        str(number) for number in range(1, len(lines) + 1)
    ]
    assert lines[-1].endswith("session: completed: planned")
    assert ran.code == 0


def test_ctrl_c_while_waiting_leaves_the_session_alone(crew: Crew, here: Here, brief: Path) -> None:
    waiting = subprocess.Popen(
        [ROOT / "sage", "launch", brief, "--executor", "slow", "--wait", "--key", "c2"],
        env=crew.env,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    session_id = _wait_for_session(here, "running")
    waiting.send_signal(signal.SIGINT)
    _, said = waiting.communicate(timeout=10)
    assert waiting.returncode == 130
    assert f"./sage cancel {session_id[:13]}" in said.decode()
    assert "Traceback" not in said.decode()
    assert here.sage("show", session_id, "--json").json["status"] == "active"
    assert here.sage("cancel", session_id).code == 0


@pytest.mark.skipif(not hasattr(planning, "work"), reason="the planner has no roles yet")
def test_a_real_brief_becomes_a_plan_in_files(crew: Crew, tmp_path: Path) -> None:
    source = ROOT / "tests" / "briefs" / "expense-approval.md"
    ran = crew.sage("launch", str(source), "--wait", "--json")
    assert (ran.code, ran.json["outcome"]) == (0, "planned"), ran.out
    out = tmp_path / "plan"
    assert crew.sage("artifacts", ran.json["session_id"], "--out", str(out)).code == 0
    assert {path.name for path in out.iterdir()} == {*SEVEN, "index.md"}
    shown = crew.sage("show", ran.json["session_id"])
    assert shown.code == 0
    assert "decisions" in shown.out


def _wait_for_session(here: Here, task_status: str) -> str:
    """Return the newest session as soon as one of its tasks has a status."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        newest = here.sage("sessions", "--json", "--limit", "1").json["sessions"][0]["session_id"]
        tasks = here.sage("show", newest, "--json").json["tasks"]
        if any(task["status"] == task_status for task in tasks):
            return str(newest)
        time.sleep(0.1)
    raise AssertionError(f"no task became {task_status}")
