"""Retention's page: what will go when, and pins; and the pin on a session's own page."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from core.domain.access import TeamRole
from core.services import control, pinning, reading, retention
from core.settings import get_settings
from tests.factories import Someone, add_member, launch, make_someone
from tests.pages.visiting import Visitor, database_away, run, texts, visitor


def ended(someone: Someone):
    session = launch(someone)
    return control.cancel_session(someone.principal, session.id)


@pytest.fixture
def limited(visits: Visitor, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Details are kept for thirty days."""
    monkeypatch.setenv("DETAIL_RETENTION_DAYS", "30")
    get_settings.cache_clear()
    return visits


def is_pinned(visits: Visitor, session) -> bool:
    return reading.get_session(visits.someone.principal, session.id).pinned_at is not None


def press(page, label: str):
    next(one for one in page.button if one.label == label).click()
    return run(page)


def test_without_limit_it_says_that_details_are_kept_for_good(visits: Visitor) -> None:
    ended(visits.someone)
    shown = texts(visits.open("retention"))
    assert "**for good**" in shown
    assert "expires after **7 days**" in shown
    assert "No unfinished session will expire" in shown
    assert "Nothing is pinned" in shown


def test_it_says_what_expires_and_what_loses_its_details_when(
    limited: Visitor, db: Connection
) -> None:
    launch(limited.someone, feature_name="Waiting")
    ended(limited.someone)
    db.execute(
        text("UPDATE session_heads SET updated_at = updated_at - interval '11 hours 30 minutes'")
    )
    shown = texts(limited.open("retention"))
    assert "in 6 d 12 h" in shown
    assert "in 29 d 12 h" in shown
    assert "for **30 days** after the latest event" in shown


def test_a_session_is_pinned_and_unpinned_where_it_stands(limited: Visitor) -> None:
    session = ended(limited.someone)
    page = press(limited.open("retention"), "Pin")
    assert is_pinned(limited, session)
    assert "pinned" in texts(page)
    page = press(page, "Unpin")
    assert not is_pinned(limited, session)


def test_what_is_due_goes_with_the_next_run_and_what_is_gone_is_counted(
    limited: Visitor, db: Connection
) -> None:
    ended(limited.someone)
    for query in (
        "UPDATE session_heads SET updated_at = updated_at - interval '31 days'",
        "UPDATE execution_sessions SET ended_at = ended_at - interval '31 days'",
    ):
        db.execute(text(query))
    assert "at the next run" in texts(limited.open("retention"))
    retention.take_old_details()
    assert "1 session has lost the details already" in texts(limited.open("retention"))


def test_viewers_see_and_do_not_pin(limited: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    ended(limited.someone)
    viewer = make_someone()
    add_member(limited.someone.team_id, viewer.user, TeamRole.VIEWER)
    page = visitor(Someone(viewer.user, limited.someone.team_id), monkeypatch).open("retention")
    assert "loses its details" in texts(page)
    assert not [one for one in page.button if one.label == "Pin"]


def test_a_database_that_is_away_is_told(visits: Visitor) -> None:
    with database_away():
        assert "Try again" in [one.label for one in visits.open("retention").button]


def test_a_session_says_that_it_is_pinned(visits: Visitor) -> None:
    session = ended(visits.someone)
    pinning.pin_session(visits.someone.principal, session.id)
    assert "pinned" in texts(visits.open("live", session=str(session.id)))
