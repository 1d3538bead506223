"""Sequence: what must have happened first, and what follows for the others."""

from __future__ import annotations

import pytest

from core.planning import understand
from tests.planning.packs.briefs import assert_rules_can_go, built, change, refused
from tests.planning.test_database import insert, user

FLATS = (
    "Tenants create bids with a title and edit bids. Once a bid is accepted, their other bids are "
    "automatically withdrawn. No handover before the deposit has been paid."
)


def told(sentence: str) -> list[str]:
    """Return what the rules about sequence say of a sentence."""
    rules = understand(f"Members create orders and edit orders. {sentence}").rules
    return [rule.text for rule in rules if rule.slug.startswith("sequence.")]


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("No transport before the insurance certificate is uploaded.",
         "No transport before this has happened: the insurance certificate is uploaded."),
        ("No machine may be started until the guard has been closed.",
         "No machine may be started before this has happened: the guard has been closed."),
        ("Samples outside the limits need a repeat measurement before release.",
         "A repeat measurement is needed before release."),
        ("As soon as an offer is accepted, the other orders are rejected.",
         "Once one of somebody's orders is accepted, their other ones are rejected in the same "
         "transaction."),
    ],
)  # fmt: skip
def test_what_must_come_first_is_read(sentence: str, text: str) -> None:
    assert told(sentence) == [text]


@pytest.mark.parametrize(
    "sentence",
    [
        "No new servers before the next budget.",
        "No mails before 10:00.",
        "No calls before Monday.",
        "No state may be skipped before it is released.",
        "Orders need a second approval before delivery.",
        "When an order is accepted, the other side gets a mail.",
    ],
)
def test_clock_and_calendar_are_no_sequence(sentence: str) -> None:
    assert told(sentence) == []


def test_one_of_an_owner_is_accepted(empty_database: str) -> None:
    with built(FLATS, empty_database) as db:
        ann = user(db, "ann")
        first, second = (insert(db, "bids", title=title, owner_id=ann) for title in "AB")
        change(db, "bids", first, accepted_at="2030-01-01Z")
        with refused("bids_one_accepted"):
            change(db, "bids", second, accepted_at="2030-01-01Z")


def test_each_rule_can_go_alone() -> None:
    assert_rules_can_go(FLATS)
