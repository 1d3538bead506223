"""A login that ends under an open page: nothing more is done in it, and signing in leads back."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from core.domain.access import UserPrincipal
from core.domain.approval import Gate
from core.domain.pipeline import Step
from core.services import members, signing_in
from core.settings import get_settings
from core.signals.logins import login_key
from core.signals.wakeups import get_redis
from tests.factories import Someone, launch_pipeline, make_someone
from tests.journeys.crew import App
from tests.journeys.visitors import PASSWORD, settle, sign_in
from tests.services.approvals import asked_of, pending_of

SWEEP = 20_000  # milliseconds, in which the gate finds a login that ran out in silence


def somebody() -> Someone:
    """Return somebody with a password."""
    someone = make_someone()
    signing_in.set_password(someone.user.user_name, PASSWORD)
    return someone


def enter(browser: Browser, app: App, someone: Someone, path: str) -> Page:
    """Sign in by the form, on the way to a page."""
    context = browser.new_context()
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(app.address + path)
    sign_in(page, someone.user.user_name)
    settle(page)
    return page


def end_login(page: Page) -> None:
    """Let the login run out, as Redis does: without a word."""
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    assert get_redis(get_settings().redis_url).delete(login_key(cookies["sage_login"])) == 1


def test_an_answer_after_the_login_ran_out_is_not_given_and_the_way_leads_back(
    app: App, browser: Browser
) -> None:
    someone = somebody()
    gate = Gate("designer", "May the schema change?")
    (asked,) = pending_of(
        launch_pipeline(someone, Step("architect", (), gate), executor="external")
    )
    page = enter(browser, app, someone, f"/approvals?team={someone.team_id}")
    end_login(page)
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.get_by_label("Name or e-mail", exact=True)).to_be_visible(timeout=SWEEP)
    assert asked_of(asked).is_pending
    expect(page.get_by_text("May the schema change?")).to_have_count(0)
    page.wait_for_url("**/?next=*")
    settle(page)
    sign_in(page, someone.user.user_name)
    expect(page.get_by_role("heading", name="Approvals")).to_be_visible()
    assert f"/approvals?team={someone.team_id}" in page.url
    settle(page)
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.get_by_text("Nothing waits for an answer")).to_be_visible()
    assert asked_of(asked).status == "approved"


def test_a_page_at_rest_whose_login_runs_out_is_where_signing_in_leads(
    app: App, browser: Browser
) -> None:
    someone = somebody()
    page = enter(browser, app, someone, f"/decisions?team={someone.team_id}&category=privacy")
    end_login(page)
    page.wait_for_url(re.compile(r"/\?next=%2Fdecisions"), timeout=SWEEP)
    settle(page)
    sign_in(page, someone.user.user_name)
    expect(page.get_by_role("heading", name="Decisions")).to_be_visible()
    assert f"/decisions?team={someone.team_id}&category=privacy" in page.url


def test_who_signs_out_themselves_is_led_nowhere(app: App, browser: Browser) -> None:
    someone = somebody()
    page = enter(browser, app, someone, f"/decisions?team={someone.team_id}")
    page.get_by_test_id("stSidebar").get_by_test_id("stPopover").get_by_role("button").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Name or e-mail", exact=True).wait_for()
    page.wait_for_timeout(2000)  # the socket hears of the end too
    assert page.url == f"{app.address}/"


def test_another_tab_signs_out_while_a_dialog_is_open(app: App, browser: Browser) -> None:
    someone = somebody()
    page = enter(browser, app, someone, f"/people?team={someone.team_id}")
    other = page.context.new_page()
    other.goto(f"{app.address}/sessions?team={someone.team_id}")
    settle(other)
    page.get_by_role("tab", name="Team").click()
    page.get_by_role("button", name="Archive …").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    other.get_by_test_id("stSidebar").get_by_test_id("stPopover").get_by_role("button").click()
    other.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Name or e-mail", exact=True)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)
    sign_in(page, someone.user.user_name)
    expect(page.get_by_role("heading", name="People and access")).to_be_visible()
    found = members.read_people(UserPrincipal(someone.user.id), someone.team_id)
    assert found.team.archived_at is None
