"""Approvals as values: what pipelines may say of them, and what an answer leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.approval import (
    USUAL_TERMS,
    Answer,
    Approval,
    ApprovalStatus,
    AskedBy,
    Gate,
    OnExpiry,
    Question,
    Terms,
    check_answer,
    check_question,
    next_input,
    terms_of,
    without_answers,
)
from core.domain.pipeline import Pipeline, Step, make_pipeline, pipeline_from_json
from core.errors import InvalidInput

terms = st.builds(Terms, st.floats(0.001, 2_592_000), st.sampled_from(OnExpiry))
gates = st.builds(Gate, st.sampled_from(["finance", "designer", "owner"]), st.just("May I?"), terms)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
APPROVED = Approval(
    *(UUID(int=number) for number in range(4)),
    attempt=1,
    role="dba",
    feature_name="Expense approval",
    asked_by=AskedBy.GATE,
    approver_role="finance",
    question="May it?",
    details="",
    status=ApprovalStatus.APPROVED,
    on_expiry=OnExpiry.FAIL,
    requested_at=NOW,
    expires_at=NOW,
)


@given(gates | st.none(), gates | st.none(), terms)
def test_a_pipeline_with_gates_reads_back_from_its_frozen_shape(
    one: Gate | None, two: Gate | None, of_all: Terms
) -> None:
    steps = (Step("architect", (), one), Step("dba", ("architect",), two))
    pipeline = make_pipeline("careful", steps, terms=of_all)
    assert pipeline_from_json(pipeline.to_json()) == pipeline
    assert terms_of(pipeline.to_json(), "architect") == (one.terms if one else of_all)
    assert terms_of(pipeline.to_json(), "nobody") == of_all


def test_a_pipeline_without_gates_keeps_its_shape() -> None:
    assert make_pipeline("plain", [Step("dba")]).to_json() == {
        "name": "plain",
        "steps": [{"role": "dba", "after": []}],
    }
    assert terms_of(None, "dba") == USUAL_TERMS


def read(approval: Any, **whole: Any) -> Pipeline:
    return pipeline_from_json(
        {"name": "mine", "steps": [{"role": "dba", "approval": approval}], **whole}
    )


def test_a_gate_takes_what_it_leaves_open_from_its_pipeline() -> None:
    found = read({"approver_role": " Finance "}, approvals={"on_expiry": "go_on"})
    gate = found.steps[0].gate
    assert gate is not None
    assert (gate.approver_role, gate.terms) == ("finance", Terms(86_400.0, OnExpiry.GO_ON))


@pytest.mark.parametrize(
    "approval",
    [
        "finance",
        {"question": "May it?"},
        {"approver_role": "fin/ance"},
        {"approver_role": "finance", "question": "x" * 301},
        {"approver_role": "finance", "on_expiry": "approve"},
        {"approver_role": "finance", "expires_after_seconds": 0},
        {"approver_role": "finance", "expires_after_seconds": "soon"},
        {"approver_role": "finance", "expires_after_seconds": float("nan")},
        {"approver_role": "finance", "expires_after_seconds": 31 * 86_400},
        {"approver_role": "finance", "expires_after_seconds": None},
    ],
    ids=range(10),
)
def test_a_gate_that_cannot_be_read_is_refused(approval: Any) -> None:
    with pytest.raises(InvalidInput):
        read(approval)
    if isinstance(approval, dict) and "expires_after_seconds" in approval:
        with pytest.raises(InvalidInput):
            read(None, approvals=approval)


def test_answers_stand_in_the_input_one_after_the_other() -> None:
    first = next_input({"limit": 1}, replace(APPROVED, changed_input={"limit": 2}))
    second = next_input(first, replace(APPROVED, status=ApprovalStatus.EXPIRED))
    assert [one["status"] for one in second["approvals"]] == ["approved", "expired"]
    assert without_answers(second) == {"limit": 2}


@pytest.mark.parametrize("text", ["", " ", "\u200b\u2060", "\u2028", "\n\u200b\n"])
def test_a_question_or_a_reason_that_nobody_can_see_is_none(text: str) -> None:
    with pytest.raises(InvalidInput, match="A question has"):
        check_question(Question("finance", text))
    with pytest.raises(InvalidInput, match="needs its reason"):
        check_answer(Answer(ApprovalStatus.REJECTED, text))
    assert check_answer(Answer(ApprovalStatus.REJECTED, f"{text}no")).reason.endswith("no")
