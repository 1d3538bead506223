"""What administrators see on their account's page: everybody's accounts."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from core.services import administering
from core.services.administering import Account
from pages.parts.account import tell
from pages.parts.visit import Visit
from pages.parts.wording import clock, counted, plain


def draw_users(visit: Visit) -> None:
    """Draw the users, with a link for a new password and the way in and out."""
    try:
        accounts = administering.list_accounts(visit.principal)
    except AppError as error:
        tell(error)
        return
    st.caption(counted(len(accounts), "user"))
    for one in accounts:
        _draw_user(visit, one)


def _draw_user(visit: Visit, one: Account) -> None:
    name, key = one.user.user_name, str(one.user.id)
    is_disabled = one.disabled_at is not None
    badges = " :blue-badge[administrator]" if one.user.is_administrator else ""
    badges += " :red-badge[disabled]" if is_disabled else ""
    badges += "" if one.has_password else " :gray-badge[no password]"
    since = clock(one.created_at, visit.now, visit.zone)
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(
            f"**{plain(name)}**{badges}  \n:gray[{plain(one.user.email)} · since {since}]",
            width="stretch",
        )
        link = st.button("Password link", key=f"link_{key}", disabled=is_disabled)
        change = st.button(
            "Enable" if is_disabled else "Disable",
            key=f"change_{key}",
            disabled=one.user.id == visit.user.id,
        )
    try:
        if link:
            made = administering.make_reset_link(visit.principal, name)
            st.caption(
                f"Give it to {plain(name)}. It works once, for {made.seconds // 60} minutes."
            )
            st.code(made.address, language=None)
        if change:
            act = administering.enable_account if is_disabled else administering.disable_account
            act(visit.principal, name)
            st.rerun()
    except AppError as error:
        tell(error)
