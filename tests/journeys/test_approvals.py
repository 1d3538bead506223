"""The inbox in a browser: by the keyboard, several at once, and with news as they come."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.domain.approval import Gate
from core.domain.pipeline import Step
from core.domain.session import Session
from core.settings import get_settings
from embedded.servers import RunningServers
from tests.factories import Someone, launch_pipeline, make_someone
from tests.journeys.crew import App, signed_in
from tests.journeys.test_pages import serious
from tests.journeys.visitors import settle
from tests.services.approvals import asked_of, pending_of

PATIENCE = 15_000  # milliseconds


@pytest.fixture
def approver(
    servers: RunningServers, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Someone]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", servers.redis_url)
    get_settings.cache_clear()
    yield make_someone()
    get_settings.cache_clear()


def ask(someone: Someone, question: str) -> Session:
    gate = Gate("designer", question)
    return launch_pipeline(someone, Step("architect", (), gate), executor="external")


def shown(place: Locator) -> None:
    """Wait for something, also on a machine that has much else to do."""
    expect(place).to_be_visible(timeout=PATIENCE)


def gone(place: Locator) -> None:
    expect(place).to_be_hidden(timeout=PATIENCE)


def open_inbox(app: App, browser: Browser, someone: Someone, **options: object) -> Page:
    page = signed_in(browser, app, someone.user, **options).new_page()
    page.goto(f"{app.address}/approvals?team={someone.team_id}")
    settle(page)
    return page


def test_a_person_answers_by_the_keyboard_and_several_at_once(
    app: App, browser: Browser, approver: Someone
) -> None:
    names = [f"May part {number} begin?" for number in range(1, 6)]
    asked = [pending_of(ask(approver, name))[0] for name in names[:4]]
    page = open_inbox(app, browser, approver)
    shown(page.get_by_text("1 of 4"))
    page.keyboard.press("j")
    shown(page.get_by_text("2 of 4"))
    settle(page)
    page.keyboard.press("y")
    gone(page.get_by_text(names[1], exact=True))
    assert asked_of(asked[1]).status == "approved"
    page.keyboard.press("x")
    reason = page.get_by_label("Your reason")
    reason.fill("Not this year.")
    page.get_by_role("dialog").get_by_role("button", name="Reject").click()
    gone(page.get_by_role("dialog"))
    rejected = [one for one in map(asked_of, asked) if one.status == "rejected"]
    assert [one.reason for one in rejected] == ["Not this year."]
    settle(page)
    left = [one for one in map(asked_of, asked) if one.is_pending]
    late = pending_of(ask(approver, names[4]))[0]  # comes while the page is open
    shown(page.get_by_text(names[4], exact=True))
    for box in range(3):
        page.get_by_test_id("stCheckbox").nth(box).locator("label").click()
        settle(page)
    page.get_by_role("button", name="Approve chosen").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve all").click()
    shown(page.get_by_text("Nothing waits for an answer"))
    assert {asked_of(one).status for one in (*left, late)} == {"approved"}


def test_the_banner_of_a_session_leads_to_its_question(
    app: App, browser: Browser, approver: Someone
) -> None:
    ask(approver, "May the first begin?")
    session = ask(approver, "May the second begin?")
    page = signed_in(browser, app, approver.user).new_page()
    page.goto(f"{app.address}/live?session={session.id}&team={session.team_id}")
    settle(page)
    expect(page.get_by_role("note")).to_contain_text(
        "waits for a designer. May the second begin?", timeout=PATIENCE
    )
    page.get_by_role("note").get_by_role("button", name="Answer").click()
    shown(page.get_by_text("2 of 2"))
    settle(page)
    page.keyboard.press("y")
    gone(page.get_by_text("May the second begin?", exact=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_inbox(
    app: App, browser: Browser, approver: Someone, scheme: str
) -> None:
    ask(approver, "May the first begin?")
    session = ask(approver, "May the second begin?")
    page = open_inbox(app, browser, approver, color_scheme=scheme)
    assert serious(page) == []
    page.keyboard.press("x")
    page.get_by_role("dialog").wait_for()
    settle(page)
    assert serious(page) == []
    page.goto(f"{app.address}/live?session={session.id}&team={session.team_id}")
    settle(page)
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app.address}/approvals?team={session.team_id}")
    settle(page)
    assert serious(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
