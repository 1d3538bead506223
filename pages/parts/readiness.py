"""The parts of the system and their state, told by icon and word, never by colour alone."""

from __future__ import annotations

import streamlit as st

from core.services.health import Part, Readiness

_NAMES = {
    "database": "Database",
    "redis": "Redis",
    "dispatcher": "Dispatcher",
    "worker": "Workers",
}


def headline(readiness: Readiness) -> str:
    """Return one sentence that says whether sessions run."""
    if readiness.is_ready:
        return "**Everything is there.** A session launched now runs at once."
    missing = " and ".join(_NAMES.get(name, name) for name in readiness.missing)
    return f"**{missing} missing.** What was launched is kept and runs when they are back."


def draw_parts(readiness: Readiness) -> None:
    """Draw a row for each part."""
    with st.container(border=True, gap="xsmall"):
        for part in readiness.parts:
            _draw(part)


def _draw(part: Part) -> None:
    state = (
        ":green[:material/check_circle:] there"
        if part.is_there
        else ":red[:material/dangerous:] missing"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_NAMES.get(part.name, part.name)}**", width=130)
        st.markdown(state, width=110)
        st.caption(part.detail)
