"""The statements of the hot paths, as they are really sent, on tables with many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from core.domain.access import UserPrincipal
from core.domain.agent import WorkQuery
from core.domain.attempt import WorkerIdentity
from core.domain.work import RoleResult
from core.ids import new_id
from core.services import browsing, claiming, control, reading, recording
from core.services.transaction import current_engine, transact
from core.settings import get_settings
from core.store import external_work, heads, journal, sessions, snapshots, tasks, watching
from core.store.database import driver_of
from embedded.servers import RunningServers
from tests.conftest import empty_tables
from tests.factories import Someone, add_member, launch, make_someone, task_of
from tests.filling import fill_tables
from tests.sent_statements import sent_by

TEAMS, SESSIONS = 200, 4000
BIG = {
    "execution_sessions",
    "session_heads",
    "session_events",
    "agent_tasks",
    "agent_snapshots",
    "artifacts",
    "session_decisions",
    "task_decisions",
    "team_memberships",
    "users",
}

# A fifth of all sessions belongs to one team, the others to two hundred. Each has a brief as long
# as people write them: reading all rows of a narrow table would cost less than an index.
_FILL = """
INSERT INTO teams (id, owner_id, name, is_shared)
SELECT gen_random_uuid(), :user_id, 'Crowd ' || n, true FROM generate_series(1, :teams) AS n;
INSERT INTO users (id, user_name, email) VALUES (:other_id, 'other', 'other@example.org');
UPDATE teams SET owner_id = :other_id WHERE id <> :team_id;
INSERT INTO execution_sessions (id, team_id, user_id, feature_name, brief, pipeline, launch_key,
    created_at, started_at)
SELECT gen_random_uuid(), owner.team_id, :user_id, 'Name', repeat('Brief ', 250),
    '{"name": "seven_roles"}', n::text, clock_timestamp() - n * interval '1 minute',
    clock_timestamp()
FROM generate_series(1, :sessions) AS n
JOIN (SELECT CASE WHEN row_number() OVER () % 5 = 0 THEN :team_id ELSE id END AS team_id,
             row_number() OVER () - 1 AS place FROM teams) AS owner ON owner.place = n % :teams;
INSERT INTO session_heads (session_id, team_id, status, last_seq, updated_at)
SELECT id, team_id, 'completed', 20, created_at FROM execution_sessions;
INSERT INTO agent_tasks (id, session_id, team_id, position, role, after_roles, upstream_roles,
    description, instructions, capabilities, executor, timeout_seconds, status, created_at,
    attempt, output)
SELECT gen_random_uuid(), id, team_id, n, 'role_' || n, '{}', '{}', '', '', '[]', 'planner', 300,
    'completed', created_at, 1, '{}'
FROM execution_sessions, generate_series(1, 7) AS n;
INSERT INTO session_events (session_id, team_id, seq, type, version, payload, at)
SELECT id, team_id, n, 'session_paused', 1, '{}', created_at
FROM execution_sessions, generate_series(1, 20) AS n;
INSERT INTO agent_snapshots (id, session_id, team_id, task_id, attempt, context, capabilities,
    decisions, ended_as, created_at, ended_at)
SELECT gen_random_uuid(), session_id, team_id, id, 1, '{}', '[]', '[]', 'completed', created_at,
    created_at
FROM agent_tasks;
INSERT INTO artifacts (id, session_id, team_id, task_id, attempt, agent_role, slug, kind,
    media_type, title, body, evidence, links, validation, created_at)
SELECT gen_random_uuid(), session_id, team_id, id, 1, role, role, 'text', 'text/plain', 'Title',
    'Body', '[]', '[]', '{}', created_at
FROM agent_tasks WHERE position <= 3;
INSERT INTO session_decisions (id, session_id, team_id, text, rationale, category, confidence,
    alternatives, evidence, seq, created_at)
SELECT gen_random_uuid(), id, team_id, 'Text', 'Rationale', 'data', 'high', '[]', '[]', n,
    created_at
FROM execution_sessions, generate_series(1, 3) AS n;
INSERT INTO task_decisions (id, session_id, team_id, task_id, attempt, text, rationale, category,
    confidence, alternatives, evidence, seq, created_at)
SELECT gen_random_uuid(), session_id, team_id, id, 1, 'Text', 'Rationale', 'data', 'high', '[]',
    '[]', position, created_at
FROM agent_tasks WHERE position <= 3;
INSERT INTO users (id, user_name, email)
SELECT gen_random_uuid(), 'crowd-' || n, n || '@example.org' FROM generate_series(1, 4000) AS n;
INSERT INTO team_memberships (team_id, user_id, role)
SELECT teams.id, users.id, 'member'
FROM (SELECT id, row_number() OVER () - 1 AS place FROM teams) AS teams
JOIN (SELECT id, row_number() OVER () AS n FROM users WHERE user_name LIKE 'crowd-%') AS users
  ON teams.place IN (users.n % :teams, (users.n * 7 + 3) % :teams)
"""


@pytest.fixture(scope="module")
def crowd(servers: RunningServers, database_url: str) -> Iterator[Someone]:
    """Thousands of finished sessions of many teams, and the owner of the largest team."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database_url)
        patch.setenv("REDIS_URL", servers.redis_url)
        get_settings.cache_clear()
        empty_tables()
        with current_engine().connect() as db:  # what other tests' rows left behind in indexes
            once = db.execution_options(isolation_level="AUTOCOMMIT")
            once.execute(text("REINDEX TABLE agent_tasks"))
            once.execute(text("REINDEX TABLE session_heads"))
        made = make_someone()
        values = {
            "team_id": made.team_id,
            "user_id": made.user.id,
            "other_id": new_id(),
            "teams": TEAMS,
            "sessions": SESSIONS,
        }
        fill_tables(_FILL, values, budget_seconds=60)
        with current_engine().connect() as db:
            db.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        yield made
        empty_tables()
    get_settings.cache_clear()


def plans_of(act: Callable[[], object]) -> list[tuple[str, dict[str, Any]]]:
    """Run an act, and explain each statement that it sent, with the values that it sent."""
    sent = sent_by(act)
    found = []
    with current_engine().connect() as db:
        cursor = db.connection.cursor()
        for statement, values in sent:
            if statement.lstrip().split()[0] in ("SELECT", "WITH", "UPDATE", "INSERT"):
                cursor.execute("EXPLAIN (FORMAT JSON) " + statement, values)
                found.append((statement, cursor.fetchone()[0][0]["Plan"]))
        db.rollback()
    assert found, "no statement was seen"
    return found


def sequential_scans(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in BIG:
        yield plan["Relation Name"]
    for inner in plan.get("Plans", ()):
        yield from sequential_scans(inner)


def check(act: Callable[[], object]) -> None:
    slow = [
        (name, statement) for statement, plan in plans_of(act) for name in sequential_scans(plan)
    ]
    assert slow == []


def test_a_query_without_an_index_is_seen(crowd: Someone) -> None:
    for table in sorted(BIG):
        query = text(f"SELECT count(*) FROM {table} AS one WHERE to_jsonb(one) ? 'x'")
        ((_, plan),) = plans_of(lambda query=query: transact(lambda db: db.execute(query)))
        assert list(sequential_scans(plan)) == [table]


def some_session(someone: Someone) -> UUID:
    return reading.list_sessions(someone.principal, limit=1)[0].id


def some_sessions(someone: Someone) -> list[UUID]:
    return [one.id for one in reading.list_sessions(someone.principal, limit=5)]


def test_a_session_lives_by_indexes_from_launch_to_end(crowd: Someone) -> None:
    def live() -> None:
        session = launch(crowd)
        task_id = task_of(crowd, session, "architect").id
        claimed = claiming.claim_task(task_id, WorkerIdentity("w"))
        assert claimed is not None
        claiming.extend_lease(claimed)
        claiming.note_task(claimed, "Reading")
        taken = recording.record_result(
            claimed, RoleResult({}), take_along=frozenset({"planner"})
        ).next_claim
        assert taken is not None
        recording.fail_attempt(taken, code="broken", message="It broke.", may_retry=False)
        control.retry_session(crowd.principal, session.id)
        control.pause_session(crowd.principal, session.id)
        control.resume_session(crowd.principal, session.id)
        control.cancel_session(crowd.principal, session.id)

    check(live)


# What this connection has counted and not reported yet, so also of transactions before.
_SCANS = text("SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname = ANY (:big)")


def scanned_by(act: Callable[[Connection], object]) -> set[str]:
    """Run an act in a transaction; returns the big tables that were read from end to end."""

    def scans(db: Connection) -> set[tuple[str, int]]:
        return {(name, n) for name, n in db.execute(_SCANS, {"big": sorted(BIG)}) if n}

    def work(db: Connection) -> set[str]:
        # As after many calls: a plan that fits all values, not one for the values at hand.
        db.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        before = scans(db)
        act(db)
        return {name for name, _ in scans(db) - before}

    return transact(work)


def test_a_scan_inside_a_transaction_is_seen(crowd: Someone) -> None:
    query = text("SELECT count(*) FROM agent_tasks WHERE description = 'x'")
    assert scanned_by(lambda db: db.execute(query)) == {"agent_tasks"}


def test_claiming_and_recording_read_by_indexes_inside_their_functions(
    crowd: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def live(db: Connection) -> None:
        for module in (claiming, recording):
            monkeypatch.setattr(module, "transact_directly", lambda work, **_: work(driver_of(db)))
        task_id = task_of(crowd, session, "architect").id
        claimed = claiming.claim_task(task_id, WorkerIdentity("w"))
        while claimed is not None:
            recorded = recording.record_result(
                claimed, RoleResult({}), take_along=frozenset({"planner"})
            )
            claimed = recorded.next_claim

    session = launch(crowd)
    assert scanned_by(live) == set()
    assert reading.get_session(crowd.principal, session.id).status == "completed"


STORE: dict[str, Callable[[Connection, Someone], object]] = {
    "take_due": lambda db, _: tasks.take_due(
        db,
        not_queued=("external", "recorded"),
        resend=True,
        resend_seconds=5,
        resend_most_seconds=60,
        most=200,
    ),
    "expired_leases": lambda db, _: tasks.expired_leases(db, 200),
    "count_sent": lambda db, _: tasks.count_sent(db),
    "list_waiting": lambda db, who: external_work.list_waiting(db, who.principal, WorkQuery()),
    "pick_task": lambda db, who: external_work.pick_task(
        db, who.principal, who.team_id, WorkQuery(), waits=False
    ),
    "find_attempt": lambda db, who: external_work.find_attempt(db, who.principal, new_id(), 1),
    "find_worker": lambda db, who: external_work.find_worker(
        db, who.principal, some_session(who), new_id(), 1
    ),
    "locked_tasks": lambda db, who: tasks.locked_tasks(db, some_session(who)),
    "lock_head": lambda db, who: heads.lock_head(db, some_session(who)),
    "list_inactive": lambda db, _: sessions.list_inactive(
        db, datetime(2026, 1, 1, tzinfo=UTC), 100
    ),
    "list_events": lambda db, who: heads.list_events(db, who.principal, some_session(who)),
    "list_snapshots": lambda db, who: snapshots.list_snapshots(
        db, who.principal, some_session(who)
    ),
    # What the hub asks every two seconds while somebody watches.
    "last_seqs": lambda db, who: watching.last_seqs(db, some_sessions(who)),
    "list_leases": lambda db, who: watching.list_leases(db, some_sessions(who)),
    "team_marks": lambda db, who: watching.team_marks(db, [who.team_id]),
    "teams_of": lambda db, who: watching.teams_of(db, some_sessions(who)),
    "list_decisions": lambda db, who: journal.list_decisions(db, who.principal, some_session(who)),
    "list_artifacts": lambda db, who: journal.list_artifacts(db, who.principal, some_session(who)),
}


@pytest.mark.parametrize("name", STORE)
def test_what_dispatcher_and_hub_ask_uses_an_index(crowd: Someone, name: str) -> None:
    check(lambda: transact(lambda db: STORE[name](db, crowd)))


@pytest.mark.parametrize("of_team", [True, False])
def test_a_teams_newest_sessions_are_found_by_an_index(crowd: Someone, of_team: bool) -> None:
    team_id = crowd.team_id if of_team else None
    check(lambda: reading.list_sessions(crowd.principal, team_id=team_id))


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes_of(inner)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_teams_newest_tasks_are_read_in_order_by_an_index(crowd: Someone, is_first: bool) -> None:
    query = browsing.TaskFilter(crowd.team_id)
    if not is_first:
        last = browsing.walk_tasks(crowd.principal, query).tasks[-1]
        query = browsing.TaskFilter(crowd.team_id, after=(last.created_at, last.id))
    _, plan = plans_of(lambda: browsing.walk_tasks(crowd.principal, query))[-1]
    nodes = list(nodes_of(plan))
    assert "ix_agent_tasks_team_id_created_at" in {one.get("Index Name") for one in nodes}
    sorted_by = {key for one in nodes for key in one.get("Sort Key", ())}
    assert not {key for key in sorted_by if key.startswith("agent_tasks.")}


def test_tasks_of_a_session_and_of_all_teams_are_found_by_indexes(crowd: Someone) -> None:
    session_id = some_session(crowd)
    query = browsing.TaskFilter(session_id=session_id)
    check(lambda: browsing.walk_tasks(crowd.principal, query))
    check(lambda: browsing.walk_tasks(crowd.principal, browsing.TaskFilter()))


def test_a_persons_few_sessions_are_found_by_an_index_beside_many_of_others(
    crowd: Someone,
) -> None:
    other = make_someone()
    launch(other)
    check(lambda: reading.list_sessions(other.principal))


def test_a_report_reads_by_indexes(crowd: Someone) -> None:
    session_id = some_session(crowd)
    member = make_someone()
    add_member(crowd.team_id, member.user)
    check(lambda: reading.get_report(UserPrincipal(member.user.id), session_id))
    check(lambda: reading.list_events(member.principal, session_id, after_seq=10))


def test_what_nobody_works_on_is_not_in_the_dispatchers_indexes(crowd: Someone) -> None:
    query = text(
        "SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes"
        " WHERE indexrelname IN"
        " ('ix_agent_tasks_due', 'ix_agent_tasks_lease', 'ix_session_heads_unfinished')"
    )
    sizes = {name: size for name, size in transact(lambda db: db.execute(query).all())}  # noqa: C416
    assert len(sizes) == 3
    assert max(sizes.values()) <= 64 * 1024
