"""`/healthz` and `/readyz` through the real app."""

import pytest
from starlette.testclient import TestClient

from core.services import health
from core.settings import get_settings
from core.version import VERSION


def test_healthz_answers_while_everything_else_is_away(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    get_settings.cache_clear()
    assert client.get("/healthz").json() == {"status": "alive", "version": VERSION}


def test_readyz_names_dispatcher_and_worker_when_none_gave_a_sign_of_life(
    client: TestClient,
) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == ["dispatcher", "worker"]
    assert answer.json()["status"] == "degraded"


def test_readyz_is_healthy_when_every_part_is_there(client: TestClient) -> None:
    health.beat("here:1", "worker", 1)
    health.beat("here:2", "dispatcher", 2)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "healthy",
        "version": VERSION,
        "missing": [],
        "database": "ok",
        "redis": "ok",
        "dispatcher": "ok",
        "worker": "ok",
    }


@pytest.mark.parametrize(
    ("variable", "url", "missing"),
    [
        (
            "DATABASE_URL",
            "postgresql://nobody@127.0.0.1:1/none",
            ["database", "dispatcher", "worker"],
        ),
        ("REDIS_URL", "redis://127.0.0.1:1/0", ["redis"]),
    ],
)
def test_readyz_names_the_server_that_does_not_answer(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    url: str,
    missing: list[str],
) -> None:
    health.beat("here:1", "worker", 1)
    health.beat("here:2", "dispatcher", 2)
    monkeypatch.setenv(variable, url)
    get_settings.cache_clear()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == missing


def test_an_answer_carries_no_password_and_is_not_kept(client: TestClient) -> None:
    answer = client.get("/readyz")
    password = (get_settings().database_url or "").split(":")[2].split("@")[0]
    assert password not in answer.text
    assert answer.headers["cache-control"] == "no-store"
