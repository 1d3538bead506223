"""The board: what waits, works, is stuck, failed and is done."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.services import health
from tests.factories import claim, complete, complete_roles, fail_for_good, launch
from tests.pages.visiting import Visitor, database_away, run, texts

ALL = ("architect", "backend_dev", "dba", "frontend_dev", "ui_ux", "security", "it_admin")


def columns(page: AppTest) -> str:
    """Return what the columns' component was given."""
    return "\n".join(str(one.proto) for one in page.get("bidi_component"))


def test_a_team_without_sessions_is_shown_how_to_begin(visits: Visitor) -> None:
    assert "No session yet" in texts(visits.open("board"))


def test_it_says_what_needs_attention_first(visits: Visitor) -> None:
    someone = visits.someone
    health.beat("here:1", "worker", 1)
    complete(
        claim(someone, launch(someone, feature_name="Asks"), "architect"),
        outcome="needs_input",
        questions=("Who uses it?",),
    )
    claim(someone, launch(someone, feature_name="Works"), "architect")
    broken = launch(someone, feature_name="Broke")
    fail_for_good(someone, broken, "architect")
    complete_roles(someone, launch(someone, feature_name="Well"), *ALL)
    page = visits.open("board")
    shown = texts(page)
    assert "One session asks you and one failed this week." in shown
    assert "1 session at work, 1 worker alive" in shown
    assert "It broke." in str(page.dataframe[0].value)
    assert [metric.value for metric in page.metric][:2] == ["3", "67%"]


def test_workers_that_are_away_are_told_of(visits: Visitor) -> None:
    launch(visits.someone)
    assert "Workers are offline" in texts(visits.open("board"))


def test_a_database_that_is_away_is_a_sentence(visits: Visitor) -> None:
    launch(visits.someone)
    page = visits.open("board")
    with database_away():
        assert "The database does not answer." in texts(run(page))
    assert "at work" in texts(run(page))
