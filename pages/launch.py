"""New session: from a brief to the start, with a look at what was understood."""

from __future__ import annotations

import streamlit as st

from core.domain.session import LaunchRequest
from core.errors import AppError
from core.services.launching import launch_session
from core.services.previewing import (
    prepare_launch,
    understand_brief,
    with_answers,
    with_rules,
)
from pages.parts.empty import draw_error
from pages.parts.frame import page
from pages.parts.launch import answers_for, draw_feature, open_form
from pages.parts.launch.choices import draw_choices, draw_opening
from pages.parts.launch.understood import draw_questions, draw_understanding
from pages.parts.visit import open_visit

visit = open_visit()
try:
    form, answered = open_form(visit)
    choices = prepare_launch(visit.principal, visit.team.id)
except AppError as error:
    draw_error(error, kept="What you typed is kept here.")
    st.stop()
st.title("Answer and launch again" if answered else "New session", anchor=False)
left, right = st.columns([1.45, 1], gap="large")
with left:
    name, typed = draw_feature()
    brief = with_rules(typed, form.added.get("rules", []))
    edits, answers = {}, {}
    with st.container(border=True):
        if answered is not None:
            st.markdown(":orange[:material/help:] **The architect asks**")
            answers = draw_questions(answered.questions, is_asked=True)
        if typed.strip():
            try:
                found = understand_brief(brief)
                edits = draw_understanding(found, form)
                if answered is None:
                    answers = draw_questions(found.questions, is_asked=False)
            except AppError as error:
                draw_error(error)
        else:
            draw_opening()
with right, st.container(border=True):
    pipeline, executor = draw_choices(choices, form)
    request = form.with_key(
        LaunchRequest(
            visit.team.id,
            name,
            with_answers(brief, answers),
            pipeline=pipeline,
            executor=executor,
            input=answers_for(answered, answers) | ({"edits": edits} if edits else {}),
        )
    )
    if st.button(
        "Launch session",
        type="primary",
        icon=":material/rocket_launch:",
        width="stretch",
        shortcut="Ctrl+Enter",
    ):
        form.note_asked(request)
        try:
            session = launch_session(visit.principal, request).session
        except AppError as error:
            draw_error(error, kept="Not launched; what you typed is kept here.")
        else:
            form.note_launched()
            st.switch_page(
                page("live"),
                query_params={"team": str(visit.team.id), "session": str(session.id)},
            )
