"""Taking sessions along as CSV: all that are looked for, or those that are ticked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.services.browsing import MOST_ROWS, ListedSession, SessionQuery, browse_sessions
from pages.parts.sessions import csv_of
from pages.parts.taking import noted_list
from pages.parts.visit import Visit

_FILE = ("sessions.csv", "text/csv")
_ICON = ":material/download:"


def draw_export(place: DeltaGenerator, visit: Visit, query: SessionQuery) -> None:
    """Offer all sessions that are looked for, up to 5,000."""
    place.download_button(
        "Export CSV",
        _taken(visit, lambda: browse_sessions(visit.principal, query, rows=MOST_ROWS).rows),
        *_FILE,
        icon=_ICON,
        on_click="ignore",
    )


def draw_chosen(visit: Visit, chosen: Sequence[ListedSession]) -> None:
    """Offer the sessions that are ticked, at the foot of the page."""
    with st.bottom, st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(chosen)} selected**", width="content")
        st.space("stretch")
        st.download_button(
            "Export", _taken(visit, lambda: chosen), *_FILE, icon=_ICON, on_click="ignore"
        )


def _taken(visit: Visit, find: Callable[[], Sequence[ListedSession]]) -> Callable[[], bytes]:
    """Return what a button asks for sessions as CSV; it is noted who took how many."""

    def make() -> tuple[bytes, int]:
        rows = find()
        return csv_of(rows), len(rows)

    return noted_list(visit.principal, visit.team.id, "sessions.exported", make)
