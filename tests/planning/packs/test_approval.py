"""Approval without a threshold: four eyes, always."""

from __future__ import annotations

import pytest

from tests.planning.packs.briefs import (
    assert_rules_can_go,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

CONTRACTS = (
    "Employees submit contracts. Contracts need two approvals. Nobody approves their own contract."
)


@pytest.mark.parametrize(
    "text",
    [
        CONTRACTS,
        "Employees submit contracts. Managers approve contracts by the four-eyes principle.",
        "Employees submit contracts. A two-step approval of contracts is needed.",
    ],
)
def test_four_eyes_need_no_threshold(text: str) -> None:
    texts = rule_texts(planned(text))
    assert "two people" in texts["approval.two-steps"]
    assert "approval.second-step" not in texts


def test_a_threshold_is_not_four_eyes_for_everything() -> None:
    texts = rule_texts(
        planned(
            "Employees submit expenses. Managers approve expenses. Above 500 EUR a second approval "
            "by finance is needed."
        )
    )
    assert "approval.second-step" in texts
    assert "approval.two-steps" not in texts


def test_one_person_does_not_approve_twice(empty_database: str) -> None:
    with built(CONTRACTS, empty_database) as db:
        ann, bob = user(db, "ann"), user(db, "bob")
        contract = insert(db, "contracts", description="Rent", owner_id=ann)
        with refused("contracts_two_approvals"):
            change(db, "contracts", contract, status="submitted")
        change(db, "contracts", contract, status="submitted", required_approvals=2)
        verdict = {
            "contract_id": contract,
            "requester_id": ann,
            "approver_id": bob,
            "submission_no": 1,
            "verdict": "approved",
        }
        insert(db, "approvals", **verdict, step=1)
        with refused("approvals_four_eyes"):
            insert(db, "approvals", **verdict, step=2)


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(CONTRACTS)
