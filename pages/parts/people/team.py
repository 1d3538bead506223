"""The team itself: name, description, sharing, archive, who owns it; and another one."""

from __future__ import annotations

import streamlit as st

from core.domain.people import Team
from core.domain.team import MOST_DESCRIPTION_CHARACTERS, MOST_NAME_CHARACTERS, TeamPeople
from core.errors import AppError
from core.services import members, teams
from pages.parts.acting import do, try_to
from pages.parts.empty import draw_error
from pages.parts.frame import page
from pages.parts.people import confirm
from pages.parts.visit import Visit
from pages.parts.wording import plain


def draw_archived(visit: Visit, found: TeamPeople) -> None:
    """Say that a team is kept for reading; its owner may restore it."""
    with st.container(border=True, key="archived"):
        st.markdown(
            ":material/inventory_2: **This team is archived.** It is only read; what runs goes on."
        )
        if (
            found.team.owner_id == visit.user.id
            and st.button("Restore team", icon=":material/unarchive:")
            and try_to(visit, lambda who: teams.restore_team(who, found.team.id))
        ):
            st.rerun()


def draw_team(visit: Visit, found: TeamPeople) -> None:
    """Draw what the team is called and is for, and what can become of it."""
    if found.may_manage:
        _draw_words(visit, found.team)
        with st.container(horizontal=True, gap="small", key="team_acts"):
            _draw_acts(visit, found)
    else:
        st.markdown(f"**{plain(found.team.name)}**")
        st.markdown(plain(found.team.description) or ":gray[No description.]")
    if found.team.owner_id != visit.user.id:
        _draw_leaving(visit, found.team)
    draw_creating(visit)


def _draw_words(visit: Visit, team: Team) -> None:
    with st.form(f"team_{team.id}"):
        name = st.text_input("Name", team.name, max_chars=MOST_NAME_CHARACTERS)
        about = st.text_area(
            "Description", team.description, max_chars=MOST_DESCRIPTION_CHARACTERS, height=80
        )
        sent = st.form_submit_button("Save", type="primary")
    if not sent:
        return
    try:
        if name != team.name:
            visit.act(lambda who: teams.rename_team(who, team.id, name))
        if about != team.description:
            visit.act(lambda who: teams.describe_team(who, team.id, about))
    except AppError as error:
        draw_error(error)
    else:
        st.rerun()


def _draw_acts(visit: Visit, found: TeamPeople) -> None:
    team, name = found.team, plain(found.team.name)
    others = [one for one in found.members if one.user_id != team.owner_id]
    if not team.is_shared and st.button("Share team …", icon=":material/group_add:"):
        confirm(
            visit,
            f"Share {name}?",
            "You can invite people then. Whoever joins sees everything that is in it.",
            "Share team",
            lambda who: teams.share_team(who, team.id),
            icon=":material/group_add:",
        )
    if others and st.button("Hand over …", icon=":material/key:"):
        st.dialog(f"Hand {name} over?", icon=":material/key:")(_draw_handing_over)(visit, found)
    if team.is_shared and st.button("Stop sharing …", icon=":material/group_off:"):
        confirm(
            visit,
            f"Stop sharing {name}?",
            "Everybody else is removed at once, and open invitations are withdrawn.",
            "Stop sharing",
            lambda who: teams.unshare_team(who, team.id),
            icon=":material/group_off:",
        )
    if st.button("Archive …", icon=":material/inventory_2:"):
        confirm(
            visit,
            f"Archive {name}?",
            "It stays readable. Nothing is launched, decided or changed in it until you restore "
            "it. What runs goes on: questions can be answered, and agents report on what they "
            "hold, but take up nothing new.",
            "Archive team",
            lambda who: teams.archive_team(who, team.id),
            icon=":material/inventory_2:",
        )


def _draw_handing_over(visit: Visit, found: TeamPeople) -> None:
    names = {
        one.user_name: one.user_id for one in found.members if one.user_id != found.team.owner_id
    }
    chosen = st.selectbox("New owner", list(names))
    st.markdown("You stay in it as a member. Only the new owner can give it back.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep as it is"):
            st.rerun()
        if st.button(
            "Hand over",
            type="primary",
            icon=":material/key:",
            on_click=do,
            args=(visit, lambda who: members.hand_over(who, found.team.id, names[chosen])),
        ):
            st.rerun()


def _draw_leaving(visit: Visit, team: Team) -> None:
    if st.button("Leave team …", icon=":material/logout:"):
        confirm(
            visit,
            f"Leave {plain(team.name)}?",
            "You lose it at once. Somebody has to invite you to come back.",
            "Leave team",
            lambda who: members.leave_team(who, team.id),
            icon=":material/logout:",
        )


def draw_creating(visit: Visit) -> None:
    """Draw the form of another team."""
    with st.expander("Create another team", icon=":material/add:"):
        with st.form("create_team", border=False):
            name = st.text_input("Name of the new team", max_chars=MOST_NAME_CHARACTERS)
            is_shared = st.checkbox("Shared with others", value=True)
            sent = st.form_submit_button("Create team")
        if not sent:
            return
        try:
            made = teams.create_team(visit.principal, name, is_shared=is_shared)
        except AppError as error:
            draw_error(error, kept="Not created.")
            return
        st.switch_page(page("people"), query_params={"team": str(made.id)})
