"""Which kind of work a brief asks for, and what it only mentions on the way."""

from __future__ import annotations

import pytest

from core.planning import FeatureModel, understand


def packs(model: FeatureModel) -> set[str]:
    return {matched.slug for matched in model.packs}


def rules(model: FeatureModel) -> dict[str, str]:
    return {rule.slug: rule.text for rule in model.rules}


SLOW_ORDERS = (
    "The list of open orders takes 14 seconds when the shop opens. 3 million rows. It should take "
    "under 400 ms for 99% of the calls, never above 3 s. Customers book orders by phone meanwhile."
)


def test_a_brief_that_begins_with_a_slow_page_is_about_speed() -> None:
    model = understand(SLOW_ORDERS)
    assert model.kind == "performance"
    assert packs(model) == {"performance"}
    assert [entity.name for entity in model.new_entities] == []


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        ("The list of damages is on the screen in under 2 seconds.", "speed.budget"),
        ("20,000 rows are read in less than 5 minutes.", "speed.bulk"),
        ("Everything is usable by keyboard.", "accessibility.keyboard"),
        ("Caretakers can use it on a small phone.", "accessibility.small-screen"),
    ],
)
def test_a_data_feature_that_mentions_speed_or_looks_stays_one(wish: str, rule: str) -> None:
    model = understand(
        "Caretakers can report damages and edit damages with a title. Tenants can report leaks "
        f"and edit leaks. {wish}"
    )
    assert model.kind == "data"
    assert {"damage", "leak"} <= {entity.name for entity in model.new_entities}
    assert rule in rules(model)
    assert not packs(model) & {"performance", "interface"}


def test_the_quoted_budget_keeps_its_number_and_its_share() -> None:
    model = understand(
        "Guides create tours and edit tours. The tour opens within 1.5 s for 99% of the calls."
    )
    assert "1.5 s" in rules(model)["speed.budget"]
    assert "for 99 percent" in rules(model)["speed.budget"]


@pytest.mark.parametrize(
    "text",
    [
        "Clerks create offers and edit offers. An offer is confirmed within 60 seconds, otherwise "
        "it lapses.",
        "Clerks create offers and edit offers. The session is locked after 30 s.",
        "Clerks create offers and edit offers. No bookings may overlap.",
        "Clerks create offers and edit offers. On the one hand they are short.",
    ],
)
def test_a_limit_on_people_is_no_wish_for_speed_or_looks(text: str) -> None:
    assert not packs(understand(text)) & {"speed", "accessibility", "performance", "interface"}


@pytest.mark.parametrize(
    "text",
    [
        "Everything takes forever. It is slow and nobody likes it. Something should happen.",
        "It used to be better. Now it's slow sometimes. Please do something.",
    ],
)
def test_grumbling_names_no_kind(text: str) -> None:
    model = understand(text)
    assert (model.kind, model.plannable) == ("none", False)
    assert model.questions


@pytest.mark.parametrize(
    "text",
    [
        "PlanFix is the industry-leading planner for craftsmen. Seamless scheduling, effortless "
        "invoices, lightning-fast search. Why wait? Start your free trial today.",
        "Trusted by 2,000 hotels, RoomStar brings state-of-the-art booking with smart dashboards. "
        "Get 30% off while stocks last. Order now.",
    ],
)
def test_a_brochure_is_of_no_kind(text: str) -> None:
    model = understand(text)
    assert (model.kind, model.plannable) == ("none", False)
    assert model.questions


def test_praise_within_a_wish_is_still_a_wish() -> None:
    model = understand(
        "We want an award-winning, seamless, lightning-fast tool. Clerks create offers and edit "
        "offers with a title."
    )
    assert model.kind == "data"


def test_syncing_a_phone_is_no_integration() -> None:
    model = understand("Fitters tick off a checklist. It works offline and syncs later.")
    assert model.kind != "integration"


@pytest.mark.parametrize(
    "text",
    [
        "Parents link their account with the account of a child.",
        "Every download through a link is recorded with date and address.",
    ],
)
def test_a_link_between_people_is_no_integration(text: str) -> None:
    assert "integration" not in packs(understand(text))


def test_connecting_a_named_system_is_one() -> None:
    model = understand("Connect our shop to Klarvia. Paid orders are sent there every 5 minutes.")
    assert model.kind == "integration"


def test_what_comes_late_in_a_brief_is_an_aside_also_where_nothing_is_created() -> None:
    model = understand(
        "Members book courts for up to two hours. They can cancel until 2 hours before. Guests "
        "come along. The hall is closed at night. The list of bookings takes 4 seconds today."
    )
    assert model.kind == "data"
    assert "performance" not in packs(model)
