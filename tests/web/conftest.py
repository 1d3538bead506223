"""The app, and people who sign in to it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.settings import get_settings
from tests.web.browser import CHEAP


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
