"""The server is restarted under an open dialog: it says so, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.services import accounts
from tests.factories import Someone, launch, make_someone
from tests.journeys.crew import READY, App, signed_in
from tests.journeys.visitors import settle

NOTE = "The server was restarted; open it again. What you typed is kept."
CUT = "[data-testid=stApp]:not([data-test-connection-state=CONNECTED])"
PATIENCE = 60_000


@pytest.fixture
def owner(app: App) -> Someone:
    return make_someone()


@pytest.fixture
def page(app: App, browser: Browser, owner: Someone) -> Iterator[Page]:
    context = signed_in(browser, app, owner.user)
    yield context.new_page()
    context.close()


def restart(app: App, page: Page) -> None:
    app.stop()
    app.start()
    expect(page.get_by_role("alert").filter(has_text=NOTE)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)


def test_a_decision_that_is_being_written_is_written_on_after_a_restart(
    app: App, page: Page, owner: Someone
) -> None:
    launch(owner, executor="external")
    page.goto(f"{app.address}/decisions?team={owner.team_id}")
    settle(page)
    page.get_by_role("button", name="Add decision").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Decided").fill("Keep receipts for twelve years")
    dialog.get_by_label("Because", exact=True).fill("The auditors ask for them.")
    restart(app, page)
    page.get_by_role("button", name="Add decision").click()
    expect(dialog.get_by_label("Decided")).to_have_value("Keep receipts for twelve years")
    expect(dialog.get_by_label("Because", exact=True)).to_have_value("The auditors ask for them.")
    dialog.get_by_role("button", name="Add decision").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_test_id("stMain")).to_contain_text("Keep receipts for twelve years")


def test_a_question_that_stood_open_is_asked_again_after_a_restart(
    app: App, page: Page, owner: Someone
) -> None:
    page.goto(f"{app.address}/people?team={owner.team_id}")
    settle(page)
    page.get_by_role("tab", name="Team").click()
    page.get_by_role("button", name="Archive …").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    settle(page)
    restart(app, page)
    page.get_by_role("tab", name="Team").click()
    page.get_by_role("button", name="Archive …").click()
    page.get_by_role("dialog").get_by_role("button", name="Archive team").click()
    expect(page.get_by_text("This team is archived.")).to_be_visible()
    (team,) = [one for one in accounts.list_teams(owner.principal) if one.id == owner.team_id]
    assert team.archived_at is not None


def test_a_brief_that_is_being_written_is_written_on_after_a_restart(
    app: App, page: Page, owner: Someone
) -> None:
    page.goto(f"{app.address}/launch?team={owner.team_id}")
    settle(page)
    page.get_by_label("Feature").fill("Expense approval")
    page.get_by_role("textbox", name="Brief").fill("Employees submit expenses.")
    page.keyboard.press("Tab")
    settle(page)
    process = page.evaluate("performance.timeOrigin")
    app.stop()
    page.wait_for_selector(CUT)
    app.start()
    page.wait_for_selector(READY, timeout=PATIENCE)
    settle(page)
    page.get_by_label("Feature").press("End")
    page.get_by_label("Feature").press_sequentially("!")
    page.keyboard.press("Tab")
    settle(page)
    expect(page.get_by_label("Feature")).to_have_value("Expense approval!")
    expect(page.get_by_role("textbox", name="Brief")).to_have_value("Employees submit expenses.")
    assert page.evaluate("performance.timeOrigin") == process, "the page was loaded anew"
