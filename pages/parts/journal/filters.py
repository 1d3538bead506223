"""What of the journal is asked for: search, kind, role, confidence, standing."""

from __future__ import annotations

from typing import cast
from uuid import UUID

import streamlit as st

from core.services.journaling import PERSON, JournalPage, JournalQuery, Kind, Standing
from pages.parts.sessions.address import asked, asked_list, clear, draw_search_field, keep
from pages.parts.theme import ROLES
from pages.parts.visit import Visit

PREFIX = "decisions_filter_"
KINDS = {"all": "All", "strategic": "Strategic", "tactical": "Tactical"}
STANDINGS = {"in_force": "In force", "superseded": "Superseded"}
AUTHORS = {**{name: look.label for name, look in ROLES.items()}, PERSON: "People"}
CONFIDENCES = {"high": "High", "medium": "Medium", "low": "Low"}


def draw_search(visit: Visit, session_id: UUID | None) -> JournalQuery:
    """Draw search and filters but for the standing; returns what is asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = draw_search_field(PREFIX, "Search decisions, reasons, alternatives")
        with st.popover("Filter", icon=":material/tune:"):
            roles = _pills("Role", "role", AUTHORS)
            confidences = _pills("Confidence", "confidence", CONFIDENCES)
    return JournalQuery(
        visit.team.id,
        text=text,
        roles=frozenset(roles),
        confidences=frozenset(confidences),
        session_id=session_id,
    )


def draw_kind() -> Kind:
    """Draw the choice between strategic and tactical decisions."""
    kind = st.segmented_control(
        "Kind",
        list(KINDS),
        default=asked("kind", list(KINDS), "all"),
        required=True,
        format_func=lambda name: KINDS[name],
        key="decisions_kind",
        label_visibility="collapsed",
    )
    keep("kind", kind or "all", "all")
    return cast(Kind, kind or "all")


def asked_standing() -> Standing:
    """Return whether decisions in force or superseded ones are asked for, or both."""
    chosen = st.session_state.get(f"{PREFIX}status")
    if chosen is None:
        chosen = asked_list("status", STANDINGS)
    return cast(Standing, chosen[0] if len(chosen) == 1 else "all")


def draw_standing(found: JournalPage) -> None:
    """Draw how many decisions are in force and superseded, as a filter."""
    numbers = {"in_force": found.in_force, "superseded": found.superseded}
    chosen = st.pills(
        "Status",
        list(STANDINGS),
        selection_mode="multi",
        default=asked_list("status", STANDINGS),
        format_func=lambda name: f"{STANDINGS[name]} · {numbers[name]:,}",
        key=f"{PREFIX}status",
        label_visibility="collapsed",
    )
    keep("status", list(chosen))


def clear_filters() -> None:
    """Empty search and filters."""
    clear(PREFIX)
    st.session_state["decisions_kind"] = "all"


def _pills(label: str, name: str, options: dict[str, str]) -> list[str]:
    chosen = st.pills(
        label,
        list(options),
        selection_mode="multi",
        default=asked_list(name, options),
        format_func=lambda key: options[key],
        key=f"{PREFIX}{name}",
        wrap=True,
    )
    keep(name, list(chosen))
    return list(chosen)
