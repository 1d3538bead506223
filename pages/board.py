"""The board: what waits for me, and how the rest does."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from core.services.boarding import read_board
from pages.parts.board import (
    await_first,
    draw_causes,
    draw_columns,
    draw_offline,
    draw_week,
    draw_workers,
)
from pages.parts.board.cards import summary
from pages.parts.empty import draw_empty, draw_error
from pages.parts.frame import page
from pages.parts.visit import open_visit

st.title("Board", anchor=False)


# The columns ask for a rerun as soon as the team's sessions move. The timer is for what moves
# without an event: ages, workers that fall silent, sessions that get stuck.
@st.fragment(key="board", run_every=15)
def draw_board() -> None:
    """Draw the board as of now."""
    visit = open_visit(on_timer=True)
    try:
        board = read_board(visit.principal, visit.team.id, visit.zone)
    except AppError as error:
        draw_error(error)
        return
    if board.is_empty:
        draw_empty("never")
        await_first(visit)
        return
    draw_offline(board)
    attention, rest = summary(board)
    st.markdown(f"**{attention}** {rest}")
    opened = draw_columns(board, visit)
    if opened is not None:
        column, session_id = opened
        target, parameter = {
            "needs_you": ("launch", "answer"),
            "approval": ("approvals", "session"),
            "working": ("live", "session"),
            "stuck": ("live", "session"),
        }.get(column, ("replay", "session"))
        st.switch_page(
            page(target), query_params={"team": str(visit.team.id), parameter: str(session_id)}
        )
    draw_week(board)
    causes, workers = st.columns([1.15, 1], gap="medium")
    with causes:
        draw_causes(board)
    with workers:
        draw_workers(board)


draw_board()
