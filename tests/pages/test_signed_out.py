"""A page that is still open acts for nobody once its login has ended, or cannot be asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from core.domain.access import TeamRole
from core.domain.approval import Gate
from core.domain.news import NewsKind
from core.domain.pipeline import Step
from core.services import members, reading, webhooks
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.logins import login_key
from core.signals.wakeups import get_redis
from tests.factories import add_member, launch, launch_pipeline, make_someone
from tests.pages.visiting import Visitor, run
from tests.services.approvals import asked_of, pending_of
from tests.web.tabs import login_as

Way = Callable[[Visitor], object]


def end_login(visits: Visitor) -> None:
    get_redis(get_settings().redis_url).delete(login_key(visits.show_cookie()))


def disable_account(visits: Visitor) -> None:
    query = text("UPDATE users SET disabled_at = now() WHERE id = :id")
    transact(lambda db: db.execute(query, {"id": visits.someone.user.id}))


def sign_in_as_another(visits: Visitor) -> None:
    visits.cookie = login_as(make_someone().user)


WAYS: dict[str, Way] = {
    "its login ran out": end_login,
    "the account is disabled": disable_account,
    "another person signed in": sign_in_as_another,
}


def button(page: AppTest, label: str) -> None:
    next(one for one in page.button if one.label == label).click()


@contextmanager
def redis_away() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


def said(page: AppTest) -> str:
    return "\n".join(one.value for one in page.toast).replace("\\", "")


@pytest.mark.parametrize("way", WAYS)
def test_an_approval_is_not_given(visits: Visitor, way: str) -> None:
    gate = Gate("designer", "May the schema change?")
    (asked,) = pending_of(launch_pipeline(visits.someone, Step("architect", (), gate)))
    page = visits.open("approvals")
    WAYS[way](visits)
    button(page, "Yes, go on")
    assert "You are signed out, so nothing was done." in said(run(page))
    assert asked_of(asked).is_pending


@pytest.mark.parametrize("way", WAYS)
def test_a_session_is_not_paused(visits: Visitor, way: str) -> None:
    session = launch(visits.someone)
    page = visits.open("work", session=str(session.id))
    WAYS[way](visits)
    button(page, "Pause")
    assert "You are signed out" in said(run(page))
    assert reading.get_session(visits.someone.principal, session.id).status == "active"


def test_a_members_role_stays(visits: Visitor) -> None:
    member = make_someone().user
    add_member(visits.someone.team_id, member, TeamRole.MEMBER)
    page = visits.open("people")
    end_login(visits)
    role = next(one for one in page.selectbox if one.label == f"Role of {member.user_name}")
    role.set_value("viewer")
    assert "You are signed out" in said(run(page))
    found = members.list_members(visits.someone.principal, visits.someone.team_id)
    assert {one.role for one in found if one.user_id == member.id} == {TeamRole.MEMBER}


def test_a_member_is_not_removed_in_a_dialog(visits: Visitor) -> None:
    add_member(visits.someone.team_id, make_someone().user, TeamRole.MEMBER)
    page = visits.open("people")
    [one for one in page.button if one.label == "Remove"][-1].click()
    run(page)
    end_login(visits)
    [one for one in page.button if one.label == "Remove"][-1].click()
    assert "You are signed out" in said(run(page))
    assert len(members.list_members(visits.someone.principal, visits.someone.team_id)) == 2


def test_a_webhook_stays_disabled(visits: Visitor) -> None:
    who, team_id = visits.someone.principal, visits.someone.team_id
    made = webhooks.add_webhook(who, team_id, "https://example.org/hook", list(NewsKind))
    webhooks.disable_webhook(who, team_id, made.webhook.id)
    page = visits.open("webhooks")
    end_login(visits)
    button(page, "Enable")
    assert "You are signed out" in said(run(page))
    assert webhooks.list_webhooks(who, team_id)[0].disabled_at is not None


def test_nothing_is_done_while_redis_cannot_say_who_it_is(visits: Visitor) -> None:
    gate = Gate("designer", "May the schema change?")
    (asked,) = pending_of(launch_pipeline(visits.someone, Step("architect", (), gate)))
    page = visits.open("approvals")
    button(page, "Yes, go on")
    with redis_away():
        assert "Redis does not answer." in said(run(page))
    assert asked_of(asked).is_pending
    button(page, "Yes, go on")
    run(page)
    assert asked_of(asked).status == "approved"
