"""Sessions: search, states, pages, opening, CSV."""

from __future__ import annotations

import csv
import io

from core.services import control
from core.services.browsing import SessionQuery, browse_sessions
from pages.parts.sessions import csv_of
from tests.factories import Someone, complete_roles, launch
from tests.pages.visiting import Visitor, database_away, run, texts


def names(page) -> list[str]:
    return list(page.dataframe[0].value["Session"]) if page.dataframe else []


def test_a_team_without_sessions_is_shown_how_to_begin(visits: Visitor) -> None:
    assert "No session yet" in texts(visits.open("sessions"))


def test_the_newest_stand_first(visits: Visitor) -> None:
    for name in ("First", "Second"):
        launch(visits.someone, feature_name=name)
    page = visits.open("sessions")
    assert names(page) == ["Second", "First"]
    assert "1 to 2 of 2" in texts(page)


def test_search_and_state_come_from_the_address(visits: Visitor) -> None:
    launch(visits.someone, feature_name="Shift swap")
    gone = launch(visits.someone, feature_name="Shift plan")
    launch(visits.someone, feature_name="Expenses")
    control.cancel_session(visits.someone.principal, gone.id)
    assert names(visits.open("sessions", q="shi")) == ["Shift plan", "Shift swap"]
    assert names(visits.open("sessions", q="shi", state="cancelled")) == ["Shift plan"]
    assert names(visits.open("sessions", sort="oldest"))[0] == "Shift swap"


def test_what_is_typed_goes_into_the_address(visits: Visitor) -> None:
    launch(visits.someone, feature_name="Shift swap")
    page = visits.open("sessions")
    page.text_input(key="sessions_filter_q").set_value("shift")
    run(page)
    assert page.query_params["q"] == "shift"
    assert names(page) == ["Shift swap"]


def test_nonsense_in_the_address_is_passed_over(visits: Visitor) -> None:
    launch(visits.someone, feature_name="Shift swap")
    page = visits.open("sessions", state="lost", sort="best", page="x", **{"from": "2026-99-99"})
    assert names(page) == ["Shift swap"]
    assert names(visits.open("sessions", page="999")) == ["Shift swap"]


def test_filters_without_a_match_can_be_cleared(visits: Visitor) -> None:
    launch(visits.someone, feature_name="Shift swap")
    page = visits.open("sessions", q="zzz")
    assert "has 1 session, none with these filters" in texts(page)
    next(one for one in page.button if one.label == "Clear filters").click()
    run(page)
    assert names(page) == ["Shift swap"]
    assert "q" not in page.query_params


def test_a_database_that_is_away_is_a_sentence(visits: Visitor) -> None:
    launch(visits.someone, feature_name="Shift swap")
    page = visits.open("sessions", q="shift")
    with database_away():
        assert "The database does not answer." in texts(run(page))
    assert names(run(page)) == ["Shift swap"]


def test_csv_holds_every_row_and_no_formula(someone: Someone) -> None:
    session = launch(someone, feature_name='=HYPERLINK("x"), "quoted"')
    complete_roles(someone, session, "architect")
    rows = browse_sessions(someone.principal, SessionQuery(someone.team_id)).rows
    (row,) = csv.DictReader(io.StringIO(csv_of(rows).decode()))
    assert row["session"] == '\'=HYPERLINK("x"), "quoted"'
    assert (row["id"], row["roles_done"], row["ended_at"]) == (str(session.id), "1", "")
