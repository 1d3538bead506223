"""Approval by named roles: who must agree, above which amount, and what an approval is for."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

LOANS = (
    "Members create loans with a title and edit loans. Approval: curator and conservator both, in "
    "any order. Above 1 million EUR the board of trustees in addition. If the conservator says no, "
    "it's no."
)
TRANSFERS = (
    "Clerks create transfers with a title and edit transfers. Transfers are executed only after "
    "approval by the treasurer. Approving needs the second factor, no older than 5 minutes. "
    "Changing the account after the first approval removes all approvals."
)
TEMPLATES = (
    "Agents create templates with a title and edit templates. The team lead approves each template "
    "before it is used. A changed template goes back to approval; until then the old version is "
    "used."
)


def told(sentence: str) -> list[str]:
    """Return what the rules about approval say of a sentence."""
    rules = understand(f"Members create trips and edit trips. {sentence}").rules
    return [
        rule.text for rule in rules if rule.slug.startswith("approval.") and rule.evidence[0].words
    ]


@pytest.mark.parametrize(
    ("sentence", "who"),
    [
        ("Trips are approved by the principal and the treasurer.",
         "the principal and the treasurer"),
        ("A trip needs the approval of the CFO and of the head of HR.",
         "the CFO and the head of HR"),
        ("A trip needs the dean's approval.", "the dean"),
        ("Every trip is countersigned by a doctor before it starts.", "the doctor"),
        ("The parish council has to approve each trip.", "the parish council"),
        ("Trips are approved by the mayor or a deputy director.",
         "the mayor or the deputy director"),
        ("As a team lead I want to approve trips.", "the team lead"),
    ],
)  # fmt: skip
def test_the_roles_that_approve_are_read(sentence: str, who: str) -> None:
    assert f"A trip is approved only with the approval of {who}." in told(sentence)


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Above 20,000 CHF the council has to agree as well.",
         "Above 20,000 CHF a trip is approved only with the approval of the council as well."),
        ("Trips above 5,000 EUR are approved by the site manager as well.",
         "Above 5,000 EUR a trip is approved only with the approval of the site manager as well."),
        ("Beyond the budget the group leader must agree to each trip.",
         "Beyond that limit a trip is approved only with the approval of the group leader."),
        ("Above 900 EUR two different people must approve.",
         "Above 900 EUR a second approval, by another approver, is needed; by another person."),
        ("Leaders approve trips; no leader approves their own trip, then it's the principal.",
         "Where the approver owns the trip, the principal decides instead."),
        ("The person who entered a trip cannot approve it.",
         "Who entered a trip does not approve it: another person does."),
        ("Nothing is paid before the trip is approved.",
            "A trip is not paid before it is approved."),
        ("Day trips need no approval.", "No approval is needed for day trips."),
    ],
)  # fmt: skip
def test_amounts_and_exceptions_of_an_approval_are_read(sentence: str, text: str) -> None:
    assert text in told(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Trips are confirmed by e-mail.",
        "A mail is confirmed by clicking a link.",
        "The release is planned for May, and approved by Friday.",
        "Above 500 EUR customers get free shipping.",
        "Trips approved by law need nothing.",
    ],
)
def test_what_names_nobody_who_approves_is_no_role(sentence: str) -> None:
    assert [one for one in told(sentence) if "only with the approval" in one] == []


def test_a_manager_of_the_owner_is_no_role_of_its_own() -> None:
    texts = rule_texts(planned("Employees submit claims. Their manager approves each claim."))
    assert "approval.line-manager" in texts
    assert "approval.role" not in texts


def test_all_roles_must_have_approved(empty_database: str) -> None:
    with built(LOANS, empty_database) as db:
        ann = user(db, "ann")
        loan = insert(db, "loans", title="Vase", owner_id=ann, amount=2_000_000)
        change(db, "loans", loan, status="submitted", required_approvals=2)
        said = {"loan_id": loan, "requester_id": ann, "submission_no": 0}

        def approve(step: int, role: str) -> None:
            insert(
                db,
                "approvals",
                **said,
                approver_id=user(db, role),
                step=step,
                as_role=role,
                verdict="approved",
            )

        def finish() -> None:
            change(db, "loans", loan, status="approved", given_approvals=2)

        approve(1, "curator")
        with refused("approvals_as_role_known"):
            approve(2, "visitor")
        approve(2, "conservator")
        with refused("loans_by_board_of_trustee"):
            finish()
        change(db, "loans", loan, amount=1_000_000)
        finish()
        change(db, "loans", loan, status="submitted")
        db.execute(text("DELETE FROM approvals WHERE as_role = 'curator'"))
        with refused("loans_by_curator"):
            finish()


def test_one_rejection_is_enough(empty_database: str) -> None:
    with built(LOANS, empty_database) as db:
        ann = user(db, "ann")
        loan = insert(db, "loans", title="Vase", owner_id=ann, amount=10)
        change(db, "loans", loan, status="submitted", required_approvals=2)
        for step, role in enumerate(("curator", "conservator"), 1):
            insert(
                db,
                "approvals",
                loan_id=loan,
                requester_id=ann,
                approver_id=user(db, role),
                submission_no=0,
                step=step,
                as_role=role,
                verdict="approved",
            )
        insert(
            db,
            "approvals",
            loan_id=loan,
            requester_id=ann,
            approver_id=user(db, "other"),
            submission_no=0,
            step=3,
            verdict="rejected",
        )
        with refused("loans_one_no"):
            change(db, "loans", loan, status="approved", given_approvals=2)


def test_a_change_takes_the_approvals_away_and_a_proof_grows_old(empty_database: str) -> None:
    with built(TRANSFERS, empty_database) as db:
        ann, boss = user(db, "ann"), user(db, "boss")
        transfer = insert(db, "transfers", title="Rent", owner_id=ann)
        change(db, "transfers", transfer, status="submitted")
        said = {
            "transfer_id": transfer,
            "requester_id": ann,
            "approver_id": boss,
            "submission_no": 0,
            "verdict": "approved",
            "as_role": "treasurer",
            "decided_at": "2030-01-01 10:06Z",
        }
        with refused("approvals_freshly_proven"):
            insert(db, "approvals", **said, proven_at="2030-01-01 10:00Z")
        insert(db, "approvals", **said, proven_at="2030-01-01 10:01Z")
        change(db, "transfers", transfer, given_approvals=1)
        change(db, "transfers", transfer, title="Rent for May")
        assert db.scalar(text("SELECT given_approvals FROM transfers")) == 0
        change(db, "transfers", transfer, given_approvals=1)
        with refused("transfers_by_treasurer"):  # the approval was of the round before
            change(db, "transfers", transfer, status="approved")


def test_one_change_waits_beside_what_is_approved(empty_database: str) -> None:
    with built(TEMPLATES, empty_database) as db:
        ann = user(db, "ann")
        old = insert(db, "templates", title="Hello", owner_id=ann)
        insert(db, "templates", title="Hi", owner_id=ann, replaces_id=old)
        with refused("templates_one_change"):
            insert(db, "templates", title="Hey", owner_id=ann, replaces_id=old)


@pytest.mark.parametrize("brief", [LOANS, TRANSFERS, TEMPLATES])
def test_each_rule_can_be_switched_off(brief: str) -> None:
    assert_rules_can_go(brief)
