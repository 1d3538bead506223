"""Metrics for Prometheus: who reads them, what they count, and that reading them costs little."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from huey import PriorityRedisHuey
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from starlette.testclient import TestClient

from core.domain.access import Scope, UserPrincipal
from core.services import accounts, claiming, dispatching, health, measuring, tokens
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import get_redis
from tests.api.world import World
from tests.factories import WORKER, claim, expire_lease, launch, make_team_of, task_of
from tests.sent_statements import sent_by

TOKEN = "a-token-of-the-scraper"


@pytest.fixture(autouse=True)
def _read_anew(system: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SAGE_METRICS_TOKEN", TOKEN)
    get_settings.cache_clear()
    measuring.forget_metrics()
    yield
    measuring.forget_metrics()


@pytest.fixture
def chief(world: World) -> UserPrincipal:
    """An administrator."""
    user = accounts.create_user("chief", "chief@example.org", is_administrator=True)
    return UserPrincipal(user.id)


def scrape(client: TestClient, token: str = TOKEN) -> Any:
    headers = {"authorization": f"Bearer {token}"}
    return client.get("/api/metrics", headers=headers)


def values(client: TestClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(scrape(client).text)
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in families
        for one in family.samples
    }


def value(client: TestClient, name: str, **labels: str) -> float:
    return values(client)[name, frozenset(labels.items())]


def test_the_scrapers_own_token_reads_them(world: World) -> None:
    answer = scrape(world.client)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["cache-control"] == "no-store"


def test_nobody_else_does_but_administrators(
    world: World, chief: UserPrincipal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def status(headers: dict[str, str]) -> int:
        return int(world.client.get("/api/metrics", headers=headers).status_code)

    assert status({}) == 401
    assert status({"authorization": "Bearer "}) == 401
    assert status({"authorization": f"Bearer {TOKEN}x"}) == 401
    assert status({"authorization": f"Basic {TOKEN}"}) == 401
    assert status(world.token()) == 403
    assert status(world.token(chief, [Scope.READ])) == 403
    assert status(world.token(chief, [Scope.ADMIN])) == 200
    bound = make_team_of(accounts.get_user("chief")).team_id
    assert status(world.token(chief, [Scope.ADMIN], team_id=bound)) == 403
    monkeypatch.setenv("SAGE_METRICS_TOKEN", "")
    get_settings.cache_clear()
    assert status({"authorization": "Bearer "}) == 401


def test_sessions_tasks_and_processes_are_counted(world: World) -> None:
    launch(world.owner)
    health.beat("here:1", "worker", 1)
    client = world.client
    assert value(client, "sage_sessions", status="active") == 2
    assert value(client, "sage_sessions", status="expired") == 0
    assert value(client, "sage_tasks", status="completed") == 1
    assert value(client, "sage_tasks", status="ready") == 3
    assert value(client, "sage_processes_alive", kind="worker") == 1
    assert value(client, "sage_up", part="database") == 1
    assert value(client, "sage_pool_connections", state="most") == 20


def test_lost_leases_missed_claims_and_waiting_messages_are_counted(world: World) -> None:
    session = launch(world.owner)
    claimed = claim(world.owner, session, "architect")
    assert claiming.claim_task(task_of(world.owner, session, "architect").id, WORKER) is None
    expire_lease(claimed)
    assert dispatching.reap_lost_attempts() == 1
    again = claim(world.owner, session, "architect")
    expire_lease(again, overdue=True)
    assert dispatching.reap_lost_attempts() == 1
    queue = PriorityRedisHuey("sage", url=get_settings().redis_url, results=False)
    queue.storage.enqueue(b"a message")
    client = world.client
    assert value(client, "sage_leases_lost_total") == 1
    assert value(client, "sage_deadlines_passed_total") == 1
    assert value(client, "sage_claims_missed_total") == 1
    assert value(client, "sage_queue_messages") == 1


def test_requests_are_timed_by_the_template_of_their_route(world: World) -> None:
    before = values(world.client)
    name = "sage_http_request_seconds_count"

    def more(route: str, status: str, method: str = "GET") -> float:
        key = (name, frozenset({"method": method, "route": route, "status": status}.items()))
        return values(world.client).get(key, 0) - before.get(key, 0)

    world.get(f"/sessions/{world.session.id}")
    world.get("/sessions/no-id")
    world.get("/made/up/by/somebody")
    world.client.get("/made-up-too")
    world.client.get("/healthz")
    world.client.request("BREW", "/healthz")
    assert more("/api/sessions/{session_id}", "2xx") == 1
    assert more("/api/sessions/{session_id}", "4xx") == 1
    assert more("/api/none", "4xx") == 1
    assert more("page", "4xx") == 1
    assert more("/healthz", "2xx") == 1
    assert more("/healthz", "4xx", "_OTHER") + more("page", "4xx", "_OTHER") == 1
    routes = {
        dict(labels)["route"] for _, labels in values(world.client) if "route" in dict(labels)
    }
    assert not any("made" in one or str(world.session.id) in one for one in routes)


def test_scraping_often_asks_the_database_once(world: World) -> None:
    assert sent_by(measuring.render_metrics)
    assert sent_by(measuring.render_metrics) == []


@pytest.mark.parametrize("part", ["DATABASE_URL", "REDIS_URL"])
def test_what_is_away_is_told_and_the_rest_is_read(
    world: World, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = {"DATABASE_URL": "postgresql://x@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
    monkeypatch.setenv(part, url[part])
    get_settings.cache_clear()
    found = scrape(world.client)
    assert found.status_code == 200
    name = "database" if part == "DATABASE_URL" else "redis"
    assert f'sage_up{{part="{name}"}} 0.0' in found.text
    assert found.text.count('"} 1.0') > 0
    assert ("sage_sessions{" in found.text) == (part == "REDIS_URL")
    assert ("sage_queue_messages" in found.text) == (part == "DATABASE_URL")


def test_what_redis_loses_begins_anew(world: World) -> None:
    session = launch(world.owner)
    claim(world.owner, session, "architect")
    claiming.claim_task(task_of(world.owner, session, "architect").id, WORKER)
    assert value(world.client, "sage_claims_missed_total") == 1
    get_redis(str(get_settings().redis_url)).flushall()
    measuring.forget_metrics()
    assert value(world.client, "sage_claims_missed_total") == 0
    assert transact(lambda db: db.execute(text("SELECT 1")).scalar_one()) == 1
    assert tokens.list_tokens(world.owner.principal) == []
