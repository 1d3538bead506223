"""Steps: an operation of who does it for each verb that a brief has for one of its things."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.planning import FeatureModel, understand
from core.planning.model import Action
from tests.planning.packs.briefs import assert_consistent, assert_rules_stand, built, planned
from tests.planning.plans import run

PARCELS = """Parcel desk

There are about 60 parcels a day. They write names on a paper list.
Reception scans the label and picks the employee. When employees fetch the parcel they sign on the
tablet. Perishable goods must be marked.
"""
KEYS = """The caretaker hands out keys to tenants. They sign and bring them back.
The caretaker marks a key as lost. The office checks each key once a year."""


def operation(model: FeatureModel, name: str) -> Action:
    return next(action for action in model.actions if action.name == name)


def columns(model: FeatureModel, name: str) -> set[str]:
    entity = model.entity(name)
    assert entity is not None, [one.name for one in model.entities]
    return {field.name for field in entity.fields}


def rules(model: FeatureModel) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in model.rules:
        found.setdefault(rule.slug, []).append(rule.text)
    return found


def test_each_verb_is_an_operation_of_who_does_it() -> None:
    model = planned(PARCELS)
    assert operation(model, "scanParcel").path == "/parcels/{parcel_id}/scan"
    assert operation(model, "scanParcel").actors == ("reception",)
    assert operation(model, "fetchParcel").actors == ("employee",)
    assert operation(model, "createParcel").actors == ("reception",)
    assert {"scanned_at", "fetched_by_id", "employee_id", "is_perishable"} <= columns(
        model, "parcel"
    )
    assert_consistent(model)
    assert_rules_stand(model)


def test_who_books_is_not_who_enters_something_else() -> None:
    model = planned("Members book rooms for up to two hours. The office enters the price list.")
    assert operation(model, "createBooking").actors == ("member",)
    model = planned("Drivers scan a crate, seal a crate. A neighbour may enter the name.")
    assert operation(model, "deleteCrate").actors == ()


def test_how_it_is_done_today_is_no_operation() -> None:
    assert "writeName" not in {action.name for action in planned(PARCELS).actions}
    model = understand("Today the janitor checks the boats on paper and signs them.")
    assert model.actions == ()


def test_the_order_of_the_steps_is_asked_once_for_each_thing() -> None:
    model = planned(PARCELS)
    asked = [one.text for one in model.questions if one.slug.startswith("steps.order")]
    assert len(asked) == 1
    assert "(scanned, fetched, signed)" in asked[0]


def test_a_verb_that_takes_another_back_empties_its_stamp() -> None:
    model = planned("Wardens lock a boat and the club unlocks it after the repair.")
    assert rules(model)["steps.undone"] == [
        "A boat that is locked can be unlocked by the club; then it can be locked anew."
    ]
    assert "unlocked_at" not in columns(model, "boat")
    assert operation(model, "unlockBoat").actors == ("club",)


def test_what_is_done_to_a_lasting_thing_is_done_again() -> None:
    model = planned("Cleaners clean the rooms and the office inspects the rooms.")
    assert set(rules(model)) >= {"steps.again"}
    assert "steps.once" not in rules(model)


def test_what_is_lent_is_out_once_at_a_time() -> None:
    model = planned(KEYS)
    assert {"key_id", "borrower_id", "signed_at", "brought_back_at"} <= columns(model, "key_loan")
    assert {"is_lost", "checked_at"} <= columns(model, "key")
    assert operation(model, "createKeyLoan").actors == ("caretaker",)
    assert_consistent(model)
    assert_rules_stand(model)


def test_a_part_of_a_thing_is_a_record_that_points_to_it() -> None:
    model = planned(
        "On-call engineers open an incident, post updates and resolve it. Customers see incidents."
    )
    assert "incident_id" in columns(model, "incident_update")
    assert operation(model, "createIncidentUpdate").actors == ("engineer",)
    assert operation(model, "resolveIncident").actors == ("engineer",)


def test_what_another_pack_does_is_no_step() -> None:
    model = planned("Clerks create offers. The manager approves offers. The clerk prints an offer.")
    steps = [dict(one.bindings)["step"] for one in model.packs if one.slug == "steps"]
    assert steps == ["print"]
    model = planned("Articles go from draft to review to published. Editors publish articles.")
    assert "publishArticle" not in {action.name for action in model.actions}


def test_a_deed_on_nothing_of_the_plan_is_listed() -> None:
    model = planned(
        "Clerks create permits. The back office checks the permits, and the courier seals a sack."
    )
    assert any("seals a sack" in text for text in model.not_understood)


@pytest.mark.parametrize(
    "brief",
    [
        "How do I cancel my parcel? Quick question: where can I see who signed? Thanks in advance",
        "The buttons are too small. Packers wear gloves when they scan and seal the boxes. "
        "Please make all buttons 60 px high.",
        "The orders page is slow: when clerks open an order and close it again it takes 8 seconds. "
        "It should take under 500 ms.",
    ],
)
def test_what_is_about_something_else_gets_no_steps(brief: str) -> None:
    model = understand(brief)
    assert "steps" not in {one.slug for one in model.packs}
    assert model.new_entities == ()


def test_a_step_may_be_switched_off_alone() -> None:
    model = understand(PARCELS, {"rules": {"drop": ["steps.once:parcel_signed"]}})
    assert "A parcel is fetched once" in " ".join(rules(model)["steps.once"])
    assert "A parcel is signed once" not in " ".join(rules(model)["steps.once"])
    assert_consistent(model)


def test_a_thing_may_be_renamed() -> None:
    model = understand(PARCELS, {"entities": {"rename": {"parcel": "shipment"}}})
    assert operation(model, "scanShipment").entity == "shipment"
    assert_consistent(model)


def test_every_role_works_on_steps() -> None:
    results = run(KEYS)
    assert all(result.outcome == "done" for result in results.values())
    holes = results["security"].output["consistency"]["holes"]
    assert {hole["missing"] for hole in holes} <= {"retention"}


def test_the_database_keeps_time_and_person_together(empty_database: str) -> None:
    with built(KEYS, empty_database) as connection:
        user, key = uuid4(), uuid4()
        connection.execute(
            text("INSERT INTO users (id, email, display_name) VALUES (:id, 'a@b', 'A')"),
            {"id": user},
        )
        connection.execute(
            text("INSERT INTO keys (id, owner_id, description) VALUES (:id, :user, 'cellar')"),
            {"id": key, "user": user},
        )
        loan = text(
            "INSERT INTO key_loans (id, owner_id, key_id, brought_back_at, brought_back_by_id) "
            "VALUES (:id, :user, :key, :at, :by)"
        )

        def lend(at: str | None, by: object) -> None:
            values = {"id": uuid4(), "user": user, "key": key, "at": at, "by": by}
            connection.execute(loan, values)

        lend("2026-01-01", user)
        lend(None, None)
        with pytest.raises(IntegrityError, match="key_loans_brought_back_by_somebody"):
            lend("2026-01-02", None)
        with pytest.raises(IntegrityError, match="key_loans_one_out"):
            lend(None, None)
