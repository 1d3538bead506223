"""Replay: how a session came about, event by event."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.domain.access import UserPrincipal
from core.errors import AppError, DetailsGone, NotFound
from core.services.replaying import get_replay
from pages.parts.durations import Row, draw_durations, list_rows
from pages.parts.empty import draw_empty, draw_error
from pages.parts.player import draw_player, pack
from pages.parts.session_head import draw_session_head
from pages.parts.visit import open_visit
from pages.parts.wording import clock


@st.cache_data(max_entries=16, show_spinner=False)
def read_ended(user_id: UUID, session_id: UUID, last_seq: int) -> tuple[bytes, list[Row]]:
    """Return what the page draws of a session that has ended: it changes no more."""
    return read_replay(user_id, session_id)


def read_replay(user_id: UUID, session_id: UUID) -> tuple[bytes, list[Row]]:
    """Return what the page draws of a session, as of now: the player's data and the durations."""
    replay = get_replay(UserPrincipal(user_id), session_id)
    timeline = replay.timeline
    packed = pack(timeline, replay.decisions, replay.artifacts)
    return packed, list_rows(timeline.lanes, timeline.end_ms)


visit = open_visit()
session = visit.asked_session()
draw_session_head(session.id, "replay")
try:
    if session.ended_at is None or session.events_gone_to_seq:
        packed, rows = read_replay(visit.user.id, session.id)
    else:
        packed, rows = read_ended(visit.user.id, session.id, session.last_seq)
except NotFound:
    draw_empty("team")
    st.stop()
except DetailsGone:
    st.info("There is nothing left to play.", icon=":material/auto_delete:")
    st.stop()
except AppError as error:
    draw_error(error, kept="The record is safe.")
    st.stop()

if session.ended_at is None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f"It still runs: this is the record up to {clock(visit.now, visit.now, visit.zone)}."
        )
        st.button("Read on", icon=":material/refresh:", help="Take in what has happened since")
draw_player(packed)
if rows:
    draw_durations(rows, session, visit.principal)
