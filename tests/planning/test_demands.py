"""What is asked about demands that no rule took up: how they are understood, what is missing."""

from __future__ import annotations

import pytest

from core.planning import FeatureModel, understand
from core.planning.demands import Demand, asking_for, demand_questions, shortened
from core.planning.reading.quantities import quantities

# A plan that everything below is added to: one thing, and a rule about it.
BASE = (
    "Members can create, edit and delete notes with a title and a text. "
    "A note can have files up to 10 MB as attachments."
)


def asked(sentence: str) -> str:
    return " ".join(question.text for question in demand_model(sentence).questions)


def demand_model(sentence: str) -> FeatureModel:
    model = understand(f"{BASE} {sentence}")
    assert model.plannable
    return model


def kind(words: str) -> str:
    return asking_for(Demand(words, words)).slug


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("At most 6 kayaks per guide", "limit"),
        ("A choir needs at least 12 voices", "minimum"),
        ("Repairs above 2,000 CHF go to the board", "border"),
        ("The fee is 12 EUR", "amount"),
        ("The vet answers within 2 days", "deadline"),
        ("The tenant has 3 weeks to object", "deadline"),
        ("A parcel slot unused for 20 minutes ends", "lapse"),
        ("Recordings are erased 30 days after the trial", "retention"),
        ("Ledgers are kept for 10 years", "retention"),
        ("Nobody may lend a key to a stranger", "prohibition"),
        ("Nothing is shipped on a bank holiday", "prohibition"),
        ("The pharmacist signs each order", "consent"),
        ("Two different people count the cash", "consent"),
        ("Members sign in with a badge", "other"),
        ("Wages are visible to the payroll office alone", "visibility"),
        ("Only harbour masters move a berth", "permission"),
        ("No account is needed for a look", "exemption"),
        ("Deliveries arrive between 6:00 and 9:30", "hours"),
        ("Enrolment closes on 15 September", "day"),
        ("Every reading of a file is logged", "record"),
        ("Pilots under 18 fly with an instructor", "age"),
        ("Codes under 16 characters look weak", "limit"),
        ("Nurses get a text message", "message"),
        ("A digest goes out at most once a week", "often"),
        ("The list opens in under 2 seconds", "speed"),
        ("A change takes effect when a second admin agrees", "consent"),
        ("unless the chair is absent", "exception"),
    ],
)
def test_a_demand_is_known_by_its_kind(words: str, expected: str) -> None:
    assert kind(words) == expected


def test_a_limit_asks_for_what_happens_with_the_next_one() -> None:
    (question,) = demand_questions([Demand("At most 10 canoes per tour", "x" * 50)])
    assert "a limit of “10”" in question.text
    assert "number 11" in question.text


def test_a_limit_on_what_is_measured_has_no_next_one() -> None:
    words = "A label has at most 40 characters"
    (question,) = demand_questions([Demand(words, words)])
    assert "number 41" not in question.text
    assert "what goes beyond it" in question.text


def test_demands_of_one_kind_share_a_question() -> None:
    words = ("Nobody may lend a key", "A seal is never reused", "Guests can't open the vault")
    questions = demand_questions([Demand(one, one) for one in words])
    assert len(questions) == 1
    assert all(f"“{one}”" in questions[0].text for one in words)
    assert {item.words for item in questions[0].evidence} == set(words)


def test_what_people_must_not_do_is_asked_before_comfort() -> None:
    questions = demand_questions(
        [
            Demand("People can switch it off", "People can switch it off"),
            Demand("The list opens in under 2 seconds", "The list opens in under 2 seconds"),
            Demand("A seal is never reused", "A seal is never reused"),
        ]
    )
    assert [one.evidence[0].rule for one in questions] == [
        "demand.prohibition",
        "demand.speed",
        "demand.option",
    ]


def test_a_long_sentence_with_one_rule_asks_for_its_other_demands() -> None:
    text = asked(
        "A note can have files up to 10 MB as attachments, at most 7 photos, "
        "and no guest may open them."
    )
    assert "at most 7 photos" in text
    assert "no guest may open them" in text
    assert "“10 MB”" not in text


def test_every_demand_of_a_long_sentence_without_a_rule_is_asked_about() -> None:
    text = asked(
        "The harbour master assigns a berth for the season, a boat longer than 12 metres pays "
        "300 EUR more, nobody may sublet a berth, and the council has to agree to each exception."
    )
    for words in ("300 EUR", "nobody may sublet", "the council has to agree"):
        assert words in text


def test_an_exemption_is_not_taken_for_what_it_exempts_from() -> None:
    model = understand(
        "A team lead approves every poster before it is printed. Black and white posters need no "
        "approval."
    )
    assert any(
        "Black and white posters need no approval" in question.text for question in model.questions
    )


def test_a_rule_that_says_something_else_leaves_the_demand_open() -> None:
    text = asked("Attachments are PNG or SVG, at most 3 MB each.")
    assert "PNG or SVG" in text


@pytest.mark.parametrize(
    "sentence",
    [
        "Today the notes are kept in a folder and it took 20 minutes to find one",
        "Many of our members are over 70",
        "Whether or not a note is old does not matter",
    ],
)
def test_how_things_are_is_no_demand(sentence: str) -> None:
    model = demand_model(sentence)
    assert not [q for q in model.questions if q.slug.startswith("demand") and sentence in q.text]


def test_a_shortened_quote_keeps_the_number_in_sight() -> None:
    text = "word " * 60 + "at 77 USD each"
    (number,) = quantities(text)
    quote = Demand(text, text, (number,)).quote
    assert "77 USD" in quote
    assert len(quote) <= 182
    assert shortened("short") == "short"


def test_an_exception_inside_a_rules_own_quote_is_still_asked_about() -> None:
    model = understand(
        "We move 40,000 subscriptions from PayOld to PayNew. No customer may be charged twice or "
        "lose their plan unless the parrot objects."
    )
    said = [*(question.text for question in model.questions), *model.not_understood]
    assert any("the parrot objects" in text for text in said)
