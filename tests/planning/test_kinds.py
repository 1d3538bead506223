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


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (
            "integration",
            "Please connect our cash registers to the accounting software. Each evening the day's "
            "takings are sent over. The accountant sees which tills are missing.",
        ),
        (
            "integration",
            "New hires should appear in our tool automatically. HR works in Personio; every night "
            "we fetch new and changed employees from its API.",
        ),
        (
            "integration",
            "We get a webhook from the payment provider for every payout. Store it, check the "
            "signature, and book it in the ledger once.",
        ),
        (
            "performance",
            "The member list of our federation takes forever to load. 180,000 members. The first "
            "page should be there in 2 seconds at most.",
        ),
        (
            "performance",
            "The order overview takes 8 seconds to open for shops with more than 50,000 orders. "
            "It should open in under a second.",
        ),
        (
            "interface",
            "Our dashboard is too bright at night. Please add a dark mode that follows the setting "
            "of the device, with a switch in the header.",
        ),
        (
            "interface",
            "The tablet page for the kitchen is hard to read from two metres. Larger type, colours "
            "for the age of an order, the oldest one top left. Nothing else changes.",
        ),
        (
            "migration",
            "We want to move all customer files from the old Access database to the new CRM. About "
            "60,000 customers. During two weeks both run side by side.",
        ),
        (
            "migration",
            "We're leaving Mailbird and going to Postello for our newsletters. 84,000 subscribers "
            "have to come along.",
        ),
        (
            "data",
            "Employees submit expenses with a receipt. Managers approve them. Approved ones are "
            "exported as CSV for DATEV.",
        ),
        (
            "data",
            "Members book courts for an hour. They can cancel until 2 hours before. The page "
            "should open in under 2 seconds.",
        ),
        (
            "data",
            "Customers can create tickets with a title and a text. Agents answer them. Tickets can "
            "also be created through an API.",
        ),
        ("none", "Could someone look into the invoices? They are wrong again."),
    ],
)
def test_the_main_thing_decides_the_kind(kind: str, text: str) -> None:
    assert understand(text).kind == kind


@pytest.mark.parametrize(
    "channels", ["e-mail, RSS and webhook", "webhook or e-mail", "SMS, webhook"]
)
def test_a_webhook_among_channels_is_no_integration(channels: str) -> None:
    model = understand(
        "Engineers can create incidents and edit incidents with a title. Every update goes to "
        f"subscribers by {channels}."
    )
    assert model.kind == "data"
    assert "integration" not in packs(model)
