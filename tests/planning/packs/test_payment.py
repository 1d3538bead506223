"""Payment: charged once, paid back within limits, renewed once a period."""

from __future__ import annotations

import json

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
    some_key,
)
from tests.planning.plans import artifact, run
from tests.planning.test_database import insert, user

GYM = (
    "Members subscribe to a monthly plan and pay by card or SEPA. The first 14 days are free. "
    "Nobody may be charged twice. When a charge fails, it is retried for 10 days, then the "
    "subscription ends. Refunds are possible within 30 days."
)
TRIPS = "Parents pay for school trips online. Support can refund a payment."
GIFTS = (
    "Donors give monthly or once, by card or direct debit; minimum 5 EUR. We never store card "
    "numbers. A failed payment is tried again after 3, 7 and 14 days."
)


def test_a_subscription_with_trial_and_grace_is_read() -> None:
    model = planned(GYM)
    texts = rule_texts(model)
    assert model.not_understood == ()
    assert "14 days" in texts["payment.trial"]
    assert "10 days" in texts["payment.grace"]
    assert "30 days" in texts["payment.refund-window"]
    assert texts["payment.methods"].endswith("card or SEPA.")
    assert {"plan", "subscription", "payment", "refund"} <= {one.name for one in model.entities}


def test_what_is_paid_for_exists_already() -> None:
    model = planned(TRIPS)
    trip = model.entity("school_trip")
    assert bound(model, "payment") == {"paid": "school_trip"}
    assert trip is not None
    assert trip.existing
    assert model.entity("subscription") is None


@pytest.mark.parametrize("slug", ["payment.provider", "payment.methods", "payment.tax"])
def test_what_a_brief_seldom_says_is_asked(slug: str) -> None:
    questions = {question.slug: question for question in planned(TRIPS).questions}
    assert questions[slug].assumption


def test_the_question_about_means_of_payment_names_sepa_and_3d_secure() -> None:
    questions = {question.slug: question.text for question in planned(TRIPS).questions}
    assert "SEPA" in questions["payment.methods"]
    assert "3-D Secure" in questions["payment.methods"]


@pytest.mark.parametrize(
    "text",
    [
        "A payment by a clerk is executed only after release. Clerks can create orders.",
        "The treasurer sees accounts and payments. Members can create orders and edit orders.",
        "Readers subscribe to a newsletter. Editors can create issues and edit issues.",
        "We move from our home-grown payments to another provider.",
        "Invoices are kept for ten years. Clerks can create invoices and edit invoices.",
    ],
)
def test_other_demands_are_no_payment(text: str) -> None:
    assert "payment" not in {matched.slug for matched in understand(text).packs}


def test_money_that_is_not_clear_is_still_asked_about() -> None:
    model = understand("There should be something with billing. Can you build it?")
    assert any(question.slug == "topic.payment" for question in model.questions)


def test_the_providers_message_has_no_session_no_key_and_no_page() -> None:
    results = run(TRIPS)
    interface = json.loads(artifact(results, "api").body)
    message = interface["paths"]["/webhooks/payments"]["post"]
    assert message["security"] == [{"signature": []}]
    assert "signature" in interface["components"]["securitySchemes"]
    assert message["parameters"] == []
    assert "receivePaymentEvent" not in artifact(results, "page-map").body
    threats = json.loads(artifact(results, "threats").body)["threats"]
    mine = {one["rule"] for one in threats if one["operation"] == "receivePaymentEvent"}
    assert "payment.forged-event" in mine
    assert "general.forgery" not in mine


def test_gifts_have_a_minimum_and_no_card_numbers() -> None:
    texts = rule_texts(planned(GIFTS))
    assert texts["payment.minimum"] == "A payment is 5 EUR or more."
    assert "payment.card-data" in texts
    assert "after 3, 7 and 14 days" in texts["payment.retries"]
    assert texts["payment.methods"].endswith("card or direct debit.")


def test_a_minimum_holds_in_the_database(empty_database: str) -> None:
    with built(GIFTS, empty_database) as db:
        facts = {"payer_id": user(db, "donor"), "currency": "EUR", "idempotency_key": some_key()}
        with refused("payments_minimum"):
            insert(db, "payments", **facts, amount="4.99")
        insert(db, "payments", **facts, amount="5.00")


@pytest.mark.parametrize("brief", [GYM, TRIPS, GIFTS], ids=["gym", "trips", "gifts"])
def test_each_rule_can_go_alone(brief: str) -> None:
    assert_rules_can_go(brief)


def test_the_rules_of_payments_hold_in_the_database(empty_database: str) -> None:
    with built(GYM, empty_database) as db:
        member = user(db, "member")
        key = some_key()
        facts = {"payer_id": member, "amount": 30, "currency": "EUR", "created_at": "2030-01-01Z"}
        first = insert(db, "payments", **facts, idempotency_key=key)
        with refused("payments_idempotency_key_key"):
            insert(db, "payments", **facts, idempotency_key=key)
        with refused("payments_positive"):
            insert(db, "payments", **facts | {"amount": 0}, idempotency_key=some_key())
        with refused("payments_currency_iso"):
            insert(db, "payments", **facts | {"currency": "eur"}, idempotency_key=some_key())
        with refused("payments_status_known"):
            change(db, "payments", first, status="lost")
        with refused("payments_paid_when"):
            change(db, "payments", first, status="paid")
        event = {"provider_event_id": "evt_1", "event_type": "paid", "payload": "{}"}
        insert(db, "payment_events", **event)
        with refused("payment_events_once"):
            insert(db, "payment_events", **event)
        refund = {
            "payment_id": first,
            "payment_paid_at": "2030-01-02Z",
            "requested_by_id": member,
            "amount": 30,
            "reason": "ill",
            "created_at": "2030-02-01Z",
        }
        with refused("refunds_of_paid"):
            insert(db, "refunds", **refund, idempotency_key=some_key())
        with refused("payments_refund_limit"):
            change(db, "payments", first, refunded_amount=1)
        change(db, "payments", first, status="paid", paid_at="2030-01-02Z", refunded_amount=30)
        with refused("payments_refund_limit"):
            change(db, "payments", first, refunded_amount="30.01")
        insert(db, "refunds", **refund, idempotency_key=some_key())
        with refused("refunds_in_time"):
            late = refund | {"created_at": "2030-02-01 00:01Z"}
            insert(db, "refunds", **late, idempotency_key=some_key())
        with refused("refunds_positive"):
            insert(db, "refunds", **refund | {"amount": 0}, idempotency_key=some_key())


def test_the_rules_of_subscriptions_hold_in_the_database(empty_database: str) -> None:
    with built(GYM, empty_database) as db:
        member = user(db, "member")
        with refused("plans_interval_positive"):
            insert(db, "plans", name="None", amount=1, interval_months=0)
        facts = {
            "subscriber_id": member,
            "plan_id": insert(db, "plans", name="Standard", amount=30),
            "created_at": "2030-01-01Z",
            "current_period_starts_at": "2030-01-15Z",
            "current_period_ends_at": "2030-02-15Z",
        }
        with refused("subscriptions_trial"):
            insert(db, "subscriptions", **facts, trial_ends_at="2030-01-15 00:01Z")
        with refused("subscriptions_grace"):
            insert(db, "subscriptions", **facts, grace_ends_at="2030-02-25 00:01Z")
        with refused("subscriptions_period_in_order"):
            insert(db, "subscriptions", **facts | {"current_period_ends_at": "2030-01-15Z"})
        with refused("subscriptions_ended_when"):
            insert(db, "subscriptions", **facts, status="ended")
        live = insert(db, "subscriptions", **facts, trial_ends_at="2030-01-15Z")
        with refused("subscriptions_one_live"):
            insert(db, "subscriptions", **facts)
        change(db, "subscriptions", live, status="ended", ended_at="2030-02-15Z")
        live = insert(db, "subscriptions", **facts)
        charge = {
            "payer_id": member,
            "amount": 30,
            "currency": "EUR",
            "subscription_id": live,
            "period_starts_at": "2030-01-15Z",
        }
        insert(db, "payments", **charge, status="failed", idempotency_key=some_key())
        insert(db, "payments", **charge, idempotency_key=some_key())
        with refused("payments_once_a_period"):
            insert(db, "payments", **charge, idempotency_key=some_key())
        with refused("payments_period_of_subscription"):
            without = {name: one for name, one in charge.items() if name != "period_starts_at"}
            insert(db, "payments", **without, idempotency_key=some_key())
