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
    """Draw the users who are looked for, with what can be done to their accounts."""
    wanted = st.text_input(
        "Search users",
        max_chars=200,
        key="users_search",
        placeholder="Name or e-mail",
        icon=":material/search:",
        label_visibility="collapsed",
        width=320,
    )
    try:
        found = administering.list_accounts(visit.principal, wanted or "")
    except AppError as error:
        tell(error)
        return
    if len(found.shown) < found.matching:
        st.caption(f"Showing {len(found.shown)} of {counted(found.matching, 'user')}.")
    else:
        st.caption(counted(found.matching, "user") if found.matching else "Nobody is like this.")
    for one in found.shown:
        _draw_user(visit, one)


def _draw_user(visit: Visit, one: Account) -> None:
    name, key = one.user.user_name, str(one.user.id)
    is_disabled, is_me = one.disabled_at is not None, one.user.id == visit.user.id
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
        right = st.button(
            "Withdraw administration" if one.user.is_administrator else "Make administrator",
            # A click means what was read: it must not count for a button that says the opposite.
            key=f"{'withdraw' if one.user.is_administrator else 'grant'}_{key}",
            disabled=is_me or (is_disabled and not one.user.is_administrator),
            help="It signs them out everywhere.",
        )
        change = st.button(
            "Enable" if is_disabled else "Disable",
            key=f"{'enable' if is_disabled else 'disable'}_{key}",
            disabled=is_me,
        )
    try:
        if link:
            _draw_link(visit, name)
        if right:
            change_right = (
                administering.withdraw_administration
                if one.user.is_administrator
                else administering.grant_administration
            )
            change_right(visit.principal, name)
            st.rerun()
        if change:
            act = administering.enable_account if is_disabled else administering.disable_account
            act(visit.principal, name)
            st.rerun()
    except AppError as error:
        tell(error)


def _draw_link(visit: Visit, name: str) -> None:
    made = administering.make_reset_link(visit.principal, name)
    st.caption(
        f"Give it to {plain(name)}. It works once, for {made.seconds // 60} minutes. Setting a "
        "password there signs them out everywhere and revokes their API tokens."
    )
    st.code(made.address, language=None)
