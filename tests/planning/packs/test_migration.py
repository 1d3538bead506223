"""Migration: shadow runs, windows, frozen days, two people, the way back, what moves along."""

from __future__ import annotations

import pytest

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    bound,
    built,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

TILL = (
    "We switch from our old till software to KassaNew. 12,000 articles, 300 price lists and 41,000 "
    "vouchers. A trial run for four weeks comes first, and the new receipts are compared with the "
    "old ones. Each shop can be switched back within 5 days without a customer noticing. The "
    "switch happens on a Sunday night and takes 4 hours at most. Between 20 November and 2 January "
    "nothing is switched. Old vouchers are checked by hand by two people. The auditor gets a list "
    "of all differences. Vouchers keep working."
)


def test_each_demand_is_said_in_its_own_words() -> None:
    model = planned(TILL)
    texts = rule_texts(model)
    assert "trial run for four weeks" in texts["migration.shadow"]
    assert "within 5 days" in texts["migration.way-back-within"]
    assert "without a customer noticing" in texts["migration.unnoticed"]
    assert "Sunday night" in texts["migration.switch-window"]
    assert "20 November and 2 January" in texts["migration.frozen-days"]
    assert "list of all differences" in texts["migration.differences-report"]
    assert "migration.two-people" in texts
    nouns = bound(model, "migration")
    assert (nouns["subject"], nouns["further"]) == ("article", "voucher")
    assert nouns["result"] == "receipt"


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(TILL)


def test_the_second_person_is_another_one(empty_database: str) -> None:
    with built(TILL, empty_database) as db:
        article = insert(db, "articles", old_ref="7", status="sold")
        ann, ben = user(db, "ann"), user(db, "ben")
        with refused("article_moves_two_people"):
            insert(db, "article_moves", article_id=article, checked_by_id=ann, confirmed_by_id=ann)
        with refused("article_moves_two_people"):
            insert(db, "article_moves", article_id=article, confirmed_by_id=ben)
        insert(db, "article_moves", article_id=article, checked_by_id=ann, confirmed_by_id=ben)


@pytest.mark.parametrize(
    ("clause", "slug"),
    [
        ("The shop is closed on Sundays.", "migration.switch-window"),
        ("Go back to the office within an hour.", "migration.shadow"),
        ("From 1 May to 3 May we meet the provider.", "migration.frozen-days"),
        ("The two people at the till are Ann and Ben.", "migration.two-people"),
    ],
)
def test_what_sounds_alike_is_not_taken_for_it(clause: str, slug: str) -> None:
    model = understand(
        f"We migrate 12,000 articles from our old till software to KassaNew. {clause}"
    )
    assert slug not in rule_texts(model)
