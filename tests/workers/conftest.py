"""The stage, and a crew on it for each module whose tests do not hurt it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.services import dispatching
from core.settings import get_settings
from core.signals.wakeups import get_redis
from embedded.servers import RunningServers
from tests.chaos.crew import Crew
from tests.conftest import empty_tables
from tests.workers.stage import SETTINGS, Stage


@pytest.fixture(scope="module")
def stage(
    servers: RunningServers, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Empty tables, an empty Redis, one team; nobody works yet."""
    urls = {"DATABASE_URL": database_url, "REDIS_URL": servers.redis_url}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**SETTINGS, **urls}.items():
            patch.setenv(name, value)
        get_settings.cache_clear()
        empty_tables()
        get_redis(servers.redis_url).flushall()
        dispatching.schedule_jobs()
        dispatching.take_due_jobs()  # so that none stands in the queue beside a test's tasks
        yield Stage(tmp_path_factory.mktemp("crew"), urls)
    get_settings.cache_clear()


@pytest.fixture(scope="module")
def crew(stage: Stage) -> Iterator[Crew]:
    """One consumer with two workers, and one dispatcher."""
    with stage.hire() as hired:
        hired.add_consumer()
        hired.add_dispatcher()
        yield hired


@pytest.fixture
def own_crew(stage: Stage) -> Iterator[Crew]:
    """A crew without members, for the test that hires and hurts them."""
    with stage.hire() as hired:
        yield hired
