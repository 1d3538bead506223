"""Watching a session in a browser: cards change by themselves, whatever comes between."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.session import Session
from core.services import control, reading
from core.settings import get_settings
from embedded.servers import RunningServers
from tests.factories import Someone, launch, make_someone
from tests.journeys.crew import App, signed_in, wait_until_ready

ROLES = 7


@pytest.fixture
def watcher(
    servers: RunningServers, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Someone]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", servers.redis_url)
    monkeypatch.setenv(
        "SAGE_EXTRA_EXECUTORS", '{"talking": "x:X", "asking": "x:X", "failing": "x:X"}'
    )
    get_settings.cache_clear()
    yield make_someone()
    get_settings.cache_clear()


def open_live(app: App, page: Page, session: Session) -> None:
    page.goto(f"{app.address}/live?session={session.id}&team={session.team_id}")
    wait_until_ready(page)
    page.wait_for_selector(".card")


def states(page: Page) -> list[str]:
    return [
        name.split()[1]
        for name in page.locator(".card").evaluate_all("a => a.map(e => e.className)")
    ]


def note_what_the_chip_says(page: Page) -> None:
    """Keep every text of the chip from now on: some stand there for a moment only."""
    page.locator(".chip").evaluate(
        """(chip) => {
            const root = chip.getRootNode();
            window.said = [];
            const note = () => window.said.push(root.querySelector(".chip")?.textContent ?? "");
            const changes = {subtree: true, childList: true, characterData: true};
            new MutationObserver(note).observe(root, changes);
        }"""
    )


def note_what_the_cards_were(page: Page) -> None:
    """Keep every state of every card from now on: some last for a moment only."""
    page.locator(".stages").evaluate(
        """(stages) => {
            const states = () => [...stages.querySelectorAll(".card")].map((e) => e.classList[1]);
            window.were = states().map((state) => [state]);
            const note = () => states().forEach((state, place) => window.were[place].push(state));
            new MutationObserver(note).observe(stages, {subtree: true, attributes: true});
        }"""
    )


def what_the_chip_said(page: Page) -> str:
    return " ".join(page.evaluate("[...new Set(window.said)]"))


def test_two_people_see_every_card_change_without_touching_the_page(
    app: App, browser: Browser, watcher: Someone
) -> None:
    session = launch(watcher, executor="talking", brief="Employees submit expenses and stumble.")
    control.pause_session(watcher.principal, session.id)  # until both have come
    pages = [signed_in(browser, app, watcher.user).new_page() for _ in range(2)]
    for page in pages:
        page.add_init_script("window.wasLoaded = (window.wasLoaded || 0) + 1")
        open_live(app, page, session)
        note_what_the_cards_were(page)
    was_done = [state == "completed" for state in states(pages[0])]
    control.resume_session(watcher.principal, session.id)
    for page in pages:
        expect(page.locator(".chip")).to_contain_text("Ended", timeout=60_000)
        assert set(states(page)) == {"completed"}
        were = page.evaluate("window.were")
        assert all(
            done or "running" in of_card for done, of_card in zip(was_done, were, strict=True)
        )
    assert was_done.count(True) <= 1
    for page in pages:
        expect(page.locator(".top")).to_contain_text("7 of 7 roles done")
        expect(page.locator(".decision")).to_have_count(ROLES)
        expect(page.locator(".st-key-session_head")).to_contain_text("Planned")
        expect(page.locator(".card", has_text="Backend")).to_contain_text("try 2 of 4")
        last_seq = reading.get_session(watcher.principal, session.id).last_seq
        expect(page.locator(".chip")).to_contain_text(f"event {last_seq}")
        assert page.evaluate("window.wasLoaded") == 1
        assert page.title() != "owned"


def test_a_cut_network_is_said_and_caught_up(app: App, browser: Browser, watcher: Someone) -> None:
    session = launch(watcher, executor="talking")
    context = signed_in(browser, app, watcher.user)
    page = context.new_page()
    open_live(app, page, session)
    page.wait_for_selector(".card.running")
    note_what_the_chip_says(page)
    context.set_offline(True)
    expect(page.locator(".chip")).to_contain_text("Offline, trying again in")
    seen = reading.get_session(watcher.principal, session.id).last_seq
    while reading.get_session(watcher.principal, session.id).last_seq <= seen:
        page.wait_for_timeout(100)  # what was not missed is not caught up
    context.set_offline(False)
    expect(page.locator(".chip")).to_contain_text("Ended", timeout=60_000)
    assert "Catching up" in what_the_chip_said(page)
    assert set(states(page)) == {"completed"}


def test_a_restart_of_the_server_is_caught_up(app: App, browser: Browser, watcher: Someone) -> None:
    session = launch(watcher, executor="talking")
    page = signed_in(browser, app, watcher.user).new_page()
    open_live(app, page, session)
    page.wait_for_selector(".card.running")
    app.stop()
    try:
        expect(page.locator(".chip")).to_contain_text("Offline")
        page.wait_for_timeout(2000)
    finally:
        app.start()
    # The session may have gone on while the server was away, even to its end.
    expect(page.locator(".chip")).to_contain_text("Ended", timeout=90_000)
    assert set(states(page)) == {"completed"}


def test_a_card_opens_its_drawer_and_the_work_goes_on_behind_it(
    app: App, browser: Browser, watcher: Someone
) -> None:
    session = launch(watcher, executor="talking")
    page = signed_in(browser, app, watcher.user).new_page()
    open_live(app, page, session)
    page.wait_for_selector(".card.completed")
    page.locator(".card").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Capabilities")
    drawer.get_by_role("tab", name="What it made").click()
    expect(drawer).to_contain_text("Notes of architect")
    drawer.get_by_role("tab", name="Decisions").click()
    expect(drawer).to_contain_text("architect keeps it simple <img src=x")
    expect(page.locator(".top")).to_contain_text("7 of 7", timeout=60_000)
    expect(drawer).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    assert page.title() != "owned"


def test_pausing_and_cancelling_are_seen_by_the_other_person(
    app: App, browser: Browser, watcher: Someone
) -> None:
    session = launch(watcher, executor="talking", brief="Employees submit expenses, slowly.")
    page, other = (signed_in(browser, app, watcher.user).new_page() for _ in range(2))
    for one in (page, other):
        open_live(app, one, session)
    page.keyboard.press("Shift+P")
    for one in (page, other):
        expect(one.get_by_role("button", name="Resume")).to_be_visible()
        expect(one.locator(".strip")).to_contain_text("Paused")
    page.locator(".st-key-session_more button:visible").click()
    page.get_by_text("Cancel session …").click()
    expect(page.get_by_role("dialog")).to_contain_text("Finished work stays")
    page.get_by_role("button", name="Cancel session", exact=True).click()
    for one in (page, other):
        expect(one.locator(".chip")).to_contain_text("Ended")
        expect(one.locator(".st-key-session_head")).to_contain_text("Cancelled")


def test_a_failed_session_says_why_and_is_taken_up_again(
    app: App, browser: Browser, watcher: Someone
) -> None:
    session = launch(watcher, executor="failing")
    page = signed_in(browser, app, watcher.user).new_page()
    open_live(app, page, session)
    expect(page.locator(".strip")).to_contain_text("Architect failed: no way")
    before = reading.get_session(watcher.principal, session.id).last_seq
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".card").first).to_contain_text("try 2")
    assert reading.get_session(watcher.principal, session.id).last_seq > before


def test_what_the_architect_asks_is_shown_with_the_way_to_answer(
    app: App, browser: Browser, watcher: Someone
) -> None:
    session = launch(watcher, executor="asking")
    page = signed_in(browser, app, watcher.user).new_page()
    open_live(app, page, session)
    expect(page.locator(".st-key-questions")).to_contain_text("Who needs it?")
    link = page.get_by_role("link", name="Answer in a new session")
    assert f"answer={session.id}" in (link.get_attribute("href") or "")


def test_another_teams_session_is_not_found(app: App, browser: Browser, watcher: Someone) -> None:
    session = launch(make_someone(), executor="asking")
    page = signed_in(browser, app, watcher.user).new_page()
    page.goto(f"{app.address}/live?session={session.id}")
    expect(page.get_by_text("Not in this team")).to_be_visible()
