"""The chain of seals: it never forks, survives retention, and names the first row that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM
from core.domain.audit import ACCOUNTS_CHAIN, DROPPED
from core.services import auditing, retention
from core.services.transaction import transact
from core.settings import get_settings
from core.store import audit
from core.store.database import get_engine
from embedded.servers import RunningServers
from tests.factories import in_parallel, launch, make_someone

OLD = "100 days"


@dataclass(frozen=True)
class Superuser:
    """Somebody with every right on the database, whom no trigger stops."""

    url: str

    def run(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True) as db:
            db.execute("SET session_replication_role = replica")
            done = db.execute(query, values)
            return done.fetchall() if done.description else []


@pytest.fixture
def superuser(servers: RunningServers, system: None) -> Superuser:
    return Superuser(servers.admin_url.rpartition("/")[0] + "/sage_tests")


def note(team_id: UUID | None, age: str = "0 days") -> None:
    query = text(
        "INSERT INTO audit_events (team_id, kind, actor, subject, at, details)"
        " VALUES (:team, 'tea.made', 'user mara', 'Äpfel', clock_timestamp() - CAST(:age AS"
        ' interval), \'{"sugar": 1.50, "milk": [true, null]}\')'
    )
    transact(lambda db: db.execute(query, {"team": team_id, "age": age}))


def seal_everything() -> None:
    while transact(lambda db: db.execute(text("SELECT count(*) FROM audit_unsealed")).scalar()):
        auditing.seal_audit()


def clear() -> None:
    query = text(
        "SET LOCAL sage.audit_drop = 'on'; TRUNCATE audit_events, audit_seals, audit_unsealed"
    )
    transact(lambda db: db.execute(query))


def sealed(chain: UUID) -> list[int]:
    query = text("SELECT event_id FROM audit_seals WHERE chain = :chain ORDER BY number")
    return list(transact(lambda db: db.execute(query, {"chain": chain}).scalars().all()))


events = st.tuples(st.integers(0, 2), st.booleans())  # which team, whether it is old
batches = st.lists(st.lists(events, min_size=1, max_size=6), min_size=1, max_size=4)
HARM: dict[str, Callable[[Superuser, int], object]] = {
    "a word": lambda s, i: s.run("UPDATE audit_events SET subject = 'Birnen' WHERE id = %s", i),
    "a number": lambda s, i: s.run(
        "UPDATE audit_events SET details = jsonb_set(details, '{sugar}', '1.51') WHERE id = %s", i
    ),
    "who": lambda s, i: s.run(
        "UPDATE audit_events SET actor_id = gen_random_uuid() WHERE id=%s", i
    ),
    "when": lambda s, i: s.run("UPDATE audit_events SET at = at + '1 us' WHERE id = %s", i),
    "team": lambda s, i: s.run(
        "UPDATE audit_events SET team_id = CASE WHEN team_id IS NULL"
        " THEN (SELECT id FROM teams LIMIT 1) END WHERE id = %s",
        i,
    ),
    "the row": lambda s, i: s.run("DELETE FROM audit_events WHERE id = %s", i),
    "its seal": lambda s, i: s.run(
        "UPDATE audit_seals SET sha256 = row_sha256 WHERE event_id = %s", i
    ),
    "row and hash": lambda s, i: s.run(
        "UPDATE audit_seals SET row_sha256 = encode(sha256('x'), 'hex') WHERE event_id = %s", i
    ),
}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(written=batches, harm=st.sampled_from(sorted(HARM)), keep=st.booleans(), data=st.data())
def test_whatever_is_changed_afterwards_is_named(
    superuser: Superuser, written: list[list[tuple[int, bool]]], harm: str, keep: bool, data
) -> None:
    clear()
    teams: list[UUID | None] = [*_two_teams(), None]
    for batch in written:
        for team, is_old in batch:
            note(teams[team], OLD if is_old else "0 days")
        if data.draw(st.booleans(), label="two seal"):
            in_parallel(2, lambda _: auditing.seal_audit())
    seal_everything()
    verdict = auditing.verify_audit()
    assert verdict.is_right
    assert verdict.rows == sum(len(batch) for batch in written)
    if not keep:
        retention.run_job("drop_old_audit")
        assert auditing.verify_audit().is_right
        seal_everything()
        after = auditing.verify_audit()
        assert after.is_right
        assert after.dropped == _old_at_the_beginning(written)
    there = superuser.run(
        "SELECT event_id, chain, number FROM audit_seals JOIN audit_events ON id = event_id"
        " WHERE kind <> 'audit.dropped'"
    )
    if not there:
        return
    event_id, chain, number = data.draw(st.sampled_from(sorted(there, key=str)), label="harmed")
    HARM[harm](superuser, int(str(event_id)))
    (broken,) = auditing.verify_audit().broken
    assert (broken.event_id, broken.chain, broken.number) == (event_id, chain, number)


_made: list[UUID] = []


def _two_teams() -> list[UUID]:
    query = text("SELECT count(*) FROM teams WHERE id = ANY (:ids)")
    if not _made or transact(lambda db: db.execute(query, {"ids": _made}).scalar()) != 2:
        _made[:] = [make_someone().team_id, make_someone().team_id]
        clear()
    return _made


def _old_at_the_beginning(written: list[list[tuple[int, bool]]]) -> int:
    """Return how many events each chain begins with that are old, together."""
    found = 0
    for team in range(3):
        ages = [is_old for batch in written for one, is_old in batch if one == team]
        found += ages.index(False) if False in ages else len(ages)
    return found


def test_an_event_that_commits_late_is_sealed_late_and_breaks_nothing(superuser: Superuser) -> None:
    team_id = make_someone().team_id
    seal_everything()
    engine = get_engine(get_settings().database_url or "")
    with engine.connect().execution_options(isolation_level="READ COMMITTED") as slow:
        slow.begin()
        auditing.note(slow, SYSTEM, "tea.late", team_id=team_id)
        note(team_id)
        assert auditing.seal_audit() == 1
        slow.commit()
        slow.invalidate()
    assert auditing.seal_audit() == 1
    later, earlier = sealed(team_id)
    assert earlier < later
    assert auditing.verify_audit().is_right


def test_of_many_who_seal_at_once_none_forks_the_chain(superuser: Superuser) -> None:
    team_id = make_someone().team_id

    def act(index: int) -> int:
        done = 0
        for _ in range(10):
            note(team_id)
            done += auditing.seal_audit()
        return done

    in_parallel(4, act)
    seal_everything()
    assert len(sealed(team_id)) == 40
    assert auditing.verify_audit().is_right


def test_a_row_that_was_never_sealed_and_waits_for_nothing_is_named(superuser: Superuser) -> None:
    team_id = make_someone().team_id
    note(team_id)
    superuser.run("DELETE FROM audit_unsealed")
    assert {one.why for one in auditing.verify_audit().broken} == {"the row has no seal"}
    chains = {one.chain for one in auditing.verify_audit().broken}
    assert chains > {team_id, ACCOUNTS_CHAIN}  # and that of the personal team


def test_a_seal_that_is_gone_is_named_by_the_one_after_it(superuser: Superuser) -> None:
    team_id = make_someone().team_id
    for _ in range(3):
        note(team_id)
    seal_everything()
    ids = sealed(team_id)
    superuser.run("DELETE FROM audit_seals WHERE event_id = %s", ids[1])
    (broken,) = auditing.verify_audit().broken
    assert (broken.event_id, broken.number) == (ids[2], 2)
    assert "seal 2 is missing" in broken.why


def test_a_row_put_in_between_is_named(superuser: Superuser) -> None:
    team_id = make_someone().team_id
    note(team_id)
    seal_everything()
    (event_id,) = superuser.run(
        "INSERT INTO audit_events (team_id, kind, actor) VALUES (%s, 'tea.forged', 'user eve')"
        " RETURNING id",
        team_id,
    )[0]
    (broken,) = auditing.verify_audit().broken
    assert broken.event_id == event_id


def test_retention_stops_at_what_somebody_else_removed(superuser: Superuser) -> None:
    team_id = make_someone().team_id
    for _ in range(4):
        note(team_id, OLD)
    seal_everything()
    ids = sealed(team_id)
    superuser.run("DELETE FROM audit_events WHERE id = %s", ids[2])
    assert auditing.drop_old_audit() == 2
    seal_everything()
    (broken,) = auditing.verify_audit().broken
    assert broken.event_id == ids[2]


def test_retention_keeps_what_is_not_sealed_and_what_is_young(
    superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "DROP_BATCH", 2)
    team_id = make_someone().team_id
    for age in (OLD, OLD, OLD, "89 days", OLD):
        note(team_id, age)
    assert auditing.drop_old_audit() == 0
    seal_everything()
    assert auditing.drop_old_audit() == 3
    assert auditing.drop_old_audit() == 0
    seal_everything()
    verdict = auditing.verify_team_audit(SYSTEM, team_id)
    assert (verdict.is_right, verdict.dropped, verdict.rows) == (True, 3, 4)
    kinds = [one.kind for one in auditing.export_audit(SYSTEM, auditing.AuditQuery(team_id))]
    assert kinds.count(DROPPED) == 2  # one for each batch


def test_retentions_own_rows_are_dropped_in_their_time(
    superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    team_id = make_someone().team_id
    for _ in range(3):  # years go by
        note(team_id, OLD)
        seal_everything()
        auditing.drop_old_audit()
        superuser.run("UPDATE audit_events SET at = at - interval '200 days'")
        seal_everything()
        assert auditing.verify_team_audit(SYSTEM, team_id).is_right
    assert auditing.verify_team_audit(SYSTEM, team_id).dropped >= 3


def test_not_even_the_function_drops_what_is_of_today(superuser: Superuser, db: Connection) -> None:
    team_id = make_someone().team_id
    note(team_id)
    seal_everything()
    now = db.execute(text("SELECT clock_timestamp() + interval '1 year'")).scalar_one()
    assert audit.drop_events(db, team_id, now, 100) == 0


def test_a_launch_is_noted_and_sealed(superuser: Superuser) -> None:
    someone = make_someone()
    launch(someone)
    assert auditing.seal_audit() >= 1
    assert len(sealed(someone.team_id)) == 1
