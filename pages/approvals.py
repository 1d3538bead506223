"""Approvals: what the team is asked, one's own first, and what was answered."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from core.services.approving import read_inbox
from pages.parts.approvals import LIST_FRAGMENT, draw_answered, draw_none, draw_waiting, follow
from pages.parts.approvals.answer import draw_dialog, draw_said
from pages.parts.empty import draw_error
from pages.parts.sessions.address import asked, asked_id, keep
from pages.parts.visit import open_visit

SHOWN = {"waiting": "Waiting", "answered": "Answered"}
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.title("Approvals", anchor=False, width="stretch")
    show = st.segmented_control(
        "Show",
        list(SHOWN),
        default=asked("show", list(SHOWN), "waiting"),
        required=True,
        format_func=lambda name: SHOWN[name],
        key="approvals_show",
        label_visibility="collapsed",
    )
    keep("show", show or "waiting", "waiting")


# It runs again as soon as the team's sessions move, and for the ages.
@st.fragment(key=LIST_FRAGMENT, run_every=30)
def draw_list() -> None:
    """Draw what is asked as of now."""
    draw_said()
    visit = open_visit(on_timer=True)
    is_answered = st.session_state.get("approvals_show") == "answered"
    try:
        inbox = read_inbox(
            visit.principal,
            visit.team.id,
            answered=is_answered,
            session_id=asked_id("session"),
        )
    except AppError as error:
        draw_error(error, kept="What waits goes on waiting.")
        return
    if not inbox.approvals:
        draw_none(is_answered=is_answered)
    elif is_answered:
        draw_answered(visit, inbox)
    else:
        draw_waiting(visit, inbox)
    follow(visit)


draw_list()
draw_dialog()
