"""Reservation: a hold ends by itself, and a deposit is paid, kept or paid back by rules."""

from __future__ import annotations

import pytest

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

CABINS = (
    "Guests reserve a cabin with a deposit of 20% of the price. The reservation is held for 30 "
    "minutes until the deposit is paid, otherwise it expires. The deposit is refunded when the "
    "guest cancels at least 14 days before arrival. A no-show loses the deposit."
)
BIKES = (
    "Customers rent bikes with a deposit of 50 EUR. Bikes are held for 2 hours. "
    "Deposits are not refundable. Bikes not claimed by noon are given to somebody else."
)


def test_hold_deposit_refund_and_no_show_are_found() -> None:
    model = planned(CABINS)
    texts = rule_texts(model)
    assert bound(model, "reservation") == {"subject": "reservation", "resource": "cabin"}
    assert model.not_understood == ()
    assert "30 minutes" in texts["reservation.hold"]
    assert "20 percent" in texts["reservation.deposit-share"]
    assert "14 days" in texts["reservation.refund"]
    assert {"reservation.no-show", "reservation.no-show-deposit"} <= set(texts)
    assert "reservation.no-refund" not in texts


def test_a_fixed_deposit_that_is_never_paid_back() -> None:
    texts = rule_texts(planned(BIKES))
    assert "50 EUR" in texts["reservation.deposit-amount"]
    assert {"reservation.no-refund", "reservation.late"} <= set(texts)
    assert "reservation.refund" not in texts


def test_with_a_booking_the_deposit_belongs_to_the_booking() -> None:
    model = planned("Members can book boats. A deposit of 30 EUR is taken.")
    assert bound(model, "reservation") == {"subject": "booking", "resource": "boat"}
    booking = model.entity("booking")
    assert booking is not None
    assert {"ends_at", "hold_expires_at", "deposit_amount"} <= {f.name for f in booking.fields}


def test_money_on_an_account_is_no_deposit_of_a_reservation() -> None:
    text = "Customers deposit money at the counter. Clerks can record deposit slips."
    assert "reservation" not in {matched.slug for matched in understand(text).packs}


@pytest.mark.parametrize("brief", [CABINS, BIKES], ids=["cabins", "bikes"])
def test_each_rule_can_go_alone(brief: str) -> None:
    assert_rules_can_go(brief)


def test_the_rules_of_cabins_hold_in_the_database(empty_database: str) -> None:
    with built(CABINS, empty_database) as db:
        facts = {
            "cabin_id": insert(db, "cabins", name="Birch"),
            "booked_by_id": user(db, "guest"),
            "created_at": "2030-01-01 10:00Z",
            "hold_expires_at": "2030-01-01 10:30Z",
            "starts_at": "2030-02-01 15:00Z",
            "price": "333.33",
            "deposit_amount": "66.67",
        }
        paid = {"deposit_paid_at": "2030-01-01 10:10Z"}
        with refused("reservations_hold"):
            insert(db, "reservations", **facts | {"hold_expires_at": "2030-01-01 10:31Z"})
        with refused("reservations_hold_ends_later"):
            insert(db, "reservations", **facts | {"hold_expires_at": "2030-01-01 10:00Z"})
        with refused("reservations_deposit_share"):
            insert(db, "reservations", **facts | {"deposit_amount": "66.66"})
        with refused("reservations_paid_first"):
            insert(db, "reservations", **facts, confirmed_at="2030-01-01 10:05Z")
        with refused("reservations_refund_limit"):
            insert(db, "reservations", **facts, deposit_refunded_amount="1.00")
        with refused("reservations_refund_limit"):
            insert(db, "reservations", **facts, **paid, deposit_refunded_amount="66.68")
        confirmed = {**facts, **paid, "confirmed_at": "2030-01-01 10:11Z"}
        with refused("reservations_expired_unconfirmed"):
            insert(
                db,
                "reservations",
                **confirmed,
                cancelled_at="2030-01-01 10:31Z",
                cancellation_kind="expired",
            )
        with refused("reservations_cancelled_how"):
            insert(db, "reservations", **confirmed, cancelled_at="2030-01-02 10:00Z")
        key = insert(db, "reservations", **confirmed)
        late = {"cancelled_at": "2030-01-18 15:01Z", "deposit_refunded_amount": "66.67"}
        with refused("reservations_refund_in_time"):
            change(db, "reservations", key, **late, cancellation_kind="own")
        with refused("reservations_no_show"):
            change(db, "reservations", key, no_show_at="2030-02-01 14:59Z")
        with refused("reservations_no_show_pays"):
            change(
                db,
                "reservations",
                key,
                no_show_at="2030-02-01 16:00Z",
                deposit_refunded_amount="1.00",
            )
        change(db, "reservations", key, **late, cancellation_kind="staff")


def test_the_rules_of_bikes_hold_in_the_database(empty_database: str) -> None:
    with built(BIKES, empty_database) as db:
        facts = {
            "bike_id": insert(db, "bikes", name="7"),
            "booked_by_id": user(db, "rider"),
            "created_at": "2030-01-01 10:00Z",
            "hold_expires_at": "2030-01-01 12:00Z",
            "deposit_amount": 50,
            "deposit_paid_at": "2030-01-01 10:10Z",
        }
        with refused("reservations_deposit_amount"):
            insert(db, "reservations", **facts | {"deposit_amount": 49})
        gone = {"cancelled_at": "2030-01-01 11:00Z", "deposit_refunded_amount": 50}
        with refused("reservations_no_refund"):
            insert(db, "reservations", **facts, **gone, cancellation_kind="own")
        with refused("reservations_arrived"):
            arrived = {"arrived_at": "2030-01-01 10:30Z"}
            insert(db, "reservations", **facts, **gone, **arrived, cancellation_kind="staff")
        insert(db, "reservations", **facts, **gone, cancellation_kind="staff")
