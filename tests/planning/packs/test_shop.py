"""Orders with stock, publication at a time, and ratings: each in its first depth."""

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

TEA = (
    "Customers put teas into a cart and order them. Never more is sold than we have in stock. "
    "An order that is not paid within 2 days is cancelled. Teas that are out of stock can be "
    "ordered all the same. Customers rate each tea with one to five stars, once."
)
NEWS = (
    "Editors write announcements, save drafts and publish them now or later. Announcements can "
    "be taken offline and have an end date."
)


def packs(text: str) -> set[str]:
    return {matched.slug for matched in understand(text).packs}


def test_a_shop_is_read_to_the_last_word() -> None:
    model = planned(TEA)
    texts = rule_texts(model)
    assert bound(model, "order") == {"subject": "tea"}
    assert bound(model, "rating") == {"subject": "tea"}
    assert "within 2 days" in texts["order.unpaid"]
    assert {"order.stock", "order.backorder", "rating.once"} <= set(texts)
    assert "between 1 and 5" in texts["rating.scale"]
    assert model.not_understood == ()


def test_an_announcement_appears_at_its_time_and_a_draft_is_no_other_thing() -> None:
    model = planned(NEWS)
    assert bound(model, "publication")["subject"] == "announcement"
    assert model.entity("draft") is None
    assert {"publication.planned", "publication.taken-off", "publication.ends"} <= set(
        rule_texts(model)
    )
    assert "offline" not in packs(NEWS)


@pytest.mark.parametrize(
    ("slug", "text"),
    [
        ("order", "Clerks create purchase orders and edit them. Managers approve purchase orders."),
        ("order", "Readers may order at most 10 copies per day."),
        ("rating", "The exchange rate is updated daily. Clerks create contracts."),
        ("rating", "Guests book rooms. The hourly rate is shown."),
        ("publication", "Authors submit articles. The editor approves articles."),
        ("publication", "A package is published to the registry at a tag."),
    ],
)
def test_a_word_alone_calls_for_no_pack(slug: str, text: str) -> None:
    assert slug not in packs(text)


@pytest.mark.parametrize("brief", [TEA, NEWS], ids=["tea", "news"])
def test_plans_are_consistent_and_each_rule_can_go_alone(brief: str) -> None:
    model = planned(brief)
    assert_consistent(model)
    assert_rules_stand(model)
    assert_rules_can_go(brief)


def test_the_rules_of_a_shop_hold_in_the_database(empty_database: str) -> None:
    with built(TEA, empty_database) as db:
        customer = user(db, "customer")
        tea = insert(db, "teas", name="Assam", price=4, stock_count=3)
        with refused("teas_stock_not_negative"):
            change(db, "teas", tea, stock_count=-1)
        cart = insert(db, "orders", owner_id=customer)
        with refused("orders_one_cart"):
            insert(db, "orders", owner_id=customer)
        with refused("orders_placed_when"):
            change(db, "orders", cart, status="placed")
        insert(db, "order_lines", order_id=cart, tea_id=tea, quantity=2)
        with refused("order_lines_once"):
            insert(db, "order_lines", order_id=cart, tea_id=tea, quantity=1)
        rating = {"tea_id": tea, "rated_by_id": customer}
        with refused("ratings_scale"):
            insert(db, "ratings", **rating, stars=6)
        insert(db, "ratings", **rating, stars=5)
        with refused("ratings_once"):
            insert(db, "ratings", **rating, stars=1)


def test_nothing_appears_before_its_time_in_the_database(empty_database: str) -> None:
    with built(NEWS, empty_database) as db:
        facts = {
            "owner_id": user(db, "editor"),
            "publish_at": "2030-01-02",
            "end_date": "2030-03-01",
        }
        with refused("announcements_not_before"):
            insert(db, "announcements", **facts, published_at="2030-01-01")
        shown = insert(db, "announcements", **facts, published_at="2030-01-02")
        with refused("announcements_off_after"):
            change(db, "announcements", shown, unpublished_at="2030-01-01")
        with refused("announcements_ends_later"):
            change(db, "announcements", shown, unpublish_at="2030-01-01")
