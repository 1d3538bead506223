"""Webhooks of a team: who may have them, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from core.domain.access import TeamRole
from core.domain.webhook import MOST_WEBHOOKS, DeliveryStatus, check_kinds, check_url, sign
from core.errors import AppError, Conflict, InvalidInput, NotAllowed, NotFound, TeamArchived
from core.ids import new_id
from core.services import auditing, sealing, teams, telling, webhooks
from core.services.auditing import AuditQuery
from core.services.transaction import transact
from core.services.webhooks import MadeWebhook
from core.settings import get_settings
from tests.factories import (
    Someone,
    add_member,
    fail_for_good,
    in_parallel,
    launch,
    make_someone,
)

URL = "https://example.org/hooks/sage"
KINDS = ("session.failed", "session.finished")


def add(someone: Someone, url: str = URL) -> MadeWebhook:
    return webhooks.add_webhook(someone.principal, someone.team_id, url, KINDS)


def rows(query: str) -> list[Any]:
    return list(transact(lambda db: db.execute(text(query)).all()))


def test_a_webhook_is_kept_with_a_secret_that_is_told_once(someone: Someone) -> None:
    made = add(someone)
    (found,) = webhooks.list_webhooks(someone.principal, someone.team_id)
    assert found == made.webhook
    assert (found.url, found.kinds, found.made_by) == (
        URL,
        ("session.finished", "session.failed"),
        someone.user.user_name,
    )
    assert made.secret.startswith("whsec_")
    assert len(made.secret) == 50
    assert made.secret not in repr(
        webhooks.get_webhook(someone.principal, someone.team_id, found.id)
    )
    assert add(someone).secret != made.secret


def test_what_is_stored_does_not_tell_the_secret(someone: Someone) -> None:
    made = add(someone)
    ((sealed,),) = rows("SELECT sealed_secret FROM webhooks")
    assert made.secret.encode() not in bytes(sealed)
    assert sealing.unseal(bytes(sealed), webhooks.PURPOSE) == made.secret
    for purpose, changed in (("another", sealed), (webhooks.PURPOSE, sealed[:-1] + b"x")):
        with pytest.raises(ValueError, match="another key"):
            sealing.unseal(bytes(changed), purpose)
    with pytest.raises(ValueError, match="not known"):
        sealing.unseal(b"", webhooks.PURPOSE)


def test_without_a_password_of_the_database_a_key_is_needed(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://sage@db.example.org/sage")
    get_settings.cache_clear()
    with pytest.raises(InvalidInput, match="no password"):
        sealing.seal("a", "b")
    monkeypatch.setenv("SAGE_WEBHOOK_KEY", "a long random text")
    get_settings.cache_clear()
    assert sealing.unseal(sealing.seal("a", "b"), "b") == "a"


def test_the_signature_is_the_one_of_the_specification() -> None:
    """The example that its libraries are tested with."""
    signature = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "example.org",
        "//example.org",
        "ftp://example.org",
        "http://example.org/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://mara:secret@example.org/",
        "https://@example.org/",
        "https://example.org/#part",
        "https://example.org:0/",
        "https://example.org:x/",
        "https://exa mple.org/",
        "https://example.org\\@evil.example/",
        "https://example.org/\r\nX: y",
        "https://[::1",
        "javascript:alert(1)",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_address_is_refused(someone: Someone, url: str) -> None:
    with pytest.raises(InvalidInput):
        add(someone, url)
    assert webhooks.list_webhooks(someone.principal, someone.team_id) == []


def test_plain_http_is_for_hosts_that_a_setting_opens() -> None:
    assert check_url(" https://example.org ", may_be_plain=False) == "https://example.org"
    assert check_url("http://hooks.internal/", may_be_plain=True)
    with pytest.raises(InvalidInput):
        check_url("http://hooks.internal/", may_be_plain=False)


@pytest.mark.parametrize("kinds", [[], ["ping"], ["session.failed", "message"], [""]], ids=str)
def test_what_is_no_kind_of_news_is_refused(kinds: list[str]) -> None:
    with pytest.raises(InvalidInput):
        check_kinds(kinds)


ACTS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "list": lambda p, t, w: webhooks.list_webhooks(p, t),
    "add": lambda p, t, w: webhooks.add_webhook(p, t, URL, KINDS),
    "get": webhooks.get_webhook,
    "change": lambda p, t, w: webhooks.change_kinds(p, t, w, ["session.failed"]),
    "disable": webhooks.disable_webhook,
    "enable": webhooks.enable_webhook,
    "delete": webhooks.delete_webhook,
    "test": webhooks.send_test,
    "deliveries": webhooks.list_deliveries,
    "again": lambda p, t, w: webhooks.send_again(p, t, w, new_id()),
}


@pytest.mark.parametrize("act", ACTS)
def test_only_who_manages_the_team_has_to_do_with_its_webhooks(someone: Someone, act: str) -> None:
    made = add(someone)
    for role in (TeamRole.MEMBER, TeamRole.VIEWER):
        other = make_someone()
        add_member(someone.team_id, other.user, role)
        with pytest.raises(NotAllowed):
            ACTS[act](other.principal, someone.team_id, made.webhook.id)
    with pytest.raises(NotFound):
        ACTS[act](make_someone().principal, someone.team_id, made.webhook.id)
    assert webhooks.list_webhooks(someone.principal, someone.team_id) == [made.webhook]


@pytest.mark.parametrize("act", [one for one in ACTS if one not in ("list", "add")])
def test_a_webhook_of_another_team_is_not_found_in_ones_own(someone: Someone, act: str) -> None:
    other = make_someone()
    foreign = add(other)
    told = []
    for webhook_id in (foreign.webhook.id, new_id()):
        with pytest.raises(NotFound) as refused:
            ACTS[act](someone.principal, someone.team_id, webhook_id)
        told.append(refused.value.message)
    assert told[0] == told[1]
    assert webhooks.list_webhooks(other.principal, other.team_id) == [foreign.webhook]


def test_in_an_archived_team_none_is_added(someone: Someone) -> None:
    teams.archive_team(someone.principal, someone.team_id)
    with pytest.raises(TeamArchived):
        add(someone)


def test_in_an_archived_team_they_are_seen_and_can_be_stopped(someone: Someone) -> None:
    made, other = add(someone), add(someone)
    names = (someone.principal, someone.team_id)
    sent = webhooks.send_test(*names, made.webhook.id)
    teams.archive_team(someone.principal, someone.team_id)
    assert webhooks.list_webhooks(*names) == [made.webhook, other.webhook]
    assert webhooks.get_webhook(*names, made.webhook.id) == made.webhook
    assert webhooks.list_deliveries(*names, made.webhook.id).items == (sent,)
    assert webhooks.disable_webhook(*names, made.webhook.id).disabled_at is not None
    (given_up,) = webhooks.list_deliveries(*names, made.webhook.id).items
    assert given_up.status == "failed"
    webhooks.delete_webhook(*names, other.webhook.id)
    assert [one.id for one in webhooks.list_webhooks(*names)] == [made.webhook.id]


@pytest.mark.parametrize("act", ["change", "enable", "test", "again"])
def test_in_an_archived_team_nothing_more_is_sent_than_was_asked_for(
    someone: Someone, act: str
) -> None:
    made = add(someone)
    teams.archive_team(someone.principal, someone.team_id)
    with pytest.raises(TeamArchived):
        ACTS[act](someone.principal, someone.team_id, made.webhook.id)


def test_a_team_has_so_many_and_no_more(someone: Someone) -> None:
    for _ in range(MOST_WEBHOOKS - 2):
        add(someone)

    def attempt(_: int) -> bool:
        try:
            add(someone)
        except Conflict:
            return False
        return True

    assert sum(in_parallel(5, attempt)) == 2


def test_disabling_gives_up_what_was_to_be_sent_and_enabling_sends_from_now_on(
    someone: Someone,
) -> None:
    made = add(someone)
    names = (someone.principal, someone.team_id, made.webhook.id)

    def news() -> None:
        fail_for_good(someone, launch(someone), "architect")
        telling.tell_news()

    news()
    assert webhooks.disable_webhook(*names).disabled_because == webhooks.BY_A_PERSON
    news()
    with pytest.raises(Conflict):
        webhooks.send_test(*names)
    (given_up,) = webhooks.list_deliveries(*names).items
    assert given_up.status is DeliveryStatus.FAILED
    with pytest.raises(Conflict):
        webhooks.send_again(*names, given_up.id)
    assert webhooks.enable_webhook(*names).disabled_at is None
    news()
    assert len(webhooks.list_deliveries(*names).items) == 2
    webhooks.delete_webhook(*names)
    assert rows("SELECT id FROM webhook_deliveries") == []
    with pytest.raises(NotFound):
        webhooks.delete_webhook(*names)


def test_a_webhook_disabled_while_news_are_told_is_left_nothing_to_send(someone: Someone) -> None:
    made = add(someone)
    names = (someone.principal, someone.team_id, made.webhook.id)
    for _ in range(6):
        fail_for_good(someone, launch(someone), "architect")
        in_parallel(2, lambda n: telling.tell_news() if n else webhooks.disable_webhook(*names))
        pending = "SELECT id FROM webhook_deliveries WHERE status = 'pending'"
        assert rows(pending) == []
        webhooks.enable_webhook(*names)


def test_what_changes_is_audited(someone: Someone) -> None:
    made = add(someone)
    names = (someone.principal, someone.team_id, made.webhook.id)
    webhooks.change_kinds(*names, ["session.failed"])
    for _ in range(2):  # the second one changes nothing
        webhooks.disable_webhook(*names)
    webhooks.enable_webhook(*names)
    webhooks.delete_webhook(*names)
    events = auditing.list_audit(someone.principal, AuditQuery(someone.team_id)).events
    assert [one.kind for one in reversed(events)] == [
        f"webhook.{word}" for word in ("added", "changed", "disabled", "enabled", "deleted")
    ]
    assert {one.subject for one in events} == {URL}
    assert made.secret not in repr(events)


def test_pages_of_deliveries_go_on_where_the_last_one_ended(someone: Someone) -> None:
    made = add(someone)
    names = (someone.principal, someone.team_id, made.webhook.id)
    ids = [webhooks.send_test(*names).id for _ in range(5)]
    first = webhooks.list_deliveries(*names, rows=3)
    second = webhooks.list_deliveries(*names, rows=3, before=first.items[-1].id)
    assert [one.id for page in (first, second) for one in page.items] == list(reversed(ids))
    assert (first.is_more, second.is_more) == (True, False)


def test_every_refusal_is_one_that_people_understand(someone: Someone) -> None:
    with pytest.raises(AppError) as refused:
        webhooks.send_again(someone.principal, someone.team_id, add(someone).webhook.id, new_id())
    assert refused.value.hint_text
