"""The board: which column a session stands in, and the figures of the week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from core.domain.lifecycle import TaskStatus
from core.ids import new_id
from core.services import boarding, claiming, control, health
from core.services.boarding import find_stall, read_board
from core.services.transaction import transact
from core.store.board import BoardTask
from tests.factories import (
    WORKER,
    Someone,
    add_member,
    claim,
    complete,
    complete_roles,
    fail_for_good,
    launch,
    make_decision,
    make_someone,
    task_of,
)

ALL = ("architect", "backend_dev", "dba", "frontend_dev", "ui_ux", "security", "it_admin")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def task(**changes: Any) -> BoardTask:
    values: dict[str, Any] = {
        "session_id": new_id(),
        "role": "dba",
        "executor": "planner",
        "status": TaskStatus.RUNNING,
        "attempt": 1,
        "due_at": None,
        "lease_owner": "here:1",
        "lease_until": ago(-10),
        "moved_at": ago(5),
        "error_message": None,
    }
    return BoardTask(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "usual", "why"),
    [
        ({}, {}, None),
        ({"moved_at": ago(61)}, {}, "slow"),
        ({"moved_at": ago(61)}, {"dba": 200.0}, None),
        ({"moved_at": ago(201)}, {"dba": 200.0}, "slow"),
        ({"moved_at": ago(59)}, {"dba": 2.0}, None),
        ({"lease_until": ago(3)}, {}, "silent"),
        ({"lease_until": ago(3), "executor": "external"}, {}, None),
        ({"status": TaskStatus.READY, "due_at": ago(61)}, {}, "unclaimed"),
        ({"status": TaskStatus.READY, "due_at": ago(61), "executor": "external"}, {}, None),
        ({"status": TaskStatus.READY, "due_at": ago(-20)}, {}, None),
        ({"status": TaskStatus.COMPLETED, "moved_at": ago(9999)}, {}, None),
    ],
)
def test_what_counts_as_stuck(
    changes: dict[str, Any], usual: dict[str, float], why: str | None
) -> None:
    stall = find_stall([task(**changes)], usual, NOW)
    assert (stall and stall.why) == why


def names(cards: tuple[boarding.Card, ...]) -> list[str]:
    return [card.session.name for card in cards]


def test_each_session_stands_in_one_column(someone: Someone) -> None:
    asks = launch(someone, feature_name="Asks")
    complete(claim(someone, asks, "architect"), outcome="needs_input", questions=("Who?",))
    claim(someone, launch(someone, feature_name="Works"), "architect")
    paused = launch(someone, feature_name="Paused")
    control.pause_session(someone.principal, paused.id)
    fail_for_good(someone, launch(someone, feature_name="Failed"), "architect")
    complete_roles(someone, launch(someone, feature_name="Done"), *ALL)
    control.cancel_session(someone.principal, launch(someone, feature_name="Gone").id)
    found = read_board(someone.principal, someone.team_id, UTC)
    assert names(found.needs_you) == ["Asks"]
    assert names(found.working) == ["Works", "Paused"]
    assert names(found.stuck) == []
    assert names(found.failed) == ["Failed"]
    assert names(found.done) == ["Done"]
    assert [one.role for one in found.done[0].tasks] == list(ALL)


def test_a_session_without_progress_is_stuck_until_it_notes_something(someone: Someone) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    back = text(
        "UPDATE agent_tasks SET started_at = started_at - interval '5 minutes' WHERE id = :id"
    )
    transact(lambda db: db.execute(back, {"id": claimed.task_id}))
    (card,) = read_board(someone.principal, someone.team_id, UTC).stuck
    assert card.stall is not None
    assert (card.stall.role, card.stall.why) == ("architect", "slow")
    claiming.note_task(claimed, "Reading")
    assert read_board(someone.principal, someone.team_id, UTC).stuck == ()


def test_an_answered_session_asks_no_more(someone: Someone) -> None:
    asks = launch(someone)
    complete(claim(someone, asks, "architect"), outcome="needs_input", questions=("Who?",))
    assert len(read_board(someone.principal, someone.team_id, UTC).needs_you) == 1
    launch(someone, input={"answer_to": str(asks.id)})
    assert read_board(someone.principal, someone.team_id, UTC).needs_you == ()


def test_a_retried_session_has_not_failed(someone: Someone) -> None:
    session = launch(someone)
    fail_for_good(someone, session, "architect")
    found = read_board(someone.principal, someone.team_id, UTC)
    assert [(one.role, one.times, one.message) for one in found.causes] == [
        ("architect", 1, "It broke.")
    ]
    control.retry_session(someone.principal, session.id)
    found = read_board(someone.principal, someone.team_id, UTC)
    assert (found.failed, found.failed_total, found.causes) == ((), 0, ())


def test_the_week_is_counted_in_the_readers_days(someone: Someone) -> None:
    for name in ("Well", "Yesterday"):
        session = launch(someone, feature_name=name)
        complete(claim(someone, session, "architect"), decisions=(make_decision(),))
        complete_roles(someone, session, *ALL[1:])
    back = text(
        "UPDATE execution_sessions SET ended_at = ended_at - interval '24 hours'"
        " WHERE feature_name = 'Yesterday'"
    )
    transact(lambda db: db.execute(back))
    fail_for_good(someone, launch(someone), "architect")
    for zone in (UTC, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/Los_Angeles")):
        found = read_board(someone.principal, someone.team_id, zone)
        assert len(found.days) == 7
        assert [day.finished for day in found.days[-2:]] == [1, 2]
        assert (found.week.finished, found.week.well, found.week.decisions) == (3, 2, 2)
        assert found.week_before == boarding.Stretch()


def test_a_weeks_median_is_that_of_its_sessions_and_not_of_its_days(someone: Someone) -> None:
    took = {"Short": (1, 60), "Long": (1, 600), "Today": (0, 90), "Before": (9, 30)}
    for name, (days, seconds) in took.items():
        session = launch(someone, feature_name=name)
        complete_roles(someone, session, *ALL)
        moved = text(
            "UPDATE execution_sessions SET ended_at = ended_at - make_interval(days => :days),"
            " started_at = ended_at - make_interval(days => :days, secs => :seconds)"
            " WHERE id = :id"
        )
        values = {"days": days, "seconds": seconds, "id": session.id}
        transact(lambda db, moved=moved, values=values: db.execute(moved, values))
    found = read_board(someone.principal, someone.team_id, UTC)
    assert [day.median_seconds for day in found.days[-2:]] == [330, 90]
    assert (found.week.finished, found.week.median_seconds) == (3, 90)
    assert (found.week_before.finished, found.week_before.median_seconds) == (1, 30)


def test_workers_show_what_of_this_team_they_do(someone: Someone) -> None:
    health.beat(WORKER.name, "worker", 1)
    health.beat("other", "worker", 2)
    claim(someone, launch(someone), "architect")
    stranger = make_someone()
    found = read_board(someone.principal, someone.team_id, UTC)
    assert {one.name: one.role for one in found.workers} == {
        WORKER.name: "architect",
        "other": None,
    }
    theirs = read_board(stranger.principal, stranger.team_id, UTC)
    assert {one.session_name for one in theirs.workers} == {None}


def test_the_columns_are_short_and_their_totals_are_not(someone: Someone) -> None:
    for _ in range(5):
        fail_for_good(someone, launch(someone), "architect")
    found = read_board(someone.principal, someone.team_id, UTC)
    assert (len(found.failed), found.failed_total) == (boarding.MOST_ENDED, 5)


def test_a_member_sees_the_board_of_the_team_alone(someone: Someone) -> None:
    member = make_someone()
    add_member(someone.team_id, member.user)
    launch(member, feature_name="Theirs")
    launch(someone, feature_name="Ours")
    assert names(read_board(member.principal, someone.team_id, UTC).working) == ["Ours"]


def test_a_task_that_no_worker_takes_is_stuck(someone: Someone) -> None:
    session = launch(someone)
    back = text("UPDATE agent_tasks SET due_at = due_at - interval '2 minutes' WHERE id = :id")
    transact(lambda db: db.execute(back, {"id": task_of(someone, session, "architect").id}))
    (card,) = read_board(someone.principal, someone.team_id, UTC).stuck
    assert card.stall is not None
    assert card.stall.why == "unclaimed"
