"""The app as it is served, with budgets that these tests do not reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from embedded.servers import RunningServers
from tests.web.browser import real_server

GENEROUS = {"SAGE_API_READS_PER_MINUTE": "100000", "SAGE_API_WRITES_PER_MINUTE": "100000"}


@pytest.fixture(scope="package")
def host(servers: RunningServers, database_url: str) -> Iterator[str]:
    urls = {"DATABASE_URL": database_url, "REDIS_URL": servers.redis_url}
    with real_server(**urls, **GENEROUS) as address:
        yield address
