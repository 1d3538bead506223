"""Two people watch one live session; one removes the other, whose page leaves at once."""

from __future__ import annotations

import time

from playwright.sync_api import Browser, Page, expect

from core.domain.session import Session
from core.services import control, inviting, members, reading
from tests.factories import Someone, add_member, launch, make_someone
from tests.journeys.crew import App, signed_in, wait_until_ready
from tests.journeys.visitors import fill_sign_up, settle, texts_of

WITHIN_SECONDS = 1.0


def open_live(app: App, page: Page, session: Session) -> None:
    page.goto(f"{app.address}/live?session={session.id}&team={session.team_id}")
    wait_until_ready(page)
    page.wait_for_selector(".card")


def note_leaving(page: Page) -> list[float]:
    """Return a list that gets the moment at which the page goes elsewhere."""
    left: list[float] = []
    page.on(
        "framenavigated",
        lambda frame: left.append(time.monotonic()) if "/live" not in frame.url else None,
    )
    return left


def test_the_removed_persons_page_leaves_within_a_second(app: App, browser: Browser) -> None:
    owner, other = make_someone(), make_someone()
    add_member(owner.team_id, other.user)
    session = launch(owner, executor="talking")
    page = signed_in(browser, app, owner.user).new_page()
    theirs = signed_in(browser, app, other.user).new_page()
    managing = signed_in(browser, app, owner.user).new_page()
    for one in (page, theirs):
        open_live(app, one, session)
    managing.goto(f"{app.address}/people?team={owner.team_id}")
    settle(managing)
    managing.locator(f".st-key-remove_{owner.team_id}_{other.user.id} button").click()
    dialog = managing.get_by_role("dialog")
    expect(dialog).to_contain_text("loses")
    left = note_leaving(theirs)
    dialog.get_by_role("button", name="Remove", exact=True).click()
    end = time.monotonic() + 10
    gone_at = None
    while gone_at is None and time.monotonic() < end:
        if len(members.list_members(owner.principal, owner.team_id)) == 1:
            gone_at = time.monotonic()
        theirs.wait_for_timeout(10)
    assert gone_at is not None
    theirs.wait_for_function("() => !location.pathname.startsWith('/live')")
    assert left[0] - gone_at < WITHIN_SECONDS
    wait_until_ready(theirs)
    assert "Team" not in theirs.title()
    assert str(owner.team_id) not in theirs.url
    expect(page.locator(".card")).not_to_have_count(0)
    assert "/live" in page.url
    expect(page.locator(".chip")).to_contain_text("Ended", timeout=60_000)
    assert reading.get_session(owner.principal, session.id).status == "completed"
    theirs.goto(f"{app.address}/live?session={session.id}&team={owner.team_id}")
    expect(theirs.get_by_text("Not in this team")).to_be_visible()


def test_pages_of_an_ended_session_leave_whatever_their_address_says(
    app: App, browser: Browser
) -> None:
    owner, other = make_someone(), make_someone()
    add_member(owner.team_id, other.user)
    session = launch(owner, executor="external")
    control.cancel_session(owner.principal, session.id)  # nothing more comes of it
    context = signed_in(browser, app, other.user)
    theirs = {}
    for name in ("live", "work", "replay", "decisions"):
        theirs[name] = page = context.new_page()
        page.goto(f"{app.address}/{name}?session={session.id}&team={owner.team_id}")
        settle(page)
        page.evaluate(
            "(team) => history.replaceState(history.state, '', `?team=${team}`)",
            str(other.team_id),
        )
    members.remove_member(owner.principal, owner.team_id, other.user.id)
    began = time.monotonic()
    for name, page in theirs.items():
        page.wait_for_function(f"() => !location.pathname.startsWith('/{name}')", timeout=5000)
    assert time.monotonic() - began < WITHIN_SECONDS * len(theirs)


def test_an_invitations_link_works_for_somebody_who_is_new(app: App, browser: Browser) -> None:
    owner = make_someone()
    made = inviting.invite_person(owner.principal, owner.team_id, "somebody@example.org", "viewer")
    context = browser.new_context()
    context.set_default_timeout(20_000)
    page = context.new_page()
    assert made.path is not None
    page.goto(app.address + made.path)
    settle(page)  # what is typed before the first run is drawn may be lost
    page.get_by_role("tab", name="Make an account").click()
    fill_sign_up(page, "newcomer-by-link")
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url(f"**team={owner.team_id}*")
    settle(page)
    names = [one.user_name for one in members.list_members(owner.principal, owner.team_id)]
    assert names == [owner.user.user_name, "newcomer-by-link"]


def test_switching_the_team_keeps_the_page_and_changes_what_is_on_it(
    app: App, browser: Browser
) -> None:
    first = make_someone()
    other = make_someone()
    add_member(other.team_id, first.user)
    launch(first, feature_name="Apples of one", executor="asking")
    launch(other, feature_name="Pears of the other", executor="asking")
    page = signed_in(browser, app, first.user).new_page()
    page.goto(f"{app.address}/decisions?team={first.team_id}")
    settle(page)
    for team, path in ((other, "/decisions"), (first, "/people")):
        page.goto(f"{app.address}{path}?team={_other(team, first, other).team_id}")
        settle(page)
        page.get_by_test_id("stSidebar").get_by_role("combobox").click()
        name = _name_of(first, team)
        page.get_by_role("option", name=name, exact=True).click()
        page.wait_for_url(f"**{path}?*team={team.team_id}*")
        settle(page)
    assert first.user.user_name in texts_of(page.locator(".st-key-members"))
    assert other.user.user_name not in texts_of(page.locator(".st-key-members"))


def _other(team: Someone, first: Someone, second: Someone) -> Someone:
    return second if team is first else first


def _name_of(viewer: Someone, team: Someone) -> str:
    return members.read_people(viewer.principal, team.team_id).team.name
