"""A server as it runs, a proxy in front of it, and clients of either kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.domain.access import Scope
from core.services import tokens
from embedded.servers import RunningServers
from tests.clients.faces import CLIENTS, client_of
from tests.clients.proxy import Proxy, proxy_to
from tests.factories import Someone
from tests.web.browser import real_server


@pytest.fixture(scope="package")
def host(servers: RunningServers, database_url: str) -> Iterator[str]:
    """The app, whose agents must send a heartbeat within three seconds."""
    with real_server(
        DATABASE_URL=database_url, REDIS_URL=servers.redis_url, SAGE_AGENT_LEASE_SECONDS="3"
    ) as address:
        yield address


@pytest.fixture
def proxy(host: str) -> Iterator[Proxy]:
    """A proxy to the app."""
    with proxy_to(host) as running:
        yield running


@pytest.fixture
def token(someone: Someone) -> str:
    """A token of somebody that may do everything."""
    return tokens.make_token(someone.principal, "ci", frozenset(Scope), days=1).plain


@pytest.fixture
def client(host: str, token: str, kind: str) -> Iterator[Any]:
    """Each client in turn, at the app."""
    with client_of(kind, f"http://{host}", token) as client:
        yield client


@pytest.fixture(params=CLIENTS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each client in turn."""
    return str(request.param)
