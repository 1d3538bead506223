"""An invitation's link: which team, as what, and the answer of whoever is signed in."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from core.services.inviting import accept_link, decline_link, find_by_link
from pages.parts.acting import try_to
from pages.parts.empty import draw_error
from pages.parts.frame import page
from pages.parts.people.invitations import enter, sentence
from pages.parts.visit import open_visit
from pages.parts.wording import clock, plain

visit = open_visit()
token = st.query_params.get("token", "")
st.title("Invitation", anchor=False)
try:
    found = find_by_link(visit.principal, token)
except AppError as error:
    draw_error(error)
    st.stop()
with st.container(border=True, width=560, key="invitation"):
    st.markdown(f":material/mail: {sentence(found)}.")
    until = clock(found.expires_at, visit.now, visit.zone)
    st.caption(f"You answer as {plain(visit.user.user_name)}. The link works until {until}, once.")
    with st.container(horizontal=True):
        if st.button("Accept", type="primary", icon=":material/check:") and try_to(
            visit, lambda who: accept_link(who, token)
        ):
            enter(found)
        if st.button("Decline") and try_to(visit, lambda who: decline_link(who, token)):
            st.switch_page(page("board"))
