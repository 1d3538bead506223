"""Two tabs of one browser, and two people who use it one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.services import accounts, reading
from tests.factories import Someone, launch, make_team_of
from tests.journeys.crew import App
from tests.journeys.visitors import (
    brief_field,
    settle,
    sign_in,
    sign_out,
    sign_up,
    texts_of,
    type_in,
)

SECRET = "Ada's secret feature"
TYPED = "What only Ada knows"


@pytest.fixture(scope="module")
def people(app: App, browser: Browser) -> tuple[Someone, Someone]:
    """Ada and Ben, each with a team that the other is not in."""
    for name in ("ada-tabs", "ben-tabs"):
        page = browser.new_page()
        page.goto(app.address)
        sign_up(page, name)
        page.context.close()
    ada, ben = (make_team_of(accounts.get_user(name)) for name in ("ada-tabs", "ben-tabs"))
    return ada, ben


@pytest.fixture
def tabs(browser: Browser, app: App) -> Iterator[tuple[Page, Page]]:
    """Two tabs of a browser in which Ada has signed in."""
    context: BrowserContext = browser.new_context()
    context.set_default_timeout(20_000)
    first, second = context.new_page(), context.new_page()
    first.goto(app.address)
    yield first, second
    context.close()


def change_person(tab: Page, app: App, someone: Someone) -> None:
    """Sign out in one tab and sign in there as somebody else."""
    tab.goto(app.address)
    settle(tab)
    sign_out(tab)
    sign_in(tab, someone.user.user_name)
    settle(tab)


def who(tab: Page) -> str:
    """Return who the browser is to the server, as this tab asks."""
    return str(tab.evaluate("fetch('/auth/me').then((it) => it.json()).then((me) => me.user_name)"))


def test_a_tab_left_open_shows_the_next_person_nothing(
    app: App, people: tuple[Someone, Someone], tabs: tuple[Page, Page]
) -> None:
    ada, ben = people
    session = launch(ada, feature_name=SECRET, executor="talking")
    left, right = tabs
    sign_in(left, ada.user.user_name)
    left.goto(f"{app.address}/live?session={session.id}&team={ada.team_id}")
    expect(left.get_by_role("heading", name=SECRET)).to_be_visible()

    change_person(right, app, ben)
    expect(left.get_by_label("Name or e-mail")).to_be_visible()
    assert SECRET not in texts_of(left.locator("body"))
    assert (who(left), who(right)) == (ben.user.user_name,) * 2
    left.go_back()
    settle(left)
    for _ in range(2):
        expect(left.locator("body")).to_contain_text("Not in this team")
        assert SECRET not in texts_of(left.locator("body"))
        left.reload()
        settle(left)
    left.goto(app.address)
    settle(left)
    expect(left.get_by_role("heading", name="Board")).to_be_visible()
    assert SECRET not in texts_of(left.locator("body"))


def test_what_the_former_person_typed_is_gone(
    app: App, people: tuple[Someone, Someone], tabs: tuple[Page, Page]
) -> None:
    ada, ben = people
    left, right = tabs
    sign_in(left, ada.user.user_name)
    left.goto(f"{app.address}/launch?team={ada.team_id}")
    settle(left)
    type_in(left, left.get_by_label("Feature"), SECRET)
    type_in(left, brief_field(left), TYPED)
    change_person(right, app, ben)
    expect(left.get_by_label("Name or e-mail")).to_be_visible()
    left.goto(f"{app.address}/launch?team={ben.team_id}")
    settle(left)
    expect(left.get_by_label("Feature")).to_have_value("")
    expect(brief_field(left)).to_have_value("")


def test_a_tab_that_was_cut_off_meanwhile_acts_for_nobody_else(
    app: App, people: tuple[Someone, Someone], tabs: tuple[Page, Page]
) -> None:
    ada, ben = people
    left, right = tabs
    # The left tab hears nothing of the change: its sockets are cut and come back afterwards.
    left.add_init_script(
        """const Real = WebSocket; window.opened = []; window.mayOpen = true;
        window.WebSocket = class extends Real {
          constructor(url, protocols) {
            super(window.mayOpen ? url : 'ws://127.0.0.1:9/', protocols);
            window.opened.push(this);
          }
        };"""
    )
    sign_in(left, ada.user.user_name)
    left.goto(f"{app.address}/launch?team={ada.team_id}")
    settle(left)
    type_in(left, left.get_by_label("Feature"), TYPED)
    type_in(left, brief_field(left), TYPED)
    left.route("**/auth/me", lambda route: route.abort())
    left.evaluate("window.mayOpen = false; window.opened.forEach((one) => one.close())")
    left.wait_for_timeout(500)
    change_person(right, app, ben)
    left.evaluate("window.mayOpen = true")
    end = time.monotonic() + 30
    while not left.evaluate("opened.some((one) => one.readyState === 1)"):
        assert time.monotonic() < end, "the tab does not come back"
        left.wait_for_timeout(100)
    settle(left)
    launch_button = left.get_by_role("button", name="Launch session")
    if launch_button.is_visible():
        launch_button.click(timeout=2000)
        settle(left)
    for someone in people:
        launched = [one.feature_name for one in reading.list_sessions(someone.principal)]
        assert TYPED not in launched
    body = left.locator("body")
    expect(body).not_to_contain_text(ada.user.user_name)
    expect(body).to_contain_text("Not in this team")
    left.goto(f"{app.address}/launch?team={ben.team_id}")
    settle(left)
    expect(left.get_by_label("Feature")).to_have_value("")
    expect(brief_field(left)).to_have_value("")
