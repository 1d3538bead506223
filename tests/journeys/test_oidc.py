"""Signing in by an identity provider, in a browser: there by one click, back by another."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from embedded.servers import RunningServers
from tests.identity_provider import IdentityProvider, running_provider
from tests.journeys.crew import App
from tests.journeys.visitors import settle, sign_out, sign_up

BUTTON = "Sign in with Example Ltd"


class AppAtItsAddress(App):
    """The app, which knows where browsers reach it."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__(environment)
        self._environment["SAGE_PUBLIC_URL"] = self.address


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    # By another name than the app's: to the browser it is another site.
    with running_provider(host="localhost") as provider:
        provider.asks = True
        yield provider


@pytest.fixture(scope="module")
def app(servers: RunningServers, database_url: str, provider: IdentityProvider) -> Iterator[App]:
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": servers.redis_url,
        "SAGE_OIDC_ISSUER": provider.issuer,
        "SAGE_OIDC_CLIENT_ID": provider.client_id,
        "SAGE_OIDC_CLIENT_SECRET": provider.client_secret,
        "SAGE_OIDC_LABEL": "Example Ltd",
    }
    app = AppAtItsAddress(environment)
    provider.redirect_uri = f"{app.address}/auth/oidc/callback"
    app.start()
    yield app
    app.stop()


@pytest.fixture
def page(browser: Browser, app: App, system: None) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def log_in(page: Page) -> None:
    page.get_by_role("link", name=BUTTON).click()
    page.get_by_role("button", name="Yes, it is me").click()
    page.wait_for_selector("[data-testid=stSidebar]")
    settle(page)


def signed_in_as(page: Page) -> str:
    menu = page.get_by_test_id("stSidebar").get_by_test_id("stPopover")
    menu.get_by_role("button").click()
    name = page.get_by_test_id("stPopoverBody").locator("strong").inner_text()
    page.keyboard.press("Escape")
    return name


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


def test_one_click_there_one_click_back_in_the_same_tab(
    page: Page, app: App, provider: IdentityProvider
) -> None:
    page.goto(f"{app.address}/sessions")  # which needs a login
    settle(page)
    log_in(page)
    assert page.url.startswith(f"{app.address}/sessions")
    assert len(page.context.pages) == 1
    assert signed_in_as(page) == "ada"
    assert provider.problems == []
    left = [one["name"] for one in page.context.cookies() if "oidc" in one["name"]]
    assert left == []
    sign_out(page)
    expect(page.get_by_role("link", name=BUTTON)).to_be_visible()


def test_a_password_still_opens_the_other_way(page: Page, app: App) -> None:
    page.goto(app.address)
    sign_up(page, "bob-by-password")
    settle(page)
    assert signed_in_as(page) == "bob-by-password"


def test_a_no_is_explained_and_leads_where_it_was_to_lead(
    page: Page, app: App, provider: IdentityProvider
) -> None:
    page.goto(f"{app.address}/sessions")
    provider.declines = "access_denied"
    page.get_by_role("link", name=BUTTON).click()
    page.get_by_role("button", name="Yes, it is me").click()
    expect(page.get_by_text("did not let you in")).to_be_visible()
    provider.declines = None
    settle(page)
    log_in(page)
    assert page.url.startswith(f"{app.address}/sessions")


def test_the_way_back_cannot_be_walked_twice(page: Page, app: App) -> None:
    page.goto(app.address)
    with page.expect_request(re.compile("/auth/oidc/callback")) as back:
        log_in(page)
    page.goto(back.value.url)
    settle(page)
    assert signed_in_as(page) == "ada"  # nothing was changed by it
    page.context.clear_cookies()
    page.goto(back.value.url)
    expect(page.get_by_text("was used already")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_is_for_everybody(browser: Browser, app: App, scheme: str) -> None:
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": 390, "height": 844},
    )
    page = context.new_page()
    page.goto(f"{app.address}/?refused=state_spent&next=%2F")
    settle(page)
    link = page.get_by_role("link", name=BUTTON)
    box = link.bounding_box()
    assert box is not None
    assert box["height"] >= 40
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    link.focus()
    expect(link).to_be_focused()
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_your_account_says_who_keeps_the_password(browser: Browser, app: App, scheme: str) -> None:
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": 390, "height": 844},
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"{app.address}/account")
    page.get_by_role("link", name=BUTTON).click()
    page.get_by_role("button", name="Yes, it is me").click()
    expect(page.get_by_text("as you sign in with Example Ltd")).to_be_visible()
    settle(page)
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    assert violations(page) == []
    page.get_by_role("tab", name="Password").click()
    expect(page.get_by_text("Your password is kept there")).to_be_visible()
    expect(page.get_by_role("button", name="Change the password")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []
    context.close()
