"""The state of the parts over the API, open to all."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.services import health
from core.settings import get_settings
from core.version import VERSION


def test_every_part_is_told(client: TestClient) -> None:
    health.beat("here:1", "worker", 1)
    health.beat("here:2", "dispatcher", 2)
    parts = dict.fromkeys(("database", "redis", "dispatcher", "worker"), "ok")
    for path in ("", "/ready"):
        answer = client.get(f"/api/health{path}")
        assert answer.status_code == 200
        assert answer.json() == {
            "status": "healthy",
            "version": VERSION,
            **parts,
            "missing": [],
        }
        assert answer.headers["cache-control"] == "no-store"


def test_what_is_missing_is_named(client: TestClient) -> None:
    assert client.get("/api/health").status_code == 200
    answer = client.get("/api/health/ready")
    assert answer.status_code == 503
    assert answer.json()["status"] == "degraded"
    assert answer.json()["missing"] == ["dispatcher", "worker"]


@pytest.mark.parametrize(
    ("variable", "url", "part"),
    [
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "database"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "redis"),
    ],
)
def test_a_server_that_is_away_does_not_silence_the_rest(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, variable: str, url: str, part: str
) -> None:
    monkeypatch.setenv(variable, url)
    get_settings.cache_clear()
    assert client.get("/api/health/live").json() == {"status": "alive", "version": VERSION}
    found = client.get("/api/health").json()
    assert found["status"] == "degraded"
    assert found[part] != "ok"
    assert "nobody" not in str(found)
