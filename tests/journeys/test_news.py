"""Being told: a session ends, its starter's open page says so, and a receiver hears it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.access import SYSTEM
from core.services import notifying, webhooks
from embedded.servers import RunningServers
from tests.factories import Someone, launch, make_someone
from tests.journeys.crew import App, signed_in
from tests.journeys.test_pages import serious
from tests.journeys.visitors import crew_of, settle
from tests.receiver import Receiver, fail_first, is_signed, receiver

LINK = "[data-testid=stSidebar] [data-testid=stPageLink-NavLink]"


@pytest.fixture(scope="module")
def app(
    servers: RunningServers, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """A whole Sage Mode whose webhooks may lead to this machine, and are tried again at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAGE_WEBHOOK_ALLOW_PRIVATE", "1")
        patch.setenv("SAGE_WEBHOOK_RETRY_SECONDS", "0.1")
        with crew_of(servers, database_url, tmp_path_factory.mktemp("crew")) as app:
            yield app


@pytest.fixture
def owner(app: App) -> Someone:
    return make_someone()


def opened(browser: Browser, app: App, owner: Someone, path: str, **options: object) -> Page:
    page = signed_in(browser, app, owner.user, **options).new_page()
    page.goto(f"{app.address}/{path}?team={owner.team_id}")
    settle(page)
    return page


def fail_a_session(owner: Someone) -> None:
    launch(owner, feature_name="Doomed", executor="failing")


def test_who_launched_a_session_is_told_on_the_page_that_is_open(
    browser: Browser, app: App, owner: Someone
) -> None:
    page = opened(browser, app, owner, "sessions")
    bell = page.locator(LINK).filter(has_text="Notifications")
    expect(bell).not_to_have_attribute("data-unread", "1")
    fail_a_session(owner)
    expect(bell).to_have_attribute("data-unread", "1", timeout=30_000)
    expect(page.get_by_role("link", name="Notifications, 1 unread")).to_be_visible()
    bell.click()
    expect(page.get_by_text("Doomed failed")).to_be_visible()
    notifying.notify(SYSTEM, "team", "The list grows while it is open.", team_id=owner.team_id)
    expect(page.get_by_text("The list grows while it is open.")).to_be_visible(timeout=5_000)
    page.get_by_role("button", name="Mark as read").first.click()
    expect(bell).to_have_attribute("data-unread", "1", timeout=5_000)
    page.get_by_test_id("stMain").get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name="Doomed")).to_be_visible()
    expect(bell).not_to_have_attribute("data-unread", "1", timeout=5_000)
    page.context.close()


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver(fail_first(2)) as there:
        yield there


def test_an_owner_adds_a_webhook_and_its_receiver_hears_how_a_session_ended(
    browser: Browser, app: App, owner: Someone, there: Receiver
) -> None:
    page = opened(browser, app, owner, "webhooks")
    page.get_by_role("textbox", name="Address").fill(there.url)
    page.get_by_role("button", name="Add webhook").click()
    dialog = page.get_by_role("dialog")
    secret = dialog.locator("code").inner_text().strip()
    assert serious(page) == []
    dialog.get_by_text("I have copied it").click()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_have_count(0)
    assert secret not in page.content()
    fail_a_session(owner)
    received = there.wait_for(3)
    assert all(is_signed(one, secret) for one in received)
    assert len({one.headers["webhook-id"] for one in received}) == 1
    assert json.loads(received[0].body)["type"] == "session.failed"
    expect(page.get_by_text("3 tries")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("delivered", exact=True)).to_be_visible()
    page.get_by_role("button", name="Send again").click()
    there.wait_for(4)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete webhook").click()
    expect(page.get_by_text("Delete this webhook?")).to_have_count(0)
    assert webhooks.list_webhooks(owner.principal, owner.team_id) == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, app: App, owner: Someone, scheme: str) -> None:
    page = opened(browser, app, owner, "notices", color_scheme=scheme)
    assert serious(page) == []
    notifying.notify(SYSTEM, "team", "Look at this.", priority="high", team_id=owner.team_id)
    made = webhooks.add_webhook(
        owner.principal, owner.team_id, "https://hooks.example.invalid/sage", ["session.failed"]
    )
    webhooks.send_test(owner.principal, owner.team_id, made.webhook.id)
    for path in ("notices", "webhooks"):
        page.goto(f"{app.address}/{path}?team={owner.team_id}")
        settle(page)
        assert serious(page) == []
    page.context.close()
