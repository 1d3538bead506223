"""A newcomer's first day: from the sign-up form to the moment when a decision was taken."""

from __future__ import annotations

import re
import time
from uuid import UUID

from playwright.sync_api import Browser, Page, expect

from core.domain.access import UserPrincipal
from core.domain.events import Event
from core.domain.session_state import SessionState, fold
from core.services import accounts, reading
from core.services.reading import SessionReport
from pages.parts.theme import STATES, role_look
from tests.factories import Someone, add_member, make_someone
from tests.journeys.crew import App, signed_in
from tests.journeys.visitors import (
    BRIEFS,
    brief_field,
    settle,
    sign_up,
    stranger,
    type_in,
)

NAME = "Expense approval"
ROLES = 7


def count_loads(page: Page) -> None:
    """Have the page count how often it is loaded from now on."""
    page.add_init_script("sessionStorage.loads = +(sessionStorage.loads || 0) + 1")


def loads(page: Page) -> int:
    return int(page.evaluate("+sessionStorage.loads"))


def colleague_at_the_board(browser: Browser, app: App, colleague: Someone) -> Page:
    page = signed_in(browser, app, colleague.user).new_page()
    count_loads(page)
    page.goto(f"{app.address}/?team={colleague.team_id}")
    expect(page.get_by_text("No session yet")).to_be_visible()
    return page


def launch_the_brief(page: Page) -> UUID:
    """Fill the form and launch; returns the session that the page went on to."""
    page.get_by_role("button", name="New session").click()
    page.get_by_label("Feature").fill(NAME)
    type_in(page, brief_field(page), (BRIEFS / "expense-approval.md").read_text())
    expect(page.get_by_text("Ready to plan")).to_be_visible()
    expect(page.get_by_role("button", name="Employee", exact=True)).to_be_visible()
    page.get_by_role("radio", name="patient").click()
    settle(page)
    page.get_by_role("button", name="Launch session").click()
    page.wait_for_url("**/live?*session=*")
    found = re.search(r"session=([0-9a-f-]{36})", page.url)
    assert found is not None
    return UUID(found[1])


def watch_to_the_end(*pages: Page) -> list[list[list[str]]]:
    """Look at all cards of every page until all are done; returns the states that each showed."""
    seen: list[list[list[str]]] = [[[] for _ in range(ROLES)] for _ in pages]
    end = time.monotonic() + 90
    while time.monotonic() < end:
        for page, of_page in zip(pages, seen, strict=True):
            shown = page.locator(".card").evaluate_all("all => all.map((one) => one.classList[1])")
            for of_card, state in zip(of_page, shown, strict=False):
                if of_card[-1:] != [state]:
                    of_card.append(state)
        if all(of_card[-1:] == ["completed"] for of_page in seen for of_card in of_page):
            break
        pages[0].wait_for_timeout(50)
    return seen


def go_to(page: Page, name: str) -> None:
    """Follow one of the links above a session's pages."""
    page.locator(".st-key-session_links").get_by_role("link", name=name).click()
    page.wait_for_url(re.compile(r"/(replay|decisions|work)\?"))
    settle(page)


def read_a_decision(page: Page, report: SessionReport) -> None:
    decision = next(one for one in report.decisions if one.alternatives and one.task_id)
    page.locator(".entry .card", has_text=decision.text).first.click()
    detail = page.locator(".st-key-detail")
    expect(detail.get_by_role("heading", name=decision.text)).to_be_visible()
    for told in (decision.rationale, decision.alternatives[0].rejected_because):
        expect(detail).to_contain_text(told)


def open_a_snapshot(page: Page, report: SessionReport) -> None:
    page.get_by_role("radio", name="Database").click()
    expect(page.get_by_role("heading", name="Database")).to_be_visible()
    task = next(one for one in report.tasks if one.role == "dba")
    snapshot = next(one for one in report.snapshots if one.task_id == task.id)
    knew = page.get_by_role("tabpanel").first
    guiding = [one.text for one in report.decisions if str(one.id) in snapshot.decisions]
    assert guiding
    for told in guiding:
        expect(knew).to_contain_text(told)
    expect(knew).to_contain_text(str(snapshot.context["instructions"])[:80])
    knew.get_by_text("The brief", exact=True).click()
    expect(knew).to_contain_text("Nobody may approve their own")


def drag_to(page: Page, part: float) -> int:
    """Drag the cursor over the lanes to a part of their width; returns the event it is at."""
    box = page.locator(".lanes").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.95, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * part, y, steps=5)
    page.mouse.up()
    return drawn_seq(page)


def drawn_seq(page: Page) -> int:
    found = re.search(r"event (\d+) of", page.locator(".controls .time").inner_text())
    assert found is not None
    return int(found[1])


def drawn(page: Page) -> dict[str, object]:
    """Return what the panels beside the lanes say: each role's state, and how much there is."""
    roles = page.get_by_role("region", name="Roles at this moment").locator(".role")
    numbers = {
        name: int(page.get_by_role("heading", name=name).locator("span").inner_text())
        for name in ("Decisions in force", "Artifacts so far")
    }
    states = {
        role.locator(".one-line").first.inner_text(): role.locator(".pill").evaluate(
            "(pill) => pill.lastChild.textContent"
        )
        for role in roles.all()
    }
    texts = page.locator(".beside .decision .said").all_inner_texts()
    return {"roles": states, **numbers, "decisions": sorted(texts)}


def told_by_the_fold(state: SessionState, report: SessionReport) -> dict[str, object]:
    """Return what the panels have to say of a state."""
    in_force = [id_ for id_, one in state.decisions.items() if not one.superseded_by]
    texts = {str(one.id): one.text for one in report.decisions}
    return {
        "roles": {
            role_look(task.role).label: STATES[task.status].label for task in state.tasks.values()
        },
        "Decisions in force": len(in_force),
        "Artifacts so far": len(state.artifacts),
        "decisions": sorted(texts[id_] for id_ in in_force),
    }


def scrub_back(page: Page, report: SessionReport, events: list[Event]) -> None:
    last = len(events)
    assert drawn_seq(page) == last
    found = [drag_to(page, part) for part in (0.7, 0.4)]
    assert last > found[0] > found[1] > 1
    for seq in (found[1], found[1] - 1, 2):
        for _ in range(drawn_seq(page) - seq):
            page.keyboard.press("ArrowLeft")
        assert drawn_seq(page) == seq
        assert drawn(page) == told_by_the_fold(fold(events[:seq]), report)
        page.wait_for_url(f"**seq={seq}")
    page.keyboard.press("End")
    assert drawn(page) == told_by_the_fold(fold(events), report)


def test_a_newcomers_first_day_beside_a_colleague(app: App, browser: Browser) -> None:
    colleague = make_someone()
    theirs = colleague_at_the_board(browser, app, colleague)

    page = stranger(browser, app)
    sign_up(page, "newcomer")
    add_member(colleague.team_id, accounts.get_user("newcomer"))
    page.goto(f"{app.address}/?team={colleague.team_id}")
    settle(page)
    count_loads(page)
    page.reload()
    settle(page)

    session_id = launch_the_brief(page)
    theirs.locator(".column.working .card", has_text=NAME).click()
    theirs.wait_for_url(f"**/live?*session={session_id}*")
    states = watch_to_the_end(page, theirs)
    for of_page, fewest in zip(states, (ROLES - 1, 2), strict=True):  # the colleague came later
        assert all(of_card[-1:] == ["completed"] for of_card in of_page), of_page
        assert sum("running" in of_card for of_card in of_page) >= fewest, of_page
    for one in (page, theirs):
        expect(one.locator(".top")).to_contain_text("7 of 7 roles done")
        expect(one.locator(".chip")).to_contain_text("Ended")
        expect(one.locator(".st-key-session_head")).to_contain_text("Planned")
        assert loads(one) == 1
    shown = [one.locator(".card").all_inner_texts() for one in (page, theirs)]
    assert shown[0] == shown[1]

    principal = UserPrincipal(accounts.get_user("newcomer").id)
    report = reading.get_report(principal, session_id)
    go_to(page, "Decisions")
    read_a_decision(page, report)
    go_to(page, "Artifacts and snapshots")
    open_a_snapshot(page, report)
    go_to(page, "Replay")
    scrub_back(page, report, reading.list_events(principal, session_id))
