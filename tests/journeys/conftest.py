"""What most journeys walk through: a whole Sage Mode and a browser, for each file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from embedded.servers import RunningServers
from tests.journeys.crew import App, chromium
from tests.journeys.visitors import crew_of


@pytest.fixture(scope="module")
def app(
    servers: RunningServers, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    with crew_of(servers, database_url, tmp_path_factory.mktemp("crew")) as app:
        yield app


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
