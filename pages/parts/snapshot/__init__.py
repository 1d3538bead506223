"""An agent's state in one attempt: what it knew, what it made, what it decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

import streamlit as st

from core.domain.access import Principal
from core.domain.session import Decision, Session, Snapshot, Task
from core.services.inspecting import Inspection
from core.services.reading import SessionReport
from pages.parts.sessions.address import asked, keep
from pages.parts.snapshot.document import draw_artifact
from pages.parts.theme import badge, role_look
from pages.parts.wording import EXECUTORS, clock, duration, plain

ENDED_AS = {
    "completed": "completed",
    "failed": "failed",
    "lease_lost": "failed",
    "waiting": "waiting",
    "cancelled": "cancelled",
    None: "running",
}
TEXTS = {"lease_lost": "its worker was lost", "failed": "it failed", "waiting": "it waits"}


def nothing_to_see(session: Session) -> str:
    """Return why there is no try to look into."""
    if session.events_gone_to_seq:
        return "There is nothing left to look into."
    return "No role has begun yet: there is nothing to look into."


def draw_tries(report: SessionReport) -> Snapshot | None:
    """Draw a pill for each task and try; returns the chosen one, None when none began."""
    tasks = {task.id: task for task in report.tasks}
    several = {task.id for task in report.tasks if task.attempt > 1}
    numbers = _numbers(report.tasks)
    tries = {_key(tasks[one.task_id], one, numbers): one for one in report.snapshots}
    if not tries:
        return None

    def label(key: str) -> str:
        one = tries[key]
        look = role_look(tasks[one.task_id].role)
        number = f" {numbers[one.task_id]}" if numbers[one.task_id] > 1 else ""
        number += f", try {one.attempt}" if one.task_id in several else ""
        lost = " :red[:material/dangerous:]" if ENDED_AS[one.ended_as] == "failed" else ""
        return f":material/{look.icon}: {look.label}{number}{lost}"

    chosen = st.pills(
        "Task and try",
        list(tries),
        default=_asked_try(tries, tasks),
        required=True,
        format_func=label,
        key="work_try",
        label_visibility="collapsed",
        wrap=True,
    )
    if chosen not in tries:
        return None
    keep("task", chosen)
    return tries[chosen]


def draw_attempt_head(snapshot: Snapshot, task: Task, now: datetime, zone: tzinfo) -> None:
    """Draw whose attempt it is and how it went."""
    begun = clock(snapshot.created_at, now, zone)
    parts = [
        f"Try {snapshot.attempt}",
        f"began {begun}",
        EXECUTORS.get(task.executor) or plain(task.executor),
    ]
    if snapshot.ended_at is not None:
        took = (snapshot.ended_at - snapshot.created_at).total_seconds()
        parts.insert(2, f"took {duration(took)}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(role_look(task.role).label, anchor=False, width="content")
        st.markdown(badge(ENDED_AS[snapshot.ended_as]), width="content")
        st.caption(" · ".join(parts), width="content")


def draw_attempt(inspection: Inspection, report: SessionReport, principal: Principal) -> None:
    """Draw the attempt's four tabs."""
    snapshot = inspection.snapshot
    decisions = (
        [one for one in report.decisions if _is_of(one, snapshot, report)]
        if snapshot.ended_as == "completed"
        else []
    )
    knew, made, decided, raw = st.tabs(
        [
            "What it knew",
            f"What it made  :gray-badge[{len(inspection.artifacts)}]",
            f"Decisions  :gray-badge[{len(decisions)}]",
            "Raw",
        ]
    )
    with knew:
        _draw_known(snapshot, report)
    with made:
        titles = {one.slug: one.title for one in report.artifacts}
        for artifact in inspection.artifacts:
            draw_artifact(artifact, titles, principal)
        if not inspection.artifacts:
            why = TEXTS.get(snapshot.ended_as or "", "it has not ended")
            st.caption(f"This try made nothing: {why}.")
    with decided:
        for decision in decisions:
            _draw_decision(decision)
        if not decisions:
            st.caption("This try took no decision.")
    with raw:
        st.json(_plain(snapshot), expanded=1)


def _draw_known(snapshot: Snapshot, report: SessionReport) -> None:
    context = snapshot.context
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Guided by**")
        guiding = [one for one in report.decisions if str(one.id) in snapshot.decisions]
        for one in guiding:
            author = role_look(one.author_role).label if one.author_role else "A person"
            st.markdown(
                f":material/gavel: {plain(one.text)}  \n"
                f":small[:gray[{author} · strategic · {one.confidence} confidence]]"
            )
        if not guiding:
            st.caption("No decision was in force when it began.")
        if snapshot.capabilities:
            able = " ".join(f":gray-badge[{plain(one)}]" for one in snapshot.capabilities)
            st.markdown(f"**Could do** {able}")
        if "task_type" in context:
            st.markdown(f"**Was asked** :gray-badge[{plain(str(context['task_type']))}]")
            st.text(str(context.get("description", "")))
            for name, given in dict(context.get("input") or {}).items():
                if given:
                    with st.expander(name.capitalize(), type="compact"):
                        st.json(given, expanded=1)
        st.markdown("**Was told**")
        st.text(str(context.get("instructions", "")))
    with right:
        st.markdown("**Context**")
        st.table(_rows(context, report), border="horizontal", hide_header=True)
        with st.expander("The brief", icon=":material/description:", type="compact"):
            st.text(str(context.get("brief") or ""))
        for role, output in dict(context.get("upstream") or {}).items():
            look = role_look(role)
            with st.expander(f"From {look.label}", icon=f":material/{look.icon}:", type="compact"):
                st.json(output, expanded=1)


def _rows(context: Mapping[str, Any], report: SessionReport) -> dict[str, list[str]]:
    model: Mapping[str, Any] = {}
    for output in dict(context.get("upstream") or {}).values():
        model = (output or {}).get("feature_model") or model
    rows = {"Feature": str(context.get("feature_name", ""))}
    if model:
        rows["Things"] = _names(model, "entities", "name")
        rows["Must always hold"] = _names(model, "rules", "text", " · ")
    edits = dict(context.get("input") or {}).get("edits")
    if edits:
        rows["Corrected by a person"] = ", ".join(map(str, edits))
    for role in dict(context.get("upstream") or {}):
        made = [one.title for one in report.artifacts if one.agent_role == role]
        rows[f"From {role_look(role).label}"] = ", ".join(made) or "its output"
    return {
        "What": list(rows),
        "Value": [plain(value) for value in rows.values()],
    }


def _draw_decision(decision: Decision) -> None:
    with st.container(border=True, gap="xsmall"):
        kind = "Strategic" if decision.task_id is None else "Tactical"
        st.markdown(
            f"**{plain(decision.text)}** :gray-badge[{kind}] "
            f":gray-badge[{decision.confidence.capitalize()} confidence]"
        )
        st.markdown(f"because {plain(decision.rationale)}")
        for one in decision.alternatives:
            st.markdown(f"- instead of {plain(one.text)}: {plain(one.rejected_because)}")


def _numbers(tasks: Iterable[Task]) -> dict[UUID, int]:
    """Return which of its role's tasks each is; to one role several may be routed."""
    numbers: dict[UUID, int] = {}
    of_role: Counter[str] = Counter()
    for task in tasks:
        of_role[task.role] += 1
        numbers[task.id] = of_role[task.role]
    return numbers


def _key(task: Task, one: Snapshot, numbers: Mapping[UUID, int]) -> str:
    """Return what a try is called in the address: `dba:1`, or `dba-2:1` of a role's second task."""
    number = f"-{numbers[task.id]}" if numbers[task.id] > 1 else ""
    return f"{task.role}{number}:{one.attempt}"


def _asked_try(tries: Mapping[str, Snapshot], tasks: Mapping[UUID, Task]) -> str:
    wanted = asked("task")
    if wanted in tries:
        return wanted
    of_task = [
        key for key, one in tries.items() if wanted in (str(one.task_id), tasks[one.task_id].role)
    ]
    return of_task[-1] if of_task else next(iter(tries))


def _is_of(decision: Decision, snapshot: Snapshot, report: SessionReport) -> bool:
    if decision.task_id is not None:
        return decision.task_id == snapshot.task_id
    role = next((task.role for task in report.tasks if task.id == snapshot.task_id), None)
    return decision.author_role == role


def _names(model: Mapping[str, Any], part: str, key: str, joint: str = ", ") -> str:
    found: Sequence[Mapping[str, Any]] = model.get(part) or ()
    return joint.join(str(one.get(key, "")).replace("_", " ").rstrip(".") for one in found)


def _plain(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "id": str(snapshot.id),
        "attempt": snapshot.attempt,
        "ended_as": snapshot.ended_as,
        "context": dict(snapshot.context),
        "capabilities": list(snapshot.capabilities),
        "decisions": list(snapshot.decisions),
        "execution": dict(snapshot.execution or {}),
    }
