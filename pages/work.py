"""Artifacts and snapshots: what each agent knew, made and decided, try by try."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from pages.parts.empty import draw_error
from pages.parts.kept import read_attempt, read_report
from pages.parts.session_head import draw_session_head
from pages.parts.snapshot import draw_attempt, draw_attempt_head, draw_tries, nothing_to_see
from pages.parts.visit import open_visit

visit = open_visit()
session = visit.asked_session()
draw_session_head(session.id, "work")
try:
    report = read_report(visit, session.id)
    snapshot = draw_tries(report)
    if snapshot is None:
        st.info(nothing_to_see(session), icon=":material/schedule:")
        st.stop()
    inspection = read_attempt(visit, session.id, snapshot.id)
except AppError as error:
    draw_error(error)
    st.stop()
task = next(one for one in report.tasks if one.id == snapshot.task_id)
draw_attempt_head(snapshot, task, visit.now, visit.zone)
draw_attempt(inspection, report, visit.principal)
