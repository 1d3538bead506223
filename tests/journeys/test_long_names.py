"""Names without end: what a form takes is cut or refused in words, and its longest fits a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.access import TeamRole
from core.services import accounts
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    launch,
    make_artifact,
    make_decision,
    make_someone,
)
from tests.journeys.crew import App, signed_in
from tests.journeys.visitors import (
    brief_field,
    fill_sign_up,
    settle,
    stranger,
    type_in,
    visible_tabs,
)

ENDLESS = "W" * 10_000
PHONE = {"width": 390, "height": 800}
PAGES = ("/", "/sessions", "/decisions", "/launch", "/live", "/replay", "/work", "/overview")


@pytest.fixture
def someone(app: App) -> Someone:
    """A user with the longest name, in a shared team."""
    name = f"{make_someone().user.user_name}-{'W' * 50}"[:50]
    user = accounts.create_user(name, f"{'w' * 40}-{name[:18]}@example.org")
    owner = make_someone()
    add_member(owner.team_id, user, TeamRole.MEMBER)
    return Someone(user, owner.team_id)


def fits(page: Page) -> None:
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    widths = page.evaluate(
        "['body', '[data-testid=stMain]', '[data-testid=stDialog]'].map((name) =>"
        " document.querySelector(name)?.scrollWidth ?? 0)"
    )
    assert max(widths) <= page.viewport_size["width"], (page.url, widths)  # type: ignore[index]


def test_an_endless_user_name_or_address_is_refused_in_words(app: App, browser: Browser) -> None:
    page = stranger(browser, app)
    page.get_by_role("tab", name="Make an account").click()
    fill_sign_up(page, ENDLESS)
    expect(page.get_by_role("alert")).to_contain_text("That is no user name. Use 3 to 50 letters")
    page.get_by_role("textbox", name="User name").fill("brief-name")
    page.get_by_role("textbox", name="E-mail", exact=True).fill(f"{ENDLESS}@example.org")
    page.get_by_role("button", name="Make an account").click()
    expect(page.get_by_role("alert")).to_contain_text("That is no e-mail address")


def test_a_name_to_sign_in_with_may_be_endless_and_is_nobodys(app: App, browser: Browser) -> None:
    page = stranger(browser, app)
    page.get_by_label("Name or e-mail").fill(ENDLESS)
    page.locator("input[type=password]:visible").fill(ENDLESS)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("password")


def test_an_endless_feature_name_does_not_get_into_the_form(
    app: App, browser: Browser, someone: Someone
) -> None:
    page = signed_in(browser, app, someone.user).new_page()
    page.goto(f"{app.address}/launch?team={someone.team_id}")
    settle(page)
    name = page.get_by_label("Feature")
    type_in(page, name, "W" * 200)
    type_in(page, name, ENDLESS)
    expect(name).to_have_value("W" * 200)


def test_an_endless_brief_is_refused_in_words_and_kept(
    app: App, browser: Browser, someone: Someone
) -> None:
    page = signed_in(browser, app, someone.user).new_page()
    page.goto(f"{app.address}/launch?team={someone.team_id}")
    settle(page)
    type_in(page, page.get_by_label("Feature"), "Endless")
    type_in(page, brief_field(page), ENDLESS * 7)
    page.get_by_role("button", name="Launch session").click()
    expect(page.get_by_text("The brief has 68 KB; 64 KB is the most.").first).to_be_visible()
    expect(brief_field(page)).to_have_value(ENDLESS * 7)


def test_the_longest_names_fit_every_page_on_a_phone(
    app: App, browser: Browser, someone: Someone
) -> None:
    session = launch(
        someone, feature_name="W" * 200, brief=f"Employees submit {'W' * 300}.", executor="external"
    )
    complete(
        claim(someone, session, "architect"),
        decisions=(
            make_decision(text="W" * 500, rationale="W" * 5000, strategic=True),
            make_decision(text="W" * 500, rationale="W" * 5000),
        ),
        artifacts=(make_artifact(title="W" * 200, body=ENDLESS),),
        output={"W" * 200: "W" * 1000},
    )
    page = signed_in(browser, app, someone.user, viewport=PHONE).new_page()
    for path in PAGES:
        page.goto(f"{app.address}{path}?team={someone.team_id}&session={session.id}")
        fits(page)
    page.goto(f"{app.address}/work?team={someone.team_id}&session={session.id}")
    settle(page)
    for tab in visible_tabs(page):
        tab.click()
        fits(page)
    page.goto(f"{app.address}/live?team={someone.team_id}&session={session.id}")
    page.locator(".card").first.click()
    page.get_by_role("dialog").wait_for()
    fits(page)
