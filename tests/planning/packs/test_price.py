"""Prices, cancellations and payouts: frozen when agreed, charged once, paid out once."""

from __future__ import annotations

import pytest

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_consistent,
    assert_rules_can_go,
    assert_rules_stand,
    bound,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

COACHES = (
    "Coaches enter when they are free. Climbers book lessons for a child. A lesson costs 30 euros "
    "an hour, 20 for members of the alpine club. Cancelling is free until noon of the day before; "
    "after that half of the price is charged. Whoever does not show up pays the full price. "
    "Coaches confirm each lesson afterwards. They get paid on the 5th of each month for the "
    "lessons that took place. Coaches receive 70 % of the price."
)
KAYAKS = (
    "Guests book kayaks. A kayak costs 15 EUR per hour. Students get 20 % off. "
    "Cancellation is free up to 48 hours before the start; later 10 euros are charged. "
    "Customers can redeem a voucher."
)


def slugs(text: str) -> set[str]:
    return {rule.slug for rule in understand(text).rules}


def test_coaches_are_read_to_the_last_word() -> None:
    model = planned(COACHES)
    texts = rule_texts(model)
    assert bound(model, "scheduling") == {"subject": "lesson", "resource": "coach"}
    assert texts["price.list"].startswith("Price: 30 euros an hour, 20 for members")
    assert "members of the alpine club" in texts["price.group"]
    assert "until noon of the day before" in texts["price.free-until"]
    assert "half of the price" in texts["price.late-cancellation"]
    assert "the full price" in texts["price.absent"]
    assert {"scheduling.for-whom", "scheduling.outcome", "payout.only-held"} <= set(texts)
    assert "70 percent" in texts["payout.share"]
    assert model.not_understood == ()


def test_who_offers_does_not_book() -> None:
    model = planned(COACHES)
    booking = next(one for one in model.actions if one.name == "createLesson")
    assert "coach" not in booking.actors
    window = next(one for one in model.actions if one.name == "addAvailability")
    assert "coaches" in window.permission


def test_a_price_without_a_lesson_is_frozen_in_what_is_booked() -> None:
    texts = rule_texts(planned(KAYAKS))
    assert "15 EUR per hour" in texts["price.list"]
    assert "students" in texts["price.group"]
    assert "48 hours before the start" in texts["price.free-until"]
    assert "10 euros" in texts["price.late-cancellation"]
    assert "price.voucher" in texts


@pytest.mark.parametrize(
    "text",
    [
        "Employees submit expenses. Expenses above 500 EUR per person need an approval.",
        "Clerks create invoices. An invoice must be paid within 30 days.",
        "Users create notes. Members get a badge after 20 % of the course.",
        "Staff are paid 20 euros an hour. Clerks create shifts and edit shifts.",
        "Members book courts. The deposit is 20 euros.",
    ],
)
def test_limits_wages_and_deposits_are_no_prices(text: str) -> None:
    assert not {one for one in slugs(text) if one.startswith("price.")}


def test_a_social_card_is_no_means_of_payment() -> None:
    texts = rule_texts(
        planned("Members book rooms and pay for them. It costs 9 euros, 5 with a social card.")
    )
    assert "payment.methods" not in texts


@pytest.mark.parametrize("brief", [COACHES, KAYAKS], ids=["coaches", "kayaks"])
def test_each_rule_can_go_alone(brief: str) -> None:
    assert_rules_can_go(brief)


def test_the_plan_is_consistent() -> None:
    for brief in (COACHES, KAYAKS):
        model = planned(brief)
        assert_consistent(model)
        assert_rules_stand(model)


def test_the_rules_of_coaches_hold_in_the_database(empty_database: str) -> None:
    with built(COACHES, empty_database) as db:
        guest, coach = user(db, "guest"), user(db, "coach")
        climbing = insert(db, "coaches", name="Kim", offered_by_id=coach)
        times = {"starts_at": "2030-01-10 08:00Z", "ends_at": "2030-01-10 12:00Z"}
        window = insert(db, "availability_windows", coach_id=climbing, **times)
        with refused("availability_windows_no_overlap"):
            insert(db, "availability_windows", coach_id=climbing, **times)
        lesson = {
            "coach_id": climbing,
            "booked_by_id": guest,
            "child_id": insert(db, "children", name="Jo", guardian_id=guest),
            "availability_window_id": window,
            "window_starts_at": times["starts_at"],
            "window_ends_at": times["ends_at"],
            "starts_at": "2030-01-10 10:00Z",
            "ends_at": "2030-01-10 11:00Z",
            "agreed_amount": 30,
            "agreed_currency": "EUR",
        }
        with refused("lessons_within_window"):
            insert(db, "lessons", **lesson | {"ends_at": "2030-01-10 12:01Z"})
        booked = insert(db, "lessons", **lesson)
        with refused("lessons_within_window"):
            change(db, "availability_windows", window, ends_at="2030-01-10 10:30Z")
        with refused("lessons_price_frozen"):
            change(db, "lessons", booked, agreed_amount=20)
        with refused("lessons_cancellation_fee"):
            change(db, "lessons", booked, cancellation_fee=31)
        outcome = {"outcome": "held", "outcome_recorded_by_id": coach}
        with refused("lessons_outcome_after_start"):
            change(db, "lessons", booked, **outcome, outcome_recorded_at="2030-01-10 09:00Z")
        change(db, "lessons", booked, **outcome, outcome_recorded_at="2030-01-10 11:00Z")
        payout = insert(
            db,
            "payouts",
            payee_id=coach,
            period_starts_on="2030-01-01",
            period_ends_on="2030-01-31",
            amount=21,
        )
        line = {"payout_id": payout, "lesson_id": booked, "price_amount": 30}
        with refused("payout_lines_share"):
            insert(db, "payout_lines", **line, amount=22)
        insert(db, "payout_lines", **line, amount=21)
        with refused("payout_lines_once"):
            insert(db, "payout_lines", **line, amount=21)
        with refused("payouts_released_by"):
            change(db, "payouts", payout, released_by_id=coach, released_at="2030-02-01")
