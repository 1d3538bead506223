"""Sessions: find any of the team's, open it, take them along as CSV."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.errors import AppError
from core.services.browsing import browse_sessions
from pages.parts.empty import draw_empty, draw_error
from pages.parts.frame import page
from pages.parts.sessions import (
    asked_page,
    asked_states,
    clear_filters,
    draw_pages,
    draw_search,
    draw_states,
    draw_table,
)
from pages.parts.sessions.taking import draw_chosen, draw_export
from pages.parts.visit import open_visit
from pages.parts.wording import counted, plain

visit = open_visit()


with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.title("Sessions", anchor=False, width="content")
    st.space("stretch")
    export = st.empty()
if st.session_state.pop("sessions_clear", False):
    clear_filters()
query = replace(draw_search(visit), statuses=asked_states())
try:
    found = browse_sessions(visit.principal, query, page=asked_page(query))
except AppError as error:
    draw_error(error)
    st.stop()
if found.team_has_none:
    draw_empty("never")
    st.stop()
draw_states(found)
if not found.rows:
    of_team = sum(found.of_team.values())
    if draw_empty(
        "filters",
        f"{plain(visit.team.name)} has {counted(of_team, 'session')}, none with these filters.",
    ):
        st.session_state["sessions_clear"] = True
        st.rerun()
    st.stop()
draw_export(export, visit, query)
opened, ticked = draw_table(found, visit)
draw_pages(found)
if opened is not None:
    st.switch_page(
        page("replay" if opened.session.ended_at else "live"),
        query_params={"team": str(visit.team.id), "session": str(opened.session.id)},
    )
if ticked:
    draw_chosen(visit, [found.rows[place] for place in ticked])
