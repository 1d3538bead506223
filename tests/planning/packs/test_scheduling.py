"""Scheduling: nothing is booked twice, and every deadline of the brief is kept."""

from __future__ import annotations

from uuid import UUID

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
FAIR = (
    "Members book courts for 60 minutes. A member can have at most 2 open bookings and at most 3 "
    "hours per week. Waiting list: the first one has 30 min to accept. The groundskeeper closes "
    "courts when it rains, existing bookings are cancelled."
)


def test_a_practice_is_read_to_the_last_word() -> None:
    model = planned(PRACTICE)
    assert bound(model, "scheduling") == {"subject": "appointment", "resource": "physiotherapist"}
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


def test_what_keeps_booking_fair_is_found() -> None:
    model = planned(FAIR)
    texts = rule_texts(model)
    assert model.not_understood == ()
    assert "lasts 60 minutes" in texts["scheduling.length"]
    assert "at most 2 bookings" in texts["scheduling.open-limit"]
    assert "at most 3 hours" in texts["scheduling.time-limit"]
    assert "30 minutes" in texts["scheduling.waiting-offer"]
    assert {"scheduling.waiting-list", "scheduling.closure"} <= set(texts)


@pytest.mark.parametrize(
    "text",
    [
        "The appointment book is slow, it takes 9 seconds.",
        "No more hours can be booked. Freelancers can enter timesheets and edit timesheets.",
        "Rooms are sold on Booking.com. Clerks can create rooms and edit rooms.",
    ],
)
def test_other_bookings_and_slow_ones_are_not_planned_as_bookings(text: str) -> None:
    assert "scheduling" not in {matched.slug for matched in understand(text).packs}


@pytest.mark.parametrize("brief", [PRACTICE, CLUB, FAIR], ids=["practice", "club", "fair"])
def test_each_rule_can_go_alone(brief: str) -> None:
    assert_rules_can_go(brief)


def appointment(db: Connection, **values: object) -> dict[str, object]:
    return {
        "physiotherapist_id": insert(db, "physiotherapists", name="Kim"),
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
            "physiotherapist_id": insert(db, "physiotherapists", name="Kim"),
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


def test_fair_limits_hold_in_the_database(empty_database: str) -> None:
    with built(FAIR, empty_database) as db:
        member = user(db, "member")
        court = insert(db, "courts", name="1", capacity=1)
        facts = {"court_id": court, "booked_by_id": member}

        def hour(start: int, **values: object) -> UUID:
            times = {
                "starts_at": f"2030-01-10 {start}:00Z",
                "ends_at": f"2030-01-10 {start + 1}:00Z",
            }
            return insert(db, "bookings", **facts | times | values)

        first = hour(10, open_no=1)
        with refused("bookings_open_once"):
            hour(11, open_no=1)
        with refused("bookings_open_limit"):
            hour(11, open_no=3)
        with refused("bookings_cancelled_not_open"):
            change(db, "bookings", first, cancelled_at="2030-01-09Z", cancellation_kind="own")
        hour(11, purpose="closure")
        with refused("bookings_no_overlap"):
            hour(11, open_no=2)
        waiting = {
            "court_id": court,
            "waiting_id": member,
            "starts_at": "2030-01-10 10:00Z",
            "ends_at": "2030-01-10 11:00Z",
        }
        entry = insert(db, "waiting_entries", **waiting)
        with refused("waiting_entries_once"):
            insert(db, "waiting_entries", **waiting)
        with refused("waiting_entries_offered"):
            change(db, "waiting_entries", entry, offered_at="2030-01-09 10:00Z")
        with refused("waiting_entries_offer_ends"):
            change(
                db,
                "waiting_entries",
                entry,
                offered_at="2030-01-09 10:00Z",
                offer_expires_at="2030-01-09 10:31Z",
            )
        with refused("waiting_entries_end_after_start"):
            change(db, "waiting_entries", entry, ends_at="2030-01-10 10:00Z")
