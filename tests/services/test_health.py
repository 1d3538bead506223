"""Whether everything is there that a session needs."""

import pytest
from sqlalchemy import Connection, text

from core.services import health
from core.services.transaction import ask
from core.settings import get_settings
from embedded.servers import RunningServers
from tests.services.test_transactions import terminate


def test_all_parts_are_named_and_ready_only_together(system: None) -> None:
    assert health.check_readiness().missing == ("dispatcher", "worker")
    health.beat("host:1", "dispatcher", 1)
    health.beat("host:2", "worker", 2)
    assert health.check_readiness().is_ready


def test_a_process_that_was_silent_counts_as_gone(system: None, db: Connection) -> None:
    health.beat("host:1", "dispatcher", 1)
    health.beat("host:2", "worker", 2)
    db.execute(
        text(
            "UPDATE worker_heartbeats SET seen_at = clock_timestamp() - interval '16 seconds'"
            " WHERE kind = 'worker'"
        )
    )
    assert health.check_readiness().missing == ("worker",)
    health.beat("host:2", "worker", 2)
    assert health.check_readiness().is_ready


def test_a_connection_that_died_in_the_pool_is_no_database_that_is_away(
    servers: RunningServers, system: None
) -> None:
    for _ in range(2):
        pid = ask(lambda db: db.execute(text("SELECT pg_backend_pid()")).scalar_one())
        terminate(servers, pid)
        assert {one.name: one.is_there for one in health.check_readiness().parts}["database"]


def test_a_redis_that_is_not_there_is_named(system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
    get_settings.cache_clear()
    assert "redis" in health.check_readiness().missing


def test_a_database_without_tables_is_named(
    system: None, empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database)
    get_settings.cache_clear()
    assert "database" in health.check_readiness().missing
