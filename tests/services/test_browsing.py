"""Browsing a team's sessions: what is found, in which order, and that indexes find it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.domain.lifecycle import SessionStatus
from core.services import control
from core.services.browsing import COUNTED, SessionQuery, browse_sessions
from core.services.transaction import current_engine
from core.settings import get_settings
from embedded.servers import RunningServers
from tests.conftest import empty_tables
from tests.factories import (
    Someone,
    claim,
    complete,
    complete_roles,
    fail_for_good,
    launch,
    make_decision,
    make_someone,
)
from tests.filling import fill_tables
from tests.sent_statements import sent_by


def names(someone: Someone, **query: Any) -> list[str]:
    found = browse_sessions(someone.principal, SessionQuery(someone.team_id, **query))
    return [row.session.feature_name for row in found.rows]


def test_words_are_found_by_their_beginnings_in_name_and_brief(someone: Someone) -> None:
    launch(someone, feature_name="Expense approval", brief="Managers approve.")
    launch(someone, feature_name="Shift swap", brief="Nurses offer shifts; e-mail tells them.")
    assert names(someone, text="nur SHI") == ["Shift swap"]
    assert names(someone, text="e-mail") == ["Shift swap"]
    assert names(someone, text="  ") == ["Shift swap", "Expense approval"]
    assert names(someone, text="approv") == ["Expense approval"]
    assert names(someone, text="nothing") == []


@pytest.mark.parametrize(
    "typed", ["'", "' OR 1=1 --", "zz:*", "!", "<->", "\\", "%", "x" * 200, "é", "日本", "& | ()"]
)
def test_whatever_is_typed_is_only_looked_for(someone: Someone, typed: str) -> None:
    launch(someone)
    assert names(someone, text=typed) == []


def test_an_id_is_found_by_its_beginning(someone: Someone) -> None:
    session = launch(someone)
    assert names(someone, text=str(session.id)) == ["Expense approval"]
    assert names(someone, text=str(session.id)[:11].upper()) == ["Expense approval"]
    assert names(someone, text="0" * 12) == []


def test_states_dates_and_orders_narrow_the_list(someone: Someone) -> None:
    first = launch(someone, feature_name="First")
    launch(someone, feature_name="Second")
    control.cancel_session(someone.principal, first.id)
    assert names(someone, statuses=frozenset({SessionStatus.CANCELLED})) == ["First"]
    assert names(someone, sort="oldest") == ["First", "Second"]
    assert names(someone, sort="longest") == ["First", "Second"]
    assert names(someone, since=first.created_at + timedelta(days=1)) == []
    assert names(someone, until=first.created_at) == []


def test_a_row_says_how_far_a_session_is(someone: Someone) -> None:
    session = launch(someone)
    complete(claim(someone, session, "architect"), decisions=(make_decision(),))
    fail_for_good(someone, session, "dba")
    (row,) = browse_sessions(someone.principal, SessionQuery(someone.team_id)).rows
    assert (row.roles, row.roles_done, row.retries, row.decisions) == (7, 1, 0, 1)
    assert (row.failed_role, row.error_message) == ("dba", "It broke.")
    assert row.user_name == someone.user.user_name


def test_pages_and_counts_agree(someone: Someone) -> None:
    for number in range(5):
        launch(someone, feature_name=f"Session {number}")
    query = SessionQuery(someone.team_id)
    pages = [browse_sessions(someone.principal, query, page=n, rows=2) for n in (1, 2, 3)]
    shown = [row.session.feature_name for found in pages for row in found.rows]
    assert shown == [f"Session {number}" for number in reversed(range(5))]
    assert [(one.first, one.total, one.pages, one.is_more) for one in pages] == [
        (1, 5, 3, False),
        (3, 5, 3, False),
        (5, 5, 3, False),
    ]
    assert browse_sessions(someone.principal, query, page=99, rows=2) == pages[-1]
    assert pages[0].of_team == {SessionStatus.ACTIVE: 5}


def test_another_teams_sessions_are_never_in_the_list(someone: Someone) -> None:
    complete_roles(someone, launch(someone), "architect")
    other = make_someone()
    assert names(other) == []
    assert browse_sessions(other.principal, SessionQuery(other.team_id)).team_has_none


_GROW = """
INSERT INTO execution_sessions (id, team_id, user_id, feature_name, brief, pipeline, launch_key,
    created_at, started_at, ended_at, outcome)
SELECT gen_random_uuid(), :team, :user, 'Expense approval ' || n, 'Brief number ' || n,
    '{"name": "seven_roles"}', 'grown-' || n, at, at,
    CASE WHEN n % 50 > 0 THEN at + n % 300 * interval '1 second' END,
    CASE WHEN n % 50 > 0 AND n % 9 > 0 THEN 'planned' END
FROM generate_series(1, :number) AS n,
    LATERAL (SELECT clock_timestamp() - n * interval '1 minute' AS at) AS moment;
INSERT INTO session_heads (session_id, team_id, status, last_seq, updated_at)
SELECT id, team_id, CASE WHEN ended_at IS NULL THEN 'active' WHEN outcome IS NULL THEN 'failed'
    ELSE 'completed' END, 20, created_at FROM execution_sessions;
INSERT INTO agent_tasks (id, session_id, team_id, position, role, after_roles, upstream_roles,
    description, instructions, capabilities, executor, timeout_seconds, status, created_at,
    started_at, finished_at, attempt, output)
SELECT gen_random_uuid(), id, team_id, n, 'role_' || n, '{}', '{}', '', '', '[]', 'planner', 300,
    'completed', created_at, created_at, created_at + n * interval '1 second', 1, '{}'
FROM execution_sessions, generate_series(1, 7) AS n
"""


@pytest.fixture(scope="module", params=[1000, 20_000])
def grown(
    request: pytest.FixtureRequest, servers: RunningServers, database_url: str
) -> Iterator[Someone]:
    """A team with many finished sessions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database_url)
        patch.setenv("REDIS_URL", servers.redis_url)
        get_settings.cache_clear()
        empty_tables()
        made = make_someone()
        values = {"team": made.team_id, "user": made.user.id, "number": request.param}
        fill_tables(_GROW, values, budget_seconds=120)
        with current_engine().connect() as db:
            db.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
        yield made
        empty_tables()
    get_settings.cache_clear()


QUERIES: dict[str, dict[str, Any]] = {
    "newest": {},
    "oldest": {"sort": "oldest"},
    "longest": {"sort": "longest"},
    "failed": {"statuses": frozenset({SessionStatus.FAILED})},
    "running": {"statuses": frozenset({SessionStatus.ACTIVE})},
    "a rare word": {"text": "number 777"},
    "a word of none": {"text": "nobody wrote it"},
    "a rare state": {"statuses": frozenset({SessionStatus.EXPIRED})},
    "an id": {"text": "0123456789ab"},
}


def rows_read(plan: dict[str, Any]) -> float:
    """Return how many rows the scans of a plan looked at."""
    inner = sum(map(rows_read, plan.get("Plans", ())))
    if "Scan" not in plan["Node Type"] or "Subquery" in plan["Node Type"]:
        return inner
    seen = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return inner + seen * plan["Actual Loops"]


def rows_read_by(act: Callable[[], object]) -> float:
    """Run an act, and each statement that it sent once more, counting the rows that are read."""
    sent = sent_by(act)
    total = 0.0
    with current_engine().connect() as db:
        cursor = db.connection.cursor()
        for statement, values in sent:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, values)
            total += rows_read(cursor.fetchone()[0][0]["Plan"])
    return total


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_reads_no_more_of_twenty_thousand_sessions_than_of_a_thousand(
    grown: Someone, name: str
) -> None:
    query = SessionQuery(grown.team_id, **QUERIES[name])
    read = rows_read_by(lambda: browse_sessions(grown.principal, query))
    assert 0 < read < 8 * COUNTED


def test_a_page_far_down_is_reached(grown: Someone) -> None:
    found = browse_sessions(grown.principal, SessionQuery(grown.team_id), page=30)
    assert (found.first, len(found.rows)) == (581, 20)


def counts_in(sent: list[tuple[str, Any]]) -> int:
    return sum("to_tsquery" in statement and "count(*)" in statement[:20] for statement, _ in sent)


def test_paging_through_a_common_word_counts_it_once(grown: Someone) -> None:
    common = SessionQuery(grown.team_id, text="expense")
    first = browse_sessions(grown.principal, common)
    assert first.total >= 1000
    again = sent_by(lambda: browse_sessions(grown.principal, common, page=3))
    assert counts_in(again) == (0 if first.is_more else 1)
    third = browse_sessions(grown.principal, common, page=3)
    assert (third.first, len(third.rows), third.is_more) == (41, 20, first.is_more)


def test_a_word_in_one_state_is_counted_each_time(grown: Someone) -> None:
    done = frozenset({SessionStatus.COMPLETED})
    common = SessionQuery(grown.team_id, text="expense", statuses=done)
    for _ in range(2):
        assert counts_in(sent_by(lambda: browse_sessions(grown.principal, common))) == 1
