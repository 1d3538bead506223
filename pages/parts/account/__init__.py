"""Your account: name and address, password, and the browsers in which you are signed in."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import AppError
from core.services import account
from core.services.signing_in import Login
from pages.parts.redeeming import redeem_here
from pages.parts.visit import Visit
from pages.parts.wording import age, clock, plain

_TICKET = "_renewal"


def where_from() -> dict[str, str]:
    """Return what the new login will say about this browser."""
    agent = st.context.headers.get("user-agent", "")
    return {"address": st.context.ip_address or "here", "agent": agent}


def tell(error: AppError) -> None:
    """Say what went wrong, where it went wrong."""
    st.error(plain(f"{error.message} {error.hint_text}"))


def renew_login() -> None:
    """Have the browser fetch its new login id, when something was changed that asks for one."""
    if (ticket := st.session_state.get(_TICKET)) and redeem_here(ticket):
        del st.session_state[_TICKET]
        st.error("It is changed, but this browser got no new login. Sign in again.")


def draw_profile(login: Login, keeper: str | None) -> None:
    """Draw the form for name and e-mail address; without a password to change them with, both."""
    if keeper is not None:
        st.markdown(f"**{plain(login.user.user_name)}**  \n:gray[{plain(login.user.email)}]")
        st.caption(
            f"Name and address are changed with a password. You have none here, as you sign in with"
            f" {plain(keeper)}."
        )
        return
    with st.form("profile", border=False, width=480):
        name = st.text_input(
            "User name", login.user.user_name, help="3 to 50 letters, digits, _ or -"
        )
        email = st.text_input("E-mail", login.user.email, autocomplete="email")
        password = st.text_input(
            "Password, once more",
            type="password",
            key="profile_password",
            autocomplete="current-password",
        )
        sent = st.form_submit_button("Save", type="primary")
    if sent:
        _renewing(lambda: account.change_profile(login, name, email, password, **where_from()))


def draw_password(login: Login, keeper: str | None) -> None:
    """Draw the form for another password, or who keeps it."""
    if keeper is not None:
        st.info(
            f"You sign in with {plain(keeper)}. Your password is kept there: change it there.",
            icon=":material/key:",
        )
        st.caption("An administrator can give you a link by which you set a password here, too.")
        return
    st.caption("Every other browser is signed out.")
    with st.form("password", border=False, width=480):
        old = st.text_input(
            "Password that you have", type="password", autocomplete="current-password"
        )
        new = st.text_input(
            "New password",
            type="password",
            help="12 to 128 characters",
            autocomplete="new-password",
        )
        again = st.text_input(
            "New password, once more", type="password", autocomplete="new-password"
        )
        with_tokens = st.checkbox(
            "Revoke my API tokens too", help="If not, programs go on with the tokens they have."
        )
        sent = st.form_submit_button("Change the password", type="primary")
    if sent and new != again:
        st.error("The two new passwords are not the same. Type them again.")
    elif sent:
        _renewing(
            lambda: account.change_password(
                login, old, new, with_tokens=with_tokens, **where_from()
            )
        )


def draw_browsers(visit: Visit, login: Login) -> None:
    """Draw where the user is signed in, and what ends that."""
    try:
        browsers = account.list_browsers(login)
    except AppError as error:
        tell(error)
        return
    for one in browsers:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            since = clock(one.created_at, visit.now, visit.zone)
            seen = "now" if one.is_this else age(one.seen_at, visit.now)
            this = " :green-badge[this browser]" if one.is_this else ""
            st.markdown(
                f"**{plain(one.device)}**{this}  \n"
                f":gray[{plain(one.address)} · since {since} · seen {seen}]",
                width="stretch",
            )
            end = st.button("Sign out", key=f"end_{one.fingerprint}", disabled=one.is_this)
        if end:
            _ending(lambda: account.end_browser(login, one.fingerprint))  # noqa: B023
    with st.container(horizontal=True):
        if st.button("Sign out all others", disabled=len(browsers) < 2):
            _ending(lambda: account.end_other_browsers(login))
        if st.button("Sign out everywhere", icon=":material/logout:"):
            _ending(lambda: account.end_all_browsers(login))


def _renewing(change: Callable[[], str]) -> None:
    try:
        st.session_state[_TICKET] = change()
    except AppError as error:
        tell(error)
    else:
        st.success("It is changed.")


def _ending(end: Callable[[], None]) -> None:
    try:
        end()
    except AppError as error:
        tell(error)
    else:
        st.rerun()
