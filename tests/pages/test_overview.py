"""The overview page, run as Streamlit runs it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.services import health
from core.settings import get_settings

PAGE = Path(__file__).resolve().parents[2] / "pages" / "overview.py"


def run_page() -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=20).run()
    assert not page.exception
    return page


def texts(page: AppTest) -> str:
    return "\n".join(element.value for element in [*page.markdown, *page.caption])


def test_it_names_what_is_missing(system: None) -> None:
    page = run_page()
    assert "Dispatcher and Workers missing" in texts(page)


def test_it_says_that_sessions_run_when_all_is_there(system: None) -> None:
    health.beat("here:1", "worker", 1)
    health.beat("here:2", "dispatcher", 2)
    assert "Everything is there" in texts(run_page())


def test_it_shows_how_to_launch(system: None) -> None:
    assert "./sage launch my-feature.md --watch" in run_page().code[0].value


def test_a_database_that_is_away_is_a_sentence_not_a_traceback(
    system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    get_settings.cache_clear()
    assert "The database does not answer." in texts(run_page())
