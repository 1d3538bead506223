"""Invitations: asking somebody, what is still open, and what waits for the visitor's own answer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from core.domain.team import GIVEN_ROLES, Invitation, TeamPeople
from core.errors import AppError
from core.services import inviting
from core.services.inviting import Invited
from core.settings import get_settings
from pages.parts.acting import try_to
from pages.parts.empty import draw_error
from pages.parts.frame import page
from pages.parts.visit import Visit
from pages.parts.wording import clock, plain

LINK = "people_link"  # the team that the link just made leads into, whom it is for, the link


def draw_waiting(visit: Visit, waiting: Sequence[Invitation]) -> None:
    """Draw the invitations that wait for the visitor, of whichever team."""
    for one in waiting:
        with (
            st.container(border=True, key=f"waiting_{one.id}"),
            st.container(horizontal=True, vertical_alignment="center", gap="small"),
        ):
            st.markdown(f":material/mail: {sentence(one)}", width="stretch")
            if st.button("Accept", type="primary", key=f"accept_{one.id}") and try_to(
                visit, partial(inviting.accept_invitation, invitation_id=one.id)
            ):
                enter(one)
            if st.button("Decline", key=f"decline_{one.id}") and try_to(
                visit, partial(inviting.decline_invitation, invitation_id=one.id)
            ):
                st.rerun()


def sentence(one: Invitation) -> str:
    """Return who invites into which team, as what."""
    return (
        f"**{plain(one.invited_by)}** invites you to **{plain(one.team_name)}** as {one.role.value}"
    )


def enter(one: Invitation) -> None:
    """Go to the team that was joined."""
    st.switch_page(page("board"), query_params={"team": str(one.team_id)})


def draw_invitations(visit: Visit, found: TeamPeople) -> None:
    """Draw the form that invites, a new link, and what is still open."""
    if not found.team.is_shared:
        st.info("This team is personal. Share it under Team, then invite people.")
        return
    _draw_form(visit)
    team_id, *link = st.session_state.get(LINK, (None,))
    if team_id == visit.team.id:
        _draw_link(*link)
    for one in found.invitations:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            by_link = "" if one.user_name else " · by link"
            until = clock(one.expires_at, visit.now, visit.zone)
            with st.container(gap=None, width="stretch"):
                st.markdown(f"**{plain(one.whom)}** as {one.role.value}{by_link}")
                st.caption(f"invited by {plain(one.invited_by)} · open until {until}")
            if st.button(
                "Withdraw",
                icon=":material/cancel_schedule_send:",
                type="tertiary",
                key=f"withdraw_{one.id}",
            ) and try_to(visit, partial(inviting.withdraw_invitation, invitation_id=one.id)):
                st.rerun()
    if not found.invitations:
        st.caption("Nobody is invited at the moment.")


def _draw_form(visit: Visit) -> None:
    with (
        st.form("invite", clear_on_submit=True, border=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        whom = st.text_input(
            "User name or e-mail",
            help="Who has an account is asked here; for any other address you get a link.",
        )
        roles = [role.value for role in GIVEN_ROLES]
        role = st.selectbox("Role", roles, format_func=str.capitalize, width=130)
        sent = st.form_submit_button("Invite", type="primary", icon=":material/person_add:")
    if not sent:
        return
    st.session_state.pop(LINK, None)
    try:
        invited = inviting.invite_person(visit.principal, visit.team.id, whom, role)
    except AppError as error:
        draw_error(error, kept="Nobody was invited.")
        return
    _keep_link(invited)
    st.toast(f"{plain(invited.invitation.whom)} is invited.", icon=":material/check:")
    st.rerun()


def _keep_link(invited: Invited) -> None:
    if invited.path is not None:
        made = invited.invitation
        st.session_state[LINK] = (made.team_id, made.whom, _address() + invited.path)


def _draw_link(whom: str, link: str) -> None:
    with st.container(border=True, key="new_link"):
        st.markdown(f"Send this link to **{plain(whom)}**. It is shown once, and works once.")
        st.code(link, language=None, wrap_lines=True)
        if st.button("Done"):
            del st.session_state[LINK]
            st.rerun()


def _address() -> str:
    if public_url := get_settings().public_url:
        return public_url.rstrip("/")
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}" if here.netloc else ""
