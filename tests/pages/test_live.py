"""The live page, run as Streamlit runs it; what the browser does with it is for journeys."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

import pages.parts.live.board
import pages.parts.live.drawer
import pages.parts.visit
from core.domain.access import TeamRole
from core.domain.session import Session
from core.services import control, reading
from pages.parts.live.board import _shown
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    complete_roles,
    fail_for_good,
    launch,
    make_artifact,
    make_decision,
    make_someone,
    open_session,
    route,
    take_details,
    task_of,
)
from tests.pages.visiting import PAGES, Visitor, run, texts, visitor

MARKUP = "**bold** <b>x</b> $a$ :red[x]"


@pytest.fixture
def visits(visits: Visitor, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    follow_visits(monkeypatch)
    return visits


def follow_visits(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in (pages.parts.live.board, pages.parts.live.drawer):
        monkeypatch.setattr(part, "open_visit", pages.parts.visit.open_visit)


def open_live(visits: Visitor, session: Session) -> AppTest:
    return visits.open("live", session=str(session.id))


def buttons(page: AppTest) -> set[str]:
    return {button.label for button in page.button}


def test_the_head_says_what_it_is_and_what_may_be_done(visits: Visitor) -> None:
    session = launch(visits.someone, feature_name=MARKUP)
    page = open_live(visits, session)
    assert r"\*\*bold\*\* \<b\>x\</b\> \$a\$ \:red\[x\]" in page.title[0].value
    assert "Running" in texts(page)
    assert "Standard pipeline · Rule-based planner" in texts(page)
    assert buttons(page) == {"Pause"}


def test_pausing_and_resuming(visits: Visitor) -> None:
    session = launch(visits.someone)
    page = open_live(visits, session)
    page.button[0].click()
    assert buttons(run(page)) == {"Resume"}
    assert reading.get_session(visits.someone.principal, session.id).status == "paused"
    page.button[0].click()
    assert buttons(run(page)) == {"Pause"}


def test_an_act_that_came_too_late_is_a_sentence(visits: Visitor) -> None:
    session = launch(visits.someone)
    page = open_live(visits, session)
    control.cancel_session(visits.someone.principal, session.id)
    page.button[0].click()
    run(page)
    assert "cannot be paused" in page.toast[0].value.replace("\\", "")
    assert buttons(page) == set()


def test_a_failed_session_offers_a_retry(visits: Visitor) -> None:
    session = launch(visits.someone)
    fail_for_good(visits.someone, session, "architect")
    page = open_live(visits, session)
    assert buttons(page) == {"Retry"}
    page.button[0].click()
    assert buttons(run(page)) == {"Pause"}


def test_a_viewer_looks_and_touches_nothing(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = make_someone()
    add_member(someone.team_id, viewer.user, TeamRole.VIEWER)
    session = launch(someone)
    visits = visitor(Someone(viewer.user, someone.team_id), monkeypatch)
    follow_visits(monkeypatch)
    page = open_live(visits, session)
    assert "Running" in texts(page)
    assert buttons(page) == set()


def test_what_the_architect_asks_is_shown_letter_by_letter(visits: Visitor) -> None:
    session = launch(visits.someone)
    claimed = claim(visits.someone, session, "architect")
    complete(claimed, outcome="needs_input", questions=("Who needs it?", MARKUP))
    page = open_live(visits, session)
    assert "1\\. Who needs it?" in texts(page)
    assert r"2\. \*\*bold\*\*" in texts(page)


@pytest.mark.parametrize("session", ["", "nonsense", "0198c5b1-0000-7000-8000-000000000000"])
def test_a_session_that_is_not_there(visits: Visitor, session: str) -> None:
    assert "Not in this team" in texts(visits.open("live", session=session))


def test_the_drawer_shows_what_the_task_knew_made_and_decided(visits: Visitor) -> None:
    session = launch(visits.someone)
    claimed = claim(visits.someone, session, "architect")
    decision = make_decision(text=MARKUP, strategic=True)
    complete(claimed, artifacts=(make_artifact(title=MARKUP),), decisions=(decision,))
    page = AppTest.from_file(str(PAGES / "live.py"), default_timeout=30)
    page.query_params["session"] = str(session.id)
    page.session_state["live_open_task"] = str(task_of(visits.someone, session, "architect").id)
    run(page)
    said = texts(page)
    assert "Try 1 of 4" in said
    assert "CREATE TABLE expense" in said
    assert r"\*\*bold\*\*" in said
    assert str(session.id) in said


def test_the_component_gets_lanes_counts_and_what_each_role_came_to(visits: Visitor) -> None:
    session = launch(visits.someone)
    claimed = claim(visits.someone, session, "architect")
    complete(claimed, decisions=(make_decision(text="Keep it in one service"),))
    complete_roles(visits.someone, session, "dba")
    shown = _shown(reading.get_report(visits.someone.principal, session.id))
    assert [len(stage) for stage in shown["stages"]] == [1, 2, 2, 2]
    assert [(one["task_id"], one["text"]) for one in shown["decisions"]] == [
        (str(claimed.task_id), "Keep it in one service")
    ]
    assert shown["head"] == "active,"
    assert shown["journal"] == "1,0"
    assert shown["tries"] == 4


def test_a_session_without_a_task_says_how_it_gets_one(visits: Visitor) -> None:
    session = open_session(visits.someone, role="security")
    page = open_live(visits, session)
    assert "./sage route" in page.info[0].value
    assert str(session.id) in page.info[0].value
    assert "Made" in texts(page)
    assert "Routed tasks" in texts(page)
    assert "for Security" in texts(page)


def test_routed_tasks_are_put_together_by_the_browser(visits: Visitor) -> None:
    session = open_session(visits.someone)
    for _ in range(2):
        route(visits.someone, session)
    page = open_live(visits, session)
    assert not page.info
    shown = _shown(reading.get_report(visits.someone.principal, session.id))
    assert shown["stages"] is None
    assert [task["role"] for task in shown["state"]["tasks"].values()] == ["dba", "dba"]


@pytest.mark.parametrize("name", ["live", "replay", "decisions", "work"])
def test_what_retention_took_is_said_where_it_was(visits: Visitor, name: str) -> None:
    session = launch(visits.someone)
    complete(
        claim(visits.someone, session, "architect"),
        artifacts=(make_artifact(),),
        decisions=(make_decision(),),
    )
    control.cancel_session(visits.someone.principal, session.id)
    take_details(session.id)
    page = visits.open(name, session=str(session.id))
    assert any("Decisions, roles and times are kept" in one.value for one in page.info)
    if name == "live":
        shown = _shown(reading.get_report(visits.someone.principal, session.id))
        assert (shown["topic"], len(shown["decisions"])) == (None, 1)
