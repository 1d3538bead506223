"""Dashboards: numbers with a definition, rolled up by day, and silent about single people."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.plan import contributions
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

ORDERS = (
    "Managers see a dashboard with the number of open orders per day. Figures are not older than "
    "15 minutes. Each figure has a written definition. Groups with fewer than 5 orders are hidden. "
    "Days begin at midnight in the time zone of the warehouse."
)


def test_freshness_definition_and_small_groups_are_found() -> None:
    model = planned(ORDERS)
    texts = rule_texts(model)
    assert bound(model, "dashboard")["subject"] == "order"
    assert model.not_understood == ()
    assert "15 minutes" in texts["dashboard.freshness"]
    assert "fewer than 5 rows" in texts["dashboard.small-groups"]
    assert {"dashboard.definition", "dashboard.day", "dashboard.rollup"} <= set(texts)
    asked = {question.slug for question in model.questions}
    assert not {"dashboard.freshness", "dashboard.small-groups", "dashboard.day"} & asked


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Leads want to know how many tickets are closed per week.", "ticket"),
        ("We need statistics on donations.", "donation"),
        ("The clinic needs KPIs about appointments per month.", "appointment"),
    ],
)
def test_what_is_counted_is_found(text: str, subject: str) -> None:
    assert bound(planned(text), "dashboard")["subject"] == subject


@pytest.mark.parametrize(
    "text", ["make the dashboard better, users say it's confusing", "Redesign the dashboard."]
)
def test_a_nicer_dashboard_is_asked_about(text: str) -> None:
    assert not understand(text).plannable


def test_numbers_of_nothing_that_is_named_are_asked_about() -> None:
    model = understand("We need a dashboard.")
    assert not model.plannable
    assert "topic.dashboard" in {question.slug for question in model.questions}


def test_the_database_keeps_one_row_a_day_and_hides_small_groups(empty_database: str) -> None:
    with built(ORDERS, empty_database) as db:
        facts = {"slug": "open", "title": "Open", "unit": "orders", "kept_by_id": user(db, "ann")}
        with refused("metrics_defined"):
            insert(db, "metrics", **facts, definition=" ")
        metric = insert(db, "metrics", **facts, definition="Orders without a delivery.")
        day = {"metric_id": metric, "day": "2030-01-05", "numerator": 7, "row_count": 7}
        insert(db, "metric_days", **day)
        with refused("metric_days_once"):
            insert(db, "metric_days", **day)
        with refused("metric_days_counted"):
            insert(db, "metric_days", **day | {"group_name": "a"}, denominator=0)
        few = {"group_name": "b", "row_count": 4}
        with refused("metric_days_small_hidden"):
            insert(db, "metric_days", **day | few)
        insert(db, "metric_days", **day | few, is_shown=False)


def test_the_roll_up_runs_twice_with_the_same_result(empty_database: str) -> None:
    with built(ORDERS, empty_database) as db:
        insert(db, "orders", created_at="2030-01-05 23:30Z")
        insert(db, "orders", created_at="2030-01-05 12:00Z")
        metric = insert(
            db,
            "metrics",
            slug="open",
            title="Open",
            unit="orders",
            definition="All orders.",
            kept_by_id=user(db, "ann"),
        )
        (statement,) = [
            note.text.rpartition(";")[0]
            for note, _ in contributions(planned(ORDERS)).notes
            if note.text.startswith('INSERT INTO "metric_days"')
        ]
        values = (f"'{metric}'", "'Europe/Paris'", "'2030-01-01 00:00Z'", "5")
        for number, value in enumerate(values, 1):
            statement = statement.replace(f"${number}", value)
        for _ in range(2):
            db.exec_driver_sql(statement)
        rows = db.exec_driver_sql(
            "SELECT day::text, numerator, is_shown FROM metric_days ORDER BY day"
        ).all()
        assert rows == [("2030-01-05", 1, False), ("2030-01-06", 1, False)]


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(ORDERS)


SUPPORT = (
    "A dashboard shows the number of tickets per product and per shift, at most 10 minutes old. 6 "
    "months by day and 3 years by month. Rate = reopened tickets / closed tickets. Shifts with "
    "less than 20 tickets show a dash instead. No names of agents. A missing day is blank, never "
    "zero. An alarm when more than 50 tickets wait; one alarm per incident. Agents can set their "
    "own limit. Shift leads see only their own shift on the big screen. Comparison with other "
    "shifts only as an average. Values are thinned out to days after 2 years."
)


def test_each_demand_on_numbers_is_said_in_its_own_words() -> None:
    model = planned(SUPPORT)
    texts = rule_texts(model)
    assert "10 minutes" in texts["dashboard.age"]
    assert "6 months by day and 3 years by month" in texts["dashboard.history"]
    assert "2 years" in texts["dashboard.thinned"]
    assert "reopened tickets / closed tickets" in texts["dashboard.formula"]
    assert "less than 20 tickets" in texts["dashboard.too-few"]
    assert "more than 50 tickets" in texts["dashboard.alert"]
    assert "own limit" in texts["dashboard.own-limit"]
    assert "only as an average" in texts["dashboard.compared"]
    assert {
        "dashboard.alert-once", "dashboard.gaps", "dashboard.no-names", "dashboard.scope",
        "dashboard.wall",
    } <= texts.keys()  # fmt: skip
    assert {"product", "shift"} <= {entity.name for entity in model.entities}
    assert_rules_can_go(SUPPORT)


@pytest.mark.parametrize(
    ("clause", "slug"),
    [
        ("The firm is at most 10 years old.", "dashboard.age"),
        ("No names were chosen for the cats.", "dashboard.alert"),
        ("Teams with fewer than 4 people eat together.", "dashboard.too-few"),
        ("The alarm in the hall is loud.", "dashboard.alert"),
        ("Lights switch on at six.", "dashboard.own-limit"),
        ("It stands on a big table.", "dashboard.wall"),
    ],
)
def test_what_sounds_alike_is_not_taken_for_it(clause: str, slug: str) -> None:
    model = understand(f"A dashboard shows the number of tickets per day. {clause}")
    assert slug not in rule_texts(model)


def test_one_alert_is_open_at_a_time(empty_database: str) -> None:
    with built(SUPPORT, empty_database) as db:
        keeper = user(db, "ann")
        metric = insert(
            db,
            "metrics",
            slug="tickets",
            title="Tickets",
            definition="all of a day",
            unit="tickets",
            kept_by_id=keeper,
        )
        limit = {"metric_id": metric, "owner_id": keeper, "limit_numerator": 50}
        with refused("alert_rules_limit"):
            insert(db, "alert_rules", **limit, limit_denominator=0)
        rule = insert(db, "alert_rules", **limit)
        with refused("alert_rules_once"):
            insert(db, "alert_rules", **limit)
        first = insert(db, "alerts", alert_rule_id=rule)
        with refused("alerts_one_open"):
            insert(db, "alerts", alert_rule_id=rule)
        change(db, "alerts", first, ended_at="2100-01-01")
        insert(db, "alerts", alert_rule_id=rule)
