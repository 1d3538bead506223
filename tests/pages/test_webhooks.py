"""Webhooks: what an owner sees of them, and does with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from core.domain.access import TeamRole
from core.domain.webhook import DeliveryStatus
from core.services import teams, webhooks
from core.services.transaction import transact
from pages.parts.webhooks import WORDS
from tests.factories import Someone, add_member, make_someone
from tests.pages.visiting import Visitor, run, texts, visitor

URL = "https://example.org/hooks/sage"


def add(visits: Visitor, url: str = URL) -> UUID:
    someone = visits.someone
    made = webhooks.add_webhook(someone.principal, someone.team_id, url, ["session.failed"])
    return made.webhook.id


def test_in_an_archived_team_they_are_seen_and_can_only_be_stopped(
    visits: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = add(visits), add(visits)
    webhooks.send_test(*names(visits, one))
    webhooks.disable_webhook(*names(visits, other))
    teams.archive_team(visits.someone.principal, visits.someone.team_id)
    page = visitor(visits.someone, monkeypatch).open("webhooks")
    assert "This team is archived" in texts(page)
    assert "Add webhook" not in labels(page)
    open_to_press = {one.label for one in page.main.button if not one.disabled}
    assert open_to_press == {"Deliveries", "Disable", "Delete"}


def names(visits: Visitor, webhook_id: UUID) -> tuple[Any, UUID, UUID]:
    return visits.someone.principal, visits.someone.team_id, webhook_id


def button(page: Any, label: str) -> Any:
    return next(one for one in page.button if one.label == label)


def labels(page: Any) -> list[str]:
    return [one.label for one in page.button]


def fill(page: Any, url: str) -> Any:
    page.text_input[0].set_value(url)
    button(page, "Add webhook").click()
    return run(page)


def test_the_secret_of_a_new_webhook_is_shown_until_it_is_copied_and_never_again(
    visits: Visitor,
) -> None:
    page = fill(visits.open("webhooks"), URL)
    (secret,) = [one.value for one in page.code]
    assert secret.startswith("whsec_")
    assert button(page, "Done").disabled
    assert secret in texts(run(page))
    page.checkbox[0].check()
    button(run(page), "Done").click()
    assert secret not in texts(run(page))
    assert secret not in texts(visits.open("webhooks"))
    (made,) = webhooks.list_webhooks(visits.someone.principal, visits.someone.team_id)
    assert (made.url, len(made.kinds)) == (URL, len(WORDS))


def test_what_is_no_address_is_said_and_kept_to_be_corrected(visits: Visitor) -> None:
    page = fill(visits.open("webhooks"), "http://example.org")
    assert "must begin with https" in texts(page)
    assert page.text_input[0].value == "http://example.org"


def test_a_test_is_sent(visits: Visitor) -> None:
    webhook_id = add(visits)
    page = visits.open("webhooks")
    assert "Nothing was sent to it yet" in texts(page)
    button(page, "Send a test").click()
    assert "to be sent" in texts(run(page))
    (one,) = webhooks.list_deliveries(*names(visits, webhook_id)).items
    assert one.kind == "ping"


@pytest.mark.parametrize("act", ["Disable", "Delete"])
def test_nothing_is_taken_away_without_a_question(visits: Visitor, act: str) -> None:
    add(visits)
    page = visits.open("webhooks")
    button(page, act).click()
    assert f"{act} webhook" in labels(run(page))
    (found,) = webhooks.list_webhooks(visits.someone.principal, visits.someone.team_id)
    assert found.disabled_at is None
    button(page, f"{act} webhook").click()
    run(page)
    left = webhooks.list_webhooks(visits.someone.principal, visits.someone.team_id)
    assert [one.disabled_at is not None for one in left] == ([True] if act == "Disable" else [])


def test_a_disabled_one_says_why_and_is_enabled_again(visits: Visitor) -> None:
    webhook_id = add(visits)
    webhooks.disable_webhook(*names(visits, webhook_id))
    page = visits.open("webhooks")
    assert "Somebody disabled it" in texts(page)
    assert button(page, "Send a test").disabled
    button(page, "Enable").click()
    assert "Somebody disabled it" not in texts(run(page))


def test_the_log_tells_status_tries_answer_and_next_try(visits: Visitor) -> None:
    webhook_id = add(visits)
    sent = webhooks.send_test(*names(visits, webhook_id))
    failed = text(
        "UPDATE webhook_deliveries SET tries = 3, answer_status = 502,"
        " error = 'It answered *502*.', due_at = clock_timestamp() + interval '10 minutes'"
    )
    transact(lambda db: db.execute(failed))
    shown = texts(visits.open("webhooks"))
    for words in ("3 tries", "answered 502", r"It answered \*502\*", "next try in 9 minutes"):
        assert words in shown
    assert str(sent.id) in shown


def test_something_is_sent_again_where_it_stands(visits: Visitor) -> None:
    webhook_id = add(visits)
    webhooks.send_test(*names(visits, webhook_id))
    ended = text(
        "UPDATE webhook_deliveries SET status = 'failed', ended_at = clock_timestamp(), tries = 9"
    )
    transact(lambda db: db.execute(ended))
    page = visits.open("webhooks")
    button(page, "Send again").click()
    run(page)
    (one,) = webhooks.list_deliveries(*names(visits, webhook_id)).items
    assert (one.status, one.tries) == (DeliveryStatus.PENDING, 0)


def test_of_several_the_deliveries_of_the_chosen_one_are_shown(visits: Visitor) -> None:
    first, second = add(visits), add(visits, "https://example.org/other")
    of_first = webhooks.send_test(*names(visits, first))
    of_second = webhooks.send_test(*names(visits, second))
    page = visits.open("webhooks")
    assert str(of_first.id) in texts(page)
    page.button(key=f"show_{second}").click()
    shown = texts(run(page))
    assert str(of_second.id) in shown
    assert str(of_first.id) not in shown


def test_an_address_is_no_link(visits: Visitor) -> None:
    add(visits, "https://example.org/](https://evil.example)")
    shown = texts(visits.open("webhooks"))
    assert "https://" not in shown
    assert "](" not in shown


def test_a_member_is_told_that_this_is_not_for_them(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_someone()
    add_member(owner.team_id, someone.user, TeamRole.MEMBER)
    webhooks.add_webhook(owner.principal, owner.team_id, URL, ["session.failed"])
    visits = visitor(Someone(someone.user, owner.team_id), monkeypatch)
    shown = texts(visits.open("webhooks"))
    assert "you may not" in shown
    assert "example" not in shown
