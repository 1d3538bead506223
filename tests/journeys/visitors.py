"""Visitors who come through the front door: they use the forms as a person does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from core.settings import get_settings
from core.signals.wakeups import get_redis
from embedded.servers import RunningServers
from tests.conftest import empty_tables
from tests.journeys.crew import EXECUTORS, App, running_crew, wait_until_ready

BRIEFS = Path(__file__).resolve().parents[1] / "briefs"
PASSWORD = "a long enough password"
QUIET_MILLISECONDS = 500
# Texts, also of shadow trees, which innerText leaves out.
_TEXTS = """(place) => {
  const texts = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (['STYLE', 'SCRIPT', 'LINK'].includes(node.tagName)) return '';
    const inside = [...(node.shadowRoot ? node.shadowRoot.childNodes : []), ...node.childNodes];
    return inside.map(texts).join('');
  };
  return texts(place);
}"""


@contextmanager
def crew_of(servers: RunningServers, database_url: str, folder: Path) -> Iterator[App]:
    """Run a whole Sage Mode in which nobody has been, and let the test's own calls go to it."""
    environment = {"DATABASE_URL": database_url, "REDIS_URL": servers.redis_url}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setenv("SAGE_EXTRA_EXECUTORS", json.dumps(EXECUTORS))
        get_settings.cache_clear()
        empty_tables()
        get_redis(servers.redis_url).flushall()
        with running_crew(environment, folder) as app:
            yield app
    get_settings.cache_clear()


def stranger(browser: Browser, app: App) -> Page:
    """Return the first page of a browser that nobody has signed in with."""
    context = browser.new_context()
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(app.address)
    return page


def sign_up(page: Page, name: str) -> None:
    """Make an account by the form, which signs in too."""
    page.get_by_role("tab", name="Make an account").click()
    fill_sign_up(page, name)
    page.wait_for_selector("[data-testid=stSidebar]")


def fill_sign_up(page: Page, name: str) -> None:
    """Fill the form of somebody who is new, and send it."""
    page.get_by_role("textbox", name="User name").fill(name)
    page.get_by_role("textbox", name="E-mail", exact=True).fill(f"{name[:40]}@example.org")
    page.locator("input[type=password]:visible").fill(PASSWORD)
    page.get_by_role("button", name="Make an account").click()


def sign_in(page: Page, name: str) -> None:
    """Sign in by the form."""
    page.get_by_label("Name or e-mail").fill(name)
    page.locator("input[type=password]:visible").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("[data-testid=stSidebar]")


def sign_out(page: Page) -> None:
    """Sign out by the account's menu."""
    page.get_by_test_id("stSidebar").get_by_test_id("stPopover").get_by_role("button").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Name or e-mail").wait_for()


def visible_tabs(page: Page) -> list[Locator]:
    """Return the tabs that can be clicked now; those within another tab's panel come with it."""
    return [tab for tab in page.get_by_test_id("stTab").all() if tab.is_visible()]


def settle(page: Page) -> None:
    """Wait until the script has run and its components are drawn."""
    wait_until_ready(page)
    page.wait_for_timeout(QUIET_MILLISECONDS)
    wait_until_ready(page)


def brief_field(page: Page) -> Locator:
    """Return where the brief is typed."""
    return page.get_by_role("textbox", name="Brief", exact=True)


def type_in(page: Page, field: Locator, text: str) -> None:
    """Fill a field and leave it, and wait for what the page makes of it."""
    field.fill(text)
    field.press("Tab")
    settle(page)


def texts_of(place: Locator) -> str:
    """Return what a person reads in a place, also inside components, without line breaks.

    Joiners have no width, so nobody reads them.
    """
    return " ".join(str(place.evaluate(_TEXTS)).replace("\u2060", "").split())
