"""Which nouns the sentences of a brief are about, and what belongs to a thing."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.reading.clauses import clauses
from core.planning.reading.parts import with_parts
from core.planning.reading.spoken import spoken_things


def spoken(brief: str) -> set[str]:
    return set(spoken_things(clauses(brief)))


def parts(sentence: str) -> set[tuple[str, str]]:
    return {(deed.noun, deed.of) for deed in with_parts(clauses(f"Rules\n\n- {sentence}."))}


def tables(brief: str) -> set[str]:
    return {entity.name for entity in understand(brief).new_entities}


@pytest.mark.parametrize(
    ("brief", "thing"),
    [
        ("A voucher is valid for 45 days. Each voucher can be used in several parts.", "voucher"),
        ("Start a challenge with friends. A challenge is over after 30 days.", "challenge"),
        ("Blocked lots.\n\n- A lot can be reworked twice.\n- Lot number exists once.", "lot"),
        ("The carrier gets an SMS. A carrier never sees the others.", "carrier"),
        ("Call recordings are erased after 60 days.", "call_recording"),
        ("Internal notes must never be shown to the customer.", "note"),
        ("Each plot has a number, a size and a tenant.", "plot"),
        ("Flag admin\n\n## What a flag is\n\nKey and description.", "flag"),
        ("A family can be registered once. The household gets a card. A household is small.",
         "household"),
    ],
)  # fmt: skip
def test_a_thing_that_sentences_are_about_is_found(brief: str, thing: str) -> None:
    assert thing in spoken(brief)


@pytest.mark.parametrize(
    "brief",
    [
        "The deadline is Friday. A deadline can be moved.",
        "The manager can see it. Each manager has a deputy.",
        "Support can extend it once. Support is told. Support has the last word.",
        "The dashboard is slow. The dashboard must be fast.",
        "The tool must be easy. The tool can be used on a phone.",
        "We learn a lot. That costs a lot of time. It is a lot.",
        "A banner went live last week. Last week the banner was old.",
    ],
)
def test_people_attributes_and_words_of_the_process_are_no_things(brief: str) -> None:
    assert spoken(brief) == set()


def test_what_is_left_out_is_no_thing() -> None:
    brief = "Rules\n\n- A contract is signed. A contract can be ended.\n\nOut of scope: contracts."
    assert "contract" not in spoken(brief)


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("Each proposal needs 3 reviews before it can be decided", ("review", "proposal")),
        ("Twelve people at most in one challenge", ("participant", "challenge")),
        ("Learners can dispute a grade once", ("dispute", "grade")),
        ("Goodwill credits: agents up to 25 EUR, leads up to 150 EUR", ("goodwill_credit", "")),
        ("A device can't be lent to two people at once", ("device_loan", "device")),
    ],
)
def test_a_part_is_found_with_its_whole(sentence: str, part: tuple[str, str]) -> None:
    assert part in parts(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Each proposal needs 3 days",
        "Every submission gets 3 reviewers",
        "Managers can dispute nothing",
        "Opening hours: Monday up to 12:00",
        "A hand can be lent to the team",
    ],
)
def test_numbers_of_days_and_people_are_no_parts(sentence: str) -> None:
    assert parts(sentence) == set()


def test_a_brief_about_one_clear_thing_is_planned_with_it() -> None:
    brief = (
        "Blocked lots\n\n- A lot number exists only once.\n- Every worker can block a lot.\n"
        "- Only the engineer can release a lot.\n- A lot can be reworked twice at most."
    )
    assert understand(brief).plannable
    assert "lot" in tables(brief)


def test_what_only_happens_to_be_named_is_no_table() -> None:
    brief = (
        "Summer fair\n\nThe fair takes place on Saturday in the garden. The raffle has 400 "
        "tickets. Cars cannot be parked in the lane. Cakes can be brought until 10:30."
    )
    assert not tables(brief)


def test_a_change_in_a_place_is_not_approved_as_the_place() -> None:
    brief = (
        "Flags\n\n- A flag has a key and an owner.\n- A flag can be switched by its team.\n"
        "- A change in prod has to be approved by a second engineer."
    )
    assert "prod" not in tables(brief)
