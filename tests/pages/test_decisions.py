"""The decision journal: cards, filters, one in full, a person's own."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.access import TeamRole
from core.domain.session import Session
from core.services.journaling import JournalEntry, JournalQuery, list_journal
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    launch,
    make_decision,
    make_someone,
)
from tests.pages.visiting import Visitor, database_away, run, texts, visitor


@pytest.fixture
def session(someone: Someone) -> Session:
    """A session with one decision of each kind."""
    made = launch(someone)
    complete(
        claim(someone, made, "architect"),
        decisions=(
            make_decision(text="One *service*", strategic=True),
            make_decision(text="Cursor paging", rationale="Rows move"),
        ),
    )
    return made


def press(page, label: str):
    next(one for one in page.button if one.label == label).click()
    return run(page)


def test_a_journal_without_decisions_says_so(visits: Visitor) -> None:
    assert "Nothing matches" in texts(visits.open("decisions"))


def test_the_first_decision_is_shown_in_full(visits: Visitor, session: Session) -> None:
    shown = texts(visits.open("decisions"))
    assert "**Because**" in shown
    assert "Expense approval, event" in shown


def test_a_link_names_a_decision(visits: Visitor, session: Session) -> None:
    principal = visits.someone.principal
    entries = list_journal(principal, JournalQuery(visits.someone.team_id)).entries
    for entry in entries:
        page = visits.open("decisions", decision=str(entry.decision.id))
        heading = next(one.value for one in page.markdown if one.value.startswith("## "))
        assert heading.replace("\\", "") == f"## {entry.decision.text}"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ({"q": "rows"}, "Cursor paging"),
        ({"kind": "tactical"}, "Cursor paging"),
        ({"kind": "strategic"}, "One *service*"),
        ({"role": "dba"}, None),
        ({"confidence": "low"}, None),
        ({"status": "superseded"}, None),
    ],
)
def test_filters_come_from_the_address(
    visits: Visitor, session: Session, address: dict[str, str], found: str | None
) -> None:
    page = visits.open("decisions", session=str(session.id), **address)
    headings = [one.value.replace("\\", "") for one in page.markdown if one.value[:3] == "## "]
    assert headings == ([f"## {found}"] if found else ["## Nothing matches"])


def test_the_moment_of_a_decision_is_linked(visits: Visitor, session: Session) -> None:
    page = visits.open("decisions", kind="strategic")
    press(page, "See the moment")
    ((where, address),) = visits.went
    assert (where, address["session"]) == ("replay", str(session.id))
    assert int(address["seq"]) > 1


def test_a_session_has_a_tree(visits: Visitor, session: Session) -> None:
    page = visits.open("decisions", session=str(session.id), view="tree")
    tree = page.json[0].value
    assert "session_decisions" in tree
    assert "agent_tasks" in tree
    assert "Cursor paging" in texts(page)


# A dialog is a fragment, and AppTest runs whole scripts: the form is tested by itself.
FORM = """
from uuid import UUID
import streamlit as st
from core.services.journaling import get_entry
from pages.parts.journal.form import draw_form
from pages.parts.visit import open_visit

visit = open_visit()
asked = st.query_params.get("old")
old = get_entry(visit.principal, UUID(asked)).entry.decision if asked else None
draw_form(visit, UUID(st.query_params["session"]), old)
"""


def open_form(session: Session, **address: str) -> AppTest:
    page = AppTest.from_string(FORM, default_timeout=30)
    page.query_params["session"] = str(session.id)
    for key, value in address.items():
        page.query_params[key] = value
    return run(page)


def journal(visits: Visitor) -> tuple[JournalEntry, ...]:
    query = JournalQuery(visits.someone.team_id, kind="strategic")
    return list_journal(visits.someone.principal, query).entries


def test_a_person_supersedes_a_decision(visits: Visitor, session: Session) -> None:
    (old,) = journal(visits)
    page = open_form(session, old=str(old.decision.id))
    page.text_input(key="decide_text").set_value("Two services")
    page.text_area(key="decide_because").set_value("They are run apart")
    page.text_input(key="decide_instead").set_value("Three")
    press(page, "Supersede")
    new, old = journal(visits)
    assert (new.decision.text, old.superseded_by) == ("Two services", new.decision.id)
    assert [one.text for one in new.decision.alternatives] == ["One *service*", "Three"]


def test_a_decision_without_reason_is_refused_and_kept(visits: Visitor, session: Session) -> None:
    page = open_form(session)
    page.text_input(key="decide_text").set_value("Two services")
    press(page, "Add decision")
    assert "Nothing was recorded; what you typed is kept here." in texts(page)
    assert page.text_input(key="decide_text").value == "Two services"
    assert len(journal(visits)) == 1


def test_the_dialogs_open(visits: Visitor, session: Session) -> None:
    assert "Roles that start from now on" in texts(press(visits.open("decisions"), "Add decision"))
    page = press(visits.open("decisions", kind="strategic"), "Supersede")
    assert "Until now" in texts(page)


def test_a_viewer_is_offered_no_supersession(
    visits: Visitor, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_someone()
    add_member(visits.someone.team_id, other.user, TeamRole.VIEWER)
    viewer = visitor(Someone(other.user, visits.someone.team_id), monkeypatch)
    page = viewer.open("decisions", kind="strategic")
    labels = {one.label for one in page.button}
    assert "See the moment" in labels
    assert not labels & {"Supersede", "Add decision"}


def test_a_foreign_session_is_not_in_this_team(visits: Visitor) -> None:
    theirs = launch(make_someone())
    assert "Not in this team" in texts(visits.open("decisions", session=str(theirs.id)))


def test_a_database_that_is_away_is_a_sentence(visits: Visitor, session: Session) -> None:
    page = visits.open("decisions")
    with database_away():
        assert "The database does not answer." in texts(run(page))
