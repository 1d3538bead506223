"""The decision journal as cards and as a tree."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.domain.session import Session
from core.services.journaling import (
    JournalEntry,
    JournalPage,
)
from pages.parts.component import component
from pages.parts.session_head import draw_session_head
from pages.parts.sessions.address import asked, keep
from pages.parts.theme import looks_for_browser, role_look
from pages.parts.visit import Visit
from pages.parts.wording import clock, plain

ACTS = ("moment", "supersede")

_cards = component("journal")


def asked_session(visit: Visit) -> Session | None:
    """Return the session in the address; None where the whole team's journal is asked for."""
    return visit.asked_session() if "session" in st.query_params else None


def draw_head(session: Session | None) -> tuple[str, DeltaGenerator]:
    """Draw title and view; returns how decisions are shown, and the place for "Add decision"."""
    view = "cards"
    if session is not None:
        draw_session_head(session.id, "decisions")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if session is None:
            st.title("Decisions", anchor=False, width="content")
            st.space("stretch")
        else:
            view = st.segmented_control(
                "View",
                ["cards", "tree"],
                default=asked("view", ["cards", "tree"], "cards"),
                required=True,
                format_func={"cards": "Cards", "tree": "Tree"}.__getitem__,
                key="decisions_view",
                label_visibility="collapsed",
            )
            keep("view", view or "cards", "cards")
            st.space("stretch")
        place = st.empty()
    return view or "cards", place


def asked_chosen(found: JournalPage) -> UUID:
    """Return the decision to show in full: the one just made, clicked or linked, or the first."""
    shown = [one.decision.id for one in found.entries]
    clicked = st.session_state.get("journal")
    for wanted in (
        st.session_state.pop("decisions_made", None),
        getattr(clicked, "chosen", None),
        st.query_params.get("decision"),
    ):
        try:
            decision_id = UUID(str(wanted))
        except ValueError:
            continue
        if decision_id in shown:
            keep("decision", str(decision_id))
            return decision_id
    return shown[0]


def draw_cards(found: JournalPage, chosen: UUID, visit: Visit) -> tuple[str, UUID] | None:
    """Draw decisions as cards, by session; returns an act that was asked for."""
    groups = []
    for _, entries in groupby(found.entries, key=lambda one: one.decision.session_id):
        shown = sorted(entries, key=lambda one: one.decision.seq)
        when = clock(shown[0].decision.created_at, visit.now, visit.zone)
        groups.append(
            {
                "title": f"{shown[0].session_name} · {when}",
                "entries": [_for_browser(one, chosen, visit, found.may_decide) for one in shown],
            }
        )
    result = _cards(
        data={"words": looks_for_browser(), "groups": groups},
        key="journal",
        on_chosen_change=lambda: None,
        on_act_change=lambda: None,
    )
    known = {str(one.decision.id): one.decision.id for one in found.entries}
    act: dict[str, str] = result.act or {}
    name, decision_id = act.get("name", ""), known.get(act.get("id", ""))
    return (name, decision_id) if name in ACTS and decision_id else None


def draw_more(found: JournalPage) -> None:
    """Draw the way to older decisions."""
    if found.is_more and st.button("Show older decisions", icon=":material/expand_more:"):
        st.session_state["decisions_most"] = len(found.entries) + 50
        st.rerun()


def draw_acts(entry: JournalEntry, found: JournalPage) -> tuple[str, UUID] | None:
    """Draw what can be done with a decision; returns what was asked for."""
    decision = entry.decision
    act = None
    with st.container(horizontal=True):
        if st.button("See the moment", icon=":material/replay:"):
            act = ("moment", decision.id)
        is_open = entry.is_strategic and entry.superseded_by is None and found.may_decide
        if is_open and st.button("Supersede", icon=":material/published_with_changes:"):
            act = ("supersede", decision.id)
    return act


def draw_tree(tree: dict[str, Any]) -> None:
    """Draw a session's decisions as a tree: strategic ones, then those of each role."""
    _branch(":material/flag: **Session**", tree["session_decisions"])
    for task in tree["agent_tasks"]:
        look = role_look(task["agent"])
        _branch(f":material/{look.icon}: **{look.label}**", task["decisions"])
    with st.expander("As JSON", icon=":material/data_object:", type="compact"):
        st.json(tree, expanded=1)


def _branch(title: str, decisions: Sequence[dict[str, Any]]) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"{title} :gray-badge[{len(decisions)}]")
        for one in decisions:
            st.markdown(f"- {plain(one['text'])} :small[:gray[{one['confidence']}]]")


def _for_browser(
    entry: JournalEntry, chosen: UUID, visit: Visit, may_decide: bool
) -> dict[str, Any]:
    one = entry.decision
    because = one.rationale.rstrip(".")
    is_word = because[1:2].islower() or because[1:2] == " "
    return {
        "id": str(one.id),
        "text": one.text,
        "because": (because[:1].lower() + because[1:] if is_word else because) + ".",
        "role": one.author_role,
        "author": role_look(one.author_role).label if one.author_role else entry.author_name,
        "isStrategic": entry.is_strategic,
        "confidence": one.confidence,
        "alternatives": [
            {"text": other.text, "because": other.rejected_because} for other in one.alternatives
        ],
        "evidence": list(one.evidence),
        "revisit": one.revisit_trigger,
        "supersededBy": str(entry.superseded_by) if entry.superseded_by else None,
        "maySupersede": may_decide and entry.is_strategic and entry.superseded_by is None,
        "when": clock(one.created_at, visit.now, visit.zone),
        "exactly": f"{one.created_at.astimezone(visit.zone):%-d %b %Y, %H:%M:%S}",
        "isChosen": one.id == chosen,
    }
