"""One launch after another in a tab: each is its own, and nothing typed meanwhile is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.services import reading
from tests.factories import Someone, make_someone
from tests.journeys.crew import App, signed_in
from tests.journeys.visitors import BRIEFS, brief_field, settle, type_in

BRIEF = (BRIEFS / "expense-approval.md").read_text().strip()
OTHER = "Nurses swap shifts. The ward manager approves each swap. Nobody swaps a past shift."
LONGER_THAN_A_DOUBLE_CLICK = 6000


@pytest.fixture
def author(app: App) -> Someone:
    return make_someone()


@pytest.fixture
def page(app: App, browser: Browser, author: Someone) -> Iterator[Page]:
    """New session, as a tab of theirs opens it."""
    context = signed_in(browser, app, author.user)
    page = context.new_page()
    page.goto(f"{app.address}/launch?team={author.team_id}")
    settle(page)
    yield page
    context.close()


def launch_by_form(page: Page, name: str, *, clicks: int = 1) -> None:
    type_in(page, page.get_by_label("Feature"), name)
    type_in(page, brief_field(page), BRIEF)
    press_launch(page, clicks)


def press_launch(page: Page, clicks: int = 1) -> None:
    page.get_by_role("button", name="Launch session").click(click_count=clicks)
    page.wait_for_url("**/live?*session=*")
    settle(page)


def names_of(author: Someone) -> list[str]:
    """Return the names of what was launched, the oldest first."""
    sessions = reading.list_sessions(author.principal, team_id=author.team_id)
    return [one.feature_name for one in reversed(sessions)]


def test_a_new_session_right_after_a_double_click_is_empty_and_keeps_what_is_typed(
    page: Page, author: Someone
) -> None:
    launch_by_form(page, "First", clicks=2)
    page.get_by_role("button", name="New session").click()
    page.wait_for_url("**/launch?*")
    settle(page)
    expect(page.get_by_label("Feature")).to_have_value("")
    expect(brief_field(page)).to_have_value("")
    type_in(page, page.get_by_label("Feature"), "Second")
    brief_field(page).click()
    page.keyboard.insert_text(OTHER)
    page.wait_for_timeout(LONGER_THAN_A_DOUBLE_CLICK)
    page.keyboard.press("Tab")
    settle(page)
    expect(page.get_by_label("Feature")).to_have_value("Second")
    expect(brief_field(page)).to_have_value(OTHER)
    press_launch(page)
    expect(page.get_by_role("heading", name="Second")).to_be_visible()
    assert names_of(author) == ["First", "Second"]


def test_who_goes_back_and_changes_what_they_launched_launches_another_one(
    page: Page, author: Someone
) -> None:
    page.get_by_role("radio", name="talking").click()
    settle(page)
    launch_by_form(page, "Third")
    page.go_back()
    settle(page)
    expect(page.get_by_label("Feature")).to_have_value("Third")
    expect(brief_field(page)).to_have_value(BRIEF)
    press_launch(page)
    assert names_of(author) == ["Third"]
    page.go_back()
    settle(page)
    page.get_by_label("Feature").fill("Fourth")
    press_launch(page)
    expect(page.get_by_role("heading", name="Fourth")).to_be_visible()
    assert names_of(author) == ["Third", "Fourth"]
