"""Who is alive, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from core.services import health
from core.services.transaction import transact
from embedded.servers import RunningServers
from tests.chaos.crew import Crew, wait_until
from tests.conftest import migrate
from tests.workers.stage import Stage


def _alive() -> set[tuple[str, int]]:
    rows = transact(lambda db: db.execute(text("SELECT kind, pid FROM worker_heartbeats")).all())
    return {(row.kind, row.pid) for row in rows}


def test_readiness_names_what_is_missing(
    stage: Stage, own_crew: Crew, servers: RunningServers
) -> None:
    transact(lambda db: db.execute(text("DELETE FROM worker_heartbeats")))
    assert health.check_readiness().missing == ("dispatcher", "worker")
    dispatcher = own_crew.add_dispatcher()
    assert wait_until(lambda: health.check_readiness().missing == ("worker",), 10)
    own_crew.add_consumer()
    assert wait_until(lambda: health.check_readiness().is_ready, 10)
    assert wait_until(lambda: len(_alive()) == 3, 10)  # the dispatcher and two workers
    assert ("dispatcher", dispatcher.pid) in _alive()
    children = {process.pid for process in own_crew.workers()}
    assert {pid for kind, pid in _alive() if kind == "worker"} < children
    servers.valkey.kill()
    try:
        assert health.check_readiness().missing == ("redis",)
    finally:
        servers.valkey.start()


@pytest.fixture
def early_crew(stage: Stage, empty_database: str, tmp_path: Path) -> Iterator[Crew]:
    """A crew that comes up before its tables do."""
    with stage.hire(DATABASE_URL=empty_database) as hired:
        yield hired


def test_processes_wait_for_the_tables(early_crew: Crew, empty_database: str) -> None:
    consumer, dispatcher = early_crew.add_consumer(), early_crew.add_dispatcher()
    assert wait_until(lambda: len(early_crew.workers()) == 3, 10)
    assert not wait_until(lambda: dispatcher.exit_status() is not None, 1.0)
    migrate(empty_database)
    assert wait_until(lambda: _kinds_alive(empty_database) == {"worker", "dispatcher"}, 12)
    assert consumer.exit_status() is None


def _kinds_alive(url: str) -> set[str]:
    with psycopg.connect(url.replace("+psycopg", "")) as db:
        return {kind for (kind,) in db.execute("SELECT DISTINCT kind FROM worker_heartbeats")}
