"""Live: what happens in a session now; when it has ended, what came of it."""

from __future__ import annotations

from pages.parts.live.board import draw_board
from pages.parts.live.drawer import draw_drawer
from pages.parts.session_head import draw_session_head
from pages.parts.visit import open_visit

session = open_visit().asked_session()
draw_session_head(session.id, "live")
draw_board(session.id)
draw_drawer(session.id)
