"""A server goes away while a person types: the text stays, and the page finds its way back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.session import Session
from core.services import reading
from embedded.servers import RunningServers, running_servers
from tests.conftest import migrate
from tests.factories import Someone, make_someone
from tests.journeys.crew import App, signed_in
from tests.journeys.visitors import BRIEFS, brief_field, crew_of, settle, type_in

NAME = "Expenses through an outage"
BRIEF = (BRIEFS / "expense-approval.md").read_text().strip()
HALF, REST = BRIEF[:200], BRIEF[200:]
PATIENCE = 60_000


@pytest.fixture(scope="module")
def own_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """Servers that nobody else needs, so that they may be stopped."""
    with running_servers(tmp_path_factory.mktemp("own"), durable=False) as running:
        migrate(running.database_url)
        yield running


@pytest.fixture(scope="module")
def app(own_servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with crew_of(own_servers, own_servers.database_url, tmp_path_factory.mktemp("crew")) as app:
        yield app


@pytest.fixture
def author(app: App) -> Someone:
    return make_someone()


@pytest.fixture
def form(app: App, browser: Browser, author: Someone) -> Iterator[Page]:
    """The form of a launch, with a name and half of a brief."""
    context = signed_in(browser, app, author.user)
    page = context.new_page()
    page.add_init_script("sessionStorage.loads = +(sessionStorage.loads || 0) + 1")
    page.goto(f"{app.address}/launch?team={author.team_id}")
    settle(page)
    type_in(page, page.get_by_label("Feature"), NAME)
    type_in(page, brief_field(page), HALF)
    yield page
    context.close()


def type_on(page: Page) -> None:
    """Type the rest of the brief at the end of what is there."""
    field = brief_field(page)
    field.press("Control+End")
    page.keyboard.insert_text(REST)
    expect(field).to_have_value(BRIEF)


def launch_what_was_typed(page: Page, author: Someone) -> Session:
    """See everything typed in its place, launch it, and wait for its end."""
    expect(page.get_by_label("Feature")).to_have_value(NAME, timeout=PATIENCE)
    expect(brief_field(page)).to_have_value(BRIEF)
    settle(page)
    assert page.evaluate("sessionStorage.loads") == "1"
    page.get_by_role("button", name="Launch session").click()
    page.wait_for_url("**/live?*session=*")
    expect(page.locator(".chip")).to_contain_text("Ended", timeout=PATIENCE)
    found = re.search(r"session=([0-9a-f-]{36})", page.url)
    assert found is not None
    return reading.get_session(author.principal, UUID(found[1]))


def test_redis_goes_while_a_brief_is_typed_and_comes_back(
    own_servers: RunningServers, form: Page, author: Someone
) -> None:
    own_servers.valkey.stop()
    try:
        type_on(form)
        form.wait_for_timeout(2000)
        expect(brief_field(form)).to_have_value(BRIEF)
        form.keyboard.press("Tab")
        expect(form.get_by_text("Redis does not answer")).to_be_visible()
        expect(form.get_by_text("You stay signed in")).to_be_visible()
        expect(form.get_by_text("Trying again by itself")).to_be_visible()
        form.wait_for_timeout(3000)
    finally:
        own_servers.valkey.start()
    session = launch_what_was_typed(form, author)
    assert (session.feature_name, reading.get_brief(author.principal, session.id)) == (NAME, BRIEF)


def test_the_database_goes_while_a_brief_is_typed_and_comes_back(
    own_servers: RunningServers, form: Page, author: Someone
) -> None:
    own_servers.postgres.stop()
    try:
        type_on(form)
        form.wait_for_timeout(2000)
        expect(brief_field(form)).to_have_value(BRIEF)
        form.keyboard.press("Tab")
        expect(form.get_by_text("The database does not answer")).to_be_visible(timeout=PATIENCE)
        expect(form.get_by_text("Trying again by itself")).to_be_visible()
        form.wait_for_timeout(3000)
    finally:
        own_servers.postgres.start()
    session = launch_what_was_typed(form, author)
    assert (session.feature_name, reading.get_brief(author.principal, session.id)) == (NAME, BRIEF)


@pytest.mark.parametrize("missing", ["redis", "database"])
def test_what_is_typed_through_a_short_outage_is_not_touched(
    own_servers: RunningServers, form: Page, author: Someone, missing: str
) -> None:
    server = own_servers.valkey if missing == "redis" else own_servers.postgres
    server.stop()
    try:
        type_on(form)
        form.wait_for_timeout(2000)
    finally:
        server.start()
    expect(brief_field(form)).to_have_value(BRIEF)
    form.keyboard.press("Tab")
    session = launch_what_was_typed(form, author)
    assert reading.get_brief(author.principal, session.id) == BRIEF
