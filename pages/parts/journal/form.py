"""The form by which a person adds a strategic decision, or supersedes one."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import streamlit as st

from core.domain.decision import CATEGORIES, Alternative, Confidence, DecisionDraft
from core.domain.session import Decision, Session
from core.errors import AppError
from core.services.journaling import get_entry, record_decision
from core.services.reading import list_sessions
from pages.parts.empty import draw_error
from pages.parts.frame import page
from pages.parts.visit import Visit
from pages.parts.wording import plain

_CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")


def act_on(visit: Visit, session: Session | None, act: tuple[str, UUID] | None) -> None:
    """Do what was asked for on a decision, or add one: to the session, or to one of the team's."""
    if act is None:
        recent = [session] if session else list_sessions(visit.principal, team_id=visit.team.id)
        _add(visit, {one.id: one.feature_name for one in recent})
        return
    name, decision_id = act
    decision = get_entry(visit.principal, decision_id).entry.decision
    if name == "supersede":
        _supersede(visit, decision)
    else:
        st.switch_page(
            page("replay"),
            query_params={
                "team": str(visit.team.id),
                "session": str(decision.session_id),
                "seq": str(decision.seq),
            },
        )


@st.dialog("Add a decision", width="medium", icon=":material/gavel:")
def _add(visit: Visit, sessions: Mapping[UUID, str]) -> None:
    """Ask for a strategic decision on one of the sessions."""
    session_id = st.selectbox(
        "Session", list(sessions), format_func=lambda one: sessions[one], key="decide_session"
    )
    st.caption("Roles that start from now on are guided by it.")
    draw_form(visit, session_id, None)


@st.dialog("Supersede a decision", width="medium", icon=":material/published_with_changes:")
def _supersede(visit: Visit, old: Decision) -> None:
    """Ask for the strategic decision that takes the place of another."""
    st.caption("Until now")
    st.markdown(f"~~{plain(old.text)}~~")
    draw_form(visit, old.session_id, old)


def draw_form(visit: Visit, session_id: UUID, old: Decision | None) -> None:
    """Draw the form; what is sent is recorded, or refused with a sentence and kept."""
    with st.form("decision", border=False):
        text = st.text_input(
            "Decided",
            max_chars=500,
            placeholder="Keep receipts for twelve years",
            key="decide_text",
        )
        rationale = st.text_area("Because", max_chars=5000, height=100, key="decide_because")
        kind, trust = st.columns(2)
        usual = CATEGORIES.index(old.category) if old and old.category in CATEGORIES else 0
        category = kind.selectbox(
            "Category", CATEGORIES, index=usual, format_func=str.capitalize, key="decide_category"
        )
        confidence = trust.segmented_control(
            "Confidence",
            _CONFIDENCES,
            default="high",
            required=True,
            format_func=str.capitalize,
            key="decide_confidence",
        )
        instead = st.text_input("Instead of", max_chars=500, key="decide_instead")
        why_not = st.text_input("Which was not taken, because", max_chars=500, key="decide_why_not")
        again = st.text_input(
            "Look again when", max_chars=500, placeholder="the law changes", key="decide_again"
        )
        act = "Supersede" if old else "Add decision"
        if not st.form_submit_button(act, type="primary", icon=":material/gavel:"):
            return
    alternatives = [(old.text, rationale)] if old else []
    if instead.strip():
        alternatives.append((instead, why_not))
    draft = DecisionDraft(
        text=text,
        rationale=rationale,
        category=category,
        confidence=confidence or "high",
        alternatives=tuple(Alternative(*one) for one in alternatives),
        revisit_trigger=again.strip() or None,
        strategic=True,
    )
    try:
        supersedes_id = old.id if old else None
        made = visit.act(
            lambda who: record_decision(who, session_id, draft, supersedes_id=supersedes_id)
        )
    except AppError as error:
        draw_error(error, kept="Nothing was recorded; what you typed is kept here.")
        return
    st.session_state["decisions_made"] = made
    st.rerun()
