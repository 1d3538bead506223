"""Decisions: why it is so, in a session and in the whole team."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.errors import AppError
from core.services.journaling import decision_tree, get_entry, list_journal
from pages.parts.empty import draw_empty, draw_error
from pages.parts.journal import (
    asked_chosen,
    asked_session,
    draw_acts,
    draw_cards,
    draw_head,
    draw_more,
    draw_tree,
)
from pages.parts.journal.detail import draw_detail
from pages.parts.journal.filters import (
    asked_standing,
    clear_filters,
    draw_kind,
    draw_search,
    draw_standing,
)
from pages.parts.journal.form import act_on
from pages.parts.visit import open_visit
from pages.parts.wording import plain

visit = open_visit()
session = asked_session(visit)
view, place = draw_head(session)
if st.session_state.pop("decisions_clear", False):
    clear_filters()
try:
    if view == "tree" and session is not None:
        draw_tree(decision_tree(visit.principal, session.id))
        st.stop()
    query = draw_search(visit, session.id if session else None)
    with st.container(horizontal=True, gap="medium"):
        status = st.container(width="content")
        query = replace(query, kind=draw_kind(), standing=asked_standing())
    found = list_journal(visit.principal, query, most=st.session_state.get("decisions_most", 50))
    with status:
        draw_standing(found)
    if found.may_decide and place.button("Add decision", icon=":material/add:", shortcut="d"):
        act_on(visit, session, None)
    if not found.entries:
        if draw_empty("filters", f"{plain(visit.team.name)} has no decision with these filters."):
            st.session_state["decisions_clear"] = True
            st.rerun()
        st.stop()
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        chosen = asked_chosen(found)
        act = draw_cards(found, chosen, visit)
        draw_more(found)
    detail = get_entry(visit.principal, chosen)
    with right, st.container(border=True, key="detail"):
        draw_detail(detail, visit)
        act = draw_acts(detail.entry, found) or act
    if act is not None:
        act_on(visit, session, act)
except AppError as error:
    draw_error(error)
