"""Your account in a browser: another password here, and every other browser leaves."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from core.domain.access import SYSTEM
from core.services import administering
from tests.journeys.crew import App
from tests.journeys.visitors import PASSWORD, settle, sign_in, sign_up, stranger

OTHER = "another horse battery"


def cookie_of(page: Page) -> str:
    return next(one["value"] for one in page.context.cookies() if one["name"] == "sage_login")


def test_another_password_renews_this_browser_and_sends_the_others_away(
    browser: Browser, app: App
) -> None:
    here, there = stranger(browser, app), stranger(browser, app)
    sign_up(here, "renewing")
    sign_in(there, "renewing")
    settle(there)
    settle(here)
    here.get_by_test_id("stSidebar").get_by_test_id("stPopover").get_by_role("button").click()
    here.get_by_role("link", name="Your account").click()
    here.get_by_role("tab", name="Password").click()
    former = cookie_of(here)
    here.get_by_label("Password that you have").fill(PASSWORD)
    here.get_by_label("New password", exact=True).fill(OTHER)
    here.get_by_label("New password, once more").fill(OTHER)
    here.get_by_role("button", name="Change the password").click()
    expect(there.get_by_label("Name or e-mail")).to_be_visible(timeout=5_000)
    here.wait_for_timeout(2_000)
    settle(here)
    assert "/account" in here.url
    assert cookie_of(here) != former
    expect(here.get_by_role("tab", name="Browsers")).to_be_visible()
    here.context.close()
    there.context.close()


def test_whoever_holds_a_link_sets_a_new_password_and_signs_in(browser: Browser, app: App) -> None:
    page = stranger(browser, app)
    sign_up(page, "forgetful")
    settle(page)
    token = administering.make_reset_link(SYSTEM, "forgetful").address.partition("?")[2]
    fresh = stranger(browser, app)
    fresh.goto(f"{app.address}/?{token}")
    fresh.get_by_label("New password", exact=True).fill(OTHER)
    fresh.get_by_label("New password, once more").fill(OTHER)
    fresh.get_by_role("button", name="Set the password").click()
    expect(fresh.get_by_text("forgetful has a new password")).to_be_visible()
    expect(page.get_by_label("Name or e-mail")).to_be_visible(timeout=5_000)
    page.context.close()
    fresh.context.close()
