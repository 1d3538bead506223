"""Lanes of cards, events and decisions: a component that hears the session's own topic.

It is drawn from what the page read, and keeps itself up to date. It asks for a rerun only when
the session's head has changed, or what a task came to.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import streamlit as st

from core.domain.live_words import MAX_CHARACTERS, line_of
from core.domain.pipeline import Step, stages_of
from core.domain.session import Session
from core.domain.session_state import to_json
from core.errors import AppError
from core.services.reading import SessionProgress
from pages.parts.component import component
from pages.parts.empty import draw_error
from pages.parts.frame import page
from pages.parts.kept import read_progress
from pages.parts.live.drawer import most_tries, open_drawer
from pages.parts.session_head import HEAD_FRAGMENT, drawn_mark
from pages.parts.theme import looks_for_browser
from pages.parts.visit import open_visit

BOARD_FRAGMENT = "live_board"
_board = component("live", "cards.js", "feed.js", "live.js", "live.css")


@st.fragment(key=BOARD_FRAGMENT)
def draw_board(session_id: UUID) -> None:
    """Draw the session as it stands; from then on it follows by itself."""
    visit = open_visit()
    try:
        report = read_progress(visit, session_id)
    except AppError as error:
        draw_error(error, kept="The session itself goes on.")
        return
    if report.session.pipeline is None and not report.tasks:
        _draw_without_task(report.session)
    result = _board(
        data={"words": looks_for_browser(), **_shown(report)},
        key="live",
        on_open_change=open_drawer,
        on_status_change=lambda: st.rerun([HEAD_FRAGMENT, BOARD_FRAGMENT]),
        on_journal_change=lambda: None,
        on_answer_change=lambda: None,
    )
    if result.answer:
        asked = {"team": str(report.session.team_id), "session": str(session_id)}
        st.switch_page(page("approvals"), query_params=asked)


def _draw_without_task(session: Session) -> None:
    if session.ended_at is not None:
        st.info("It ended before a task was routed to it.", icon=":material/schedule:")
        return
    st.info(
        "No task yet. Whoever may launch here routes one to a role, with"
        f' `./sage route ROLE "What is asked" --session {session.id}` or'
        " `POST /api/tasks/route`; it appears here at once.",
        icon=":material/alt_route:",
    )


def _shown(report: SessionProgress) -> dict[str, Any]:
    """Return what the component draws; `head` and `journal` tell it when that is out of date."""
    session = report.session
    stages = stages_of({str(task.id): Step(task.role, task.after) for task in report.tasks})
    superseded = {decision.supersedes_id for decision in report.decisions}
    return {
        "session": str(session.id),
        # Nothing more is told of what retention has taken from.
        "topic": None if session.events_gone_to_seq else f"session:{session.id}",
        "state": _state(report),
        # Routed tasks come one by one: the browser puts them beside each other itself.
        "stages": [list(stage) for stage in stages] if session.pipeline is not None else None,
        "tries": most_tries(),
        "made": _made(report),
        "decisions": [line_of(one, is_superseded=one.id in superseded) for one in report.decisions],
        "head": drawn_mark(session),
        "journal": f"{len(report.decisions)},{len(report.artifacts)}",
    }


def _state(report: SessionProgress) -> dict[str, Any]:
    """Return the tables in the shape of the fold, to draw from until the topic says more."""
    shown = ("role", "task_type", "after", "attempt", "started_at", "finished_at", "due_at")
    errors = ("error_code", "error_message")
    started_at = report.session.started_at or report.session.created_at
    return {
        "status": report.session.status.value,
        "outcome": report.session.outcome.value if report.session.outcome else None,
        "started_at": started_at.isoformat(),
        "tasks": {
            str(task.id): {
                "status": task.status.value,
                **{name: to_json(getattr(task, name)) for name in (*shown, *errors)},
            }
            for task in report.tasks
        },
    }


def _made(report: SessionProgress) -> dict[str, str]:
    """Return what each task made, in a line."""
    lines: dict[str, str] = {}
    for artifact in report.artifacts:
        made = lines.get(str(artifact.task_id))
        lines[str(artifact.task_id)] = f"{made}, {artifact.title}" if made else artifact.title
    return {task_id: line[:MAX_CHARACTERS] for task_id, line in lines.items()}
