"""Who does what to which thing: stamps, settings and what is created, whatever the verb."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.planning.model import Actor
from core.planning.reading.clauses import clauses
from core.planning.reading.deed import Deed
from core.planning.reading.deed_acts import acts
from core.planning.reading.deed_fields import fields_set
from core.planning.reading.deeds import deeds
from core.planning.reading.nouns import words
from core.planning.reading.people import actors
from core.planning.reading.subjects import subject_before
from core.planning.reading.verbs import FORMS, VERBS_BY_NAME

Told = tuple[str, str, str]


def read(text: str) -> tuple[Deed, ...]:
    parts = clauses(text)
    return acts(parts, actors(parts))


def told(text: str) -> list[Told]:
    """Return verb, thing and who of each deed."""
    return [(deed.verb, deed.noun, " ".join(deed.who)) for deed in read(text)]


def stamped(text: str) -> list[Told]:
    return [
        (deed.verb, deed.noun, " ".join(deed.who)) for deed in read(text) if deed.kind == "stamp"
    ]


@pytest.mark.parametrize(
    ("text", "deeds_told"),
    [
        (
            "The warehouse packs the crate and ships it the same day.",
            [("pack", "crate", "warehouse"), ("ship", "crate", "warehouse")],
        ),
        ("Drivers sign the delivery.", [("sign", "delivery", "driver")]),
        ("Vouchers are handed out by reception.", [("hand_out", "voucher", "reception")]),
        ("Each lesson is confirmed by the tutor.", [("confirm", "lesson", "tutor")]),
        (
            "Every crate is picked, packed and shipped by the warehouse.",
            [
                ("pick", "crate", "warehouse"),
                ("pack", "crate", "warehouse"),
                ("ship", "crate", "warehouse"),
            ],
        ),
        (
            "A technician repairs the pump, tests it and marks it as completed.",
            [
                ("repair", "pump", "technician"),
                ("test", "pump", "technician"),
                ("complete", "pump", "technician"),
            ],
        ),
        (
            "As an editor I want to accept, reject or send back a manuscript.",
            [
                ("accept", "manuscript", "editor"),
                ("reject", "manuscript", "editor"),
                ("send_back", "manuscript", "editor"),
            ],
        ),
        (
            "Teachers hand the violins out and pupils bring them back in July.",
            [("hand_out", "violin", "teacher"), ("bring_back", "violin", "pupil")],
        ),
        (
            "The receptionist hands over the locker and the guest signs.",
            [("hand_over", "locker", "receptionist"), ("sign", "locker", "guest")],
        ),
        ("The clerk hands the permit to the driver.", [("hand_over", "permit", "clerk")]),
        ("The head of purchasing revokes a permit.", [("revoke", "permit", "head_of_purchasing")]),
        ("The IT desk resolves tickets.", [("resolve", "ticket", "it_desk")]),
        ("The coxswain inspects the boat.", [("inspect", "boat", "coxswain")]),
        (
            "As a trucker I want to confirm the loading of a pallet.",
            [("load", "pallet", "trucker")],
        ),
        ("The nurse takes a pump from the rack.", [("take", "pump", "nurse")]),
        (
            "Maintenance walks the hall, repairs the pump and signs.",
            [("repair", "pump", "maintenance"), ("sign", "pump", "maintenance")],
        ),
        (
            "The cashier checks the meal and hands out the meal.",
            [("check", "meal", "cashier"), ("hand_out", "meal", "cashier")],
        ),
        ("Tutors and parents can postpone a lesson.", [("postpone", "lesson", "tutor parent")]),
    ],
)
def test_what_somebody_does_is_a_stamp_of_its_thing(text: str, deeds_told: list[Told]) -> None:
    assert stamped(text) == deeds_told


def test_a_pronoun_goes_back_to_what_was_spoken_of() -> None:
    text = (
        "The caretaker hands out ladders to tenants and roofers, they have to sign. "
        "When they bring them back the caretaker checks them."
    )
    assert told(text) == [
        ("hand_out", "ladder", "caretaker"),
        ("sign", "ladder", "tenant roofer"),
        ("bring_back", "ladder", "tenant roofer"),
        ("check", "ladder", "caretaker"),
    ]


def test_the_only_verb_of_a_group_has_the_subject_of_the_first() -> None:
    found = read("An on-call engineer opens an incident, posts updates and resolves it.")
    assert [(deed.kind, deed.noun, deed.of) for deed in found] == [
        ("create", "incident", ""),
        ("create", "update", "incident"),
        ("stamp", "incident", ""),
    ]
    assert {deed.who for deed in found} == {("engineer",)}


def test_a_label_is_a_part_of_what_the_brief_is_about() -> None:
    text = "Parcel desk\n\nReception scans the label, picks the employee. They fetch the parcel."
    assert told(text)[:2] == [("scan", "parcel", "reception"), ("pick", "parcel", "reception")]


def test_a_card_is_a_thing_where_the_brief_is_about_cards() -> None:
    text = "Membership cards\n\nThe doorman scans the card. The secretary blocks lost cards."
    assert {noun for _, noun, _ in told(text)} == {"card", "lost_card"}


@pytest.mark.parametrize(
    "text",
    [
        "The system closes tickets after 30 days.",
        "Tickets are closed automatically.",
        "An open ticket is closed after 48 hours.",
        "Nobody can scrap a boat.",
        "A ticket can not be reopened.",
        "Today the janitor checks the boats on paper.",
        "Customers complain that crates are shipped late.",
        "The page has to stay up when our own platform is down.",
        "The driver check is done in the morning.",
        "A crate that is shipped shows a number.",
        "Before the crate is sealed, a note is written.",
        "While a bin is being counted nothing moves.",
        "The lift takes 8 seconds.",
        "How do I cancel my crate?",
        "The alarm starts the pump.",
        "Managers check their mail and close the browser.",
        "Unless the tutor confirms the lesson, nothing happens.",
        "Customers confirm that they destroyed them.",
        "The order of the crates on the ship is random.",
    ],
)
def test_what_nobody_does_is_no_stamp(text: str) -> None:
    assert stamped(text) == []


@pytest.mark.parametrize(
    ("text", "noun", "fields"),
    [
        ("The lab weighs each sample.", "sample", {"weight": "integer"}),
        (
            "A nurse opens a dossier. She enters the temperature, the weight and a remark.",
            "dossier",
            {"temperature": "text", "weight": "integer", "remark": "long_text"},
        ),
        ("The buyer sets the price of a crate.", "crate", {"price": "money"}),
        ("The dispatcher assigns a driver to each tour.", "tour", {"driver_id": "ref"}),
        ("The lead assigns the task to a colleague.", "task", {"assignee_id": "ref"}),
        ("The mechanic marks the pump as defective.", "pump", {"is_defective": "flag"}),
        ("Packers can move a pallet to another shelf.", "pallet", {"shelf": "text"}),
    ],
)
def test_what_is_set_is_a_field(text: str, noun: str, fields: dict[str, str]) -> None:
    assert {one.name: one.type for one in fields_set(noun, read(text))} == fields


def test_a_field_that_is_known_is_not_set_twice() -> None:
    found = read("Customers pick a crate. The clerk enters the date. The clerk sets the date.")
    assert [one.name for one in fields_set("crate", found, {"crate_date"})] == []


def test_what_goes_out_and_comes_back_is_a_loan() -> None:
    parts = clauses("The caretaker hands out keys, tenants sign and bring them back.")
    found = deeds(parts, actors(parts))
    assert {(deed.kind, deed.noun) for deed in found if deed.verb} == {
        ("create", "key_loan"),
        ("set", "key_loan"),
        ("stamp", "key_loan"),
    }
    assert {deed.of for deed in found if deed.noun == "key_loan"} == {"key"}


@pytest.mark.parametrize(
    ("text", "nouns"),
    [
        ("Volunteers sign up for a tour. A tour starts at 9.", {"tour_registration"}),
        ("Customers order a cake. Bakers see all orders.", {"order"}),
        ("The warden locks damaged boats. A boat may be new.", {"boat"}),
        ("The clerk files a loss online.", {"loss"}),
        ("Janitors accept a job, start it and finish it.", {"job"}),
        ("Quality inspects 1 of 10 pallets.", {"pallet"}),
    ],
)
def test_a_thing_is_called_by_its_own_name(text: str, nouns: set[str]) -> None:
    parts = clauses(text)
    found = deeds(parts, actors(parts))
    assert {deed.noun for deed in found if deed.kind in {"create", "stamp"}} == nouns


def test_what_goes_back_to_its_sender_is_no_loan() -> None:
    parts = clauses("Reception hands out parcels and returns parcels to the sender.")
    assert {deed.noun for deed in deeds(parts, actors(parts))} == {"parcel"}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("the warehouse", ("warehouse",)),
        ("our front desk", ("front_desk",)),
        ("each beekeeper", ("beekeeper",)),
        ("the IT", ("it",)),
        ("tutors and parents", ("tutor", "parent")),
        ("the head of sales", ("head_of_sales",)),
    ],
)
def test_offices_and_agents_are_subjects(words: str, names: tuple[str, ...]) -> None:
    tokens = words.split()
    found = subject_before(tokens, len(tokens), frozenset())
    assert found is not None
    assert found.names == names


@pytest.mark.parametrize("words", ["the system", "the order", "by the driver", "an incident"])
def test_systems_and_things_are_no_subjects(words: str) -> None:
    tokens = words.split()
    assert subject_before(tokens, len(tokens), frozenset()) is None


def test_the_table_of_verbs_has_the_forms_of_english() -> None:
    assert len(VERBS_BY_NAME) > 250
    assert {"ships", "shipped", "carries"} & FORMS.keys() == {"ships", "shipped"}
    past = {name: verb.past for name, verb in VERBS_BY_NAME.items()}
    assert past["lend"] == "lent"
    assert past["take_over"] == "taken_over"
    assert past["scan"] == "scanned"
    assert past["reopen"] == "reopened"
    assert past["certify"] == "certified"
    assert past["put_back"] == "put_back"


WORDS = st.sampled_from(
    sorted(
        words(
            "the a reception drivers scan scans scanned crate crates it them is are by and or , . "
            "not to from must can they sign back out of who when mark marked as paid lost IT each"
        )
    )
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=25))
def test_any_words_are_read_without_a_fall(some: list[str]) -> None:
    text = " ".join(some)
    parts = clauses(text)
    for deed in deeds(parts, (Actor("driver"),)):
        assert 0 <= deed.start <= deed.end <= len(deed.clause.text)
        assert deed.noun
