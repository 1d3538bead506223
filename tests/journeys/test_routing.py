"""A session without a pipeline in a browser: its tasks appear as they are routed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.session import Session
from core.settings import get_settings
from embedded.servers import RunningServers
from tests.factories import Someone, make_someone, open_session, route, take_details
from tests.journeys.crew import App, signed_in, wait_until_ready


@pytest.fixture
def watcher(
    servers: RunningServers, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Someone]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", servers.redis_url)
    get_settings.cache_clear()
    yield make_someone()
    get_settings.cache_clear()


def visit(app: App, page: Page, name: str, session: Session) -> None:
    page.goto(f"{app.address}/{name}?session={session.id}&team={session.team_id}")
    wait_until_ready(page)


def test_routed_tasks_appear_by_themselves_and_what_is_gone_is_said(
    app: App, browser: Browser, watcher: Someone
) -> None:
    session = open_session(watcher, feature_name="Threats of the expenses", role="security")
    page = signed_in(browser, app, watcher.user).new_page()
    visit(app, page, "live", session)
    expect(page.get_by_text("No task yet.")).to_be_visible()
    for number, role in enumerate(("dba", "security", "dba"), start=1):
        route(watcher, session, target=role)
        expect(page.locator(".card")).to_have_count(number)
    expect(page.locator(".card.completed")).to_have_count(3, timeout=20_000)
    expect(page.get_by_text("No task yet.")).to_have_count(0)
    expect(page.locator(".stage")).to_have_count(2)
    expect(page.locator(".card").first).to_contain_text("design")
    expect(page.locator(".top")).to_contain_text("3 of 3 tasks done")
    expect(page.locator(".st-key-session_head")).to_contain_text("Running")

    page.locator(".st-key-session_more button").first.click()
    page.get_by_text("End session …").click()
    page.get_by_role("button", name="End session", exact=True).click()
    expect(page.locator(".st-key-session_head")).to_contain_text("Completed")

    visit(app, page, "replay", session)
    expect(page.get_by_text("nothing left to play")).to_have_count(0)
    take_details(session.id)
    for name in ("live", "replay", "work", "decisions"):
        visit(app, page, name, session)
        expect(page.get_by_text("Decisions, roles and times are kept")).to_be_visible()
