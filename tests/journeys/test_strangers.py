"""A browser that nobody signed in with, straight at an address of a server just started."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.session import Session
from embedded.servers import RunningServers
from tests.factories import launch, make_someone
from tests.journeys.crew import App
from tests.journeys.visitors import settle, texts_of

SECRET = "A feature that is nobody's business"
PAGES = ("", "live", "audit")  # the first of all, a session's, an administrator's
REST = ("sessions", "decisions", "launch", "replay", "work", "overview")
ODD = (
    *("admin", "main", "board", "sign_in", "pages/main.py", "pages/live.py", "app.py"),
    *("~/+/live", "live/", "live/../work", "%2e%2e/live", "component/sage_live", "media/x.png"),
)


@pytest.fixture
def app(servers: RunningServers, database_url: str, system: None) -> App:
    """A server that is there and not started yet."""
    return App({"DATABASE_URL": database_url, "REDIS_URL": servers.redis_url})


@pytest.fixture
def session(app: App) -> Session:
    return launch(make_someone(), feature_name=SECRET)


def sees_only_sign_in(page: Page) -> None:
    settle(page)
    expect(page.get_by_label("Name or e-mail")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert SECRET not in texts_of(page.locator("body"))


@pytest.mark.parametrize("path", PAGES)
def test_the_first_address_of_a_fresh_server_gives_nothing_but_sign_in(
    app: App, browser: Browser, session: Session, path: str
) -> None:
    app.start()
    try:
        page = browser.new_context().new_page()
        page.goto(f"{app.address}/{path}?session={session.id}&team={session.team_id}")
        sees_only_sign_in(page)
    finally:
        app.stop()


def test_odd_addresses_give_nothing_but_sign_in(
    app: App, browser: Browser, session: Session
) -> None:
    app.start()
    try:
        page = browser.new_context().new_page()
        for path in (*REST, *ODD):
            page.goto(f"{app.address}/{path}?session={session.id}&team={session.team_id}")
            sees_only_sign_in(page)
    finally:
        app.stop()
