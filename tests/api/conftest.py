"""The app with the API in it, and a team with something of everything."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.settings import get_settings
from tests.api.world import World, make_world
from tests.web.browser import CHEAP


@pytest.fixture
def client(system: None, running_app: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A program at the app, with empty servers behind it; passwords cost next to nothing."""
    for name, value in CHEAP.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SAGE_API_READS_PER_MINUTE", "100000")
    monkeypatch.setenv("SAGE_API_WRITES_PER_MINUTE", "100000")
    get_settings.cache_clear()
    running_app.cookies.clear()
    return running_app


@pytest.fixture
def world(client: TestClient) -> World:
    """A shared team with a session that has an artifact, decisions and a snapshot."""
    return make_world(client)
