"""Webhooks: where the team's news are sent, and what became of it; for its owners."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.errors import AppError
from core.services.webhooks import list_deliveries, list_webhooks
from pages.parts.empty import draw_error
from pages.parts.visit import open_visit
from pages.parts.webhooks import ask_for_copying, draw_adding, draw_choice
from pages.parts.webhooks.deliveries import asked_place, draw_deliveries

visit = open_visit()
st.title("Webhooks", anchor=False)
st.caption(
    "Other systems are told when a session ends or asks something, and when an approval waits. "
    "Everything that is sent is signed."
)
try:
    found = list_webhooks(visit.principal, visit.team.id)
except AppError as error:
    draw_error(error)
    st.stop()
ask_for_copying(visit)
if visit.is_archived:
    st.markdown(
        ":material/inventory_2: **This team is archived.** Webhooks can be disabled and deleted."
    )
else:
    draw_adding(visit, is_open=not found)
if not found:
    st.stop()
shown = draw_choice(visit, found)
st.subheader("Deliveries", anchor=False)


@st.fragment(key="deliveries", run_every=5)
def draw_log() -> None:
    """Draw what was sent as of now."""
    visit = open_visit(on_timer=True)
    place = asked_place(shown)
    before = UUID(place[-1]) if place else None
    try:
        page = list_deliveries(visit.principal, shown.team_id, shown.id, before=before)
    except AppError as error:
        draw_error(error)
        return
    draw_deliveries(visit, shown, page)


draw_log()
