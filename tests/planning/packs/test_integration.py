"""Integration: two at once, silence, mapped states, floors, parts, pace, call logs."""

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
from tests.planning.test_database import insert

FLATS = (
    "We synchronise availability with two portals through their APIs. A booking on one portal "
    "closes the flat everywhere within 2 minutes. If two guests take the last flat, the earlier "
    "one wins and the office calls the other. While a portal is unreachable, no last-minute offers "
    "go out. What was entered by hand meanwhile must not be applied again. At most 60 requests per "
    "minute. A flat without an update for 2 days is listed for the owner. Never a price below the "
    "minimum of the owner. All calls are logged. Map the portal's states to ours: free, held, sold."
)
PARTS = (
    "Every order is sent to the laboratory system by webhook. Order items are distributed to "
    "benches: blood, urine. No patient names on bench screens. Results whose patient number is "
    "unknown go to a list."
)


def test_each_demand_is_said_in_its_own_words() -> None:
    model = planned(FLATS)
    texts = rule_texts(model)
    assert "within 2 minutes" in texts["integration.in-time"]
    assert "the earlier one wins" in texts["integration.first-wins"]
    assert "no last-minute offers" in texts["integration.while-down"]
    assert "entered by hand" in texts["integration.done-otherwise"]
    assert "60 requests per minute" in texts["integration.partner-pace"]
    assert "without an update for 2 days" in texts["integration.silent"]
    assert "below the minimum" in texts["integration.floor"]
    assert "free, held, sold" in texts["integration.mapped-states"]
    assert "integration.call-log" in texts
    assert bound(model, "integration")["carried"] == "flat"
    assert bound(model, "integration")["partner"] == "portal"


def test_what_goes_out_has_its_own_name_where_the_brief_speaks_of_deliveries() -> None:
    model = planned("Every delivery is sent to the warehouse system by webhook within 2 minutes.")
    assert bound(model, "integration")["subject"] == "delivery"
    assert bound(model, "integration")["delivery"] == "outbound_delivery"


def test_what_comes_in_and_what_goes_out_are_told_apart() -> None:
    model = planned(
        "We fetch payments from the bank every 4 hours through its API. A receipt is sent exactly "
        "once. Sent receipts cannot be changed any more."
    )
    assert bound(model, "integration")["subject"] == "payment"
    assert bound(model, "integration")["besides"] == "receipt"
    assert "exactly once" in rule_texts(model)["integration.sent-once"]
    assert "Sent receipts" in rule_texts(model)["integration.locked"]


def test_parts_go_to_their_places_and_people_are_found_by_number() -> None:
    model = planned(PARTS)
    texts = rule_texts(model)
    assert "Each order item goes to exactly one bench" in texts["integration.split"]
    assert "no patient names" in texts["integration.not-shown"].lower()
    assert "patient number is unknown" in texts["integration.unmatched"]
    assert {"order_item", "bench", "patient"} <= {entity.name for entity in model.entities}


@pytest.mark.parametrize("brief", [FLATS, PARTS], ids=["flats", "parts"])
def test_each_rule_can_be_switched_off(brief: str) -> None:
    assert_rules_can_go(brief)


def test_the_database_keeps_the_floor_and_one_meaning_of_a_state(empty_database: str) -> None:
    with built(FLATS, empty_database) as db:
        flat = insert(db, "availabilities")
        price = {"availability_id": flat, "valid_on": "2030-01-05", "minimum": 80}
        with refused("prices_not_below_minimum"):
            insert(db, "prices", **price, amount=79)
        insert(db, "prices", **price, amount=80)
        portal = insert(db, "portals", name="portal", secret_ref="portal")
        state = {"portal_id": portal, "their_state": "OPEN"}
        insert(db, "state_mappings", **state, our_state="free")
        with refused("state_mappings_once"):
            insert(db, "state_mappings", **state, our_state="held")


@pytest.mark.parametrize(
    ("clause", "slug"),
    [
        ("The first one to arrive makes coffee.", "integration.first-wins"),
        ("The office is down the street.", "integration.while-down"),
        ("Changes within the team are common.", "integration.change-window"),
        ("No names are needed.", "integration.not-shown"),
        ("Guests without a car walk for 2 days.", "integration.silent"),
        ("Prices go below the usual level.", "integration.floor"),
    ],
)
def test_what_sounds_alike_is_not_taken_for_it(clause: str, slug: str) -> None:
    model = understand(f"Every order is sent to the warehouse system by webhook. {clause}")
    assert slug not in rule_texts(model)
