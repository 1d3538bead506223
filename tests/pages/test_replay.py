"""The replay page, run as Streamlit runs it; the player itself is tested in the browser."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.session import Session
from core.services.replaying import get_replay
from core.services.signing_in import Login
from pages.parts.durations import list_rows, to_csv
from tests.factories import (
    Someone,
    claim,
    complete_roles,
    fail_for_good,
    launch,
    make_someone,
)

PAGE = Path(__file__).resolve().parents[2] / "pages" / "replay.py"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the page gave to the player."""
    packed: list[bytes] = []
    monkeypatch.setattr("pages.parts.player.draw_player", packed.append)
    # It links to pages of the frame, which does not run here.
    monkeypatch.setattr("pages.parts.session_head.draw_session_head", lambda *_: None)
    return packed


def open_page(someone: Someone, session_id: object, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr("pages.parts.visit.find_login", lambda **_: Login("mine", someone.user))
    page = AppTest.from_file(str(PAGE), default_timeout=20)
    page.query_params["session"] = str(session_id)
    page.query_params["team"] = str(someone.team_id)
    page.run()
    assert not page.exception
    return page


def ended_session(someone: Someone) -> Session:
    session = launch(someone)
    complete_roles(someone, session, "architect")
    fail_for_good(someone, session, "dba")
    return session


def texts(page: AppTest) -> str:
    return "\n".join(one.value for one in [*page.markdown, *page.caption])


def test_a_finished_session_has_its_player_and_its_durations(
    someone: Someone, drawn: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(someone, ended_session(someone).id, monkeypatch)
    assert "still runs" not in texts(page)
    assert b"session_failed" in drawn[0]
    assert page.subheader[0].value == "Time by role and try"


def test_a_running_session_is_replayed_up_to_now(
    someone: Someone, drawn: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch(someone)
    page = open_page(someone, session.id, monkeypatch)
    assert "still runs" in texts(page)
    claim(someone, session, "architect")
    page.run()
    assert b"task_started" not in drawn[0]
    assert b"task_started" in drawn[1]


@pytest.mark.parametrize("asked", ["", "no-id", "0198c5b1-0000-7000-8000-000000000000"])
def test_a_session_that_is_not_there_is_an_empty_state(
    someone: Someone, drawn: list[bytes], asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Not in this team" in texts(open_page(someone, asked, monkeypatch))
    assert drawn == []


def test_another_teams_session_is_not_there(
    someone: Someone, drawn: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = ended_session(make_someone())
    assert "Not in this team" in texts(open_page(someone, theirs.id, monkeypatch))
    assert drawn == []


def test_the_csv_counts_tries_and_waits(someone: Someone) -> None:
    session = ended_session(someone)
    timeline = get_replay(someone.principal, session.id).timeline
    rows = list_rows(timeline.lanes, timeline.end_ms)
    told = list(csv.DictReader(io.StringIO(to_csv(rows))))
    tries = {(row["role"], row["try"], row["what"]) for row in told}
    assert ("architect", "1", "completed") in tries
    assert ("dba", "1", "failed") in tries
    assert all(float(row["took_seconds"]) >= 0 for row in told)
