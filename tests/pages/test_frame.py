"""The frame: what it leads to, and what is shown when a page fails."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest

from app import app
from core.domain.access import TeamRole
from pages.parts.empty import show_unforeseen
from tests.factories import Someone, add_member, make_someone
from tests.pages.test_switching import open_main, switch
from tests.pages.visiting import run, texts


def leads_to(page: AppTest) -> list[str]:
    return [one.proto.label for one in page.sidebar.get("page_link")]


def test_the_audit_is_led_to_only_in_teams_where_one_may_read_it(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_someone()
    add_member(other.team_id, someone.user, TeamRole.MEMBER)
    page = open_main(someone, monkeypatch, someone)
    assert "Audit" in leads_to(page)
    page = switch(page, other)
    assert "Audit" not in leads_to(page)
    assert "People and access" in leads_to(page)


def test_who_manages_a_team_beside_its_owner_is_led_to_the_audit(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_someone()
    add_member(other.team_id, someone.user, TeamRole.OWNER)
    assert "Audit" in leads_to(switch(open_main(someone, monkeypatch, someone), other))


def failing() -> None:
    from core.domain.origin import Origin, set_origin  # noqa: PLC0415  it runs as a script
    from pages.parts.empty import show_unforeseen  # noqa: PLC0415

    set_origin(Origin("192.0.2.7", "4bf92f3577b34da6a3ce929d0e0e4736"))
    if not show_unforeseen(RuntimeError("a secret")):
        raise AssertionError("Streamlit would show its own box")


def test_a_page_that_fails_shows_an_id_that_stands_in_the_log_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR, "pages.parts.empty"):
        shown = texts(run(AppTest.from_function(failing)))
    assert "`4bf92f35`" in shown
    assert "secret" not in shown
    (line,) = [one.getMessage() for one in caplog.records]
    assert "4bf92f3577b34da6a3ce929d0e0e4736" in line
    assert "secret" not in line


def test_whatever_no_page_caught_is_shown_that_way() -> None:
    assert app._on_script_error is show_unforeseen
