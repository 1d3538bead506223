"""A new password by a one-time link: for whoever holds the link, signed in or not."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from core.services import administering
from pages.parts.stranger import draw_refused, stranger_card
from pages.parts.wording import plain

_CHECKED = "_reset_checked"
_DONE = "_reset_done"


def check(token: str, address: str) -> str:
    """Return the name of whose password the link sets; stops with a sentence when it sets none."""
    known, name = st.session_state.get(_CHECKED, (None, ""))
    if known == token:
        return str(name)
    try:
        user = administering.find_reset(token, address=address)
    except AppError as error:
        draw_refused(error)
        st.link_button("Sign in", "/", width="stretch")
        st.stop()
    st.session_state[_CHECKED] = (token, user.user_name)
    return user.user_name


def draw_form(token: str, address: str) -> None:
    """Draw the form, and use the link up."""
    with st.form("reset", border=False):
        new = st.text_input(
            "New password",
            type="password",
            help="12 to 128 characters",
            autocomplete="new-password",
        )
        again = st.text_input(
            "New password, once more", type="password", autocomplete="new-password"
        )
        sent = st.form_submit_button("Set the password", type="primary", width="stretch")
    if sent and new != again:
        st.error("The two passwords are not the same. Type them again.")
    elif sent:
        try:
            user = administering.reset_password(token, new, address=address)
        except AppError as error:
            draw_refused(error)
        else:
            st.session_state[_DONE] = user.user_name
            st.rerun()


with stranger_card("New password"), st.container(border=True):
    if done := st.session_state.get(_DONE):
        st.success(
            f"{plain(done)} has a new password and is signed out everywhere. The API tokens of "
            "this account are revoked: programs need new ones."
        )
        st.link_button("Sign in", "/", type="primary", width="stretch")
    else:
        link, place = st.query_params["reset"], st.context.ip_address or "here"
        st.caption(f"For the account {plain(check(link, place))}.")
        draw_form(link, place)
