"""A browser at an app that has an identity provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from core.settings import get_settings
from tests.identity_provider import IdentityProvider, running_provider
from tests.web.oidc.visits import Set


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch, cheap: None) -> Set:
    """Change settings."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"SAGE_{name.upper()}", value)
        get_settings.cache_clear()

    return change


@pytest.fixture
def browser(provider: IdentityProvider, set_up: Set, client: TestClient) -> TestClient:
    """An anonymous browser at an app that has the identity provider."""
    set_up(
        public_url="http://testserver",
        oidc_issuer=provider.issuer,
        oidc_client_id=provider.client_id,
        oidc_client_secret=provider.client_secret,
    )
    return client
