"""The drawer of one task: what it knew, what it made, what it decided, and all of it raw."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import streamlit as st

from core.domain.access import Principal
from core.domain.session import Decision, Session, Snapshot, StoredArtifact, Task
from core.errors import AppError
from core.services import reading
from core.services.reading import SessionReport
from core.settings import get_settings
from pages.parts.empty import draw_error
from pages.parts.taking import body_of
from pages.parts.theme import badge, role_look
from pages.parts.visit import Visit, open_visit
from pages.parts.wording import clock, counted, duration, plain

DRAWER_FRAGMENT = "live_drawer"
SHOWN_CHARACTERS = 40_000
SHOWN_IN_TABLE = 1000
_OPEN = "live_open_task"
_LANGUAGES = {"application/sql": "sql", "text/markdown": "markdown", "text/html": "html"}
_VERDICTS = {
    "passed": ":green-badge[:material/check: Checked]",
    "failed": ":red-badge[:material/dangerous: Check failed]",
    "not_checked": ":gray-badge[Not checked]",
}


def open_drawer() -> None:
    """Open the drawer of the card that was clicked; nothing else is drawn anew."""
    st.session_state[_OPEN] = st.session_state["live"].open
    st.rerun(DRAWER_FRAGMENT)


@st.fragment(key=DRAWER_FRAGMENT)
def draw_drawer(session_id: UUID) -> None:
    """Draw the drawer when a card was clicked."""
    try:
        task_id = UUID(st.session_state.pop(_OPEN, None) or "")
    except ValueError:
        return
    visit = open_visit()
    try:
        report = reading.get_report(visit.principal, session_id)
    except AppError as error:
        draw_error(error)
        return
    task = next((one for one in report.tasks if one.id == task_id), None)
    if task is not None:
        look = role_look(task.role)
        drawer = st.dialog(
            plain(look.label), width=620, position="right", icon=f":material/{look.icon}:"
        )
        drawer(_draw_task)(report, task)


def _draw_task(report: SessionReport, task: Task) -> None:
    visit = open_visit()  # the dialog is a fragment of its own
    snapshots = [one for one in report.snapshots if one.task_id == task.id]
    decisions = [one for one in report.decisions if _is_by(one, task)]
    artifacts = [one for one in report.artifacts if one.task_id == task.id]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(badge(task.status.value), width="content")
        st.caption(_facts(visit, task), width="content")
    if task.error_message:
        st.error(plain(task.error_message), icon=":material/dangerous:")
    knew, made, decided, raw = st.tabs(["What it knew", "What it made", "Decisions", "Raw"])
    with knew:
        _draw_context(report, task, snapshots[-1] if snapshots else None)
    with made:
        if not artifacts:
            st.caption("Nothing so far." if task.finished_at is None else "Nothing.")
        for artifact in artifacts:
            _draw_artifact(visit.principal, artifact)
    with decided:
        if not decisions:
            st.caption("No decisions so far.")
        for decision in decisions:
            _draw_decision(decision)
    with raw:
        _draw_raw(task, snapshots, report.session)


def most_tries() -> int:
    """Return how many tries a task has."""
    return len(get_settings().retry_delays_seconds) + 1


def _facts(visit: Visit, task: Task) -> str:
    if task.started_at is None:
        return "Not started"
    took = ((task.finished_at or visit.now) - task.started_at).total_seconds()
    parts = [f"Try {task.attempt} of {max(task.attempt, most_tries())}", duration(took)]
    if task.finished_at:
        parts.append(f"finished {clock(task.finished_at, visit.now, visit.zone)}")
    return " · ".join(parts)


def _is_by(decision: Decision, task: Task) -> bool:
    return decision.task_id == task.id or (
        decision.task_id is None and decision.author_role == task.role
    )


def _draw_context(report: SessionReport, task: Task, snapshot: Snapshot | None) -> None:
    if snapshot is None:
        st.caption(f"It starts after {', '.join(role_look(role).label for role in task.after)}.")
        return
    guiding = [one for one in report.decisions if str(one.id) in snapshot.decisions]
    if guiding:
        st.markdown("**Guided by**")
        for decision in guiding:
            st.markdown(f":material/gavel: {plain(decision.text)}")
    heard = snapshot.context.get("upstream", {})
    rows = {
        "Feature": str(snapshot.context.get("feature_name", "")),
        "Heard from": ", ".join(role_look(role).label for role in heard) or "nobody before it",
        "Task": _short(task.description),
        "Kind": task.task_type or "",
        **_asked(snapshot.context),
        "Instructions": str(snapshot.context.get("instructions", "")),
        "Capabilities": ", ".join(snapshot.capabilities),
    }
    st.table({name: plain(text) for name, text in rows.items() if text}, border="horizontal")
    brief = snapshot.context.get("brief")
    if isinstance(brief, str):
        with st.expander("The brief"):
            st.text(brief)


def _asked(context: Mapping[str, Any]) -> dict[str, str]:
    """Return what else a routed task was given."""
    if "task_type" not in context:
        return {}
    given = context.get("input") or {}
    return {
        name: _short(json.dumps(given[key], ensure_ascii=False))
        for name, key in (("Data", "data"), ("Context", "context"))
        if given.get(key)
    }


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_IN_TABLE else f"{text[:SHOWN_IN_TABLE]} …"


def _draw_artifact(principal: Principal, artifact: StoredArtifact) -> None:
    body = reading.get_artifact(principal, artifact.id).body or ""
    with st.container(horizontal=True, vertical_alignment="center"):
        verdict = _VERDICTS[artifact.validation.verdict]
        st.markdown(f"**{plain(artifact.title)}** {verdict}", width="stretch")
        st.download_button(
            "Download",
            body_of(principal, artifact.id),
            file_name=artifact.slug[:100],
            mime=artifact.media_type,
            icon=":material/download:",
            key=f"download_{artifact.id}",
            on_click="ignore",
        )
    for message in artifact.validation.messages:
        st.text(message)
    language = _LANGUAGES.get(artifact.media_type) or (
        "json" if "json" in artifact.media_type else None
    )
    st.code(body[:SHOWN_CHARACTERS], language=language, wrap_lines=True, height=320)
    if len(body) > SHOWN_CHARACTERS:
        st.caption(f"The first {SHOWN_CHARACTERS:,} of {len(body):,} characters; download it all.")


def _draw_decision(decision: Decision) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{plain(decision.text)}**")
        kind = "Tactical" if decision.task_id else "Strategic"
        st.caption(f"{kind} · {decision.confidence} confidence · {plain(decision.category)}")
        st.markdown(f"Because {plain(decision.rationale)}")
        for other in decision.alternatives:
            st.markdown(f"Instead of {plain(other.text)}: {plain(other.rejected_because)}")


def _draw_raw(task: Task, snapshots: list[Snapshot], session: Session) -> None:
    st.caption(f"The task and its {counted(len(snapshots), 'snapshot')}, as stored.")
    found: dict[str, Any] = {
        "session_id": session.id,
        "task": asdict(task),
        "snapshots": [asdict(snapshot) for snapshot in snapshots],
    }
    text = json.dumps(found, indent=2, default=str, ensure_ascii=False)
    st.code(text[:SHOWN_CHARACTERS], language="json", wrap_lines=True)
