"""Scheduling: nothing is booked twice, and every deadline of the brief is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    bound,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

PRACTICE = (
    "Patients book appointments with a physiotherapist online. An appointment takes 30 minutes and "
    "must never be double booked. They can cancel until 24 hours before, and get a reminder 2 days "
    "before by e-mail. Appointments are only possible within the opening hours. Times are shown in "
    "the time zone of the practice. Bookings can be made at most 60 days ahead and at least 3 "
    "hours before."
)
CLUB = (
    "Members book courts for up to 90 minutes. Up to 4 people per court. "
    "Admins add courts with a name and a location."
)


def test_a_practice_is_read_to_the_last_word() -> None:
    model = planned(PRACTICE)
    assert bound(model, "scheduling") == {"subject": "appointment", "resource": "resource"}
    assert model.not_understood == ()
    texts = rule_texts(model)
    assert "24 hours before" in texts["scheduling.cancel-until"]
    assert "2 days before" in texts["scheduling.reminder"]
    assert "60 days ahead" in texts["scheduling.horizon"]
    assert "30 minutes" in texts["scheduling.length"]
    assert {"scheduling.opening-hours", "scheduling.time-zone"} <= set(texts)
    assert "scheduling.cancel-until" not in {question.slug for question in model.questions}


def test_what_is_booked_may_be_a_record_with_fields_of_its_own() -> None:
    model = planned(CLUB)
    court = model.entity("court")
    assert bound(model, "scheduling") == {"subject": "booking", "resource": "court"}
    assert court is not None
    assert {"location", "time_zone", "capacity"} <= {field.name for field in court.fields}
    assert "4 bookings" in rule_texts(model)["scheduling.capacity"]
    assert "at most 90 minutes" in rule_texts(model)["scheduling.longest"]


@pytest.mark.parametrize(
    "text",
    [
        "Readers can borrow a book and return the book.",
        "Users can create books with a title and edit books.",
        "The bookkeeping is done by accounting; clerks can create vouchers and edit them.",
    ],
)
def test_a_book_is_no_booking(text: str) -> None:
    assert "scheduling" not in {matched.slug for matched in understand(text).packs}


def test_a_deadline_for_cancelling_is_not_taken_for_a_horizon() -> None:
    texts = rule_texts(planned("Members book boats. They can cancel up to 2 days before."))
    assert "scheduling.horizon" not in texts
    assert "2 days" in texts["scheduling.cancel-until"]


@pytest.mark.parametrize("brief", [PRACTICE, CLUB], ids=["practice", "club"])
def test_each_rule_can_go_alone(brief: str) -> None:
    assert_rules_can_go(brief)


def appointment(db: Connection, **values: object) -> dict[str, object]:
    return {
        "resource_id": insert(db, "resources", name="Room 1"),
        "booked_by_id": user(db, "patient"),
        "created_at": "2030-01-01 08:00Z",
        "starts_at": "2030-01-10 10:00Z",
        "ends_at": "2030-01-10 10:30Z",
        **values,
    }


def test_the_rules_of_a_practice_hold_in_the_database(empty_database: str) -> None:
    with built(PRACTICE, empty_database) as db:
        facts = appointment(db)
        first = insert(db, "appointments", **facts)
        overlapping = {"starts_at": "2030-01-10 10:29Z", "ends_at": "2030-01-10 10:59Z"}
        with refused("appointments_no_overlap"):
            insert(db, "appointments", **facts | overlapping)
        following = {"starts_at": "2030-01-10 10:30Z", "ends_at": "2030-01-10 11:00Z"}
        insert(db, "appointments", **facts | following)
        with refused("appointments_length"):
            insert(db, "appointments", **facts | following | {"ends_at": "2030-01-10 11:01Z"})
        with refused("appointments_not_too_early"):
            insert(db, "appointments", **facts | {"created_at": "2029-11-11 09:59Z"})
        with refused("appointments_in_time"):
            insert(db, "appointments", **facts | {"created_at": "2030-01-10 07:01Z"})
        with refused("appointments_cancelled_how"):
            change(db, "appointments", first, cancelled_at="2030-01-09 09:00Z")
        late = {"cancelled_at": "2030-01-09 10:01Z"}
        with refused("appointments_cancelled_in_time"):
            change(db, "appointments", first, **late, cancellation_kind="own")
        with refused("appointments_reminded_in_time"):
            change(db, "appointments", first, reminded_at="2030-01-08 09:59Z")
        change(db, "appointments", first, **late, cancellation_kind="staff")
        insert(
            db,
            "appointments",
            **facts
            | overlapping
            | {"place_no": 1, "starts_at": "2030-01-10 10:00Z", "ends_at": "2030-01-10 10:30Z"},
        )


def test_opening_hours_hold_in_the_database(empty_database: str) -> None:
    with built(PRACTICE, empty_database) as db:
        monday = {
            "resource_id": insert(db, "resources", name="Room 1"),
            "weekday": 1,
            "opens_at": "08:00",
            "closes_at": "12:00",
        }
        insert(db, "opening_periods", **monday)
        with refused("opening_periods_once"):
            insert(db, "opening_periods", **monday)
        with refused("opening_periods_in_order"):
            insert(db, "opening_periods", **monday | {"opens_at": "13:00"})
        with refused("opening_periods_weekday_known"):
            insert(db, "opening_periods", **monday | {"weekday": 0})


def test_a_court_takes_as_many_as_it_has_places(empty_database: str) -> None:
    with built(CLUB, empty_database) as db:
        member = user(db, "member")
        court = insert(db, "courts", name="1", location="North", capacity=2, owner_id=member)
        facts = {
            "court_id": court,
            "booked_by_id": member,
            "capacity": 2,
            "starts_at": "2030-01-10 10:00Z",
            "ends_at": "2030-01-10 11:00Z",
        }
        insert(db, "bookings", **facts, place_no=1)
        insert(db, "bookings", **facts, place_no=2)
        with refused("bookings_no_overlap"):
            insert(db, "bookings", **facts, place_no=2)
        with refused("bookings_place_known"):
            insert(db, "bookings", **facts, place_no=3)
        with refused("bookings_capacity_of_court"):
            insert(db, "bookings", **facts | {"capacity": 3}, place_no=3)
        with refused("bookings_longest"):
            insert(db, "bookings", **facts | {"ends_at": "2030-01-10 11:31Z"}, place_no=1)
        with refused("courts_capacity_limit"):
            change(db, "courts", court, capacity=5)
        with refused("courts_capacity_positive"):
            change(db, "courts", court, capacity=0)
        # Fewer places than are booked: the bookings' own check refuses it.
        with refused("bookings_place_known"):
            change(db, "courts", court, capacity=1)
