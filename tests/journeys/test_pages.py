"""Every page as a visitor sees it: signed in through the form, in the browser."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core.domain.people import User
from core.domain.session import Session
from core.services import administering, control, inviting, reading, signing_in
from tests.factories import Someone, launch, make_team_of
from tests.journeys.crew import App, signed_in, wait_until_ready

BRIEF = Path(__file__).resolve().parents[1] / "briefs" / "expense-approval.md"
PASSWORD = "a long enough password"
QUIET_MILLISECONDS = 800
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass(frozen=True)
class Visitor:
    """Somebody with a password, a team, and one finished session."""

    app: App
    browser: Browser
    someone: Someone
    session: Session

    @property
    def user(self) -> User:
        return self.someone.user

    def page(self) -> Page:
        """A page of a browser that nobody has signed in with."""
        context = self.browser.new_context()
        context.set_default_timeout(20_000)
        return context.new_page()

    def page_with_a_login(self) -> Page:
        return signed_in(self.browser, self.app, self.user).new_page()

    def sign_in(self, page: Page, password: str = PASSWORD) -> None:
        page.get_by_label("Name or e-mail").fill(self.user.user_name)
        page.get_by_label("Password").first.fill(password)
        page.get_by_role("button", name="Sign in").click()

    def signed_in_page(self) -> Page:
        page = self.page()
        page.goto(self.app.address)
        self.sign_in(page)
        page.wait_for_selector("[data-testid=stSidebar]")
        settle(page)
        return page


@pytest.fixture(scope="module")
def visitor(app: App, browser: Browser) -> Visitor:
    """The first who signs up, who administers this Sage Mode."""
    user = signing_in.sign_up("visitor", "visitor@example.org", PASSWORD)
    someone = make_team_of(user)
    return Visitor(app, browser, someone, finished_session(someone))


def finished_session(someone: Someone) -> Session:
    session = launch(someone, brief=BRIEF.read_text())
    end = time.monotonic() + 30
    while reading.get_session(someone.principal, session.id).ended_at is None:
        assert time.monotonic() < end, "the session does not end"
        time.sleep(0.1)
    return session


def settle(page: Page) -> None:
    """Wait until the script has run and its components are drawn."""
    wait_until_ready(page)
    page.wait_for_timeout(QUIET_MILLISECONDS)
    wait_until_ready(page)


def serious(page: Page) -> list[str]:
    """Return what axe finds serious or critical: rule and first place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['target']}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_a_link_leads_through_the_sign_in_page_to_where_it_points(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto(f"{visitor.app.address}/live?session={visitor.session.id}")
    expect(page.get_by_label("Name or e-mail")).to_be_visible()
    visitor.sign_in(page)
    expect(page.get_by_role("heading", name="Expense approval")).to_be_visible()
    assert f"/live?session={visitor.session.id}" in page.url


def test_a_wrong_password_says_so_and_keeps_the_name(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto(visitor.app.address)
    visitor.sign_in(page, "not the password at all")
    expect(page.get_by_role("alert")).to_contain_text("password")
    expect(page.get_by_label("Name or e-mail")).to_have_value(visitor.user.user_name)


def test_signing_out_ends_the_login(visitor: Visitor) -> None:
    page = visitor.signed_in_page()
    page.get_by_test_id("stSidebar").get_by_test_id("stPopover").get_by_role("button").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Name or e-mail")).to_be_visible()
    page.goto(f"{visitor.app.address}/sessions")
    expect(page.get_by_label("Name or e-mail")).to_be_visible()


def is_fine(page: Page, address: str) -> None:
    """Axe finds nothing serious on a page or behind its tabs, by day and by night."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        settle(page)
        expect(page.get_by_test_id("stMain").get_by_role("heading").first).to_be_visible()
        assert serious(page) == [], scheme


@pytest.mark.parametrize("path", ["/", "/sessions", "/decisions", "/launch"])
def test_axe_finds_nothing_serious_on_a_page(visitor: Visitor, path: str) -> None:
    is_fine(visitor.page_with_a_login(), visitor.app.address + path)


@pytest.mark.parametrize("path", ["/live", "/replay", "/work", "/decisions"])
def test_axe_finds_nothing_serious_on_a_page_of_a_session(visitor: Visitor, path: str) -> None:
    page = visitor.page_with_a_login()
    is_fine(page, f"{visitor.app.address}{path}?session={visitor.session.id}")


@pytest.mark.parametrize("path", ["people", "audit", "account"])
def test_axe_finds_nothing_serious_where_people_are_managed(visitor: Visitor, path: str) -> None:
    page = visitor.page_with_a_login()
    is_fine(page, f"{visitor.app.address}/{path}?team={visitor.someone.team_id}")
    for tab in page.get_by_role("tab").all():
        tab.click()
        settle(page)
        assert serious(page) == []


def test_axe_finds_nothing_serious_behind_links(visitor: Visitor) -> None:
    owner = visitor.someone
    invited = inviting.invite_person(owner.principal, owner.team_id, "guest@example.org")
    reset = administering.make_reset_link(owner.principal, visitor.user.user_name)
    for page, path, words in (
        (visitor.page_with_a_login(), invited.path or "", "Invitation"),
        (visitor.page(), reset.address[reset.address.index("/?reset=") :], "password"),
        (visitor.page(), "/?reset=spent", "link"),
    ):
        page.goto(visitor.app.address + path)
        settle(page)
        expect(page.get_by_test_id("stMain")).to_contain_text(words)
        assert serious(page) == []


def test_axe_finds_nothing_serious_on_the_sign_in_page(visitor: Visitor) -> None:
    page = visitor.page()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.goto(visitor.app.address)
        settle(page)
        assert serious(page) == [], scheme


def test_the_board_moves_with_its_team_before_its_timer(visitor: Visitor) -> None:
    page = visitor.signed_in_page()
    first = page.locator(".card").filter(has_text="Just launched")
    assert first.count() == 0
    session = launch(visitor.someone, feature_name="Just launched", executor="external")
    expect(first).to_be_visible(timeout=4000)  # the timer comes after fifteen seconds
    control.cancel_session(visitor.someone.principal, session.id)
    expect(first).to_have_count(0, timeout=4000)
    page.context.close()


def test_the_links_keep_their_addresses_whichever_is_drawn_first(visitor: Visitor) -> None:
    page = visitor.page_with_a_login()
    page.goto(f"{visitor.app.address}/sessions?team={visitor.someone.team_id}")
    settle(page)
    links = page.locator("[data-testid=stSidebar] [data-testid=stPageLink-NavLink]")
    before = [link.get_attribute("href") for link in links.all()]
    assert before[0] == f"/?team={visitor.someone.team_id}"  # not relative to the page that is open
    links.first.evaluate("(link) => link.remove()")
    expect(links).to_have_count(len(before) - 1)
    page.wait_for_timeout(QUIET_MILLISECONDS)
    assert [link.get_attribute("href") for link in links.all()] == before[1:]
    page.context.close()
