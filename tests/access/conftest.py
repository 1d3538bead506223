"""One running app for the whole matrix, and one team in it that everybody asks about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.settings import get_settings
from core.signals.wakeups import get_redis
from embedded.servers import RunningServers
from tests.access.marks import Marked, make_marked
from tests.access.persons import KINDS, Person
from tests.conftest import empty_tables
from tests.web.browser import real_server

# So many cells ask within a minute as no address may.
GENEROUS = {
    "SAGE_ANONYMOUS_SOCKETS_PER_MINUTE_ADDRESS": "100000",
    "SAGE_RESET_TRIES_PER_HOUR_ADDRESS": "100000",
    "SAGE_INVITATION_TRIES_PER_HOUR_ADDRESS": "100000",
    "SAGE_OIDC_TRIES_PER_MINUTE_ADDRESS": "100000",
}


@pytest.fixture(scope="package")
def servers_of_matrix(servers: RunningServers, database_url: str) -> Iterator[None]:
    """Empty servers, once for all cells: they leave what they asked about as it was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database_url)
        patch.setenv("REDIS_URL", servers.redis_url)
        get_settings.cache_clear()
        empty_tables()
        get_redis(servers.redis_url).flushall()
        yield
        empty_tables()
    get_settings.cache_clear()


@pytest.fixture(scope="package")
def host(servers_of_matrix: None, servers: RunningServers, database_url: str) -> Iterator[str]:
    urls = {"DATABASE_URL": database_url, "REDIS_URL": servers.redis_url}
    with real_server(**urls, **GENEROUS) as address:
        yield address


@pytest.fixture(scope="package")
def marked(servers_of_matrix: None) -> Marked:
    return make_marked()


@pytest.fixture(scope="package")
def persons(marked: Marked) -> dict[str, Person]:
    """One person of each kind, towards the marked team."""
    return {name: kind.make(marked.someone) for name, kind in KINDS.items()}
