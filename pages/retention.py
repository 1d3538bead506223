"""Retention: what will expire or lose its details, when, and what is pinned."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from core.services.retention import plan_retention
from pages.parts.empty import draw_error
from pages.parts.retention import draw_expiring, draw_losing, draw_pinned, draw_rules
from pages.parts.visit import open_visit

visit = open_visit()
st.title("Retention", anchor=False)
try:
    plan = plan_retention(visit.principal, visit.team.id)
except AppError as error:
    draw_error(error)
    st.stop()
draw_rules(plan)
expiring, losing, pinned = st.tabs(
    [
        f"Will expire :gray-badge[{plan.count_expiring}]",
        f"Will lose details :gray-badge[{plan.count_losing}]",
        f"Pinned :gray-badge[{plan.count_pinned}]",
    ]
)
with expiring:
    draw_expiring(visit, plan)
with losing:
    draw_losing(visit, plan)
with pinned:
    draw_pinned(visit, plan)
