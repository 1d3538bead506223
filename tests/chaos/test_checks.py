"""The eyes of a chaos run, each with a fault planted before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from core.domain.events import Event
from core.domain.lifecycle import TaskStatus
from core.domain.pipeline import Step
from core.domain.session import Session
from core.services import reading
from embedded.servers import RunningServers
from tests.chaos.checks import Case, check_session, check_witness
from tests.chaos.crew import Crew
from tests.chaos.faults import Faults
from tests.chaos.plans import Plan
from tests.chaos.reader import Reader
from tests.chaos.witness import VARIABLE, Witness
from tests.chaos.witness import testify as say
from tests.factories import (
    Someone,
    claim,
    complete,
    complete_roles,
    events_of,
    launch_pipeline,
    make_artifact,
    task_of,
)

STEADY = Plan(0, "steady", 1)
TASK, OTHER = UUID(int=7), UUID(int=8)
SOUND = (("start", TASK, 1), ("failed", TASK, 1), ("start", TASK, 2), ("completed", TASK, 2))


def write_witness(
    patch: pytest.MonkeyPatch, folder: Path, lines: Iterable[tuple[str, UUID, int]]
) -> Witness:
    patch.setenv(VARIABLE, str(folder / "witness"))
    for line in lines:
        say(*line)
    return Witness(folder / "witness")


def make_completed(someone: Someone) -> Session:
    """A session of two roles, one after the other, that came to its end."""
    session = launch_pipeline(someone, Step("architect"), Step("dba", ("architect",)))
    complete(claim(someone, session, "architect"), artifacts=(make_artifact(),))
    complete_roles(someone, session, "dba")
    return session


@pytest.mark.parametrize(
    ("planted", "wanted"),
    [
        ((), []),
        ((("start", TASK, 2),), [f"attempt 2 of task {TASK} was run 2 times"]),
        ((("failed", TASK, 1),), [f"attempt 1 of task {TASK} was recorded 2 times"]),
        (
            (("completed", TASK, 1),),
            [
                f"attempt 1 of task {TASK} was recorded 2 times",
                f"task {TASK} was completed 2 times",
            ],
        ),
        ((("completed", OTHER, 2), ("start", OTHER, 1)), []),
    ],
)
def test_the_witness_finds_what_was_done_twice(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    planted: tuple[tuple[str, UUID, int], ...],
    wanted: list[str],
) -> None:
    witness = write_witness(monkeypatch, tmp_path, (*SOUND, *planted))
    assert witness.findings() == [f"witness: {one}" for one in wanted]


def test_the_witness_is_held_against_the_tables(
    someone: Someone, db: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = task_of(someone, make_completed(someone), "architect").id
    witness = write_witness(monkeypatch, tmp_path, [("completed", task_id, 1)])
    assert check_witness(db, witness) == []
    db.execute(text("UPDATE artifacts SET attempt = 2"))
    (foreign,) = check_witness(db, witness)
    assert foreign.endswith("is of an attempt that did not count")
    db.execute(text("UPDATE artifacts SET attempt = 1"))
    db.execute(text("UPDATE agent_tasks SET attempt = 1, status = 'ready'"))
    (undone,) = check_witness(db, witness)
    assert undone.endswith("was recorded as completed; the task is ready by attempt 1")
    say("completed", task_id, 2)
    assert any("attempt 2 of task" in one for one in check_witness(db, witness))


def without(kind: str, events: list[Event], *, task_id: str | None = None) -> list[Event]:
    return [
        one
        for one in events
        if one.type != kind or task_id not in (None, getattr(one.body, "task_id", None))
    ]


def test_a_session_is_held_against_its_plan_and_its_own_order(someone: Someone) -> None:
    session = make_completed(someone)
    report = reading.get_report(someone.principal, session.id)
    events = events_of(someone, session)
    sound = Case(STEADY, report, events, may_be_complete=False)
    assert list(sound.findings()) == []
    architect = next(str(task.id) for task in report.tasks if task.role == "architect")
    (done,) = [e for e in events if e.type == "task_completed" and e.body.task_id == architect]
    weak = next(
        plan
        for plan in (Plan(number, "failing", 1) for number in range(100))
        if plan.weak_role == "dba"
    )
    halted = tuple(
        replace(task, status=TaskStatus.READY) if task.role == "dba" else task
        for task in report.tasks
    )
    planted: dict[str, Case] = {
        "ended as ('completed', 'planned'), not as ('cancelled', None)": replace(
            sound, plan=Plan(0, "cancelled", 1)
        ),
        "was never retried": replace(sound, plan=Plan(0, "healing", 1)),
        "its weak task is ('completed', 0, None), not ('failed', 4, 'not_today')": replace(
            sound, plan=weak
        ),
        "completed, but its dba is ready": replace(sound, report=replace(report, tasks=halted)),
        "1 starts, 0 ends": replace(sound, events=without("snapshot_recorded", events)),
        "0 starts, 1 ends": replace(sound, events=without("task_started", events)),
        "2 starts, 1 ends": replace(
            sound, events=[*events, *(e for e in events if e.type == "task_started")]
        ),
        f"task {architect} completed 2 times": replace(sound, events=[*events, done]),
        "dba started before ('architect',) had completed": replace(
            sound, events=without("task_completed", events, task_id=architect)
        ),
    }
    for wanted, case in planted.items():
        assert any(one.endswith(wanted) for one in case.findings()), wanted
    cancelled_too_late = replace(sound, plan=Plan(0, "cancelled", 1), may_be_complete=True)
    assert list(cancelled_too_late.findings()) == []


def test_a_session_is_checked_by_its_log_and_by_its_plan(someone: Someone, db: Connection) -> None:
    session = make_completed(someone)

    def check(plan: Plan = STEADY) -> list[str]:
        return check_session(db, someone, session.id, plan, may_be_complete=False)

    assert check() == []
    assert len(check(Plan(0, "cancelled", 1))) == 1
    db.execute(text("UPDATE agent_tasks SET crashes = 1 WHERE role = 'dba'"))
    assert check() == [f"session {session.id}: dba crashes: the log says 0, the tables say 1"]


def read_by(url: str, session: Session) -> Reader:
    reader = Reader(url, lambda: [session.id])
    reader.start()
    reader.stop()
    return reader


def test_the_reader_sees_a_skipped_and_an_unread_event(
    someone: Someone, db: Connection, database_url: str
) -> None:
    session = make_completed(someone)
    last = len(events_of(someone, session))
    reader = read_by(database_url, session)
    assert reader.findings == []
    assert reader.missed({session.id: last}) == []
    assert reader.missed({session.id: last + 1}) == [
        f"reader: session {session.id} was read to {last} of {last + 1}"
    ]
    db.execute(text("DELETE FROM session_events WHERE seq = 3"))
    reader = read_by(database_url, session)
    assert reader.findings == [f"reader: session {session.id}: 4 came after 2"]


def test_a_fault_that_hurt_nobody_has_not_struck(servers: RunningServers, tmp_path: Path) -> None:
    crew = Crew(tmp_path, {})
    faults = Faults(crew, servers, Witness(tmp_path / "witness"), Random(1), stop_seconds=1)
    deeds = {"worker SIGKILL", "worker SIGSTOP past its lease", "messages sent again"}
    # Without workers, and without anything that was sent before.
    faults._kinds = {name: kind for name, kind in faults._kinds.items() if name in deeds} | {
        "nothing": (1, lambda: True)
    }
    for _ in range(10):
        faults.strike()
    assert set(faults.counts) == {"nothing"}
    assert faults.unstruck == deeds
