"""Bulk changes: what was shown is what is changed, on record, and it can be taken back."""

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

TARIFFS = (
    "Mass edit of tariffs\n\nClerks change the fees of many tariffs at once. They select tariffs "
    "by region, class and age. Fees go up by a percentage, rounded to full euros. Old and new fees "
    "are shown before anything is saved. At most 3,000 tariffs per change. Changes can be planned "
    "for a later date and be undone within two days. No fee may fall below cost unless the "
    "treasurer agrees."
)
STAFF = (
    "As an office manager I want to update the desks of several employees in one go.\n\n"
    "- choose employees by floor and team\n- see old and new desk before saving\n"
    "- the change takes effect on a date I choose\n- who changed what is kept"
)


def test_tariffs_are_read_to_the_last_word() -> None:
    model = planned(TARIFFS)
    texts = rule_texts(model)
    assert bound(model, "bulk-change") == {"subject": "tariff"}
    assert texts["bulk-change.filters"] == "Tariffs are chosen by region, class and age."
    assert "at most 3000" in texts["bulk-change.rows"]
    assert "within two days" in texts["bulk-change.take-back"]
    assert "the treasurer agreed" in texts["bulk-change.guard"]
    assert {"bulk-change.planned", "bulk-change.preview", "bulk-change.rounding"} <= set(texts)
    assert model.not_understood == ()


def test_people_can_be_changed_in_bulk_as_well() -> None:
    model = planned(STAFF)
    assert bound(model, "bulk-change") == {"subject": "employee"}
    assert {"bulk-change.planned", "bulk-change.history"} <= set(rule_texts(model))


@pytest.mark.parametrize(
    "text",
    [
        "Editors import many books at once from CSV.",
        "Users create notes and change the title of a note.",
        "Nobody may change several bookings at once. Users create bookings.",
        "Teachers send messages to many parents at once.",
    ],
)
def test_one_change_and_an_import_are_no_bulk_change(text: str) -> None:
    assert "bulk-change" not in {matched.slug for matched in understand(text).packs}


def test_each_rule_can_go_alone() -> None:
    assert_rules_can_go(TARIFFS)


def test_the_plan_is_consistent() -> None:
    model = planned(TARIFFS)
    assert_consistent(model)
    assert_rules_stand(model)


def test_the_rules_hold_in_the_database(empty_database: str) -> None:
    with built(TARIFFS, empty_database) as db:
        clerk = user(db, "clerk")
        facts = {"author_id": clerk, "filters": "{}", "changes": "{}"}
        with refused("bulk_changes_rows"):
            insert(db, "bulk_changes", **facts, row_count=3001)
        one = insert(db, "bulk_changes", **facts, row_count=2)
        with refused("bulk_changes_previewed_first"):
            change(db, "bulk_changes", one, started_at="2026-01-01")
        with refused("bulk_changes_planned_later"):
            change(
                db,
                "bulk_changes",
                one,
                previewed_at="2026-01-01",
                planned_at="2026-02-01",
                started_at="2026-01-31",
            )
        change(
            db,
            "bulk_changes",
            one,
            previewed_at="2026-01-01",
            started_at="2026-01-02",
            finished_at="2026-01-02",
            done_count=2,
        )
        with refused("bulk_changes_taken_back_in_time"):
            change(db, "bulk_changes", one, taken_back_at="2026-01-04 00:01Z")
        row = {
            "bulk_change_id": one,
            "tariff_id": insert(db, "tariffs"),
            "old_values": '{"fee": 1}',
            "new_values": '{"fee": 2}',
            "is_guarded": True,
        }
        kept = insert(db, "bulk_change_rows", **row)
        with refused("bulk_change_rows_guarded"):
            change(db, "bulk_change_rows", kept, status="applied", applied_at="2026-01-02")
        agreed = {"agreed_at": "2026-01-02", "agreed_by_id": clerk}
        change(db, "bulk_change_rows", kept, status="applied", applied_at="2026-01-02", **agreed)
        with refused("bulk_change_rows_kept"):
            change(db, "bulk_change_rows", kept, new_values='{"fee": 3}')
