"""Dashboards: numbers with a definition, rolled up by day, and silent about single people."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.plan import contributions
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    bound,
    built,
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
