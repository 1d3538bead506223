"""Executors that behave as the tests need it; workers find them by SAGE_EXTRA_EXECUTORS."""

from __future__ import annotations

import json

from core.domain.artifact import Artifact, Evidence, Validation
from core.domain.decision import Alternative, DecisionDraft
from core.domain.work import RoleFailed, RoleResult, RoleWork
from workers.executors import Control

NASTY = "\x1b[31mred\x1b[0m \x1b]0;title\x07\x9b2J[bold]markup[/bold] \u202egnp.exe\x08 <b>&amp;"


class SlowRole:
    """Works for long, unless it is told to stop."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        control.note(f"thinking about {NASTY}")
        control.wait(60)
        return RoleResult(output={})


class HalfwayRole:
    """Says again and again how far it is, until it is told to stop."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        control.note("halfway there")
        while not control.wait(0.1):
            control.progress(0.42)
        return RoleResult(output={})


class BriefRole:
    """Works for a moment, so that there is something to watch."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        control.note("thinking")
        control.wait(0.2)
        return RoleResult(output={})


class FailingRole:
    """Fails for good, in words that a terminal must not obey."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        raise RoleFailed(f"no way: {NASTY}", code="no_way", may_retry=False)


class AskingRole:
    """Finds no plan and asks."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        return RoleResult(output={}, outcome="needs_input", questions=("Who needs it?", NASTY))


class NastyRole:
    """The architect's artifacts have names that want to be elsewhere; the others make none."""

    SLUGS = (
        "../../escaped",
        "/etc/sage-escaped",
        "..",
        "",
        "a/b\\c",
        "UPPER",
        "upper",
        "-rf",
        ".hidden",
        "plan.sql",
        "x" * 400,
        "名前",
        "\x1b[31mslug\u202e",
        "index",
    )

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        if work.role != "architect":
            return RoleResult(output={})
        artifacts = [
            Artifact(
                slug=slug,
                kind="ddl",
                media_type="application/sql" if slug == "plan.sql" else "text/markdown",
                title=f"{NASTY} | {number}",
                body=f"body of {slug}\n",
                evidence=(Evidence("a word", "a.rule"),),
            )
            for number, slug in enumerate(self.SLUGS)
        ]
        artifacts.append(
            Artifact(
                slug="interface",
                kind="openapi",
                media_type="application/vnd.oai.openapi+json;version=3.1",
                title="Interface",
                body=json.dumps({"openapi": "3.1.0"}),
                validation=Validation("openapi", "failed", ("no paths",)),
            )
        )
        decision = DecisionDraft(
            text=f"Use {NASTY}",
            rationale="It is there.",
            category="architecture",
            confidence="high",
            alternatives=(Alternative("Nothing", "it is less"),),
            strategic=True,
        )
        return RoleResult(output={}, artifacts=tuple(artifacts), decisions=(decision,))
