"""The task contract: what an executor is handed, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from core.domain.approval import ANSWERS, Question
from core.domain.artifact import Artifact, clean_artifact
from core.domain.decision import DecisionDraft, clean_draft
from core.domain.text import clean_json, clean_line

WorkOutcome = Literal["done", "needs_input"]


@dataclass(frozen=True, slots=True)
class RoleWork:
    """One attempt's order.

    `upstream` holds the output of every role that came before, by role name. `edits` are a
    person's corrections of what the planner understood. A routed task has a `task_type`: its
    `description` says what is asked, and `input` holds its `data` and `context`.
    `(task_id, attempt)` is the idempotency key for whatever an executor asks of the outside world.
    """

    session_id: UUID
    task_id: UUID
    attempt: int
    role: str
    feature_name: str
    brief: str
    description: str
    instructions: str
    capabilities: tuple[str, ...]
    upstream: Mapping[str, Mapping[str, Any]]
    input: Mapping[str, Any] = field(default_factory=dict)
    timeout_seconds: float = 300.0
    task_type: str | None = None  # None: a task of a pipeline

    @property
    def edits(self) -> Mapping[str, Any]:
        """The person's corrections of the feature model; empty without any."""
        edits = self.input.get("edits")
        return edits if isinstance(edits, Mapping) else {}

    @property
    def answers(self) -> tuple[Mapping[str, Any], ...]:
        """What people have answered to this task's approvals, the first one first."""
        answers = self.input.get(ANSWERS)
        return tuple(answers) if isinstance(answers, list) else ()


@dataclass(frozen=True, slots=True)
class RoleResult:
    """What an attempt gives back: output for the roles after it, artifacts, decisions.

    `needs_input` (with `questions`) ends the session without a plan.
    """

    output: Mapping[str, Any]
    artifacts: tuple[Artifact, ...] = ()
    decisions: tuple[DecisionDraft, ...] = ()
    outcome: WorkOutcome = "done"
    questions: tuple[str, ...] = ()
    usage: Mapping[str, Any] = field(default_factory=dict)  # tokens and cost, where there are any


def clean_result(result: RoleResult) -> RoleResult:
    """Return a result whose every text can be stored; executors may send what they like."""
    return replace(
        result,
        output=clean_json(result.output),
        artifacts=tuple(map(clean_artifact, result.artifacts)),
        decisions=tuple(map(clean_draft, result.decisions)),
        questions=tuple(map(clean_line, result.questions)),
        usage=clean_json(result.usage),
    )


class RoleFailed(Exception):
    """An executor says that its attempt failed.

    `code` is stable and short. With `may_retry` False the task fails at once: trying again could
    not help, as with a role that the executor does not know.
    """

    def __init__(self, message: str, *, code: str = "role_failed", may_retry: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.may_retry = may_retry


class NeedsApproval(Exception):
    """An executor needs a person's yes before it can go on; it ends its attempt with that.

    The next attempt finds the answer in `RoleWork.answers`. A no fails the task; when nobody
    answers in time, the pipeline says what happens.
    """

    def __init__(self, approver_role: str, question: str, details: str = "") -> None:
        super().__init__(question)
        self.asked = Question(approver_role, question, details)
