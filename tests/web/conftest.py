"""The app, and people who sign in to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from core.settings import get_settings
from embedded.servers import RunningServers
from tests.web.browser import CHEAP


@pytest.fixture(scope="session")
def running_app(servers: RunningServers, database_url: str) -> Iterator[TestClient]:
    """The app, started once: Streamlit's runtime cannot be started again in one process."""
    from app import app  # noqa: PLC0415  it loads the whole of Streamlit

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database_url)
        patch.setenv("REDIS_URL", servers.redis_url)
        get_settings.cache_clear()
        with TestClient(app, follow_redirects=False) as client:
            yield client
    get_settings.cache_clear()


@pytest.fixture
def client(system: None, running_app: TestClient) -> TestClient:
    """An anonymous browser at the app, with empty servers behind it."""
    running_app.cookies.clear()
    return running_app


@pytest.fixture
def cheap(system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers, and passwords that cost next to nothing."""
    for name, value in CHEAP.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()


@pytest.fixture
def visitor(cheap: None, client: TestClient) -> TestClient:
    """An anonymous browser, where people can sign up."""
    return client
