"""What a launch chooses: the pipeline, and who does the work."""

from __future__ import annotations

import streamlit as st

from core.services.previewing import LaunchChoices
from pages.parts.graph import draw_pipeline
from pages.parts.launch import Form
from pages.parts.wording import EXECUTORS, PIPELINES, counted, duration


def draw_choices(choices: LaunchChoices, form: Form) -> tuple[str, str | None]:
    """Draw pipeline and executor; returns their names, None where the roles' own one holds."""
    pipelines = {one.name: one for one in choices.pipelines}
    name = st.selectbox(
        "Pipeline",
        list(pipelines),
        format_func=lambda one: PIPELINES.get(one, one),
        key="launch_pipeline",
        persist_state="session",
    )
    draw_pipeline(pipelines[name])
    executor = st.segmented_control(
        "Who does the work",
        choices.executors,
        default=choices.executors[0],
        required=True,
        format_func=lambda one: EXECUTORS.get(one, one),
        key=f"launch_executor_{form.mark}",
        persist_state="session",
        help="The planner works offline and needs no key. Agents come over the API or MCP.",
    )
    usual = choices.usual
    if usual.seconds is not None:
        like = "the last session" if usual.sessions == 1 else f"the last {usual.sessions} sessions"
        st.caption(f"Like {like}: done in about {duration(usual.seconds)}.")
    return name, None if executor == choices.executors[0] else executor


def draw_opening() -> None:
    """Draw what a person sees before there is a brief."""
    st.markdown("**What was understood**")
    st.caption(
        "Write the brief, upload it, or begin with an example: people, things, rules and actions "
        "show up here as the planner reads them, before any role starts."
    )
    st.caption(f"A launch runs {counted(7, 'role')} in four stages and takes you to the live view.")
