"""Executors that take their time, so that a person can watch."""

from __future__ import annotations

import os

from core.domain.artifact import Artifact
from core.domain.decision import Alternative, DecisionDraft
from core.domain.work import RoleFailed, RoleResult, RoleWork
from workers.executors import Control
from workers.executors.planner import PlannerExecutor

SCRIPT = "<img src=x onerror=\"document.title='owned'\">"
STEP_SECONDS = float(os.environ.get("SAGE_TEST_STEP_SECONDS", "0.5"))


class TalkingRole:
    """Works in four steps, as the brief asks: slowly, or so that the backend fails at first."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        step_seconds = STEP_SECONDS * (8 if "slowly" in work.brief else 1)
        for step in range(1, 5):
            control.note(f"{work.role}: step {step} of 4 {SCRIPT}")
            control.progress(step / 4)
            if control.wait(step_seconds):
                break
            if "stumble" in work.brief and work.role == "backend_dev" and work.attempt == 1:
                raise RoleFailed("The first try went wrong.", code="stumbled")
        decision = DecisionDraft(
            text=f"{work.role} keeps it simple {SCRIPT}",
            rationale="What is simple is understood.",
            category="design",
            confidence="high",
            alternatives=(Alternative("Something clever", "nobody would find their way"),),
            strategic=work.role == "architect",
        )
        artifact = Artifact(
            slug=f"{work.role}-notes",
            kind="notes",
            media_type="text/markdown",
            title=f"Notes of {work.role}",
            body=f"# Notes\n\n{SCRIPT}\n",
        )
        return RoleResult({"heard": sorted(work.upstream)}, (artifact,), (decision,))


class PatientPlanner(PlannerExecutor):
    """Plans as the planner does, and looks at it for a while before it says so."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        planned = super().execute(work, control)
        control.wait(6 * STEP_SECONDS)
        return planned
