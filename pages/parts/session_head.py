"""What stands above each page of a session: what it is, what may be done, and the ways on."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.domain.lifecycle import SESSION_TRANSITIONS, Outcome
from core.domain.session import Session
from core.errors import AppError
from core.services import control, pinning
from core.services.watching import SessionHead
from pages.parts.acting import do
from pages.parts.empty import draw_error
from pages.parts.frame import page
from pages.parts.theme import badge, role_look
from pages.parts.visit import Visit, open_visit
from pages.parts.wording import EXECUTORS, PIPELINES, clock, counted, duration, plain

HEAD_FRAGMENT = "session_head"
DRAWN = "_session_head_drawn"  # what the head shows, so that others see when it is out of date
TITLE_CHARACTERS = 80
_CANCEL = "Cancel session …"
_PIN, _UNPIN = "Pin: keep all of it", "Unpin: leave it to retention"
_END = "End session …"
_LINKS = {
    "live": ("Live", "sensors"),
    "replay": ("Replay", "replay"),
    "decisions": ("Decisions", "gavel"),
    "work": ("Artifacts and snapshots", "draft"),
}


def head_mark(session: Session) -> str:
    """Return what tells one state of a session from another in its head."""
    return f"{session.status.value},{session.outcome.value if session.outcome else ''}"


def drawn_mark(session: Session) -> str:
    """Return the mark of the head as it was last drawn, which may be out of date."""
    drawn_id, mark = st.session_state.get(DRAWN, (None, ""))
    return str(mark) if drawn_id == session.id else head_mark(session)


@st.fragment(key=HEAD_FRAGMENT)
def draw_session_head(session_id: UUID, current: str) -> None:
    """Draw the head; `current` is the page that it stands on."""
    visit = open_visit()
    try:
        head = visit.head_of(session_id)
    except AppError as error:
        draw_error(error)
        return
    session = head.session
    st.session_state[DRAWN] = (session.id, head_mark(session))
    with st.container(gap="xsmall", key="session_head"):
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key="session_title"
        ):
            st.title(plain(_short(session.feature_name)), anchor=False, width="content")
            outcome = session.outcome.value if session.outcome else None
            st.markdown(badge(session.status.value, outcome), width="content")
            st.space("stretch")
            if head.may_control:
                _draw_actions(visit, head)
        st.caption(_facts(visit, head))
        if session.events_gone_to_seq:
            st.info(
                "Its events, snapshots and artifacts were removed, as the rules of retention say."
                " Decisions, roles and times are kept.",
                icon=":material/auto_delete:",
            )
        with st.container(horizontal=True, gap="xxsmall", key="session_links", wrap=False):
            for name, (label, icon) in _LINKS.items():
                shown = "Outcome" if name == "live" and session.ended_at else label
                st.page_link(
                    page(name),
                    label=f"**{shown}**" if name == current else shown,
                    icon=f":material/{icon}:",
                    query_params={"session": str(session.id), "team": str(session.team_id)},
                )
    if session.outcome == Outcome.NEEDS_INPUT and current == "live":
        _draw_questions(session)


def _draw_actions(visit: Visit, head: SessionHead) -> None:
    session = head.session
    if _may(session, "pause"):
        st.button(
            "Pause",
            icon=":material/pause:",
            shortcut="Shift+P",
            help="Roles at work finish, nothing new starts",
            on_click=do,
            args=(visit, lambda who: control.pause_session(who, session.id)),
        )
    if _may(session, "resume"):
        st.button(
            "Resume",
            icon=":material/play_arrow:",
            shortcut="Shift+P",
            type="primary",
            on_click=do,
            args=(visit, lambda who: control.resume_session(who, session.id)),
        )
    if _may(session, "retry"):
        st.button(
            "Retry",
            icon=":material/replay:",
            type="primary",
            help="Goes on from the failed role; finished work is kept",
            on_click=do,
            args=(visit, lambda who: control.retry_session(who, session.id)),
        )
    offered = [] if session.events_gone_to_seq else [_UNPIN if session.pinned_at else _PIN]
    offered += [_END] if session.stays_open and _may(session, "complete") else []
    offered += [_CANCEL] if _may(session, "cancel") else []
    if offered:
        chosen = st.menu_button(":material/more_horiz:", offered, key="session_more", help="More")
        name = plain(_short(session.feature_name))
        if chosen == _END:
            st.dialog(f"End {name}?", icon=":material/flag:")(_draw_ending)(visit, head)
        if chosen == _CANCEL:
            st.dialog(f"Cancel {name}?", icon=":material/block:")(_draw_cancelling)(visit, head)
        if chosen in (_PIN, _UNPIN):
            pin = pinning.pin_session if chosen == _PIN else pinning.unpin_session
            do(visit, lambda who: pin(who, session.id))
            st.rerun()


def _draw_ending(visit: Visit, head: SessionHead) -> None:
    if head.running:
        roles = counted(head.running, "task")
        st.markdown(f"{roles} still at work: a session ends when none is. Wait, or cancel it.")
        if st.button("Close"):
            st.rerun()
        return
    st.markdown(
        "It counts as completed, and takes no more tasks. Tasks that have not begun are cancelled;"
        " what was made stays."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep it open"):
            st.rerun()
        if st.button("End session", type="primary", icon=":material/flag:"):
            do(visit, lambda who: control.end_session(who, head.session.id))
            st.rerun()


def _draw_cancelling(visit: Visit, head: SessionHead) -> None:
    at_work = "Nothing is at work."
    if head.running:
        at_work = (
            f"{counted(head.running, 'role')} at work {'stops' if head.running == 1 else 'stop'}"
        )
        at_work += " and what is not finished is lost."
    st.markdown(f"{at_work} Finished work stays. A cancelled session cannot go on.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep running"):
            st.rerun()
        if st.button("Cancel session", type="primary", icon=":material/block:"):
            do(visit, lambda who: control.cancel_session(who, head.session.id))
            st.rerun()


def _draw_questions(session: Session) -> None:
    with st.container(border=True, gap="xsmall", key="questions"):
        st.markdown(":orange[:material/help:] **The architect asks before it can plan**")
        for number, question in enumerate(session.questions, start=1):
            st.markdown(f"{number}\\. {plain(question)}")
        st.page_link(
            page("launch"),
            label="**Answer in a new session**",
            icon=":material/arrow_forward:",
            query_params={"answer": str(session.id), "team": str(session.team_id)},
        )


def _may(session: Session, act: str) -> bool:
    return (session.status, act) in SESSION_TRANSITIONS


def _facts(visit: Visit, head: SessionHead) -> str:
    session = head.session
    verb, at = (
        ("Started", session.started_at) if session.started_at else ("Made", session.created_at)
    )
    facts = [f"{verb} {clock(at, visit.now, visit.zone)} by {plain(head.started_by)}"]
    facts.append(_pipeline_of(session))
    if session.role is not None:
        facts.append(f"for {role_look(session.role).label}")
    if session.stays_open and session.ended_at is None:
        facts.append("open until somebody ends it")
    facts += [EXECUTORS.get(name) or plain(name) for name in head.executors]
    if session.ended_at:
        facts.append(f"took {duration(session.duration_seconds(visit.now))}")
    if session.pinned_at:
        facts.append(":material/keep: pinned")
    return " · ".join(facts)


def _short(name: str) -> str:
    return name if len(name) <= TITLE_CHARACTERS else name[: TITLE_CHARACTERS - 1] + "…"


def _pipeline_of(session: Session) -> str:
    if session.pipeline is None:
        return "Routed tasks"
    return PIPELINES.get(session.pipeline) or f"{plain(session.pipeline)} pipeline"
