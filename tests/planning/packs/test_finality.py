"""Finality: what is locked, final or only ever added is refused by the tables themselves."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

INSPECTIONS = (
    "Inspectors create inspections with a title and edit inspections. A signed inspection can't be "
    "changed. Only the director may unlock it, with a reason."
)
READINGS = (
    "Technicians create readings with a title and see readings. Readings are never edited or "
    "deleted."
)
ARTICLES = (
    "Authors create articles with a title and edit articles. Deleting a published article isn't "
    "possible."
)


def told(sentence: str) -> list[str]:
    """Return what the rules about finality say of a sentence."""
    rules = understand(f"Members create orders and edit orders. {sentence}").rules
    return [rule.text for rule in rules if rule.slug.startswith("finality.")]


@pytest.mark.parametrize(
    ("sentence", "slug", "text"),
    [
        ("Once signed, a contract can no longer be edited.", "locked", "A contract that is signed"),
        ("After it has been paid, an order is locked.", "locked", "An order that is paid"),
        ("Approved weeks are locked.", "locked", "An order that is approved"),
        ("Nobody may alter a statement once it has been issued.", "locked",
         "A statement that is issued"),
        ("Protocols are read-only for everybody once published.", "locked",
         "A protocol that is published"),
        ("Rejected claims are final.", "final", "A claim that is rejected"),
        ("A cancelled trip cannot be reopened.", "final", "A trip that is cancelled"),
        ("Published results must not be deleted.", "not-deleted", "A result that was published"),
        ("Nobody may change or delete a measurement.", "added-only", "Measurements are only"),
        ("Only the treasurer may reopen a closed order.", "unlock",
            "Only the treasurer may unlock"),
    ],
)  # fmt: skip
def test_what_stays_as_it_is_is_read(sentence: str, slug: str, text: str) -> None:
    assert any(one.startswith(text) for one in told(sentence)), slug


@pytest.mark.parametrize(
    "sentence",
    [
        "The font can't be changed.",
        "Prices can't be changed by trainees.",
        "Booked seats cannot be changed less than 2 hours before.",
        "Approved orders cannot be changed without a new approval.",
        "The log can't be changed or deleted.",
        "The screen is locked after a minute.",
    ],
)
def test_a_limit_of_another_kind_is_no_end_of_all_change(sentence: str) -> None:
    assert told(sentence) == []


def test_a_locked_row_is_changed_by_nobody_until_it_is_unlocked(empty_database: str) -> None:
    with built(INSPECTIONS, empty_database) as db:
        ann, boss = user(db, "ann"), user(db, "boss")
        row = insert(db, "inspections", title="Roof", owner_id=ann)
        change(db, "inspections", row, title="Roof and walls")
        change(db, "inspections", row, locked_at="2030-01-01Z")
        with refused("inspections_locked"):
            change(db, "inspections", row, title="Walls")
        with refused("inspections_locked"):
            change(db, "inspections", row, locked_at=None)
        with refused("inspections_locked"):
            db.execute(text("DELETE FROM inspections"))
        reason = {"unlock_reason": "wrong house", "unlocked_by_id": boss}
        with refused("inspections_locked"):
            change(db, "inspections", row, locked_at=None, title="Walls", **reason)
        with refused("inspections_unlocked_for_a_reason"):
            change(db, "inspections", row, locked_at=None, unlock_reason="because")
        change(db, "inspections", row, locked_at=None, **reason)
        change(db, "inspections", row, title="Walls")


def test_what_is_only_added_is_corrected_by_a_row_with_a_reason(empty_database: str) -> None:
    with built(READINGS, empty_database) as db:
        ann = user(db, "ann")
        row = insert(db, "readings", title="7.1", owner_id=ann)
        with refused("readings_added_only"):
            change(db, "readings", row, title="7.2")
        with refused("readings_added_only"):
            db.execute(text("DELETE FROM readings"))
        with refused("readings_correction_reason"):
            insert(db, "readings", title="7.2", owner_id=ann, corrects_id=row)
        insert(
            db, "readings", title="7.2", owner_id=ann, corrects_id=row, correction_reason="misread"
        )


def test_what_was_published_once_is_not_deleted(empty_database: str) -> None:
    with built(ARTICLES, empty_database) as db:
        ann = user(db, "ann")
        insert(db, "articles", title="Draft", owner_id=ann)
        db.execute(text("DELETE FROM articles"))
        insert(db, "articles", title="News", owner_id=ann, published_at="2030-01-01Z")
        with refused("articles_not_deleted"):
            db.execute(text("DELETE FROM articles"))
        db.execute(text("SET app.purge = 'on'"))
        db.execute(text("DELETE FROM articles"))


def test_what_has_no_table_is_asked_for() -> None:
    model = planned("Members create orders and edit orders. A signed lease can't be changed.")
    assert rule_texts(model)["finality.locked"].startswith("A lease that is signed is locked")
    assert any("Where are leases stored?" in question.text for question in model.questions)


@pytest.mark.parametrize("brief", [INSPECTIONS, READINGS, ARTICLES])
def test_each_rule_can_go_alone(brief: str) -> None:
    assert_rules_can_go(brief)
