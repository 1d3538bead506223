"""Script, markup and far too much text in everything that a person can fill: it stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.access import UserPrincipal
from core.domain.session import Session
from core.services import reading
from tests.factories import Someone, claim, complete, launch, make_artifact, make_someone
from tests.journeys.crew import App, signed_in
from tests.journeys.visitors import (
    BRIEFS,
    brief_field,
    fill_sign_up,
    settle,
    stranger,
    texts_of,
    type_in,
    visible_tabs,
)

HIT = "window.__hit=1"
EVIL = (
    f'<img src=x onerror="{HIT}"><script>{HIT}</script> **b** [a](javascript:{HIT}) '
    ":material/bolt: :rocket: :red[r] $x^2$ `c` &lt;i&gt; ![p](x.png)"
)
DIAGRAM = f"""graph TD
  A["<img src=x onerror='{HIT}'>"] --> B
  click B href "javascript:{HIT}"
"""
PARAMETERS = ("team", "session", "decision", "task", "seq", "q", "page", "from", "to", "sort")
PARAMETERS += ("state", "status", "kind", "role", "confidence", "view", "answer", "example", "next")
ODD = (EVIL, "a\x00b", "9" * 40, "9999-12-31", "0001-01-01", "x" * 500)


@dataclass
class Watched:
    """A page that would notice a script of ours running, and everything that broke."""

    app: App
    page: Page
    someone: Someone
    dialogs: list[str] = field(default_factory=list)

    def visit(self, path: str, **parameters: object) -> None:
        """Go to a page of the team, wait for it, and look whether all is well."""
        asked = {"team": self.someone.team_id, **parameters}
        query = "&".join(f"{name}={quote(str(value))}" for name, value in asked.items())
        self.page.goto(f"{self.app.address}{path}?{query}")
        settle(self.page)
        self.check()

    def check(self) -> None:
        """No script ran, nothing that a text names was drawn or linked, and nothing broke."""
        assert [frame.evaluate("window.__hit") for frame in self.page.frames] == [None] * len(
            self.page.frames
        )
        assert self.dialogs == []
        expect(self.page.get_by_test_id("stException")).to_have_count(0)
        for made in ("img[src=x]", "img[src*='x.png']", "[href^='javascript:']", "[onerror]"):
            expect(self.page.locator(made)).to_have_count(0)

    def shows(self, text: str) -> None:
        """The text stands on the page, letter by letter."""
        shown = texts_of(self.page.locator("body"))
        assert text in shown, shown


@pytest.fixture
def watched(app: App, browser: Browser) -> Iterator[Watched]:
    someone = make_someone()
    context = signed_in(browser, app, someone.user)
    watched = Watched(app, context.new_page(), someone)
    watched.page.on("dialog", lambda one: (watched.dialogs.append(one.message), one.dismiss()))
    yield watched
    context.close()


def launched_from_the_form(watched: Watched) -> Session:
    """Press the button, and return the session that came of it."""
    page = watched.page
    page.get_by_role("button", name="Launch session").click()
    page.wait_for_url("**/live?*session=*")
    found = re.search(r"session=([0-9a-f-]{36})", page.url)
    assert found is not None
    return reading.get_session(UserPrincipal(watched.someone.user.id), found[1])


def add_by_hand(page: Page, label: str, text: str) -> None:
    """Add a person, a thing or a rule to what was understood."""
    page.locator(f".st-key-launch_adding_{label} button").first.click()
    page.locator(f".st-key-launch_add_{label} input").fill(text)
    page.keyboard.press("Enter")
    settle(page)
    page.keyboard.press("Escape")


def ended(watched: Watched) -> None:
    expect(watched.page.locator(".chip")).to_contain_text("Ended", timeout=60_000)


def test_script_in_a_launch_is_text_on_every_page(watched: Watched) -> None:
    page = watched.page
    watched.visit("/launch")
    page.get_by_label("Feature").fill(EVIL[:200])
    brief = (BRIEFS / "expense-approval.md").read_text()
    type_in(page, brief_field(page), f"{brief}\n\n{EVIL}")
    watched.check()
    add_by_hand(page, "rules", f"Nobody may see {EVIL}"[:200])
    watched.check()
    page.get_by_text("Not understood:").click()
    settle(page)
    watched.check()
    session = launched_from_the_form(watched)
    ended(watched)
    for path in ("/live", "/replay", "/decisions", "/work"):
        watched.visit(path, session=session.id)
        watched.shows(EVIL[:79])
    page.get_by_text("The brief", exact=True).click()
    watched.shows(EVIL)
    for tab in visible_tabs(page):
        tab.click()
        settle(page)
        watched.check()
        for source in page.get_by_role("tab", name="Source").all():
            if source.is_visible():
                source.click()
                watched.check()
    watched.visit("/")
    watched.shows(EVIL[:200])
    watched.visit("/sessions")
    watched.visit("/live", session=session.id)
    page.locator(".card").first.click()
    page.get_by_role("dialog").wait_for()
    watched.check()


def test_script_in_answers_is_text_where_they_come_to_stand(watched: Watched) -> None:
    asking = launch(watched.someone, feature_name=EVIL[:200], brief="make it better")
    page = watched.page
    watched.visit("/live", session=asking.id)
    ended(watched)
    watched.visit("/launch", answer=asking.id)
    for answer in page.get_by_placeholder("Your answer").all():
        answer.fill(EVIL)
        answer.press("Tab")
        settle(page)
    watched.check()
    again = launched_from_the_form(watched)
    ended(watched)
    watched.visit("/work", session=again.id)
    page.get_by_text("The brief", exact=True).click()
    watched.shows(EVIL)
    watched.check()
    watched.visit("/")


def test_script_in_a_decision_is_text_wherever_it_is_read(watched: Watched) -> None:
    session = launch(watched.someone, feature_name=EVIL[:200], executor="external")
    page = watched.page
    watched.visit("/decisions", session=session.id)
    page.get_by_role("button", name="Add decision").click()
    form = page.get_by_role("dialog")
    for label in ("Decided", "Because", "Instead of", "Which was not taken", "Look again when"):
        form.get_by_role("textbox", name=re.compile(f"^{label}")).fill(EVIL)
    form.get_by_role("button", name="Add decision").click()
    form.wait_for(state="detached")
    settle(page)
    watched.check()
    assert texts_of(page.locator(".st-key-detail")).count(EVIL) >= 5
    complete(claim(watched.someone, session, "architect"))
    for path in ("/live", "/replay", "/decisions"):
        watched.visit(path, session=session.id)
        watched.shows(EVIL)
    watched.visit("/work", session=session.id)
    watched.visit("/decisions", session=session.id, view="tree")
    watched.shows(EVIL)
    watched.visit("/decisions", q="onerror")
    page.get_by_role("button", name="Supersede").last.click()
    page.get_by_role("dialog").wait_for()
    settle(page)
    watched.check()


def test_script_in_what_an_agent_makes_is_text(watched: Watched) -> None:
    session = launch(watched.someone, executor="external")
    made = [
        make_artifact("evil", title=EVIL, body=EVIL, media_type="text/html"),
        make_artifact("drawn", title=EVIL, body=DIAGRAM, media_type="text/vnd.mermaid"),
        make_artifact(
            "notes",
            title=EVIL,
            body=f"{EVIL}\n\n```mermaid\n{DIAGRAM}```\n",
            media_type="text/markdown",
        ),
    ]
    complete(claim(watched.someone, session, "architect"), artifacts=tuple(made))
    watched.visit("/work", session=session.id)
    watched.page.get_by_role("tab", name="What it made").click()
    watched.page.wait_for_timeout(3000)  # the diagrams are drawn in time of their own
    watched.check()
    watched.shows(EVIL)


@pytest.mark.parametrize("path", ["/sessions", "/decisions"])
def test_script_in_a_search_is_text(watched: Watched, path: str) -> None:
    launch(watched.someone)
    watched.visit(path)
    search = watched.page.get_by_placeholder(re.compile("^Search"))
    for typed in (EVIL, "%_\\", "'; drop table users; --"):
        type_in(watched.page, search, typed)
        expect(watched.page.get_by_text("Nothing matches")).to_be_visible()
        expect(search).to_have_value(typed)
        watched.check()


@pytest.mark.parametrize(
    "path", ["/", "/sessions", "/decisions", "/launch", "/live", "/replay", "/work", "/overview"]
)
def test_nonsense_in_an_address_breaks_no_page(watched: Watched, path: str) -> None:
    session = launch(watched.someone, executor="external")
    watched.visit(path, **dict.fromkeys(PARAMETERS, EVIL))
    right = {"team": watched.someone.team_id, "session": session.id}
    named = [name for name in PARAMETERS if name != "answer"]
    for turn in range(0, len(ODD), 2):  # each time another odd value for each parameter
        asked = {name: ODD[(index + turn) % len(ODD)] for index, name in enumerate(named)}
        watched.visit(path, **(asked | right))


def test_script_in_a_sign_up_is_refused(app: App, browser: Browser) -> None:
    page = stranger(browser, app)
    page.get_by_role("tab", name="Make an account").click()
    for name in (EVIL, "a" * 10_000, "ab"):
        fill_sign_up(page, name)
        expect(page.get_by_role("alert")).to_contain_text("That is no user name. Use 3 to 50")
    assert page.evaluate("window.__hit") is None
