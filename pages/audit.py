"""Audit: who changed what in the team, for its owners."""

from __future__ import annotations

import streamlit as st

from core.domain.origin import coming_from, current_origin
from core.errors import AppError
from core.services.auditing import export_audit, list_audit, verify_team_audit
from pages.parts.audit import (
    asked_number,
    clear_filters,
    csv_of,
    draw_chain,
    draw_filters,
    draw_pages,
    draw_table,
    draw_verdict,
    offer_kinds,
)
from pages.parts.empty import draw_empty, draw_error
from pages.parts.visit import open_visit
from pages.parts.wording import plain

visit, origin = open_visit(), current_origin()


def everything() -> bytes:
    """Return all rows that are looked for, up to 10,000, as CSV; it is noted who took them."""
    with coming_from(origin):  # this runs when the browser asks for it, after the page
        return csv_of(export_audit(visit.principal, query))


with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.title("Audit", anchor=False, width="content")
    st.space("stretch")
    export = st.empty()
if st.session_state.pop("audit_clear", False):
    clear_filters()
place = st.container()
try:
    with place:
        query = draw_filters(visit)
    found = list_audit(visit.principal, query, page=asked_number(query))
    offer_kinds(found)
    if draw_chain(found.chain):
        draw_verdict(verify_team_audit(visit.principal, visit.team.id))
except AppError as error:
    draw_error(error)
    st.stop()
if not found.events:
    if draw_empty("filters", f"{plain(visit.team.name)} has no row in its audit like this."):
        st.session_state["audit_clear"] = True
        st.rerun()
    st.stop()
export.download_button(
    "Export CSV", everything, "audit.csv", "text/csv", icon=":material/download:"
)
draw_table(found, visit.zone)
draw_pages(found)
