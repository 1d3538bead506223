"""Sign in, or make an account: all that an anonymous browser gets."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from core.services import signing_in
from pages.parts.provider import draw_provider, draw_refusal
from pages.parts.redeeming import redeem_here
from pages.parts.stranger import draw_refused, stranger_card

TICKET = "_ticket"


def draw_sign_in() -> None:
    """Draw the form of somebody who has an account."""
    with st.form("sign_in", border=False):
        st.text_input("Name or e-mail", key="name", autocomplete="username")
        st.text_input("Password", key="password", type="password", autocomplete="current-password")
        sent = st.form_submit_button("Sign in", type="primary", width="stretch")
    if sent:
        enter(st.session_state["name"], st.session_state["password"])


def draw_sign_up() -> None:
    """Draw the form of somebody who is new."""
    with st.form("sign_up", border=False):
        name = st.text_input("User name", help="3 to 50 letters, digits, _ or -")
        email = st.text_input("E-mail", autocomplete="email")
        password = st.text_input(
            "Password",
            type="password",
            help="12 to 128 characters",
            autocomplete="new-password",
            key="new_password",
        )
        sent = st.form_submit_button("Make an account", type="primary", width="stretch")
    if sent:
        try:
            address = st.context.ip_address or "here"
            signing_in.sign_up(name, email, password, address=address)
        except AppError as error:
            draw_refused(error)
        else:
            enter(name, password)


def enter(name: str, password: str) -> None:
    """Check the password; the ticket is redeemed by the browser."""
    try:
        st.session_state[TICKET] = signing_in.sign_in(
            name,
            password,
            address=st.context.ip_address or "here",
            agent=st.context.headers.get("user-agent", ""),
        )
    except AppError as error:
        draw_refused(error)


with stranger_card("Sage Mode"):
    draw_refusal()
    with st.container(border=True):
        draw_provider()
        known, new = st.tabs(["Sign in", "Make an account"])
        with known:
            draw_sign_in()
        with new:
            if signing_in.is_sign_up_open():
                draw_sign_up()
            else:
                st.markdown("Nobody can make an account here by themselves.")
                st.caption("Ask an administrator for one.")
    st.caption("Forgot the password? An administrator can give you a link for a new one.")
    if (ticket := st.session_state.get(TICKET)) and redeem_here(ticket):
        del st.session_state[TICKET]
        st.error("Signing in took too long. Try again.")
