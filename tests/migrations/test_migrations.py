"""The schema: both ways, like the models, for four at once, and with an index for every key."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from core.store.tables import metadata
from tests.conftest import ROOT, migrate
from tests.factories import Someone, claim, launch, make_someone


def config(url: str) -> Config:
    made = Config(ROOT / "alembic.ini")
    made.attributes["database_url"] = url
    return made


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    try:
        with engine.connect() as db:
            yield db
    finally:
        engine.dispose()


def tables(url: str) -> set[str]:
    with connected(url) as db:
        return set(inspect(db).get_table_names())


def drift(url: str) -> list[Any]:
    with connected(url) as db:
        context = MigrationContext.configure(
            db, opts={"compare_type": True, "compare_server_default": True}
        )
        return compare_metadata(context, metadata)


def test_migrations_lead_to_the_models_and_back_and_there_again(empty_database: str) -> None:
    for _ in range(2):
        migrate(empty_database)
        assert tables(empty_database) == {*metadata.tables, "alembic_version"}
        assert drift(empty_database) == []
        command.downgrade(config(empty_database), "base")
        assert tables(empty_database) == {"alembic_version"}


def test_each_single_step_can_be_taken_back_and_taken_again(empty_database: str) -> None:
    script = ScriptDirectory.from_config(config(empty_database))
    revisions = [one.revision for one in reversed(list(script.walk_revisions()))]
    for revision in revisions:
        migrate(empty_database, revision)
        command.downgrade(config(empty_database), "-1")
        migrate(empty_database, revision)
    assert drift(empty_database) == []


def test_nothing_is_left_behind_by_a_downgrade(empty_database: str) -> None:
    migrate(empty_database)
    command.downgrade(config(empty_database), "base")
    query = text(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relname NOT LIKE 'alembic%'"
        " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    with connected(empty_database) as db:
        assert db.execute(query).scalars().all() == []


def test_there_is_one_line_of_migrations(empty_database: str) -> None:
    assert len(ScriptDirectory.from_config(config(empty_database)).get_heads()) == 1


def test_four_migrations_at_once_all_succeed(empty_database: str) -> None:
    environment = os.environ | {"DATABASE_URL": empty_database}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "alembic", "upgrade", "head"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    ended = [(process.communicate(timeout=60)[1], process.returncode) for process in running]
    assert [code for _, code in ended] == [0] * 4, ended
    assert drift(empty_database) == []


def test_a_migration_on_a_migrated_database_changes_nothing(empty_database: str) -> None:
    migrate(empty_database)
    migrate(empty_database)
    assert drift(empty_database) == []


def test_earlier_addresses_get_the_spelling_by_which_they_are_looked_up(
    empty_database: str,
) -> None:
    script = ScriptDirectory.from_config(config(empty_database))
    (step,) = (one for one in script.walk_revisions() if one.doc.startswith("E-mail addresses"))
    migrate(empty_database, str(step.down_revision))
    addresses = {
        "plain": "alice@example.org",
        "decomposed": "zoe\u0308@example.org",
        "first": "r\u00e9mi@m\u00fcller.example",
        "second": "re\u0301mi@m\u00fcller.example",
        "forged": "al\u0456ce@example.org",
    }
    with connected(empty_database) as db:
        for number, (name, email) in enumerate(addresses.items()):
            db.execute(
                text(
                    "INSERT INTO users (id, user_name, email, created_at) VALUES"
                    " (gen_random_uuid(), :name, :email, now() + :number * interval '1 second')"
                ),
                {"name": name, "email": email, "number": number},
            )
        db.commit()
    migrate(empty_database, step.revision)
    with connected(empty_database) as db:
        found = {row[0]: row[1] for row in db.execute(text("SELECT user_name, email FROM users"))}
    assert found == addresses | {
        "decomposed": "zo\u00eb@example.org",
        "first": "r\u00e9mi@xn--mller-kva.example",
    }


_KEYS_WITHOUT_INDEX = text(
    """
    SELECT c.conrelid::regclass::text AS of_table, c.conname
    FROM pg_constraint AS c
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
      AND NOT EXISTS (
        SELECT FROM pg_index AS i
        WHERE i.indrelid = c.conrelid AND i.indpred IS NULL AND i.indisvalid
          -- its first column is one of the key, and it leads by a key column that narrows well:
          -- for (session_id, team_id) that is the session, as a team has very many rows.
          AND i.indkey[0] = c.conkey[1])
    ORDER BY 1
    """
)


def test_every_foreign_key_has_an_index_that_serves_it(db: Connection) -> None:
    assert db.execute(_KEYS_WITHOUT_INDEX).all() == []


def test_there_are_foreign_keys_to_look_at(db: Connection) -> None:
    count = text("SELECT count(*) FROM pg_constraint WHERE contype = 'f'")
    assert db.execute(count).scalar_one() >= 20


# A token is its user's, and may be bound to one team. A change of an account is audited without a
# team. Seals hold hashes only, by chain; what is to be told is found by its session. The key of a
# request belongs to whoever asked.
PERHAPS_WITHOUT_TEAM = {"api_tokens", "audit_events"}
WITHOUT_TEAM = {
    *("users", "teams", "jobs", "worker_heartbeats", "audit_seals", "audit_unsealed"),
    *("idempotency_keys", "untold_events"),
    *PERHAPS_WITHOUT_TEAM,
}


def test_every_team_owned_table_names_its_team() -> None:
    for name, table in metadata.tables.items():
        if name not in WITHOUT_TEAM:
            assert "team_id" in table.c, f"{name} has no team_id"
            assert not table.c.team_id.nullable, f"{name} may have no team"


def test_the_catalogue_agrees_that_no_team_may_be_missing(db: Connection) -> None:
    query = text(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'team_id' AND is_nullable = 'YES'"
    )
    assert set(db.execute(query).scalars()) == PERHAPS_WITHOUT_TEAM


def session_tables() -> list[str]:
    return sorted(
        name
        for name, table in metadata.tables.items()
        if "session_id" in table.c and "team_id" in table.c
    )


@pytest.mark.parametrize("name", session_tables())
def test_a_row_never_belongs_to_another_team_than_its_session(
    someone: Someone, db: Connection, name: str
) -> None:
    """Every table on sessions has the composite key, and it is checked."""
    key = [
        constraint
        for constraint in inspect(db).get_foreign_keys(name)
        if constraint["referred_table"] == "execution_sessions"
    ]
    assert [constraint["constrained_columns"] for constraint in key] == [["session_id", "team_id"]]
    assert key[0]["referred_columns"] == ["id", "team_id"]


def test_moving_a_task_to_another_team_is_refused(someone: Someone, db: Connection) -> None:
    other = make_someone()
    claim(someone, launch(someone), "architect")
    for name in ("agent_tasks", "session_events", "session_heads", "agent_snapshots"):
        with pytest.raises(IntegrityError, match="foreign key"):
            db.execute(text(f"UPDATE {name} SET team_id = :team"), {"team": other.team_id})


def test_moving_an_event_to_a_session_of_another_team_is_refused(
    someone: Someone, db: Connection
) -> None:
    mine, theirs = launch(someone), launch(make_someone())
    with pytest.raises(IntegrityError, match="foreign key"):
        db.execute(
            text("UPDATE session_events SET session_id = :to, seq = -seq WHERE session_id = :id"),
            {"to": theirs.id, "id": mine.id},
        )


def test_deleting_a_session_takes_all_of_it_along(someone: Someone, db: Connection) -> None:
    claim(someone, launch(someone), "architect")
    db.execute(text("DELETE FROM execution_sessions"))
    for name in session_tables():
        assert db.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() == 0


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("session_heads", "status"),
        ("agent_tasks", "status"),
        ("execution_sessions", "outcome"),
        ("agent_snapshots", "ended_as"),
    ],
)
def test_a_state_outside_the_lifecycle_cannot_be_stored(
    someone: Someone, db: Connection, table: str, column: str
) -> None:
    claim(someone, launch(someone), "architect")
    with pytest.raises(IntegrityError, match="check constraint"):
        db.execute(text(f"UPDATE {table} SET {column} = 'lost'"))
