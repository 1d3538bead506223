"""Runs one page as a signed-in visitor, and notes where it leads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import pages.parts.session_head
import pages.parts.visit
from core.services import accounts
from core.services.transaction import ask, ask_at_one_moment, transact
from core.settings import get_settings
from pages.parts.visit import Visit
from tests.factories import Someone
from tests.web.tabs import login_as

PAGES = Path(__file__).resolve().parents[2] / "pages"


@dataclass
class Visitor:
    """Somebody who opens pages; `went` holds where they were led, with the address.

    Whatever they do is done with their cookie; they sign in when they first need one.
    """

    someone: Someone
    cookie: str = ""
    went: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def show_cookie(self) -> str:
        """Return what the browser shows."""
        self.cookie = self.cookie or login_as(self.someone.user)
        return self.cookie

    def open(self, name: str, **address: str) -> AppTest:
        """Open a page by its name and address; fails on an uncaught error."""
        page = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=30)
        for key, value in address.items():
            page.query_params[key] = value
        return run(page)


def run(page: AppTest) -> AppTest:
    """Run a page again; fails on an uncaught error."""
    page.run()
    assert not page.exception, [one.value for one in page.exception]
    return page


def visitor(someone: Someone, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Let everybody who opens a page be this person, in their shared team."""
    made = Visitor(someone)

    teams = tuple(accounts.list_teams(someone.principal))
    team = next(one for one in teams if one.id == someone.team_id)

    def open_visit(*, on_timer: bool = False) -> Visit:
        return Visit(someone.user, team, teams, UTC)

    def switch_page(target: Any, *, query_params: dict[str, str] | None = None) -> None:
        made.went.append((target.url_path or "board", dict(query_params or {})))
        st.stop()

    monkeypatch.setattr(pages.parts.visit, "open_visit", open_visit)
    monkeypatch.setattr(pages.parts.visit, "shown_cookie", made.show_cookie)
    monkeypatch.setattr(pages.parts.session_head, "open_visit", open_visit)
    monkeypatch.setattr(st, "switch_page", switch_page)
    return made


def texts(page: AppTest) -> str:
    """Return everything that a page says in words."""
    shown = [*page.title, *page.header, *page.markdown, *page.caption, *page.text, *page.code]
    return "\n".join(str(one.value) for one in shown)


@contextmanager
def database_away() -> Iterator[None]:
    """Let the database be gone for a while; who visits is known already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        for way in (transact, ask, ask_at_one_moment):
            patch.setitem(way.__kwdefaults__, "budget_seconds", 0.0)
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()
