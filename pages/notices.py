"""Notifications: what you were told in your teams, newest first."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.errors import AppError
from core.services.notifying import list_notices
from pages.parts.empty import draw_empty, draw_error
from pages.parts.notices import (
    PAGE_NOTICES,
    asked_place,
    draw_filter,
    draw_notices,
    draw_pages,
    draw_read_all,
    follow_opened,
)
from pages.parts.visit import open_visit

visit = open_visit()
follow_opened()
st.title("Notifications", anchor=False)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    is_unread = draw_filter()
    st.space("stretch")
    acts = st.empty()
place = asked_place()
try:
    found = list_notices(
        visit.principal,
        is_unread=is_unread,
        before=UUID(place[-1]) if place else None,
        rows=PAGE_NOTICES,
    )
except AppError as error:
    draw_error(error)
    st.stop()
if not found.items and not place:
    draw_empty("notices", "You have read everything." if is_unread else None)
    st.stop()
with acts:
    draw_read_all(visit, found)
draw_notices(visit, found)
draw_pages(found)
