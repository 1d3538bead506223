"""Walking lists of sessions and tasks, newest first: nothing twice and nothing left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.lifecycle import SessionStatus
from core.errors import InvalidInput, NotFound
from core.services import control, reading
from core.services.browsing import SessionFilter, TaskFilter, walk_sessions, walk_tasks
from tests.factories import Someone, launch, make_someone, make_team_of


def walk(someone: Someone, query: SessionFilter, rows: int) -> list[str]:
    """Return the names of all sessions that match, read page by page."""
    names: list[str] = []
    while True:
        found = walk_sessions(someone.principal, query, rows=rows)
        names += [one.feature_name for one in found.sessions]
        if not found.is_more:
            return names
        last = found.sessions[-1]
        query = replace(query, after=(last.created_at, last.id))


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("text", ["", "feature"])
def test_pages_are_the_whole_list_in_order(someone: Someone, rows: int, text: str) -> None:
    for number in range(5):
        launch(someone, feature_name=f"Feature {number}")
    query = SessionFilter(someone.team_id, text=text)
    assert walk(someone, query, rows) == [f"Feature {n}" for n in (4, 3, 2, 1, 0)]


def test_what_is_launched_meanwhile_moves_nothing(someone: Someone) -> None:
    for number in range(3):
        launch(someone, feature_name=f"Feature {number}")
    first = walk_sessions(someone.principal, SessionFilter(someone.team_id), rows=1)
    launch(someone, feature_name="Newer")
    last = first.sessions[-1]
    query = SessionFilter(someone.team_id, after=(last.created_at, last.id))
    assert walk(someone, query, 1) == ["Feature 1", "Feature 0"]


def test_each_filter_narrows(someone: Someone) -> None:
    paused, other = launch(someone, feature_name="Paused"), launch(someone, feature_name="Shift")
    control.pause_session(someone.principal, paused.id)
    now = datetime.now(UTC)
    team = SessionFilter(someone.team_id)
    for query, names in (
        (replace(team, statuses=frozenset({SessionStatus.PAUSED})), ["Paused"]),
        (replace(team, statuses=frozenset({SessionStatus.FAILED})), []),
        (replace(team, role="database_administrator"), ["Shift", "Paused"]),
        (replace(team, role="scribe"), []),
        (replace(team, text="shi"), ["Shift"]),
        (replace(team, text=str(other.id)), ["Shift"]),
        (replace(team, since=now - timedelta(hours=1)), ["Shift", "Paused"]),
        (replace(team, until=now - timedelta(hours=1)), []),
        (replace(team, text="shift", role="dba", since=now - timedelta(hours=1)), ["Shift"]),
    ):
        assert walk(someone, query, 20) == names


def test_without_a_team_all_of_ones_own_are_read_and_no_others(someone: Someone) -> None:
    second = make_team_of(someone.user)
    launch(someone, feature_name="One")
    launch(second, feature_name="Two")
    launch(make_someone(), feature_name="Foreign")
    assert walk(someone, SessionFilter(), 1) == ["Two", "One"]


def test_a_foreign_team_is_not_found(someone: Someone) -> None:
    with pytest.raises(NotFound):
        walk_sessions(make_someone().principal, SessionFilter(someone.team_id))


def test_a_name_that_no_role_can_have_is_refused(someone: Someone) -> None:
    with pytest.raises(InvalidInput):
        walk_sessions(someone.principal, SessionFilter(role="\x00"))


@pytest.mark.parametrize("rows", [1, 3, 7, 100])
def test_tasks_of_one_time_are_read_each_once_the_last_of_a_pipeline_first(
    someone: Someone, rows: int
) -> None:
    sessions = [launch(someone), launch(someone)]
    query, found = TaskFilter(someone.team_id), []
    while True:
        stretch = walk_tasks(someone.principal, query, rows=rows)
        found += stretch.tasks
        if not stretch.is_more:
            break
        last = found[-1]
        query = replace(query, after=(last.created_at, last.id))
    wanted = [one for each in sessions for one in reading.list_tasks(someone.principal, each.id)]
    assert [one.id for one in found] == [one.id for one in reversed(wanted)]


def test_tasks_of_a_foreign_session_are_not_found(someone: Someone) -> None:
    session = launch(someone)
    for query in (TaskFilter(someone.team_id), TaskFilter(session_id=session.id)):
        with pytest.raises(NotFound):
            walk_tasks(make_someone().principal, query)
    with pytest.raises(InvalidInput):
        walk_tasks(someone.principal, TaskFilter(role="\x00"))
