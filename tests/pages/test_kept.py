"""What pages keep of an ended session, and when they read it anew."""

from __future__ import annotations

from datetime import UTC

import pytest

from core.domain.session import Session
from core.errors import NotFound
from core.services import accounts, journaling, members
from core.services.reading import get_report
from pages.parts.kept import read_attempt, read_report
from pages.parts.visit import Visit
from tests.factories import (
    Someone,
    add_member,
    complete_roles,
    launch,
    make_decision,
    make_someone,
)

ALL = ("architect", "backend_dev", "dba", "frontend_dev", "ui_ux", "security", "it_admin")


def run_of(someone: Someone, session: Session) -> Visit:
    """Return the visit of a page's next run, which has read the session's head."""
    teams = tuple(accounts.list_teams(someone.principal))
    visit = Visit(someone.user, teams[0], teams, UTC)
    visit.head_of(session.id)
    return visit


@pytest.fixture
def ended(someone: Someone) -> Session:
    session = launch(someone)
    complete_roles(someone, session, *ALL)
    return session


def test_an_ended_session_is_read_once_until_a_further_event(
    someone: Someone, ended: Session
) -> None:
    report = read_report(run_of(someone, ended), ended.id)
    attempt = read_attempt(run_of(someone, ended), ended.id, report.snapshots[0].id)
    again = run_of(someone, ended)
    assert read_report(again, ended.id) is report
    assert read_attempt(again, ended.id, report.snapshots[0].id) is attempt
    decided = journaling.record_decision(someone.principal, ended.id, make_decision())
    later = read_report(run_of(someone, ended), ended.id)
    assert decided in {one.id for one in later.decisions}
    assert later == get_report(someone.principal, ended.id)


def test_a_running_session_is_read_each_time(someone: Someone) -> None:
    session = launch(someone)
    first = read_report(run_of(someone, session), session.id)
    assert read_report(run_of(someone, session), session.id) is not first


def test_what_is_kept_for_one_is_not_shown_to_another(someone: Someone, ended: Session) -> None:
    other = make_someone()
    add_member(someone.team_id, other.user)
    read_report(run_of(other, ended), ended.id)
    members.remove_member(someone.principal, someone.team_id, other.user.id)
    with pytest.raises(NotFound):
        run_of(other, ended)
    unread = Visit(other.user, run_of(someone, ended).team, (), UTC)
    with pytest.raises(NotFound):
        read_report(unread, ended.id)
