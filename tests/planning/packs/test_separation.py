"""Separation of duties: two people for one act or two steps, and who may not do what."""

from __future__ import annotations

import pytest

from core.planning import understand
from tests.planning.packs.briefs import assert_rules_can_go, built, change, refused, some_key
from tests.planning.test_database import insert, user

SYRINGES = (
    "Nurses create syringes with a title and edit syringes. The nurse who prepared a syringe may "
    "not check it. Throwing away syringes: two people."
)


def told(sentence: str) -> list[str]:
    """Return what the rules about duties say of a sentence."""
    rules = understand(f"Members create orders and edit orders. {sentence}").rules
    return [rule.text for rule in rules if rule.slug.startswith("separation.")]


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("A refund above 200 EUR needs a second cashier.",
         "A refund above 200 EUR: two people, done only once another cashier has confirmed it."),
        ("A transfer takes effect only when a second treasurer confirms.",
         "A transfer: two people, done only once another treasurer has confirmed it."),
        ("Emptying the vault: two people.",
         "Emptying the vault: two people, done only once another person has confirmed it."),
        ("A dose is checked by two nurses.",
         "A dose: two people, done only once another nurse has confirmed it."),
        ("Losses above 1,000 EUR need a second count by somebody else.",
         "Losses above 1,000 EUR: two people, done only once another person has confirmed it."),
        ("Nobody grades an essay they wrote themselves.",
         "Where somebody wrote an essay, another person has to grade it."),
        ("The clerk who counted a till must not verify it.",
         "Where the clerk counted a till, another person has to verify it."),
        ("Interns must not export customer lists.", "The interns may not export customer lists."),
        ("No deleting of photos by volunteers.", "The volunteers may not delete photos."),
        ("Guests can read but not write.", "The guests may not write."),
    ],
)  # fmt: skip
def test_who_must_not_do_what_is_read(sentence: str, text: str) -> None:
    assert told(sentence) == [text]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Objections are decided by another committee.", "decided by somebody else"),
        ("The appeal must not go to the referee who decided.", "decided by somebody else"),
        ("Nobody may judge an application of a relative.", "judges themselves, a relative"),
        ("If two nurses entered a dose, the ward lead decides which one counts.",
         "the ward lead decides which of both counts"),
        ("Signing requires the password again.", "password is asked for with each signature"),
    ],
)  # fmt: skip
def test_other_duties_are_kept_apart(sentence: str, words: str) -> None:
    assert [text for text in told(sentence) if words in text]


@pytest.mark.parametrize(
    "sentence",
    [
        "We need a second language.",
        "The page needs a second look.",
        "A student must not have two exams at the same time.",
        "Members cannot delete messages after 10 minutes.",
        "A member may not book more than 3 courts.",
        "Sign-in requires a second factor.",
        "Members can read and write.",
        "An older event must never overwrite a newer state.",
        "Two people work in the shop.",
    ],
)
def test_what_is_no_duty_is_no_rule(sentence: str) -> None:
    assert told(sentence) == []


def test_one_person_does_one_of_the_two_steps(empty_database: str) -> None:
    with built(SYRINGES, empty_database) as db:
        ann, bob = user(db, "ann"), user(db, "bob")
        syringe = insert(db, "syringes", title="A7", owner_id=ann)
        insert(db, "syringe_steps", syringe_id=syringe, step="prepare", done_by_id=ann)
        with refused("syringe_steps_by_two_people"):
            insert(db, "syringe_steps", syringe_id=syringe, step="check", done_by_id=ann)
        with refused("syringe_steps_once"):
            insert(db, "syringe_steps", syringe_id=syringe, step="prepare", done_by_id=bob)
        insert(db, "syringe_steps", syringe_id=syringe, step="check", done_by_id=bob)


def test_nobody_confirms_what_they_asked_for(empty_database: str) -> None:
    with built(SYRINGES, empty_database) as db:
        ann, bob = user(db, "ann"), user(db, "bob")
        asked = {
            "operation": "discard",
            "entity_name": "syringes",
            "entity_id": some_key(),
            "requested_by_id": ann,
        }
        waiting = insert(db, "confirmations", **asked)
        with refused("confirmations_waiting"):
            insert(db, "confirmations", **asked)
        moment = "2030-01-01Z"
        with refused("confirmations_by_another"):
            change(db, "confirmations", waiting, confirmed_by_id=ann, confirmed_at=moment)
        with refused("confirmations_whole"):
            change(db, "confirmations", waiting, confirmed_by_id=bob)
        change(db, "confirmations", waiting, confirmed_by_id=bob, confirmed_at=moment)


def test_each_rule_can_go_alone() -> None:
    assert_rules_can_go(SYRINGES)
