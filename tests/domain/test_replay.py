"""The timeline: its states are the fold's, its lanes tell what the fold went through."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import events as ev
from core.domain import replay
from core.domain.events import Event, EventBody
from core.domain.replay import Lane, Timeline, make_timeline
from core.domain.session_state import fold, to_json
from tests.domain.logs import SESSION, START, logs

ARCHITECT, DBA = "task-a", "task-d"
TASKS = (
    ev.TaskOrder(DBA, "dba", ("architect",), "planner"),
    ev.TaskOrder(ARCHITECT, "architect", (), "planner"),
)


def log_of(*timed: tuple[float, EventBody]) -> list[Event]:
    """A launch at second 0, and what follows at its seconds."""
    launched = ev.SessionLaunched("Expense approval", "two", TASKS)
    return [
        Event(SESSION, seq, START + timedelta(seconds=second), body)
        for seq, (second, body) in enumerate([(0.0, launched), *timed], start=1)
    ]


def lane_of(timeline: Timeline, task_id: str) -> Lane:
    return next(lane for lane in timeline.lanes if lane.task_id == task_id)


def bars(lane: Lane) -> list[tuple[str, int, int | None, str | None]]:
    return [(one.state, one.start_ms, one.end_ms, one.ended_as) for one in lane.segments]


def marks(timeline: Timeline) -> Iterable[tuple[str, str | None]]:
    return [(one.mark, one.task_id) for one in timeline.moments if one.mark]


@given(logs(), st.integers(1, 8))
def test_the_state_at_any_event_is_the_fold_there(log: list[Event], every: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay, "CHECKPOINT_EVENTS", every)
        patch.setattr(replay, "PATCHES_BY_CHECKPOINT", 0)
        timeline = make_timeline(log)
    assert len(timeline.stretches) == len(log) // every + 1
    for seq in range(len(log) + 1):
        assert timeline.state_at(seq) == to_json(fold(log[:seq]))


@given(logs())
def test_segments_follow_each_other_and_moments_never_go_back(log: list[Event]) -> None:
    timeline = make_timeline(log)
    times = [one.at_ms for one in timeline.moments]
    assert times == sorted(times)
    assert [one.seq for one in timeline.moments] == list(range(1, len(log) + 1))
    for lane in timeline.lanes:
        for one, following in zip(lane.segments, lane.segments[1:], strict=False):
            assert one.end_ms is not None
            assert one.end_seq is not None
            assert one.start_seq < one.end_seq <= following.start_seq
            assert one.start_ms <= one.end_ms <= following.start_ms


def test_checkpoints_together_stay_lighter_than_the_patches() -> None:
    notes = [(n / 10, ev.TaskNote(ARCHITECT, 1, f"Note {n} of many")) for n in range(2_000)]
    made = [(n / 10, ev.ArtifactRecorded(f"a-{n}", ARCHITECT, "x", "x")) for n in range(2_000)]
    timeline = make_timeline(log_of(*notes, *made))
    assert len(timeline.stretches) > 5
    states = sum(len(one.state) for one in timeline.stretches)
    assert states < sum(len(patch) for one in timeline.stretches for patch in one.patches)


def test_lanes_stand_in_the_order_of_the_stages() -> None:
    assert [lane.role for lane in make_timeline(log_of()).lanes] == ["architect", "dba"]


def test_a_lane_tells_tries_and_waits() -> None:
    due = (START + timedelta(seconds=9)).isoformat()
    timeline = make_timeline(
        log_of(
            (1, ev.TaskReady(ARCHITECT)),
            (2, ev.TaskStarted(ARCHITECT, 1, "w")),
            (4, ev.TaskRetryScheduled(ARCHITECT, 1, due, "broken", "It broke.")),
            (9, ev.TaskStarted(ARCHITECT, 2, "w")),
            (10, ev.TaskLeaseLost(ARCHITECT, 2)),
            (11, ev.TaskStarted(ARCHITECT, 3, "w")),
            (12, ev.ApprovalRequested("yes-or-no", ARCHITECT, "designer")),
            (12, ev.TaskWaiting(ARCHITECT, 3, "yes-or-no")),
            (20, ev.ApprovalDecided("yes-or-no", "approved")),
            (20, ev.TaskReady(ARCHITECT)),
            (21, ev.TaskStarted(ARCHITECT, 4, "w")),
            (25, ev.TaskCompleted(ARCHITECT, 4)),
            (25, ev.TaskReady(DBA)),
        )
    )
    assert bars(lane_of(timeline, ARCHITECT)) == [
        ("blocked", 0, 1000, None),
        ("ready", 1000, 2000, None),
        ("running", 2000, 4000, "failed"),
        ("retry", 4000, 9000, None),
        ("running", 9000, 10000, "lost"),
        ("retry", 10000, 11000, None),
        ("running", 11000, 12000, "waiting"),
        ("waiting", 12000, 20000, None),
        ("ready", 20000, 21000, None),
        ("running", 21000, 25000, "completed"),
    ]
    assert bars(lane_of(timeline, DBA)) == [
        ("blocked", 0, 25000, None),
        ("ready", 25000, None, None),
    ]
    assert marks(timeline) == [
        ("failure", ARCHITECT),
        ("failure", ARCHITECT),
        ("approval", ARCHITECT),
        ("approval", ARCHITECT),
    ]


def test_a_strategic_decision_stands_in_its_authors_lane_and_a_persons_in_none() -> None:
    log = log_of(
        (1, ev.DecisionRecorded("by-role", None, "data")),
        (2, ev.DecisionRecorded("by-person", None, "data")),
    )
    timeline = make_timeline(log, authors={"by-role": "architect"})
    assert marks(timeline) == [("decision", ARCHITECT), ("decision", None)]
    assert [one.ref for one in timeline.moments] == [None, "by-role", "by-person"]


def test_a_session_that_runs_goes_on_until_now() -> None:
    log = log_of((1, ev.TaskReady(ARCHITECT)), (2, ev.TaskStarted(ARCHITECT, 1, "w")))
    timeline = make_timeline(log, until=START + timedelta(seconds=60))
    assert timeline.end_ms == 60_000
    assert bars(lane_of(timeline, ARCHITECT))[-1] == ("running", 2000, None, None)
    assert make_timeline(log).end_ms == 2000


def test_a_clock_that_went_back_does_not_turn_the_timeline_round() -> None:
    log = log_of((5, ev.TaskReady(ARCHITECT)), (3, ev.TaskStarted(ARCHITECT, 1, "w")))
    assert [one.at_ms for one in make_timeline(log).moments] == [0, 5000, 5000]


def test_an_empty_log_is_an_empty_timeline() -> None:
    timeline = make_timeline([])
    assert (timeline.end_ms, timeline.moments, timeline.lanes) == (0, (), ())
    assert timeline.state_at(0) == to_json(fold([]))


@given(logs())
def test_every_event_has_one_short_line(log: list[Event]) -> None:
    for moment in make_timeline(log).moments:
        assert "\n" not in moment.label
        assert len(moment.label) <= 160


def test_what_an_agent_wrote_is_cut_short() -> None:
    note = ev.TaskNote(ARCHITECT, 1, "long " * 1000)
    assert make_timeline(log_of((1, note))).moments[1].label.endswith("…")
