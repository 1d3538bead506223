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


def test_with_a_host_only_its_own_processes_count(system: None) -> None:
    health.beat("here:1", "dispatcher", 1)
    health.beat("there:2", "worker", 2)
    assert health.check_readiness().is_ready
    assert health.check_readiness(host="here").missing == ("worker",)
    assert health.check_readiness(host="there").missing == ("dispatcher",)
    assert health.check_readiness(host="her").missing == ("dispatcher", "worker")


def test_only_the_named_parts_are_looked_at(system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ping", None)
    (part,) = health.check_readiness(["worker"]).parts
    assert part.name == "worker"
    monkeypatch.undo()
    monkeypatch.setattr(health, "transact", None)
    (part,) = health.check_readiness(["redis"]).parts
    assert (part.name, part.is_there) == ("redis", True)


def test_a_database_that_is_empty_lets_us_in_and_one_that_does_not_says_why(
    system: None, empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database)
    get_settings.cache_clear()
    assert health.check_database_server().is_there
    start, _, place = empty_database.rpartition("@")
    monkeypatch.setenv("DATABASE_URL", f"{start.rpartition(':')[0]}:hunter2@{place}")
    get_settings.cache_clear()
    part = health.check_database_server()
    assert not part.is_there
    assert "password authentication failed" in part.detail
    assert "hunter2" not in part.detail


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
