"""Switching teams: the frame keeps the page, and everything on it is the other team's."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import pages.parts.visit
from core.domain.people import User
from core.services import members, signing_in, teams
from core.services.signing_in import Login
from tests.factories import Someone, add_member, launch, make_someone
from tests.pages.visiting import PAGES, run, texts


def open_main(
    someone: Someone, monkeypatch: pytest.MonkeyPatch, team: Someone | None = None
) -> AppTest:
    """Open the whole dashboard, as a browser of this person does."""

    monkeypatch.setattr(pages.parts.visit, "find_login", lambda **_: login_of(someone.user))
    page = AppTest.from_file(str(PAGES / "main.py"), default_timeout=30)
    if team is not None:
        page.query_params["team"] = str(team.team_id)
    page._page_hash = calc_hash("sessions")  # AppTest itself only knows pages of the old kind
    return run(page)


def login_of(user: User) -> Login:
    values: dict[str, Any] = dict.fromkeys(signing_in.Login.__dataclass_fields__)
    return Login(**(values | {"user": user, "fingerprint": "f"}))


def switch(page: AppTest, someone: Someone) -> AppTest:
    page.sidebar.selectbox[0].set_value(str(someone.team_id))
    return run(page)


@pytest.fixture
def two(someone: Someone) -> tuple[Someone, Someone]:
    """A person with two teams, each with a session of its own."""
    other = make_someone()
    add_member(other.team_id, someone.user)
    launch(someone, feature_name="Apples")
    launch(other, feature_name="Pears")
    return someone, other


def shown(page: AppTest) -> str:
    names = [name for table in page.dataframe for name in table.value["Session"]]
    return texts(page) + " ".join(names)


def test_everything_changes_and_the_address_says_so(
    two: tuple[Someone, Someone], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = two
    page = open_main(first, monkeypatch, first)
    assert page.query_params["team"] == str(first.team_id)
    assert ("Apples" in shown(page), "Pears" in shown(page)) == (True, False)
    page = switch(page, other)
    assert page.query_params["team"] == str(other.team_id)
    assert ("Apples" in shown(page), "Pears" in shown(page)) == (False, True)


def test_a_link_into_a_foreign_team_says_not_found(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = make_someone()
    launch(foreign, feature_name="Pears")
    page = open_main(someone, monkeypatch, foreign)
    assert "Not in this team" in texts(page)
    assert "Pears" not in shown(page)
    page = open_main(someone, monkeypatch, team=None)
    assert page.query_params["team"] == str(someone.team_id)


def test_who_is_removed_sees_nothing_at_the_next_run(
    two: tuple[Someone, Someone], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = two
    page = open_main(first, monkeypatch, other)
    assert "Pears" in shown(page)
    members.remove_member(other.principal, other.team_id, first.user.id)
    assert "Pears" not in shown(run(page))
    assert "Not in this team" in texts(page)


def test_an_archived_team_is_marked_and_not_the_first_choice(
    two: tuple[Someone, Someone], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = two
    teams.archive_team(first.principal, first.team_id)
    page = open_main(first, monkeypatch)
    assert page.query_params["team"] == str(other.team_id)
    assert any("(archived)" in option for option in page.sidebar.selectbox[0].options)
