"""The page that `bench.replay` opens: a click, then the player of the session in the address."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.domain.access import SYSTEM
from core.services.replaying import get_replay
from pages.parts.player import draw_player, pack

st.set_page_config(layout="wide")
if st.button("Open"):
    replay = get_replay(SYSTEM, UUID(st.query_params["session"]))
    draw_player(pack(replay.timeline, replay.decisions, replay.artifacts))
