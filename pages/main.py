"""The dashboard's frame: every visit runs this script first."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from pages.parts.empty import draw_error, retry_until
from pages.parts.frame import all_pages, draw_frame, inline_image, reset_page, sign_in_page
from pages.parts.launch import leave_form
from pages.parts.redeeming import sign_in_again
from pages.parts.visit import HAS_ENDED, find_login, visiting

st.set_page_config(
    page_title="Sage Mode",
    page_icon=inline_image("mark.png"),
    layout="wide",
    menu_items={},
)
try:
    login = find_login()
except AppError as error:
    # The page that is open stays the page that is open: it comes back with what was typed.
    st.navigation(all_pages(), position="hidden")
    draw_error(error, kept="You stay signed in.")
    retry_until(find_login)
    st.stop()

if "reset" in st.query_params:  # whoever is signed in here: the link says whose password
    st.navigation([reset_page()], position="hidden").run()
elif login is None and st.session_state.get(HAS_ENDED):
    # The page that is open stays in the address: whoever signs in comes back to it.
    st.navigation(all_pages(), position="hidden")
    sign_in_again()
elif login is None:
    st.navigation([sign_in_page()], position="hidden").run()
else:
    st.logo(inline_image("logo.svg"), icon_image=inline_image("mark.svg"), size="large")
    current = st.navigation(all_pages(), position="hidden")
    if current.url_path != "launch":
        leave_form()
    with visiting(login) as visit:
        draw_frame(visit, current)
        current.run()
