"""An executor as unreliable as its session's plan wants it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random
from uuid import UUID

from core.domain.artifact import Artifact
from core.domain.decision import DecisionDraft
from core.domain.work import RoleFailed, RoleResult, RoleWork
from tests.chaos.plans import weak_role
from tests.chaos.witness import VARIABLE, testify
from workers.executors import Control

SHORTEST_SECONDS, LONGEST_SECONDS = 0.1, 0.6
LARGE_CHARACTERS = 200_000
STUMBLES = ((), (), (), (1,), (2,), (1, 2))  # the attempts that fail; the bound is four


class Role:
    """Takes its time, says something, and fails as planned."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        """Do the work of one attempt; the witness hears of start and end."""
        testify("start", work.task_id, work.attempt)
        order = work.input
        session_chance = Random(f"{order['seed']} {order['number']} {work.role}")
        chance = Random(f"{order['seed']} {order['number']} {work.role} {work.attempt}")
        self._take_time(chance, control)
        if order["plan"] == "refusing" and work.role == weak_role(dict(order)):
            raise RoleFailed("It can never be done.", code="refused", may_retry=False)
        if work.role == weak_role(dict(order)) and not is_healed(work.session_id):
            raise RoleFailed("It cannot be done today.", code="not_today")
        if work.attempt in session_chance.choice(STUMBLES):
            raise ArithmeticError("a stumble")
        if order["plan"] == "asking" and work.role == "architect":
            return RoleResult({}, outcome="needs_input", questions=("Who needs it, and why?",))
        testify("end", work.task_id, work.attempt)
        return self._result(work, chance)

    def _take_time(self, chance: Random, control: Control) -> None:
        seconds = chance.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)
        control.progress(0.0)
        if chance.random() < 0.2:
            control.note("thinking")
        if chance.random() < 0.5:
            control.wait(seconds)
        else:
            time.sleep(seconds)  # does not listen
        control.progress(1.0)

    def _result(self, work: RoleWork, chance: Random) -> RoleResult:
        output = {"heard": sorted(work.upstream), "attempt": work.attempt}
        if chance.random() < 0.2:
            output["text"] = "é" * LARGE_CHARACTERS
        artifacts = tuple(
            Artifact(f"{work.role}-{number}", "text", "text/plain", f"Part {number}", "body")
            for number in range(chance.randint(0, 3))
        )
        decisions = tuple(
            DecisionDraft("Do it so.", "It is simple.", "design", "medium", strategic=strategic)
            for strategic in (True, False)
            if chance.random() < 0.5
        )
        return RoleResult(output, artifacts=artifacts, decisions=decisions)


def heal(session_id: UUID) -> None:
    """Let the weak role of a session succeed from now on."""
    _cure(session_id).touch()


def is_healed(session_id: UUID) -> bool:
    """Tell whether the weak role of a session was healed."""
    return _cure(session_id).exists()


def _cure(session_id: UUID) -> Path:
    return Path(f"{os.environ[VARIABLE]}.healed-{session_id}")
