"""Approvals: a person's yes or no that a task waits for.

A pipeline's gate asks before a role begins; an executor or an agent asks in the middle of its
work. An approval is answered once. Without an answer it expires, which is no refusal: what
happens then is said by the pipeline, never by who asks.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.domain.team import check_approver_roles
from core.domain.text import clean_json, clean_line, clean_text, is_blank
from core.errors import InvalidInput, TooLarge

USUAL_SECONDS = 86_400.0
MOST_SECONDS = 30 * 86_400.0
MAX_QUESTION_CHARACTERS = 300
MAX_DETAILS_CHARACTERS = 4000
MAX_REASON_CHARACTERS = 2000
MAX_INPUT_BYTES = 64 * 1024
MOST_AT_ONCE = 5  # approvals that one task waits for

# In a task's input: the answers that its approvals got, for the next attempt. Nobody sends it.
ANSWERS = "approvals"
REJECTED_CODE, EXPIRED_CODE = "approval_rejected", "approval_expired"


class ApprovalStatus(StrEnum):
    """Where an approval is in its life; all but pending are final."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"  # nobody answered in time
    CANCELLED = "cancelled"  # its task ended, or another of its approvals was rejected


class OnExpiry(StrEnum):
    """What happens when nobody answers in time."""

    FAIL = "fail"  # the task fails, and its session with it
    ESCALATE = "escalate"  # an owner of the team is asked; without their answer the task fails
    GO_ON = "go_on"  # the task goes on without an answer


AFTER_EXPIRY = {
    OnExpiry.FAIL: "the task failed",
    OnExpiry.ESCALATE: "an owner of the team was asked",
    OnExpiry.GO_ON: "the task goes on without an answer",
}


class AskedBy(StrEnum):
    """What asked."""

    GATE = "gate"
    EXECUTOR = "executor"
    AGENT = "agent"
    ESCALATION = "escalation"


@dataclass(frozen=True, slots=True)
class Terms:
    """How long an answer is waited for, and what happens without one."""

    expires_after_seconds: float = USUAL_SECONDS
    on_expiry: OnExpiry = OnExpiry.FAIL

    def to_json(self) -> dict[str, Any]:
        """Return the shape in which a pipeline states them."""
        return {
            "expires_after_seconds": self.expires_after_seconds,
            "on_expiry": self.on_expiry.value,
        }


USUAL_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Gate:
    """A question that a pipeline asks before a role begins."""

    approver_role: str
    question: str = ""
    terms: Terms = USUAL_TERMS

    def to_json(self) -> dict[str, Any]:
        """Return the shape in which a pipeline states it."""
        return {
            "approver_role": self.approver_role,
            "question": self.question,
            **self.terms.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Question:
    """What an executor or an agent asks: of whom, what, and why."""

    approver_role: str
    question: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says; a no has its reason, a yes may change the task's input."""

    decision: ApprovalStatus
    reason: str = ""
    changed_input: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval as it stands, with what it is about."""

    id: UUID
    session_id: UUID
    team_id: UUID
    task_id: UUID
    attempt: int  # that ended with it; 0 for a gate before the first
    role: str  # whose task waits
    feature_name: str
    asked_by: AskedBy
    approver_role: str
    question: str
    details: str
    status: ApprovalStatus
    on_expiry: OnExpiry
    requested_at: datetime
    expires_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None  # the user's name; None for expiry and cancelling
    reason: str = ""
    changed_input: Mapping[str, Any] | None = None
    input: Mapping[str, Any] = field(default_factory=dict)  # the task's, without answers

    @property
    def is_pending(self) -> bool:
        """Whether it can still be answered."""
        return self.status == ApprovalStatus.PENDING

    @property
    def after_expiry(self) -> str:
        """What happened when nobody answered in time, in words; empty unless it has expired."""
        return AFTER_EXPIRY[self.on_expiry] if self.status == ApprovalStatus.EXPIRED else ""


def check_approver_role(role: str) -> str:
    """Return the cleaned name of an approver role; raises `InvalidInput` when it is none."""
    found = check_approver_roles([role[:200]])
    if not found:
        raise InvalidInput(
            "No approver role is named.", hint="Name one, as designer, finance, member or owner."
        )
    return found[0]


def check_question(asked: Question) -> Question:
    """Return a question as it is stored; raises `InvalidInput`."""
    question = clean_line(asked.question[: 10 * MAX_QUESTION_CHARACTERS])
    if is_blank(question) or len(question) > MAX_QUESTION_CHARACTERS:
        raise InvalidInput(
            f"A question has 1 to {MAX_QUESTION_CHARACTERS} characters.",
            hint="Ask what is answered by yes or no; the details have room for the rest.",
        )
    details = clean_text(asked.details).strip()
    if len(details) > MAX_DETAILS_CHARACTERS:
        raise InvalidInput(f"The details have more than {MAX_DETAILS_CHARACTERS:,} characters.")
    return Question(check_approver_role(asked.approver_role), question, details)


def check_answer(answer: Answer) -> Answer:
    """Return an answer as it is stored; raises `InvalidInput`, `TooLarge` for a large input."""
    if answer.decision not in (ApprovalStatus.APPROVED, ApprovalStatus.REJECTED):
        raise InvalidInput("That is no answer.", hint="Use approved or rejected.")
    reason = clean_text(answer.reason).strip()
    if len(reason) > MAX_REASON_CHARACTERS:
        raise InvalidInput(f"The reason has more than {MAX_REASON_CHARACTERS:,} characters.")
    if answer.decision == ApprovalStatus.REJECTED:
        if is_blank(reason):
            raise InvalidInput("A no needs its reason.", hint="One sentence is enough.")
        if answer.changed_input is not None:
            raise InvalidInput("A no changes no input.", hint="Leave it out, or approve.")
    return Answer(answer.decision, reason, check_changed_input(answer.changed_input))


def check_changed_input(changed: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what an approver puts in place of keys of the input; None for nothing."""
    if changed is None:
        return None
    if not isinstance(changed, Mapping):
        raise InvalidInput("The changed input is no object.", hint='It looks like {"data": …}.')
    check_input(changed)
    cleaned: dict[str, Any] = clean_json(changed)
    if len(json.dumps(cleaned, ensure_ascii=False).encode()) > MAX_INPUT_BYTES:
        raise TooLarge(f"The changed input has more than {MAX_INPUT_BYTES // 1024} KB.")
    return cleaned or None


def check_input(sent: Mapping[str, Any]) -> None:
    """Raise `InvalidInput` when somebody sends answers as if people had given them."""
    if any(clean_text(str(key)) == ANSWERS for key in sent):
        raise InvalidInput(
            f"'{ANSWERS}' in an input holds the answers of approvals, which nobody sends.",
            hint="Use another name.",
        )


def answer_for_task(approval: Approval) -> dict[str, Any]:
    """Return a decided approval as the task's next attempt sees it in its input."""
    return {
        "approval_id": str(approval.id),
        "approver_role": approval.approver_role,
        "question": approval.question,
        "status": approval.status.value,
        "reason": approval.reason,
        "decided_by": approval.decided_by,
    }


def next_input(before: Mapping[str, Any], approval: Approval) -> dict[str, Any]:
    """Return a task's input after an approval got its answer, which is added to the others."""
    answers = before.get(ANSWERS)
    earlier = list(answers) if isinstance(answers, list) else []
    return {
        **before,
        **(approval.changed_input or {}),
        ANSWERS: [*earlier, answer_for_task(approval)],
    }


def without_answers(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return an input as an approver may change it."""
    return {key: value for key, value in sent.items() if key != ANSWERS}


def gate_from_json(data: Mapping[str, Any], terms: Terms) -> Gate:
    """Read a step's gate; what it leaves open is as the pipeline's `terms` say."""
    try:
        role = str(data["approver_role"])
        question = clean_line(str(data.get("question", "")))
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            "An approval in the pipeline cannot be read.",
            hint='It looks like {"approver_role": …, "question": …, "expires_after_seconds": …, '
            '"on_expiry": "fail"}.',
        ) from error
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise InvalidInput(f"A question has at most {MAX_QUESTION_CHARACTERS} characters.")
    return Gate(check_approver_role(role), question, terms_from_json(data, terms))


def terms_from_json(data: Mapping[str, Any], usual: Terms = USUAL_TERMS) -> Terms:
    """Read how long an answer is waited for and what happens then; raises `InvalidInput`."""
    try:
        seconds = float(data.get("expires_after_seconds", usual.expires_after_seconds))
        then = str(data.get("on_expiry", usual.on_expiry.value))
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(
            "When the approvals of the pipeline expire cannot be read.",
            hint="`expires_after_seconds` is a number, `on_expiry` a word.",
        ) from error
    if not math.isfinite(seconds) or not 0 < seconds <= MOST_SECONDS:
        raise InvalidInput("An approval expires after more than 0 seconds and at most 30 days.")
    for known in OnExpiry:
        if then == known:
            return Terms(seconds, known)
    raise InvalidInput(
        f"'{clean_line(then)[:50]}' is nothing that happens at expiry.",
        hint="Use one of: " + ", ".join(OnExpiry) + ".",
    )


def terms_of(pipeline: Mapping[str, Any] | None, role: str) -> Terms:
    """Return the terms on which a role asks, by its session's frozen pipeline, if it has one."""
    if pipeline is None:
        return USUAL_TERMS
    terms = terms_from_json(pipeline.get("approvals") or {})
    steps = (step for step in pipeline.get("steps", ()) if step["role"] == role)
    gate = next((step.get("approval") for step in steps), None)
    return terms_from_json(gate, terms) if gate else terms
