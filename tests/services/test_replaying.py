"""Replays read from a real log."""

from __future__ import annotations

from uuid import uuid4

import pytest

from core.domain.session_state import fold, to_json
from core.errors import NotFound
from core.services.replaying import get_replay
from tests.factories import (
    Someone,
    claim,
    complete,
    complete_roles,
    events_of,
    fail_for_good,
    launch,
    make_artifact,
    make_decision,
    make_someone,
)


def test_it_holds_the_state_after_every_event_and_the_texts(someone: Someone) -> None:
    session = launch(someone)
    complete(
        claim(someone, session, "architect"),
        artifacts=(make_artifact(),),
        decisions=(make_decision(), make_decision(text="Split it", strategic=True)),
    )
    replay = get_replay(someone.principal, session.id)

    log = events_of(someone, session)
    assert len(replay.timeline.moments) == len(log)
    for seq in range(len(log) + 1):
        assert replay.timeline.state_at(seq) == to_json(fold(log[:seq]))
    assert {one.text for one in replay.decisions} == {"One table for approvals", "Split it"}
    assert [one.title for one in replay.artifacts] == ["Schema"]
    assert [one.body for one in replay.artifacts] == [None]


def test_a_strategic_decision_stands_in_its_authors_lane(someone: Someone) -> None:
    session = launch(someone)
    complete(claim(someone, session, "architect"), decisions=(make_decision(strategic=True),))
    timeline = get_replay(someone.principal, session.id).timeline
    architect = next(lane.task_id for lane in timeline.lanes if lane.role == "architect")
    decided = [one for one in timeline.moments if one.mark == "decision"]
    assert [one.task_id for one in decided] == [architect]


def test_it_ends_now_while_the_session_runs_and_with_its_last_event_after(
    someone: Someone,
) -> None:
    session = launch(someone)
    running = get_replay(someone.principal, session.id)
    assert running.runs
    assert running.timeline.end_ms >= running.timeline.moments[-1].at_ms

    complete_roles(someone, session, "architect")
    fail_for_good(someone, session, "dba")
    ended = get_replay(someone.principal, session.id)
    assert not ended.runs
    assert ended.timeline.end_ms == ended.timeline.moments[-1].at_ms


def test_another_teams_session_is_not_found(someone: Someone) -> None:
    session = launch(someone)
    with pytest.raises(NotFound):
        get_replay(make_someone().principal, session.id)
    with pytest.raises(NotFound):
        get_replay(someone.principal, uuid4())
