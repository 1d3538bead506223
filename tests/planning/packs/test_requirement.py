"""What must be given, and what the system works out by itself."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    assert_rules_stand,
    built,
    change,
    planned,
    refused,
)
from tests.planning.test_database import insert, user

DESK = "Members can create and edit requests with a title. "
STRICT = (
    f"{DESK}Whoever rejects a request must enter why. It must be stated whether the request is "
    "fragile. Request numbers look like A-000123. Requests under legal hold are not deleted."
)


def said(sentence: str) -> dict[str, str]:
    return {rule.slug: rule.text for rule in understand(f"{DESK}{sentence}").rules}


@pytest.mark.parametrize(
    ("sentence", "slug", "words"),
    [
        ("The office can move somebody up, but has to give a reason.", "reason", "move somebody"),
        ("When declining, the manager has to give a reason.", "reason", "when declining"),
        ("A cancellation needs a reason.", "reason", "a cancellation"),
        ("If a key is lost, the porter has to say what happened.", "reason", "a key is lost"),
        ("Rejecting a request requires a written reason.", "reason", "rejecting a request"),
        ("The driver must take a photo of the parcel.", "file", "the driver"),
        ("A damage report needs a photo.", "file", "damage report"),
        ("Perishable goods must be marked.", "mark", "perishable"),
        ("Returned goods must be flagged as damaged.", "mark", "damaged"),
        ("The phone number is mandatory.", "fields", "phone number"),
        ("Required fields are name, phone and e-mail.", "fields", "name, phone and e-mail"),
        ("It must be stated whether a pen is there.", "has", "pen"),
        ("It must be stated whether the guest is vegetarian.", "mark", "vegetarian"),
    ],
)
def test_what_must_be_given_is_a_rule(sentence: str, slug: str, words: str) -> None:
    assert words in said(sentence).get(f"requirement.{slug}", "")


@pytest.mark.parametrize(
    "sentence",
    [
        "The reason is shown in the list.",
        "There is a reason why we do it.",
        "He has to give the key back.",
        "Goods marked as fragile are put on top.",
        "The price is calculated by the office.",
        "A report needs a title.",
    ],
)
def test_nothing_is_mandatory_by_other_words(sentence: str) -> None:
    found = said(sentence)
    assert not [slug for slug in found if slug.startswith(("requirement.", "derived."))]


@pytest.mark.parametrize(
    ("sentence", "slug", "words"),
    [
        ("Uptime per month is calculated from the incidents.", "value", "from the incidents"),
        ("The total of an order is the sum of its items.", "value", "the sum of its items"),
        ("The age of a player is calculated.", "computed", "the age of a player"),
        ("Each request gets a number like C-2026-0001.", "number", "C-2026-0001"),
        ("Invoice numbers have the format 2026-00001 and have no gaps.", "gapless", "no gaps"),
    ],
)
def test_what_the_system_works_out_is_a_rule(sentence: str, slug: str, words: str) -> None:
    assert words in said(sentence).get(f"derived.{slug}", "")


def test_the_rules_stand_and_can_be_switched_off_alone() -> None:
    assert_rules_stand(planned(STRICT))
    assert_rules_can_go(STRICT)


def test_the_database_wants_reasons_marks_and_numbers(empty_database: str) -> None:
    with built(STRICT, empty_database) as db:
        member = user(db, "member")
        facts = {"owner_id": member, "title": "box"}
        with pytest.raises(IntegrityError, match='null value in column "fragile"'):
            insert(db, "requests", **facts, reference_no="A-000122")
        facts["fragile"] = True
        request = insert(db, "requests", **facts, reference_no="A-000123")
        with refused("requests_number_once"):
            insert(db, "requests", **facts, reference_no="A-000123")
        given = {"reason_given_by_id": member, "reason_given_at": "2030-01-01 08:00Z"}
        with refused("requests_reason_complete"):
            change(db, "requests", request, reason="  ", **given)
        with refused("requests_reason_complete"):
            change(db, "requests", request, reason="broken")
        change(db, "requests", request, reason="broken", **given)
