"""The audit's page: for owners, with filters in the address and a CSV."""

from __future__ import annotations

import csv
import io

import pytest

from core.domain.access import TeamRole
from core.services import auditing, control
from core.services.auditing import AuditQuery
from pages.parts.audit import csv_of
from tests.factories import Someone, add_member, launch, make_someone
from tests.pages.visiting import Visitor, database_away, run, texts, visitor


def kinds(page) -> list[str]:
    return list(page.dataframe[0].value["What"]) if page.dataframe else []


def press(page, label: str):
    next(one for one in page.button if one.label == label).click()
    return run(page)


def test_a_team_where_nothing_was_changed_says_so(visits: Visitor) -> None:
    assert "Nothing matches" in texts(visits.open("audit"))


def test_the_newest_change_stands_first(visits: Visitor) -> None:
    session = launch(visits.someone)
    control.cancel_session(visits.someone.principal, session.id)
    page = visits.open("audit")
    assert kinds(page) == ["session.cancelled", "session.launched"]
    assert "2 rows will be within a second" in texts(page)


def test_filters_come_from_the_address_and_can_be_cleared(visits: Visitor) -> None:
    session = launch(visits.someone)
    control.cancel_session(visits.someone.principal, session.id, "Too dear")
    assert kinds(visits.open("audit", q="dear")) == ["session.cancelled"]
    assert kinds(visits.open("audit", kind="session.launched")) == ["session.launched"]
    assert kinds(visits.open("audit", kind="tea.made")) == []
    page = visits.open("audit", who="eve")
    assert kinds(page) == []
    page = press(page, "Clear filters")
    assert len(kinds(page)) == 2
    assert "who" not in page.query_params


def test_what_is_typed_goes_into_the_address(visits: Visitor) -> None:
    launch(visits.someone)
    page = visits.open("audit")
    page.text_input(key="audit_filter_q").set_value("Expense")
    page.selectbox(key="audit_filter_kind").set_value("session.launched")
    run(page)
    assert page.query_params["q"] == "Expense"
    assert page.query_params["kind"] == "session.launched"


def test_nonsense_in_the_address_is_passed_over(visits: Visitor) -> None:
    launch(visits.someone)
    page = visits.open("audit", page="x", **{"from": "2026-99-99", "to": ""})
    assert kinds(page) == ["session.launched"]


def test_more_than_a_page_is_turned(visits: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        launch(visits.someone, feature_name=f"Feature {number}")
    monkeypatch.setitem(auditing.list_audit.__kwdefaults__, "rows", 2)
    page = visits.open("audit")
    assert list(page.dataframe[0].value["Subject"]) == ["Feature 2", "Feature 1"]
    page = press(page, "Older")
    assert list(page.dataframe[0].value["Subject"]) == ["Feature 0"]
    assert page.query_params["page"] == "2"


def test_the_chain_is_checked_on_demand(visits: Visitor) -> None:
    launch(visits.someone)
    auditing.seal_audit()
    page = visits.open("audit")
    assert "1 row sealed" in texts(page)
    page = press(page, "Check every row")
    assert "Every row is as it was sealed" in page.success[0].value


@pytest.mark.parametrize("role", [TeamRole.MEMBER, TeamRole.VIEWER])
def test_others_than_owners_are_refused_with_a_sentence(
    visits: Visitor, monkeypatch: pytest.MonkeyPatch, role: TeamRole
) -> None:
    launch(visits.someone)
    other = make_someone()
    add_member(visits.someone.team_id, other.user, role)
    page = visitor(Someone(other.user, visits.someone.team_id), monkeypatch).open("audit")
    assert f"As {role} of this team you may not audit here" in texts(page)
    assert kinds(page) == []


def test_a_database_that_is_away_is_a_sentence(visits: Visitor) -> None:
    launch(visits.someone)
    page = visits.open("audit")
    with database_away():
        assert "The database does not answer." in texts(run(page))


def test_csv_holds_every_column_and_no_formula(someone: Someone) -> None:
    launch(someone, feature_name='=HYPERLINK("x"), "quoted"')
    events = auditing.export_audit(someone.principal, AuditQuery(someone.team_id))
    (row,) = csv.DictReader(io.StringIO(csv_of(events).decode()))
    assert row["subject"] == '\'=HYPERLINK("x"), "quoted"'
    assert row["actor_id"] == str(someone.user.id)
    assert row["at"].endswith("+00:00")
