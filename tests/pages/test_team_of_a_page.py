"""Whose session a page shows: the team of the address governs it, or gives way to the session's."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import pages.parts.visit
from core.domain.session import Session
from core.services import teams, webhooks
from tests.factories import Someone, add_member, launch, make_someone
from tests.pages.test_switching import login_of, switch
from tests.pages.visiting import PAGES, run, texts

OF_A_SESSION = ("live", "replay", "work", "decisions")
LINKS = [*((name, "session") for name in OF_A_SESSION), ("launch", "answer")]
BRIEF = "Pickers weigh what they picked, and are paid by weight. Nobody is paid twice."


@pytest.fixture
def other(someone: Someone) -> Someone:
    """A team of another owner, in which the visitor is as well."""
    other = make_someone()
    add_member(other.team_id, someone.user)
    return other


@pytest.fixture
def pears(other: Someone) -> Session:
    """A session of the other team."""
    return launch(other, feature_name="Pears", brief=BRIEF)


def open_link(
    someone: Someone, monkeypatch: pytest.MonkeyPatch, name: str, **address: object
) -> AppTest:
    """Open a page in the whole dashboard by a link, as a browser of this person does."""
    monkeypatch.setattr(pages.parts.visit, "find_login", lambda **_: login_of(someone.user))
    page = AppTest.from_file(str(PAGES / "main.py"), default_timeout=30)
    for key, value in address.items():
        page.query_params[key] = str(value)
    page._page_hash = calc_hash(name)
    return run(page)


def whole(page: AppTest) -> str:
    """Return everything that a page says and everything that is typed on it."""
    typed = [*page.text_input, *page.text_area]
    return texts(page) + "".join(str(one.value) for one in typed)


def buttons(page: AppTest) -> set[str]:
    return {one.label for one in page.button}


def links(page: AppTest) -> dict[str, str]:
    return {one.proto.label: one.proto.url for one in page.get("link_button")}


@pytest.mark.parametrize(("name", "parameter"), LINKS)
def test_a_session_of_another_team_is_not_in_this_one_and_its_own_is_a_click_away(
    someone: Someone,
    other: Someone,
    pears: Session,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    parameter: str,
) -> None:
    page = open_link(someone, monkeypatch, name, **{parameter: pears.id}, team=someone.team_id)
    assert "Not in this team" in texts(page)
    assert "Pears" not in whole(page)
    assert "weigh" not in whole(page)
    assert not buttons(page) & {"Add decision", "Launch session", "Pause"}
    (way,) = links(page).values()
    assert way == f"?{parameter}={pears.id}&team={other.team_id}"


@pytest.mark.parametrize(("name", "parameter"), LINKS)
def test_a_link_without_a_team_opens_the_team_of_its_session(
    someone: Someone,
    other: Someone,
    pears: Session,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    parameter: str,
) -> None:
    page = open_link(someone, monkeypatch, name, **{parameter: pears.id})
    assert "Pears" in whole(page)
    assert page.query_params["team"] == str(other.team_id)
    assert page.sidebar.selectbox[0].value == str(other.team_id)


def test_a_session_that_nobody_shared_leads_nowhere(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = launch(make_someone(), feature_name="Pears")
    for address in ({}, {"team": someone.team_id}):
        page = open_link(someone, monkeypatch, "live", session=foreign.id, **address)
        assert "Not in this team" in texts(page)
        assert list(links(page).values()) == ["/"]


@pytest.mark.parametrize("name", ["live", "replay", "work"])
def test_after_a_switch_a_page_of_one_session_asks_for_one_of_the_team(
    someone: Someone,
    other: Someone,
    pears: Session,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    address = {"session": pears.id, "task": "dba:1", "seq": 3, "team": other.team_id}
    page = switch(open_link(someone, monkeypatch, name, **address), someone)
    assert dict(page.query_params) == {"team": str(someone.team_id)}
    assert "No session chosen" in texts(page)
    assert "Pears" not in whole(page)
    assert list(links(page).values()) == [f"/sessions?team={someone.team_id}"]


def test_after_a_switch_decisions_are_those_of_the_whole_other_team_without_filters(
    someone: Someone, other: Someone, pears: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = {"session": pears.id, "q": "weight", "kind": "strategic", "team": other.team_id}
    page = switch(open_link(someone, monkeypatch, "decisions", **address), someone)
    assert dict(page.query_params) == {"team": str(someone.team_id)}
    assert page.main.text_input[0].value == ""
    assert [one.value for one in page.title] == ["Decisions"]
    assert "Pears" not in whole(page)


def test_after_a_switch_the_questions_of_one_team_are_not_answered_in_another(
    someone: Someone, other: Someone, pears: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_link(someone, monkeypatch, "launch", answer=pears.id, team=other.team_id)
    assert "weigh" in whole(page)
    page = switch(page, someone)
    assert dict(page.query_params) == {"team": str(someone.team_id)}
    assert "Pears" not in whole(page)
    assert "weigh" not in whole(page)


def test_what_somebody_typed_themselves_goes_along_to_another_team(
    someone: Someone, other: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_link(someone, monkeypatch, "launch", team=other.team_id)
    page.text_input(key="launch_name").set_value("Plums")
    assert "Plums" in whole(switch(run(page), someone))


def owned(someone: Someone) -> Someone:
    """Another team that this person owns."""
    made = teams.create_team(someone.principal, "Another", is_shared=True)
    return Someone(someone.user, made.id)


def press(page: AppTest, label: str) -> AppTest:
    next(one for one in page.main.button if one.label == label).click()
    return run(page)


def test_the_link_of_an_invitation_stands_only_under_the_team_it_leads_into(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = owned(someone)
    page = open_link(someone, monkeypatch, "people", team=someone.team_id)
    whom = next(one for one in page.main.text_input if one.label == "User name or e-mail")
    whom.set_value("guest@example.org")
    page = press(page, "Invite")
    assert "Send this link to" in texts(page)
    page = switch(page, another)
    assert "Send this link to" not in texts(page)
    assert "guest" not in texts(page)
    assert "Send this link to" in texts(switch(page, someone))


def test_the_secret_of_a_webhook_is_asked_to_be_copied_only_in_its_team(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = owned(someone)
    page = open_link(someone, monkeypatch, "webhooks", team=someone.team_id)
    page.main.text_input[0].set_value("https://example.org/hooks/sage")
    page = press(page, "Add webhook")
    assert "whsec_" in texts(page)
    page = switch(page, another)
    assert "whsec_" not in texts(page)
    assert "whsec_" in texts(switch(page, someone))


def test_the_deliveries_of_another_team_begin_with_its_newest(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = owned(someone)
    for team, tests in ((someone, webhooks.PAGE_ROWS + 1), (another, 1)):
        made = webhooks.add_webhook(
            team.principal, team.team_id, "https://example.org/hooks/sage", ["session.failed"]
        )
        for _ in range(tests):
            webhooks.send_test(team.principal, team.team_id, made.webhook.id)
    page = press(open_link(someone, monkeypatch, "webhooks", team=someone.team_id), "Older")
    assert "id " in texts(page)
    page = switch(page, another)
    assert "Nothing was sent" not in texts(page)
    assert "to be sent" in texts(page)
