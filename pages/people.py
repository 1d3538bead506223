"""People and access: who is in the team, who is invited, and what the team is."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from core.services.inviting import list_waiting
from core.services.members import read_people
from pages.parts.empty import draw_error
from pages.parts.people import draw_members
from pages.parts.people.invitations import draw_invitations, draw_waiting
from pages.parts.people.team import draw_archived, draw_team
from pages.parts.visit import open_visit

visit = open_visit()
st.title("People and access", anchor=False)
try:
    found = read_people(visit.principal, visit.team.id)
    waiting = list_waiting(visit.principal)
except AppError as error:
    draw_error(error)
    st.stop()
draw_waiting(visit, waiting)
if found.team.archived_at is not None:
    draw_archived(visit, found)
if found.may_manage:
    people, invitations, team = st.tabs(
        [
            f"People :gray-badge[{len(found.members)}]",
            f"Invitations :gray-badge[{len(found.invitations)}]",
            "Team",
        ]
    )
    with invitations:
        draw_invitations(visit, found)
else:
    people, team = st.tabs([f"People :gray-badge[{len(found.members)}]", "Team"])
with people:
    draw_members(visit, found)
with team:
    draw_team(visit, found)
