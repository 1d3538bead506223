"""Quotas: counted in a window, refused above it, and told before."""

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

SIMULATIONS = (
    "Each user may run at most 100 simulations per day. Above the limit requests are refused. "
    "Users see how many are left. Warn them at 80% of the limit. Premium users have higher limits."
)


def test_limit_window_and_warning_keep_their_numbers() -> None:
    model = planned(SIMULATIONS)
    texts = rule_texts(model)
    assert bound(model, "quota")["counted"] == "simulation"
    assert model.not_understood == ()
    assert "at most 100 simulations in one day" in texts["quota.limit"]
    assert "80 percent" in texts["quota.warning"]
    assert {"quota.above", "quota.visible", "quota.exceptions"} <= set(texts)
    assert not [q for q in model.questions if q.slug in {"quota.above", "quota.limit"}]


def test_a_limit_can_be_for_a_group() -> None:
    model = planned("There is a quota of 10,000 e-mails per month for each organisation.")
    assert bound(model, "quota")["holder"] == "organisation"
    assert "10000" in rule_texts(model)["quota.limit"]


@pytest.mark.parametrize(
    "text",
    [
        "Integrators create API keys. API keys have a rate limit.",
        "Users create API keys. There is a rate limit per key.",
        "Drivers upload photos, at most 5 MB each.",
    ],
)
def test_limits_of_keys_and_of_sizes_are_no_quotas(text: str) -> None:
    assert "quota" not in {matched.slug for matched in understand(text).packs}


def test_the_database_refuses_what_is_above(empty_database: str) -> None:
    with built(SIMULATIONS, empty_database) as db:
        ann = user(db, "ann")
        window = {"user_id": ann, "window_start": "2030-01-05 00:00Z"}
        with refused("usage_counters_window"):
            insert(db, "usage_counters", **window | {"window_start": "2030-01-05 07:00Z"})
        key = insert(db, "usage_counters", **window, used=99)
        with refused("usage_counters_once"):
            insert(db, "usage_counters", **window)
        change(db, "usage_counters", key, used=100)
        with refused("usage_counters_within"):
            change(db, "usage_counters", key, used=101)
        insert(db, "usage_limits", user_id=ann, allowed=500)
        with refused("usage_limits_once"):
            insert(db, "usage_limits", user_id=ann, allowed=600)


def test_the_statement_that_counts_stops_at_the_limit(empty_database: str) -> None:
    with built(SIMULATIONS, empty_database) as db:
        ann = user(db, "ann")
        (note,) = [
            note.text
            for note, _ in contributions(planned(SIMULATIONS)).notes
            if note.text.startswith('INSERT INTO "usage_counters"')
        ]
        statement = note.rpartition(";")[0]
        for number, value in enumerate((f"'{ann}'", "'simulation'", "'2030-01-05 00:00Z'", "2"), 1):
            statement = statement.replace(f"${number}", value)
        counted = [db.exec_driver_sql(statement).scalar() for _ in range(3)]
        assert counted == [1, 2, None]


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(SIMULATIONS)
